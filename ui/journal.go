package ui

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"

	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// journalPage lists every step taken on the case, newest first.
func (w *Window) journalPage() fyne.CanvasObject {
	detail := hint(words.T("Choose a step."))
	rows := &grid.Rows[app.Entry]{Cells: func(e app.Entry) []string {
		return []string{strconv.FormatInt(e.Seq, 10), w.moment(e.At), e.Action, string(e.Arguments), e.Actor}
	}}
	list := grid.New([]grid.Column{{Title: words.T("No."), Width: 56, Look: grid.Number}, {Title: words.T("Time"), Width: 136},
		{Title: words.T("Step"), Width: 100, Show: func(s string) string { return words.Of("journal", s) }}, {Title: words.T("What exactly"), Width: 260, Grow: true}, {Title: words.T("By"), Width: 160}}, rows)
	list.OnSelect = func(row int64) {
		if e, ok := rows.At(row); ok {
			fill(detail, scrolled(kit.Facts(92, kit.Fact{Name: words.T("Step"), Value: words.Of("journal", e.Action)}, kit.Fact{Name: words.T("Time"), Value: w.moment(e.At)},
				kit.Fact{Name: words.T("By"), Value: e.Actor}, kit.Fact{Name: words.T("What exactly"), Value: string(e.Arguments)},
				kit.Fact{Name: words.T("Previous"), Value: e.Previous}, kit.Fact{Name: words.T("Hash"), Value: e.Hash})))
		}
	}
	w.copies(list)
	fetch(w.ctx, w, func(ctx context.Context) ([]app.Entry, error) { return w.c.Journal(ctx) }, func(entries []app.Entry) {
		for i := len(entries) - 1; i >= 0; i-- {
			rows.All = append(rows.All, entries[i])
		}
		list.Reset()
		list.Select(0, false)
	})
	head := w.head(words.T("Journal"), words.T("every step, each bound to the one before by its hash"), nil, kit.Secondary("undo", words.T("Undo the last verdict"), w.undo))
	return kit.Column(kit.Gap, head, kit.Row([]float32{66, 34}, kit.Panel(words.T("Steps"), "", list), kit.Panel(words.T("Step"), "", detail)))
}
