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

// rows writes every table into its CSV file and its sheet, in one pass.
func (w *writer) rows(ctx context.Context, db analysis.Engine, book *workbook) error {
	for _, f := range w.frozen {
		if err := w.one(ctx, db, f, book); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) one(ctx context.Context, db analysis.Engine, f *frozen, book *workbook) (err error) {
	var n counter
	sinks := []sink{&n}
	if f.file != "" {
		csv, err := newCSV(filepath.Join(w.folder, f.file+".csv"), f.header())
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, csv.close()) }()
		sinks = append(sinks, csv)
	}
	if f.sheet != "" {
		width, err := f.widths(ctx, db)
		if err != nil {
			return err
		}
		s, err := book.sheet(f, width)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.close()) }()
		sinks = append(sinks, s)
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

func (f *frozen) header() []string {
	names := make([]string, len(f.columns))
	for i, c := range f.columns {
		names[i] = c.name
	}
	return names
}
