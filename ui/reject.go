package ui

import (
	"context"
	"encoding/csv"
	"path"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// rejectText is a rejected row as the screen may show it: a customer table's is masked until asked for.
func (w *Window) rejectText(f app.Evidence, text string) string {
	if f.Object != "" && !w.revealed {
		return masked(text)
	}
	return w.query(text)
}

// rejectGrid lists the rows of a file that were not loaded, with the reason; each can be accepted or repaired.
func (w *Window) rejectGrid(f app.Evidence) fyne.CanvasObject {
	source := pages(w.ctx, w, func(ctx context.Context, from, limit int64) ([]app.Reject, int64, error) {
		rows, err := w.c.Rejects(ctx, f.ID, from, limit)
		return rows, known(from, limit, len(rows)), err
	}, func(r app.Reject) []string {
		return []string{strconv.FormatInt(r.Line, 10), r.State, words.Say(r.Reason), w.rejectText(f, r.Text)}
	})
	g := grid.New([]grid.Column{{Title: words.T("Line"), Width: 54, Look: grid.Number}, {Title: words.T("State"), Width: 80, Look: grid.Pill, Tone: rejectTone, Show: func(s string) string { return words.Of("reject", s) }},
		{Title: words.T("Reason"), Width: 150, Grow: true}, {Title: words.T("Text"), Width: 200, Grow: true}}, source)
	g.Empty = words.T("No row was rejected.")
	grid.Follow(g, source, w.fail)
	open := func(row int64) {
		if r, ok := source.At(row); ok {
			w.treat(f, r)
		}
	}
	g.OnOpen = open
	chooseFirst(g, source)
	w.copies(g)
	treat := kit.Link(words.T("accept or repair"), func() {
		if from, _, ok := g.Selected(); ok {
			open(from)
		}
	})
	save := kit.Link(words.T("save as CSV"), func() { w.saveRejects(f) })
	return container.NewBorder(container.NewBorder(nil, nil, nil, kit.Line(12, save, treat), kit.Fit(0, kit.Strong(words.T("Rejected rows")))), nil, nil, nil, g)
}

// saveRejects writes the rejected rows of a file where the investigator says.
func (w *Window) saveRejects(f app.Evidence) {
	w.chooseTarget(words.T("Rejected rows"), "rejected-"+fileName(path.Base(f.Name))+".csv", func(to string) {
		w.run(words.T("Exporting"), func(ctx context.Context, _ progressFunc) error { return w.c.ExportRejects(ctx, f.ID, to) },
			func() { w.note(words.F("Saved as %s.", path.Base(to))) }, nil)
	})
}

func rejectTone(state string) kit.Tone {
	return map[string]kit.Tone{"open": kit.Amber, "accepted": kit.Green, "repaired": kit.Green}[state]
}

// treat shows a rejected row at its whole length and asks what to do with it.
func (w *Window) treat(f app.Evidence, r app.Reject) {
	if f.Object != "" && !w.revealed {
		w.fail(&app.Problem{What: words.T("the row is of a customer table"), Do: words.T("let personal values be shown first, on the page Customers")})
		return
	}
	fetch(w.ctx, w, func(ctx context.Context) ([]string, error) { return w.c.Columns(ctx, f.ID) }, func(columns []string) {
		w.treatWith(f, r, columns)
	})
}

func (w *Window) treatWith(f app.Evidence, r app.Reject, columns []string) {
	reason, entries, form := reasonEntry(), map[string]*kit.Entry{}, kit.Stack(3)
	values := fieldsOfText(r.Text)
	for i, name := range columns {
		e := kit.Field()
		if i < len(values) {
			e.SetText(values[i])
		}
		entries[name] = e
		form.Add(kit.Beside(170, kit.Small(name), e))
	}
	body := container.NewBorder(kit.Stack(6, kit.Strong(explained(r.Reason)), kit.Frame(kit.Pad(kit.Value(firstOf(w.query(r.Text), 1500)), 4, 4, 6, 6)), reason,
		kit.Small(words.T("For a repair: what each column holds. Empty columns stay empty."))), nil, nil, nil, kit.Least(10, 180, scrolled(form)))
	var d *kit.Dialog
	act := func(do func(app.Treatment)) func() {
		return func() {
			d.Hide()
			do(app.Treatment{File: f.SHA256, Name: f.Name, Line: r.Line, Reason: strings.TrimSpace(reason.Text)})
		}
	}
	d = kit.NewDialog(w.win, words.F("%s, line %s", r.Name, words.Number(r.Line)), kit.Least(680, 460, body),
		kit.Secondary("", words.T("Close"), func() { d.Hide() }), kit.Secondary("", words.T("Rightly left out"), act(w.acceptReject)),
		kit.Primary("check", words.T("Load it repaired"), act(func(t app.Treatment) {
			t.Values = map[string]string{}
			for name, e := range entries {
				if e.Text != "" {
					t.Values[name] = e.Text
				}
			}
			w.repairReject(t)
		})))
	d.Show()
	w.win.Canvas().Focus(reason)
}

// fieldsOfText splits a record where it can be read as one.
func fieldsOfText(text string) []string {
	r := csv.NewReader(strings.NewReader(text))
	r.LazyQuotes, r.FieldsPerRecord = true, -1
	fields, err := r.Read()
	if err != nil {
		return nil
	}
	return fields
}

func (w *Window) acceptReject(t app.Treatment) {
	w.run(words.T("Writing the journal"), func(ctx context.Context, _ progressFunc) error { return w.c.AcceptReject(ctx, t) },
		func() { w.refresh(func() { w.note(words.T("The row is left out, with your reason.")) }) }, nil)
}

func (w *Window) repairReject(t app.Treatment) {
	w.run(words.T("Repairing a row"), func(ctx context.Context, p progressFunc) error { return w.c.RepairReject(ctx, t, p) },
		func() { w.refresh(func() { w.note(words.T("The row is loaded.")) }) }, nil)
}
