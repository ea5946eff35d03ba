package grid

import (
	"context"
	"sync"

	"github.com/breachscope/breachscope/ui/kit"
)

// Source delivers rows to a Grid. Len and Row must not block: a row that is not there yet is reported as such,
// and the grid is refreshed when it has come.
type Source interface {
	Len() int64
	Row(i int64) (cells []string, ok bool)
	// Range reads rows [from, to) and may take its time; it serves copying.
	Range(ctx context.Context, from, to int64) ([][]string, error)
}

// Load reads a page of rows and says how many rows there are in all.
type Load[T any] func(ctx context.Context, from, limit int64) (rows []T, total int64, err error)

const (
	pageSize  = 200
	keptPages = 64
)

// Pages is a Source over a slow reader: pages of rows, loaded in the background, the oldest forgotten first.
type Pages[T any] struct {
	load   Load[T]
	cells  func(T) []string
	Failed func(error) // called on the main goroutine when a page could not be read
	Loaded func()      // called on the main goroutine after a page has come

	mu      sync.Mutex
	total   int64
	pages   map[int64][]T
	order   []int64
	pending map[int64]bool
	parent  context.Context
	busy    *sync.WaitGroup
	ctx     context.Context
	cancel  context.CancelFunc
}

// NewPages is a source that has read nothing yet; the grid's first look starts it. It stops reading with ctx; busy counts
// the pages under way.
func NewPages[T any](ctx context.Context, busy *sync.WaitGroup, load Load[T], cells func(T) []string) *Pages[T] {
	p := &Pages[T]{parent: ctx, busy: busy, load: load, cells: cells}
	p.forget()
	return p
}

func (p *Pages[T]) forget() {
	if p.cancel != nil {
		p.cancel()
	}
	p.ctx, p.cancel = context.WithCancel(p.parent)
	p.pages, p.pending, p.order = map[int64][]T{}, map[int64]bool{}, nil
}

// Reset drops everything read and reads the first page again: the filter, the order or the data have changed.
func (p *Pages[T]) Reset() {
	p.mu.Lock()
	p.forget()
	p.total = 0
	p.request(0)
	p.mu.Unlock()
}

// Len is the number of rows as the last page reported it, 0 before the first.
func (p *Pages[T]) Len() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.total
}

// Ready says whether the first page has come.
func (p *Pages[T]) Ready() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.pages) > 0
}

// At is row i as the reader delivered it; false while it is on its way.
func (p *Pages[T]) At(i int64) (row T, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	page, ok := p.pages[i/pageSize]
	if !ok {
		p.request(i / pageSize)
		return row, false
	}
	if n := i % pageSize; n < int64(len(page)) {
		return page[n], true
	}
	return row, false
}

// Row is row i as cells.
func (p *Pages[T]) Row(i int64) ([]string, bool) {
	row, ok := p.At(i)
	if !ok {
		return nil, false
	}
	return p.cells(row), true
}

// Range reads rows past the cache.
func (p *Pages[T]) Range(ctx context.Context, from, to int64) ([][]string, error) {
	rows, _, err := p.load(ctx, from, to-from)
	if err != nil {
		return nil, err
	}
	out := make([][]string, len(rows))
	for i, row := range rows {
		out[i] = p.cells(row)
	}
	return out, nil
}

// request starts reading a page unless it is under way. The lock is held.
func (p *Pages[T]) request(page int64) {
	if p.pending[page] || p.ctx.Err() != nil {
		return
	}
	p.pending[page] = true
	ctx := p.ctx
	p.busy.Go(func() { p.read(ctx, page) })
}

// read loads a page; what was asked for before the last Reset is thrown away.
func (p *Pages[T]) read(ctx context.Context, page int64) {
	rows, total, err := p.load(ctx, page*pageSize, pageSize)
	p.mu.Lock()
	stale := ctx.Err() != nil
	if !stale && err == nil {
		delete(p.pending, page)
		p.keep(page, rows, total)
	}
	p.mu.Unlock()
	if stale {
		return
	}
	kit.Do(func() {
		switch {
		case err != nil && p.Failed != nil:
			p.Failed(err)
		case err == nil && p.Loaded != nil:
			p.Loaded()
		}
	})
}

func (p *Pages[T]) keep(page int64, rows []T, total int64) {
	p.total, p.pages[page] = total, rows
	p.order = append(p.order, page)
	if len(p.order) > keptPages {
		delete(p.pages, p.order[0])
		p.order = p.order[1:]
	}
}

// Rows is a Source of rows that are all in memory.
type Rows[T any] struct {
	All   []T
	Cells func(T) []string
}

func (r *Rows[T]) Len() int64 { return int64(len(r.All)) }

func (r *Rows[T]) At(i int64) (row T, ok bool) {
	if i < 0 || i >= int64(len(r.All)) {
		return row, false
	}
	return r.All[i], true
}

func (r *Rows[T]) Row(i int64) ([]string, bool) {
	row, ok := r.At(i)
	if !ok {
		return nil, false
	}
	return r.Cells(row), true
}

func (r *Rows[T]) Range(_ context.Context, from, to int64) ([][]string, error) {
	var out [][]string
	for i := from; i < min(to, r.Len()); i++ {
		out = append(out, r.Cells(r.All[i]))
	}
	return out, nil
}
