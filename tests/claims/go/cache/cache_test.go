package cache

import (
	"context"
	"errors"
	"testing"
	"time"
)

type down struct{ asked int }

func (d *down) Get(context.Context, string) ([]byte, error) {
	d.asked++
	return nil, errors.New("down")
}
func (d *down) Set(context.Context, string, []byte, time.Duration) error {
	return errors.New("down")
}

type kept map[string][]byte

func (k kept) Get(_ context.Context, key string) ([]byte, error) { return k[key], nil }
func (k kept) Set(_ context.Context, key string, value []byte, _ time.Duration) error {
	k[key] = value
	return nil
}

func TestACacheThatFailsCostsTheCacheOnly(t *testing.T) {
	store := &down{}
	cache := Optional{Store: store, Pause: time.Hour}
	load := func(context.Context) ([]byte, error) { return []byte("source"), nil }
	for n := 0; n < 3; n++ {
		if value, err := cache.Read(context.Background(), "k", time.Minute, load); err != nil || string(value) != "source" {
			t.Fatalf("%s %v", value, err)
		}
	}
	if store.asked != 1 {
		t.Fatalf("asked %d times", store.asked)
	}
	loads := 0
	fine := Optional{Store: kept{}, Pause: time.Hour}
	for n := 0; n < 3; n++ {
		_, _ = fine.Read(context.Background(), "k", time.Minute, func(context.Context) ([]byte, error) { loads++; return []byte("v"), nil })
	}
	if loads != 1 {
		t.Fatalf("loaded %d times", loads)
	}
}
