package middleware

import (
	"fmt"
	"testing"
	"time"
)

func TestARateLimitIsPerClientAndBounded(t *testing.T) {
	now := time.Unix(0, 0)
	limit := NewRateLimit(1, 2, 3)
	limit.now = func() time.Time { return now }
	if !limit.Allow("a") || !limit.Allow("a") || limit.Allow("a") || !limit.Allow("b") {
		t.Fatal("burst")
	}
	now = now.Add(time.Second)
	if !limit.Allow("a") || limit.Allow("a") {
		t.Fatal("rate")
	}
	for n := 0; n < 100; n++ {
		limit.Allow(fmt.Sprint(n))
	}
	if len(limit.buckets) != 3 || limit.latest.Len() != 3 {
		t.Fatalf("%d clients remembered", len(limit.buckets))
	}
}
