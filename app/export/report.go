package export

import (
	"context"
	_ "embed"
	"errors"
	"os"
	"strings"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app/casefile"
)

//go:embed method.txt
var method string

// report writes all rows into CSV files and workbook and adds the sheets that are read, not filtered.
func (w *writer) report(ctx context.Context, c *casefile.Case, db analysis.Engine) (err error) {
	temp, err := os.MkdirTemp(c.Work(), "workbook-") // what is streamed lies there in plain text
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	staging, err := os.MkdirTemp(c.Staging(), "export-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(staging)
	book, err := newWorkbook(w.folder, "breachscope-report", temp, sheets, w.notes)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, book.close()) }()
	if err := w.rows(ctx, db, book, staging); err != nil {
		return err
	}
	if w.manifest.Totals, err = totals(ctx, db); err != nil {
		return err
	}
	if err := errors.Join(w.duties(ctx, db, book), w.method(book), w.summary(ctx, db, book)); err != nil {
		return err
	}
	return book.save(ctx, func(name string) {
		w.progress.Tell(analysis.Step{Name: "Saving the workbook", File: name})
	})
}

// method is the sheet that explains the figures.
func (w *writer) method(book *workbook) error {
	g := book.page("Method")
	g.title("Method and limits")
	for _, text := range strings.Split(strings.TrimSpace(method), "\n") {
		if title, is := strings.CutPrefix(text, "# "); is {
			g.section(title)
			continue
		}
		g.words(text)
	}
	return g.err
}
