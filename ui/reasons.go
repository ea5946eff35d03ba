package ui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// touch is one access to one record of a person.
type touch struct {
	record app.Affected
	app.Reason
}

// personView is the detail pane of a customer: what was exposed, why she is listed, and the log lines it rests on.
type personView struct {
	w       *Window
	person  app.Person
	records []app.Affected
	touches []touch
	chosen  int // of touches, the one whose log lines are shown
}

// showPerson puts a customer into the detail pane.
func (w *Window) showPerson(detail *fyne.Container, p app.Person) {
	fetch(w.ctx, w, func(ctx context.Context) (*personView, error) { return w.readPerson(ctx, p) }, func(v *personView) {
		fill(detail, v.content())
	})
}

func (w *Window) readPerson(ctx context.Context, p app.Person) (*personView, error) {
	records, err := w.c.PersonRecords(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	v := &personView{w: w, person: p, records: records}
	for _, r := range records {
		reasons, err := w.c.Why(ctx, r.RecordID)
		if err != nil {
			return nil, err
		}
		for _, reason := range reasons {
			v.touches = append(v.touches, touch{r, reason})
		}
	}
	slices.SortStableFunc(v.touches, func(a, b touch) int { return a.Grade.Rank() - b.Grade.Rank() })
	return v, nil
}

func (v *personView) content() fyne.CanvasObject {
	w, p := v.w, v.person
	name := kit.Fit(8, kit.Strong(w.personal(p.Name)), kit.Chip(words.Of("list", p.List), tone(p.List)))
	head := kit.Stack(4, container.NewBorder(nil, nil, nil, kit.Link(words.T("everything"), func() { w.openPerson(p) }), name),
		kit.Fit(0, kit.Small(listedNonEmpty(country(p.Residence), words.Of("grade", p.Grade), words.Of("act", p.Act)))))
	tabs := kit.Tabs(w.tab, func(key string) { w.tab = key },
		kit.Tab{Key: "facts", Label: words.T("What"), Content: func() fyne.CanvasObject { return scrolled(w.personFacts(p, v.records)) }},
		kit.Tab{Key: "why", Label: words.N("Why (%s)", int64(len(v.touches))), Content: v.why},
		kit.Tab{Key: "lines", Label: words.T("Log lines"), Content: v.lines})
	return container.NewBorder(kit.Pad(head, 0, 8, 0, 0), nil, nil, nil, tabs)
}

// why lists every access, the best grade first, and explains the chosen one.
func (v *personView) why() fyne.CanvasObject {
	place := container.NewStack()
	list := v.accesses(func(t touch) { fill(place, scrolled(v.w.touchFacts(t))) })
	return kit.Split([]float32{1, 2}, list, kit.Least(10, 120, place))
}

// accesses is the grid of accesses; chosen is told the one to explain.
func (v *personView) accesses(chosen func(touch)) *grid.Grid {
	w := v.w
	rows := &grid.Rows[touch]{All: v.touches, Cells: func(t touch) []string {
		return []string{string(t.Grade), w.format(t.At, "01-02 15:04"), string(t.Carrier), t.record.Object}
	}}
	list := grid.New([]grid.Column{{Title: words.T("Grade"), Width: 92, Look: grid.Pill, Tone: tone, Show: func(s string) string { return words.Of("grade", s) }},
		{Title: words.T("Time"), Width: 88}, {Title: words.T("Carrier"), Width: 54, Show: func(s string) string { return words.Of("carrier", s) }}, {Title: words.T("Object"), Width: 60, Grow: true}}, rows)
	list.Empty = words.T("No access of an attacker session.")
	list.OnSelect = func(row int64) {
		if t, ok := rows.At(row); ok {
			v.chosen = int(row)
			chosen(t)
		}
	}
	w.copies(list)
	list.Select(int64(v.chosen), false)
	return list
}

func (w *Window) touchFacts(t touch) fyne.CanvasObject {
	lines := make([]string, len(t.Lines))
	for i, l := range t.Lines {
		lines[i] = words.F("%s, line %s", l.File, words.Number(l.Number))
	}
	return kit.Stack(8, kit.Value(explained(t.Why)), kit.Frame(kit.Pad(kit.Value(w.asks(string(t.Carrier), t.Text)), 6, 6, 8, 8)), kit.Facts(84,
		kit.Fact{Name: words.T("Record"), Value: t.record.Object + " " + t.record.RecordID}, kit.Fact{Name: words.T("Fields"), Value: fieldsOf(t.Fields)},
		kit.Fact{Name: words.T("Act"), Value: words.Of("act", string(t.Act))}, kit.Fact{Name: words.T("Session"), Value: t.SessionID},
		kit.Fact{Name: words.T("Log lines"), Value: strings.Join(lines, "\n")}))
}

// fieldsOf names fields; "*" stands for all of them.
func fieldsOf(fields []string) string {
	if slices.Contains(fields, "*") {
		return words.T("all fields")
	}
	return strings.Join(fields, ", ")
}

// lines shows the log lines of the access that was chosen, of the best one otherwise.
func (v *personView) lines() fyne.CanvasObject {
	if len(v.touches) == 0 {
		return kit.Small(words.T("No access of an attacker session."))
	}
	w, t := v.w, v.touches[v.chosen]
	return w.trail(func(ctx context.Context, l app.Listing) ([]app.Event, error) {
		q, err := w.c.QueryByID(ctx, t.QueryID)
		if err != nil {
			return nil, err
		}
		return w.c.QueryEvents(ctx, q.ID, l)
	})
}

func (w *Window) personFacts(p app.Person, records []app.Affected) fyne.CanvasObject {
	body := kit.Stack(12, kit.Facts(104,
		kit.Fact{Name: words.T("Exposed data"), Value: spelled("category", p.Categories)}, kit.Fact{Name: words.T("Fields"), Value: listed(p.Fields)},
		kit.Fact{Name: words.T("First"), Value: w.moment(p.First)}, kit.Fact{Name: words.T("Last"), Value: w.moment(p.Last)},
		kit.Fact{Name: words.T("Residence from"), Value: words.Say(p.ResidenceFrom)}, kit.Fact{Name: words.T("Kind"), Value: words.Of("person", p.Kind)},
		kit.Fact{Name: "ID", Value: p.PersonID}))
	for _, r := range records {
		body.Add(kit.Hairline())
		body.Add(w.recordFacts(r))
	}
	return body
}

func (w *Window) recordFacts(r app.Affected) fyne.CanvasObject {
	head := kit.Fit(8, kit.Strong(r.Object), kit.Small(r.RecordID), kit.Chip(words.Of("grade", r.Grade), tone(r.Grade)))
	return kit.Stack(6, head, kit.Value(explained(r.Why)), kit.Facts(104, kit.Fact{Name: words.T("Fields"), Value: listed(r.Fields)},
		kit.Fact{Name: words.T("Possibly also"), Value: listed(r.PossibleFields)}, kit.Fact{Name: words.T("Act"), Value: words.Of("act", r.Act)}))
}
