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

// report writes all rows into CSV files and workbook, adds the sheets that are read, not filtered, and what else was
// asked for.
func (w *writer) report(ctx context.Context, c *casefile.Case, db analysis.Engine) error {
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
	err = w.bind(ctx, volume{name: reportName, folder: w.folder, temp: temp, sheets: sheets,
		rows: func(ctx context.Context, book *workbook, q queue) error { return w.read(ctx, db, book, staging, q) },
		pages: func(book *workbook) error {
			if w.Notification { // before the Summary, which says what was changed in it
				if err := w.notify(ctx, db, temp); err != nil {
					return err
				}
			}
			return w.pages(ctx, db, book)
		}})
	if err == nil && w.Countries {
		err = w.countries(ctx, db, temp)
	}
	if err == nil && w.Briefing {
		err = w.brief(ctx, db)
	}
	return err
}

// pages writes the sheets of the report that are read from top to bottom.
func (w *writer) pages(ctx context.Context, db analysis.Engine, book *workbook) (err error) {
	if w.manifest.Totals, err = totals(ctx, db); err != nil {
		return err
	}
	return errors.Join(w.duties(ctx, db, book), w.method(book), w.summary(ctx, db, book))
}

// volume is one workbook to be written: its rows first, then its pages, which count them.
type volume struct {
	name, folder, temp string
	sheets             []string
	rows               func(context.Context, *workbook, queue) error
	pages              func(*workbook) error // nil: none
}

func (w *writer) bind(ctx context.Context, v volume) (err error) {
	if err := os.MkdirAll(v.folder, 0o700); err != nil {
		return err
	}
	book, err := newWorkbook(ctx, v.folder, v.name, v.temp, v.sheets, w.notes, w.tongue)
	if err != nil {
		return err
	}
	book.password = w.OpenPassword
	defer func() { err = errors.Join(err, book.close()) }()
	if err := beside(ctx, func(ctx context.Context, q queue) error { return v.rows(ctx, book, q) }); err != nil {
		return err
	}
	if v.pages != nil {
		if err := v.pages(book); err != nil {
			return err
		}
	}
	w.progress.Tell(analysis.Step{Name: "Saving the workbook", File: book.first.name})
	return book.end()
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
	return g.end()
}
