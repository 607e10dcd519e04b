package flags

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestFlagsRampUpAndGoOffInOneStep(t *testing.T) {
	path := filepath.Join(t.TempDir(), "flags.json")
	flags := &Flags{Path: path}
	on := func(text string) map[string]bool {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for n := 0; n < 2000; n++ {
			if user := fmt.Sprintf("user-%d", n); flags.On("new", user) {
				found[user] = true
			}
		}
		return found
	}
	first := on(`{"new": 0.3}`)
	wider := on(`{"new": 0.6}`)
	if len(first) < 500 || len(first) > 700 {
		t.Fatalf("%d of 2000", len(first))
	}
	for user := range first {
		if !wider[user] {
			t.Fatalf("%s lost it", user)
		}
	}
	if len(on("not json")) != len(wider) || len(on(`{"new": 0}`)) != 0 || flags.On("unknown", "user-1") {
		t.Fatal("off")
	}
}
