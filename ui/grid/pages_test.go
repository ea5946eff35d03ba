package grid_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"fyne.io/fyne/v2/test"

	"github.com/breachscope/breachscope/ui/grid"
)

// reader is a slow list whose pages come when the test lets them.
type reader struct {
	mu    sync.Mutex
	asked []int64
	gate  chan struct{}
	total int64
	fail  error
}

func (r *reader) load(ctx context.Context, from, limit int64) ([]int64, int64, error) {
	r.mu.Lock()
	r.asked = append(r.asked, from)
	r.mu.Unlock()
	select {
	case <-r.gate:
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
	if r.fail != nil {
		return nil, 0, r.fail
	}
	var rows []int64
	for i := from; i < min(r.total, from+limit); i++ {
		rows = append(rows, i)
	}
	return rows, r.total, nil
}

func cells(i int64) []string { return []string{fmt.Sprint(i), "김철수\t" + fmt.Sprint(i)} }

// pagesOf is a source and the channels that tell of a page come or failed.
func pagesOf(t *testing.T, r *reader) (p *grid.Pages[int64], loaded chan struct{}, failed chan error) {
	test.NewTempApp(t)
	loaded, failed = make(chan struct{}, 16), make(chan error, 16)
	p = grid.NewPages(t.Context(), new(sync.WaitGroup), r.load, cells)
	p.Loaded = func() { loaded <- struct{}{} }
	p.Failed = func(err error) { failed <- err }
	return p, loaded, failed
}

func TestARowThatIsNotThereYetDoesNotBlock(t *testing.T) {
	r := &reader{gate: make(chan struct{}), total: 1_000_000}
	p, loaded, _ := pagesOf(t, r)
	if _, ok := p.Row(0); ok || p.Len() != 0 || p.Ready() {
		t.Fatal("a row was there before it was read")
	}
	close(r.gate)
	<-loaded
	row, ok := p.Row(7)
	if !ok || row[0] != "7" || p.Len() != 1_000_000 {
		t.Fatalf("row 7 = %v, %v of %d", row, ok, p.Len())
	}
}

func TestAPageIsAskedForOnce(t *testing.T) {
	r := &reader{gate: make(chan struct{}), total: 1000}
	p, loaded, _ := pagesOf(t, r)
	for range 50 {
		p.Row(3)
		p.Row(4)
	}
	close(r.gate)
	<-loaded
	p.Row(5)
	if len(r.asked) != 1 {
		t.Fatalf("pages asked for: %v", r.asked)
	}
}

func TestWhatWasAskedBeforeAResetIsDropped(t *testing.T) {
	r := &reader{gate: make(chan struct{}), total: 10}
	p, loaded, _ := pagesOf(t, r)
	p.Row(0) // waits at the gate, and is cancelled
	p.Reset()
	close(r.gate)
	<-loaded
	select {
	case <-loaded:
		t.Fatal("the page of before the reset was shown too")
	default:
	}
	if p.Len() != 10 {
		t.Fatalf("%d rows", p.Len())
	}
}

func TestAFailedPageIsReported(t *testing.T) {
	r := &reader{gate: make(chan struct{}), fail: errors.New("disk gone")}
	p, _, failed := pagesOf(t, r)
	p.Row(0)
	close(r.gate)
	if err := <-failed; err == nil || err.Error() != "disk gone" {
		t.Fatal(err)
	}
	for range 10 {
		p.Row(0)
	}
	if len(r.asked) != 1 {
		t.Fatal("a failing page is asked for again and again")
	}
}
