package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// dossier is everything known of one customer.
type dossier struct {
	*personView
	holdings []app.Holding
	ties     []app.Tie
}

// openPerson goes to the page of a customer.
func (w *Window) openPerson(p app.Person) {
	fetch(w.ctx, w, func(ctx context.Context) ([]app.Holding, error) { return w.c.Holdings(ctx, p.ID) }, func(list []app.Holding) {
		if len(list) > 0 {
			w.visit(visit{page: "person", only: w.at.only, search: w.at.search, record: list[0].RecordID})
		}
	})
}

// personPage shows everything that is known about why a customer is listed.
func (w *Window) personPage() fyne.CanvasObject {
	place := waiting()
	fetch(w.ctx, w, func(ctx context.Context) (*dossier, error) { return w.readDossier(ctx, w.at.record) }, func(d *dossier) {
		fill(place, d.page())
	})
	return place
}

func (w *Window) readDossier(ctx context.Context, record string) (*dossier, error) {
	p, err := w.c.PersonOf(ctx, record)
	if err != nil {
		return nil, err
	}
	d := &dossier{}
	if d.personView, err = w.readPerson(ctx, p); err != nil {
		return nil, err
	}
	if d.holdings, err = w.c.Holdings(ctx, p.ID); err != nil {
		return nil, err
	}
	d.ties, err = w.c.Ties(ctx, p.ID)
	return d, err
}

func (d *dossier) page() fyne.CanvasObject {
	w, p := d.w, d.person
	show := kit.Secondary("eye", words.T("Show names"), w.reveal)
	if w.revealed {
		show = kit.Secondary("eye-off", words.T("Mask names"), func() { w.revealed = false; w.build() })
	}
	head := w.head(w.personal(p.Name), listedNonEmpty(country(p.Residence), words.Of("grade", p.Grade), words.Of("act", p.Act), p.PersonID), kit.Chip(words.Of("list", p.List), tone(p.List)),
		show, kit.Secondary("left", words.T("Back to the list"), func() { w.visit(visit{page: "customers", only: w.at.only, search: w.at.search}) }))
	records := kit.Tabs("records", func(string) {},
		kit.Tab{Key: "records", Label: words.N("Records (%s)", int64(len(d.holdings))), Content: func() fyne.CanvasObject { return kit.Least(10, 140, d.holdingGrid()) }},
		kit.Tab{Key: "ties", Label: words.N("Why they are one person's (%s)", int64(len(d.ties))), Content: func() fyne.CanvasObject { return kit.Least(10, 140, d.tiePane()) }})
	access := container.NewStack(kit.Small(words.T("No access of an attacker session.")))
	list := d.accesses(func(t touch) { fill(access, d.access(t)) })
	below := kit.Row([]float32{48, 52}, kit.Panel(words.N("Accesses (%s)", int64(len(d.touches))), "", kit.Least(10, 150, list)), kit.Panel(words.T("Access"), "", access))
	left := kit.Panel(words.T("What was exposed"), "", scrolled(w.personFacts(p, d.records)))
	return kit.Column(kit.Gap, head, kit.Row([]float32{30, 70}, left, kit.Split([]float32{2, 3}, kit.Card(records), below)))
}

// holdingGrid lists her records, touched or not; opened, one shows its line in the customer table.
func (d *dossier) holdingGrid() fyne.CanvasObject {
	w := d.w
	exposed := map[string]app.Affected{}
	for _, r := range d.records {
		exposed[r.RecordID] = r
	}
	rows := &grid.Rows[app.Holding]{All: d.holdings, Cells: func(h app.Holding) []string {
		x := exposed[h.RecordID]
		return []string{h.Object, h.RecordID, x.List, x.Grade, x.Act, listed(x.Fields), h.How, words.Say(h.Reason)}
	}}
	list := grid.New([]grid.Column{{Title: words.T("Object"), Width: 62}, {Title: words.T("Record"), Width: 142},
		{Title: words.T("List"), Width: 84, Look: grid.Pill, Tone: tone, Show: func(s string) string { return words.Of("list", s) }},
		{Title: words.T("Grade"), Width: 66, Show: func(s string) string { return words.Of("grade", s) }}, {Title: words.T("Act"), Width: 70, Show: func(s string) string { return words.Of("act", s) }},
		{Title: words.T("Fields"), Width: 80, Grow: true}, {Title: words.T("Holding"), Width: 54, Show: func(s string) string { return words.Of("holding", s) }}, {Title: words.T("Reason"), Width: 90, Grow: true}}, rows)
	list.Empty = words.T("No record.")
	list.OnOpen = func(row int64) {
		if h, ok := rows.At(row); ok {
			w.showCustomerLine(h)
		}
	}
	w.copies(list)
	return kit.Column(4, kit.Small(words.T("double click: the line in the customer table")), list)
}

// showCustomerLine shows a record as it was exported.
func (w *Window) showCustomerLine(h app.Holding) {
	if h.File == nil || h.Line == nil {
		w.fail(&app.Problem{What: words.F("%s is in no customer table", h.RecordID), Do: words.T("only a log names it; add the table it belongs to")})
		return
	}
	place := waiting()
	w.showLine(place, *h.File, *h.Line, h.Object, true)
	w.tell(h.Object+" "+h.RecordID, kit.Least(620, 380, place))
}

// tiePane lists what makes the records one person's, and takes two of them apart.
func (d *dossier) tiePane() fyne.CanvasObject {
	w := d.w
	rows := &grid.Rows[app.Tie]{All: d.ties, Cells: func(t app.Tie) []string {
		return []string{t.Strength, t.ObjectA + " " + t.A, t.ObjectB + " " + t.B, words.Say(t.Reason)}
	}}
	list := grid.New([]grid.Column{{Title: words.T("Strength"), Width: 86, Look: grid.Pill, Tone: tieTone, Show: func(s string) string { return words.Of("tie", s) }},
		{Title: words.T("One record"), Width: 190}, {Title: words.T("The other"), Width: 190}, {Title: words.T("Reason"), Width: 140, Grow: true}}, rows)
	list.Empty = words.T("There is only one record.")
	w.copies(list)
	apart := kit.Link(words.T("not the same person"), func() {
		if from, _, ok := list.Selected(); ok {
			w.keepApart(d.ties[from])
		}
	})
	if len(d.ties) == 0 {
		return list
	}
	list.Select(0, false)
	remark := kit.Small(words.T("possible: may be one person, but they are counted apart"))
	return kit.Column(4, container.NewBorder(nil, nil, nil, apart, kit.Fit(0, remark)), list)
}

func tieTone(value string) kit.Tone {
	return map[string]kit.Tone{"certain": kit.Green, "likely": kit.Blue, "possible": kit.Amber}[value]
}

// keepApart says that two records are not one person's.
func (w *Window) keepApart(t app.Tie) {
	item := widget.NewFormItem(words.T("Records"), kit.Value(t.ObjectA+" "+t.A+"\n"+t.ObjectB+" "+t.B+"\n"+words.Say(t.Reason)))
	w.ask(words.T("Not the same person"), words.T("Keep them apart"), 560, []*widget.FormItem{item}, func(reason string) {
		w.Correct(app.Correction{Kind: "apart", Records: []string{t.A, t.B}, Reason: reason})
	})
}

// access explains one access: the sentence, the query, the session, the log lines.
func (d *dossier) access(t touch) fyne.CanvasObject {
	w := d.w
	links := kit.Line(14, kit.Link(words.T("to the query"), func() { w.visit(visit{page: "queries", search: t.QueryID}) }),
		kit.Link(words.T("to the session"), func() { w.visit(visit{page: "sessions", search: strings.ToLower(t.SessionID)}) }))
	return kit.Tabs(w.tab, func(key string) { w.tab = key },
		kit.Tab{Key: "why", Label: words.T("Why"), Content: func() fyne.CanvasObject { return scrolled(kit.Stack(8, links, w.touchFacts(t))) }},
		kit.Tab{Key: "lines", Label: words.T("Log lines"), Content: d.lines})
}
