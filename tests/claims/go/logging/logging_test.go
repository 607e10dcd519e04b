package logging

import (
	"fmt"
	"testing"
)

func TestLogsHoldNoPersonalData(t *testing.T) {
	found := fmt.Sprint(Censor(map[string]any{
		"user": []any{map[string]any{"E-Mail": "x", "id": 7}}, "note": "mail jo@example.com, card 4111 1111 1111 1111",
	}))
	if found != "map[note:mail [REDACTED], card [REDACTED] user:[map[E-Mail:[REDACTED] id:7]]]" {
		t.Fatal(found)
	}
	round := map[string]any{}
	round["self"] = round
	Censor(round) // ends
}
