package export

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/breachscope/breachscope/analysis"
)

// counter counts the rows that went by.
type counter int64

func (n *counter) row([]any) error { *n++; return nil }

// queue holds what is to be done to a workbook, so that its sheets are written beside the reading of the rows.
type queue chan<- func() error

// beside runs read and does beside it what read puts into the queue.
func beside(ctx context.Context, read func(context.Context, queue) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	q, done := make(chan func() error, 4), make(chan error, 1)
	go func() { done <- carryOut(q, cancel) }()
	err := read(ctx, q)
	close(q)
	if problem := <-done; problem != nil {
		return problem // the reading then only ended because of it
	}
	return err
}

// carryOut does what the queue holds until it is closed. After a problem it does nothing more and stops the reading.
func carryOut(q <-chan func() error, stop func()) (err error) {
	for do := range q {
		if err != nil {
			continue
		}
		if err = do(); err != nil {
			stop()
		}
	}
	return err
}

// read writes every table into its Parquet file, its CSV file and its sheet.
func (w *writer) read(ctx context.Context, db analysis.Engine, book *workbook, staging string, q queue) error {
	for i, t := range tables {
		w.progress.Tell(analysis.Step{Name: "Collecting " + t.name, Done: int64(i), Total: int64(len(tables))})
		f, err := freeze(ctx, db, t, t.rows())
		if err != nil {
			return err
		}
		if f.file != "" {
			if err := w.twin(ctx, db, f, staging); err != nil {
				return err
			}
		}
		if err := w.lists(ctx, db, f, book, q); err != nil {
			return err
		}
	}
	return nil
}

// lists writes one table into its CSV file and hands its rows to its sheet.
func (w *writer) lists(ctx context.Context, db analysis.Engine, f *frozen, book *workbook, q queue) (err error) {
	var n counter
	sinks := []sink{&n}
	if f.file != "" {
		csv, err := newCSV(filepath.Join(w.folder, f.file+".csv"), f.header())
		if err != nil {
			return err
		}
		defer func() {
			err = errors.Join(err, csv.close())
			q <- func() error { w.notes.add("File "+f.file+".csv", marked(f.unmarked()), csv.marked); return nil } // the sheets add theirs there
		}()
		sinks = append(sinks, csv)
	}
	if f.sheet != "" {
		r, err := newRelay(ctx, db, f, book, q)
		if err != nil {
			return err
		}
		defer r.end()
		sinks = append(sinks, r)
	}
	tell := func(done int64) {
		w.progress.Tell(analysis.Step{Name: "Writing " + f.name, Done: done, Total: f.rows, Rows: done})
	}
	if err := f.each(ctx, db, tell, sinks...); err != nil {
		return err
	}
	if int64(n) != f.rows {
		return fmt.Errorf("%s: %d rows written of %d", f.name, n, f.rows)
	}
	return nil
}

// relay is a sink that passes its rows on to a sheet through the queue, many at a time.
type relay struct {
	queue queue
	sheet *sheet // made by the first thing in the queue
	width int
	batch []any // rows one after the other
}

const batchRows = 1000

func newRelay(ctx context.Context, db analysis.Engine, f *frozen, book *workbook, q queue) (*relay, error) {
	widths, err := f.widths(ctx, db, book.tongue)
	if err != nil {
		return nil, err
	}
	r := &relay{queue: q, width: len(f.columns)}
	q <- func() (err error) {
		r.sheet, err = book.sheet(f, widths)
		return err
	}
	return r, nil
}

func (r *relay) row(values []any) error {
	if r.batch == nil {
		r.batch = make([]any, 0, batchRows*r.width)
	}
	if r.batch = append(r.batch, values...); len(r.batch) == cap(r.batch) {
		r.flush()
	}
	return nil
}

func (r *relay) flush() {
	batch := r.batch
	r.batch = nil
	r.queue <- func() error {
		for ; len(batch) > 0; batch = batch[r.width:] {
			if err := r.sheet.row(batch[:r.width]); err != nil {
				return err
			}
		}
		return nil
	}
}

func (r *relay) end() {
	r.flush()
	r.queue <- func() error { return r.sheet.close() }
}

// unmarked names what holds the values of the table without apostrophes.
func (t table) unmarked() string {
	if t.sheet == "" {
		return "Parquet file"
	}
	return "workbook"
}

func (f *frozen) header() []string {
	names := make([]string, len(f.columns))
	for i, c := range f.columns {
		names[i] = c.name
	}
	return names
}
