package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// discrepancies lists the queries that do not add up: rows, columns and bytes as logged and as replayed, the largest
// difference of rows first.
func (w *Window) discrepancies(detail *fyne.Container) fyne.CanvasObject {
	sort, down := "discrepancy", true
	source := pages(w.ctx, w, func(ctx context.Context, from, limit int64) ([]app.Query, int64, error) {
		return w.c.Queries(ctx, app.Listing{Search: w.at.search, Only: app.Discrepant, Sort: sort, Down: down, Offset: from, Limit: limit})
	}, w.discrepancyCells)
	number := func(key, title string) grid.Column {
		return grid.Column{Key: key, Title: title, Width: 64, Look: grid.Number}
	}
	rows := number("discrepancy", words.T("Difference"))
	rows.Tone = differenceTone
	list := grid.New([]grid.Column{{Key: "at", Title: words.T("Time"), Width: 90}, {Title: words.T("Text"), Width: 90, Grow: true}, {Key: "object", Title: words.T("Object"), Width: 66},
		number("logged", words.T("Rows")), number("replayed", words.T("replayed")), rows,
		number("", words.T("Columns")), number("", words.T("replayed")), number("", words.T("Bytes")), number("", words.T("estimated"))}, source)
	list.SortedBy(sort, down)
	list.Empty = words.T("Every query agrees with what the log counted.")
	list.OnSort = func(key string, d bool) {
		sort, down = key, d
		source.Reset()
		list.Reset()
	}
	list.OnSelect = func(row int64) {
		if q, ok := source.At(row); ok {
			fill(detail, w.queryDetail(q))
		}
	}
	w.copies(list)
	grid.Follow(list, source, w.fail)
	chooseFirst(list, source)
	return kit.Column(4, kit.Fit(0, kit.Small(words.T("as logged beside as replayed; the sentence at the right says what may be the reason"))), list)
}

func (w *Window) discrepancyCells(q app.Query) []string {
	size := func(n *int64) string {
		if n == nil {
			return "–"
		}
		return words.Bytes(*n)
	}
	return []string{w.format(q.At, "01-02 15:04"), strings.Join(strings.Fields(w.asks(q.Carrier, q.Text)), " "), q.Object, number(q.RowsLogged), number(q.RowsReplayed), difference(q),
		number(q.ColumnsLogged), number(q.ColumnsReplayed), size(q.BytesLogged), size(q.BytesEstimated)}
}
