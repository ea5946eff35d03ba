package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// outcomes in the order in which they deserve a look.
var outcomes = []analysis.Outcome{analysis.NotUnderstood, analysis.UndefinedSubset, analysis.Superset, analysis.Subset, analysis.NoCount,
	analysis.Matches, analysis.RecordedRows, analysis.CountOnly}

// queriesPage lists what the attacker asked for, with the rows logged beside the rows replayed.
func (w *Window) queriesPage() fyne.CanvasObject {
	detail := hint(words.T("Choose a query."))
	head := w.head(words.T("Queries"), words.T("what the attacker's sessions asked for, run again on the customer tables as of that moment"), nil,
		w.searchBox(words.T("Text, object, account"), func(text string) {
			w.visit(visit{page: "queries", only: w.at.only, search: text})
		}), w.menuOf("edit", words.T("Correct"), w.correctMenu), kit.Primary("play", words.T("Replay queries"), w.replay))
	page := kit.Column(kit.Gap, head)
	if !w.summary.Scoped && w.summary.Sessions[string(analysis.Attacker)] > 0 {
		page.Add(w.replayBanner())
	}
	addTo(page, w.idleBanner())
	page.Add(kit.Slide(6, w.outcomeFilters()...))
	lists := kit.Tabs(w.part, func(key string) { w.part = key },
		kit.Tab{Key: "queries", Label: words.T("Queries"), Content: func() fyne.CanvasObject {
			list, bySize := w.queryGrid(detail)
			links := kit.Line(16, kit.Link(words.T("largest differences first"), bySize), kit.Link(words.T("corrections"), w.showCorrections))
			return kit.Column(4, container.NewBorder(nil, nil, nil, links, kit.Fit(0, kit.Small(words.T("difference: replayed less logged")))), list)
		}},
		kit.Tab{Key: "apart", Label: words.T("What does not add up"), Content: func() fyne.CanvasObject { return w.discrepancies(detail) }})
	page.Add(kit.Row([]float32{71, 29}, kit.Card(lists), kit.Panel(words.T("Query"), "", detail)))
	return page
}

func (w *Window) outcomeFilters() []fyne.CanvasObject {
	counts := w.summary.Queries
	filter := func(only, label string, n int64) fyne.CanvasObject {
		return kit.Filter(label, words.Number(n), outcomeTone(only), w.at.only == only, func() {
			w.visit(visit{page: "queries", only: only, search: w.at.search})
		})
	}
	chips := []fyne.CanvasObject{filter("", words.T("all"), sum(counts))}
	for _, o := range outcomes {
		if n := counts[string(o)]; n > 0 {
			chips = append(chips, filter(string(o), words.Of("outcome", string(o)), n))
		}
	}
	return chips
}

// queryGrid lists the queries; bySize puts those first whose rows agree least with the log.
func (w *Window) queryGrid(detail *fyne.Container) (list *grid.Grid, bySize func()) {
	sort, down := "at", false
	source := pages(w.ctx, w, func(ctx context.Context, from, limit int64) ([]app.Query, int64, error) {
		return w.c.Queries(ctx, app.Listing{Search: w.at.search, Only: w.at.only, Sort: sort, Down: down, Offset: from, Limit: limit})
	}, w.queryCells)
	list = grid.New([]grid.Column{
		{Key: "at", Title: words.T("Time"), Width: 90}, {Key: "carrier", Title: words.T("Carrier"), Width: 64, Show: func(s string) string { return words.Of("carrier", s) }},
		{Title: words.T("Text"), Width: 84, Grow: true}, {Key: "object", Title: words.T("Object"), Width: 66},
		{Key: "logged", Title: words.T("Logged"), Width: 50, Look: grid.Number}, {Key: "replayed", Title: words.T("Replayed"), Width: 58, Look: grid.Number},
		{Key: "discrepancy", Title: words.T("Difference"), Width: 62, Look: grid.Number, Tone: differenceTone}, {Key: "missing", Title: words.T("Missing"), Width: 48, Look: grid.Number, Tone: alarm},
		{Key: "outcome", Title: words.T("Outcome"), Width: 100, Look: grid.Pill, Tone: outcomeTone, Show: func(s string) string { return words.Of("outcome", s) }},
	}, source)
	list.SortedBy(sort, down)
	list.Empty = words.T("No query. Mark sessions, then replay.")
	list.OnSort = func(key string, d bool) {
		sort, down = key, d
		source.Reset()
		list.Reset()
	}
	list.OnMenu = func(row int64, at fyne.Position) {
		if q, ok := source.At(row); ok {
			w.menuAt(at, fyne.NewMenuItem(declaring(q), func() { w.declare(q) }))
		}
	}
	list.OnSelect = func(row int64) {
		if q, ok := source.At(row); ok {
			fill(detail, w.queryDetail(q))
		}
	}
	w.copies(list)
	w.list = list
	grid.Follow(list, source, w.fail)
	chooseFirst(list, source)
	return list, func() {
		list.SortedBy("discrepancy", true)
		list.OnSort("discrepancy", true)
	}
}

func (w *Window) queryCells(q app.Query) []string {
	text := strings.Join(strings.Fields(w.asks(q.Carrier, q.Text)), " ")
	if q.Excluded {
		text = words.F("(left out) %s", text)
	}
	return []string{w.format(q.At, "01-02 15:04"), q.Carrier, text, q.Object, number(q.RowsLogged), number(q.RowsReplayed), difference(q), blank(number(q.Missing)), q.Outcome}
}

// difference is how many rows more, or less, the replay found than the log counted.
func difference(q app.Query) string {
	if q.RowsLogged == nil || q.RowsReplayed == nil {
		return ""
	}
	d := *q.RowsReplayed - *q.RowsLogged
	switch {
	case d > 0:
		return "+" + words.Number(d)
	case d < 0:
		return "−" + words.Number(-d)
	}
	return "0"
}

func differenceTone(cell string) kit.Tone {
	switch {
	case strings.HasPrefix(cell, "−"):
		return kit.Red
	case strings.HasPrefix(cell, "+"):
		return kit.Amber
	}
	return kit.Neutral
}

// number writes a number, "–" when it is not known.
func number(n *int64) string {
	if n == nil {
		return "–"
	}
	return words.Number(*n)
}

// queryDetail shows how a query was understood, the SQL it became, whom it touched, and the log lines it stands in.
func (w *Window) queryDetail(q app.Query) fyne.CanvasObject {
	name := kit.Fit(8, kit.Strong(words.Of("carrier", q.Carrier)+" · "+q.Object), kit.Chip(words.Of("outcome", q.Outcome), outcomeTone(q.Outcome)))
	head := kit.Stack(4, container.NewBorder(nil, nil, nil, kit.Link(declaring(q), func() { w.declare(q) }), name),
		kit.Fit(0, kit.Small(w.moment(q.At)+" · "+q.Account)))
	tabs := kit.Tabs(w.tab, func(key string) { w.tab = key },
		kit.Tab{Key: "facts", Label: words.T("Answer"), Content: func() fyne.CanvasObject { return scrolled(w.queryFacts(q)) }},
		kit.Tab{Key: "records", Label: words.T("Records"), Content: func() fyne.CanvasObject { return w.queryRecords(q) }},
		kit.Tab{Key: "sql", Label: "SQL", Content: func() fyne.CanvasObject { return scrolled(kit.Value(w.query(q.SQL))) }},
		kit.Tab{Key: "lines", Label: words.T("Log lines"), Content: func() fyne.CanvasObject {
			return w.trail(func(ctx context.Context, l app.Listing) ([]app.Event, error) { return w.c.QueryEvents(ctx, q.ID, l) })
		}})
	return container.NewBorder(kit.Pad(head, 0, 8, 0, 0), nil, nil, nil, tabs)
}

// declaring is what can be declared of a query.
func declaring(q app.Query) string {
	if q.Excluded {
		return words.T("take in again")
	}
	return words.T("leave out")
}

func (w *Window) queryFacts(q app.Query) fyne.CanvasObject {
	return kit.Stack(10, kit.Value(explained(q.Why)), kit.Frame(kit.Pad(kit.Value(w.asks(q.Carrier, q.Text)), 6, 6, 8, 8)), kit.Facts(116,
		kit.Fact{Name: words.T("Fields"), Value: listed(q.Fields)}, kit.Fact{Name: words.T("Act"), Value: words.Of("act", q.Act)},
		kit.Fact{Name: words.T("Rows logged"), Value: number(q.RowsLogged)}, kit.Fact{Name: words.T("Rows replayed"), Value: number(q.RowsReplayed)},
		kit.Fact{Name: words.T("of them certain"), Value: number(q.RowsCertain)}, kit.Fact{Name: words.T("Difference"), Value: difference(q)},
		kit.Fact{Name: words.T("Rows missing"), Value: number(q.Missing)}, kit.Fact{Name: words.T("Rows of child objects"), Value: blank(number(q.RowsExtra))},
		kit.Fact{Name: words.T("Session"), Value: q.SessionID}, kit.Fact{Name: "ID", Value: q.QueryID},
		kit.Fact{Name: words.T("Notes"), Value: listedNonEmpty(when(!q.Certain, words.T("attributed to the session without a key")), when(q.Excluded, words.T("declared out of scope")))}))
}

// queryRecords lists the records that a query touched.
func (w *Window) queryRecords(q app.Query) fyne.CanvasObject {
	source := pages(w.ctx, w, func(ctx context.Context, from, limit int64) ([]app.Affected, int64, error) {
		list, err := w.c.QueryRecords(ctx, q.ID, app.Listing{Offset: from, Limit: limit})
		return list, known(from, limit, len(list)), err
	}, func(a app.Affected) []string { return []string{a.Object, a.RecordID, a.Grade, listed(a.Fields)} })
	list := grid.New([]grid.Column{{Title: words.T("Object"), Width: 72}, {Title: words.T("Record"), Width: 152},
		{Title: words.T("Grade"), Width: 92, Look: grid.Pill, Tone: tone, Show: func(s string) string { return words.Of("grade", s) }}, {Title: words.T("Fields"), Width: 120, Grow: true}}, source)
	list.Empty = words.T("This query touched nobody.")
	grid.Follow(list, source, w.fail)
	w.copies(list)
	return list
}
