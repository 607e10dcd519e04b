package clients

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"time"
)

var errDown = errors.New("down")

func TestACallThatHangsEndsAtItsDeadline(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	Client.Timeout = 200 * time.Millisecond
	request, _ := http.NewRequest("GET", "http://"+listener.Addr().String(), nil)
	begun := time.Now()
	if _, err := Call(request); !errors.Is(err, ErrDependencyTimeout) {
		t.Fatalf("ended with %v", err)
	}
	if time.Since(begun) > 5*time.Second {
		t.Fatal("took too long")
	}
}

func TestRetriesStopAtTheirAttemptsAndAtTheBudget(t *testing.T) {
	calls := 0
	fail := func(context.Context) error { calls++; return errDown }
	retry := Retry{3, time.Millisecond, 5 * time.Millisecond, func(error) bool { return true }, NewBudget(0.1, 10)}
	if err := retry.Do(context.Background(), fail); err != errDown || calls != 3 {
		t.Fatalf("%v after %d calls", err, calls)
	}
	retry.Budget = NewBudget(0.1, 1)
	for n := 0; n < 20; n++ {
		_ = retry.Do(context.Background(), fail)
	}
	if calls-3 > 23 {
		t.Fatalf("%d calls beyond the budget", calls)
	}
	calls = 0
	retry.Transient = func(error) bool { return false }
	_ = retry.Do(context.Background(), fail)
	if calls != 1 {
		t.Fatal("what is unsafe was repeated")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	slow := Retry{3, time.Hour, time.Hour, func(error) bool { return true }, NewBudget(0.1, 10)}
	if err := slow.Do(ctx, fail); err != errDown {
		t.Fatalf("%v", err)
	}
}

func TestABreakerOpensAndTriesOnce(t *testing.T) {
	ours := errors.New("ours")
	breaker := &Breaker{Failures: 3, Reset: 50 * time.Millisecond, Counts: func(err error) bool { return err != ours }}
	calls := 0
	fail := func() error { calls++; return errDown }
	for n := 0; n < 5; n++ {
		_ = breaker.Do(func() error { return ours })
	}
	for n := 0; n < 3; n++ {
		_ = breaker.Do(fail)
	}
	if !breaker.Open() || breaker.Do(fail) != ErrOpen || calls != 3 {
		t.Fatalf("open %v after %d calls", breaker.Open(), calls)
	}
	time.Sleep(70 * time.Millisecond)
	if breaker.Do(fail) != errDown || breaker.Do(fail) != ErrOpen {
		t.Fatal("a failed trial must open it again")
	}
	time.Sleep(70 * time.Millisecond)
	err := breaker.Do(func() error {
		if breaker.Do(fail) != ErrOpen {
			t.Error("two trials at a time")
		}
		return nil
	})
	if err != nil || breaker.Open() {
		t.Fatal("a good trial must close it")
	}
	func() {
		defer func() { _ = recover() }()
		_ = (&Breaker{Failures: 1, Reset: time.Hour}).Do(func() error { panic("x") })
	}()
}

func TestABulkheadTurnsAwayWithoutWaiting(t *testing.T) {
	bulkhead := NewBulkhead(1)
	err := bulkhead.Do(func() error { return bulkhead.Do(func() error { return nil }) })
	if err != ErrBusy {
		t.Fatalf("%v", err)
	}
	if err := bulkhead.Do(func() error { return nil }); err != nil {
		t.Fatalf("%v", err)
	}
}
