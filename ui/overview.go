package ui

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/chart"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/lanes"
	"github.com/breachscope/breachscope/ui/words"
)

// overviewPage shows the figures that matter, when it happened, who did it, and whom it reached.
func (w *Window) overviewPage() fyne.CanvasObject {
	s := w.summary
	remark := words.T("No evidence yet.")
	if s.Files > 0 {
		remark = strings.Join([]string{words.N("%s files", s.Files), words.N("%s rows", s.Loaded), words.N("%s events", s.Events), w.info.Timezone}, " · ")
	}
	head := w.head(w.info.Name, remark, w.caseState(), kit.Secondary("import", words.T("Add evidence"), w.addEvidence),
		kit.Primary("export", words.T("Export"), func() { w.Show("export") }))
	page := kit.Column(kit.Gap, head)
	addTo(page, w.nextStep(), w.fadedBanner(), w.idleBanner())
	page.Add(w.figures())
	top := kit.Row([]float32{66, 34}, w.histogramPanel(), w.accountsPanel())
	bottom := kit.Row([]float32{1, 1, 1, 1}, w.clocksPanel(), w.countriesPanel(), w.categoriesPanel(), w.gapsPanel())
	if s.Sessions[string(analysis.Attacker)] == 0 {
		page.Add(kit.Split([]float32{3, 1}, top, bottom))
		return page
	}
	frame := container.NewStack()
	frame.Objects = []fyne.CanvasObject{kit.Split([]float32{1, 0, 0}, top, w.attackerPanel(frame), bottom)}
	page.Add(frame)
	return page
}

// caseState says in a word where the work stands.
func (w *Window) caseState() fyne.CanvasObject {
	s := w.summary
	switch {
	case s.Files == 0:
		return kit.Chip(words.T("empty"), kit.Neutral)
	case s.Sessions[string(analysis.Attacker)] == 0:
		return kit.Chip(words.T("no session judged"), kit.Amber)
	case !s.Scoped:
		return kit.Chip(words.T("to be replayed"), kit.Amber)
	}
	return kit.Chip(words.T("lists up to date"), kit.Green)
}

// nextStep is the strip that leads through the work; nil when there is nothing left to do.
func (w *Window) nextStep() fyne.CanvasObject {
	s := w.summary
	switch {
	case s.Files == 0:
		return banner(kit.Blue, "import", words.T("Drop log exports and customer tables on this window, or choose them."), kit.Primary("import", words.T("Add evidence"), w.addEvidence))
	case s.Sessions[string(analysis.Attacker)] == 0:
		return banner(kit.Amber, "flag", words.T("Mark the sessions that were the attacker's; those with the highest scores come first."), kit.Primary("sessions", words.T("Review sessions"), func() { w.Show("sessions") }))
	case !s.Scoped:
		return w.replayBanner()
	}
	return nil
}

// replayBanner says that the lists do not fit the verdicts any more, and offers to make them anew.
func (w *Window) replayBanner() fyne.CanvasObject {
	return banner(kit.Amber, "alert", words.T("Evidence or verdicts have changed: the lists are out of date."), kit.Primary("play", words.T("Replay queries"), w.replay))
}

// replay runs what the marked sessions asked for again.
func (w *Window) replay() {
	w.run(words.T("Replaying the attacker's queries"), func(ctx context.Context, p progressFunc) error {
		_, err := w.c.Scope(ctx, p)
		return err
	}, func() { w.refresh(nil) }, nil)
}

func (w *Window) figures() fyne.CanvasObject {
	s := w.summary
	confirmed, possible := app.Total(s.People, string(analysis.Confirmed), ""), app.Total(s.People, string(analysis.Possible), "")
	attacker, understood := s.Sessions[string(analysis.Attacker)], sum(s.Queries)-s.Queries[string(analysis.NotUnderstood)]
	records := app.Total(s.Records, string(analysis.Confirmed), "") + app.Total(s.Records, string(analysis.Possible), "")
	to := func(v visit) func() { return func() { w.visit(v) } }
	return kit.Row([]float32{1, 1, 1, 1, 1},
		kit.Figure(words.T("Customers, confirmed"), words.Number(confirmed), ofKinds(s.People, analysis.Confirmed, words.T("named by log or replay")), kit.Danger, to(visit{page: "customers", only: string(analysis.Confirmed)})),
		kit.Figure(words.T("Customers, possible"), words.Number(possible), ofKinds(s.People, analysis.Possible, words.T("cannot be ruled out")), kit.Warn, to(visit{page: "customers", only: string(analysis.Possible)})),
		kit.Figure(words.T("Records affected"), words.Number(records), words.F("of %s", objectsOf(s.Records)), kit.Muted, to(visit{page: "customers"})),
		kit.Figure(words.T("Attacker sessions"), words.Number(attacker), words.F("of %s sessions", words.Number(sum(s.Sessions))), kit.Muted, to(visit{page: "sessions", only: string(analysis.Attacker)})),
		kit.Figure(words.T("Queries replayed"), words.Number(sum(s.Queries)), words.F("%s understood", words.Number(understood)), kit.Muted, to(visit{page: "queries"})))
}

// ofKinds says how many natural persons, companies and others a list holds; otherwise stands for an empty list.
func ofKinds(people []app.Count, list analysis.List, otherwise string) string {
	var parts []string
	for _, kind := range []struct{ kind, text string }{{"person", "%s persons"}, {"company", "%s companies"}, {"employee", "%s employees"}, {"test", "%s test entries"}} {
		if n := app.Total(people, string(list), kind.kind); n > 0 {
			parts = append(parts, words.N(kind.text, n))
		}
	}
	if len(parts) == 0 {
		return otherwise
	}
	return strings.Join(parts, ", ")
}

// objectsOf names the objects that records belong to, the most affected first.
func objectsOf(counts []app.Count) string {
	var names []string
	seen := map[string]bool{}
	for _, c := range counts {
		if !seen[c.Object] && c.List != string(analysis.Cleared) {
			seen[c.Object] = true
			names = append(names, c.Object)
		}
	}
	if len(names) == 0 {
		return "–"
	}
	return strings.Join(names, ", ")
}

// histogramPanel shows how much happened when; the part in attacker sessions is red.
func (w *Window) histogramPanel() fyne.CanvasObject {
	place := waiting()
	var counted []app.Bar
	from, to := w.logged()
	width := barWidth(to.Sub(from))
	fetch(w.ctx, w, func(ctx context.Context) ([]app.Bar, error) {
		return w.c.Histogram(ctx, time.Time{}, time.Time{}, width)
	}, func(bars []app.Bar) {
		counted = bars
		fill(place, w.histogram(bars, width))
	})
	title, remark := words.T("Events over time"), words.F("%s per bar; red: in attacker sessions", words.Of("width", width.String()))
	return kit.Panel(title, remark, place, w.pictureButton(title, remark, fyne.NewSize(860, 280), func() fyne.CanvasObject { return w.histogram(counted, width) }))
}

// barWidths are what a bar of the histogram may stand for.
var barWidths = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour}

// barWidth shows a span in at most 170 bars.
func barWidth(span time.Duration) time.Duration {
	for _, width := range barWidths {
		if span/width <= 170 {
			return width
		}
	}
	return 28 * 24 * time.Hour
}

// logged is the time the logs cover.
func (w *Window) logged() (from, to time.Time) {
	if w.summary.From == nil || w.summary.To == nil {
		return from, to
	}
	return *w.summary.From, *w.summary.To
}

// histogram fills the bars without events in, as the axis has to be even.
func (w *Window) histogram(bars []app.Bar, width time.Duration) fyne.CanvasObject {
	if len(bars) == 0 {
		return kit.Small(words.T("No events with a time."))
	}
	first, last := bars[0].At, bars[len(bars)-1].At
	n := int(last.Sub(first)/width) + 1
	columns := make([]chart.Column, n)
	for i := range columns {
		columns[i].Tip = w.minute(first.Add(time.Duration(i) * width))
	}
	for _, b := range bars {
		c := &columns[int(b.At.Sub(first)/width)]
		c.Value, c.Part = float64(b.Events), float64(b.Attacker)
		c.Tip += " · " + words.N("%s events", b.Events)
		if b.Attacker > 0 {
			c.Tip += " · " + words.F("%s attacker", words.Number(b.Attacker))
		}
	}
	marks := make([]string, min(7, n))
	for i := range marks {
		layout := "01-02"
		if last.Sub(first) < 48*time.Hour {
			layout = "15:04"
		}
		marks[i] = first.Add(time.Duration((float64(i)+0.5)/float64(len(marks))*float64(n)) * width).In(w.zone).Format(layout)
	}
	return chart.NewHistogram(columns, marks, words.Short, func(int) { w.Show("sessions") })
}

// attackerPanel is the time line of the sessions marked attacker; frame is laid out anew when they have come.
func (w *Window) attackerPanel(frame *fyne.Container) fyne.CanvasObject {
	line := lanes.New(nil)
	line.Zone, line.Most = w.zone, 4
	line.OnSelect = func(int) { w.visit(visit{page: "sessions", only: string(analysis.Attacker)}) }
	from, to := w.logged()
	fetch(w.ctx, w, func(ctx context.Context) ([]app.Span, error) {
		return w.c.Spans(ctx, from, to.Add(time.Second), app.Listing{Only: string(analysis.Attacker), Limit: spansShown})
	}, func(spans []app.Span) {
		line.Tip = func(i int) string { return w.spanTip(spans[i]) }
		line.Put(lanesOf(spans), false)
		frame.Refresh()
	})
	return kit.Panel(words.T("Attacker sessions"), words.T("per account; press one to judge it"), line)
}

// accountsPanel ranks accounts by what was done under their name, those with attacker sessions first.
func (w *Window) accountsPanel() fyne.CanvasObject {
	place := waiting()
	fetch(w.ctx, w, func(ctx context.Context) ([]app.Account, error) { return w.c.Accounts(ctx, 5) }, func(accounts []app.Account) {
		entries := make([]chart.Entry, len(accounts))
		for i, a := range accounts {
			name, note := strings.TrimSpace(a.Person), a.Login
			if name == "" {
				name, note = a.Login, ""
			}
			entries[i] = chart.Entry{Name: name, Note: note, Value: words.Number(a.Rows), OnTap: func() { w.visit(visit{page: "sessions", search: a.Login}) },
				Parts: []chart.Part{{Value: float64(a.AttackerRows), Tone: kit.Red}, {Value: float64(a.Rows - a.AttackerRows), Tone: kit.Blue}}}
		}
		fill(place, orNothing(entries))
	})
	return kit.Panel(words.T("Accounts by rows read"), words.T("red: in attacker sessions"), place)
}

// countriesPanel ranks the residences of those affected.
func (w *Window) countriesPanel() fyne.CanvasObject {
	return w.rankingPanel(words.T("Affected by residence"), words.T("red confirmed, amber possible"), w.summary.People,
		func(c app.Count) string { return c.Residence }, country, func(key string) visit { return visit{page: "customers", only: orElse(key, "unknown")} })
}

// categoriesPanel ranks the kinds of data that were exposed.
func (w *Window) categoriesPanel() fyne.CanvasObject {
	return w.rankingPanel(words.T("Exposed data"), words.T("customers, by category"), w.summary.Categories,
		func(c app.Count) string { return c.Category }, func(s string) string { return words.Of("category", s) }, func(key string) visit { return visit{page: "customers", search: key} })
}

// rankingPanel is a ranking with its picture to take away.
func (w *Window) rankingPanel(title, remark string, counts []app.Count, key func(app.Count) string, name func(string) string, to func(string) visit) fyne.CanvasObject {
	draw := func() fyne.CanvasObject { return orNothing(w.ranking(counts, key, name, to)) }
	return kit.Panel(title, remark, draw(), w.pictureButton(title, remark, fyne.NewSize(420, 10), draw))
}

// ranking adds counts up by a key, confirmed and possible apart, the largest first.
func (w *Window) ranking(counts []app.Count, key func(app.Count) string, name func(string) string, to func(string) visit) []chart.Entry {
	var order []string
	parts := map[string][2]int64{}
	for _, c := range counts {
		k := key(c)
		if _, ok := parts[k]; !ok {
			order = append(order, k)
		}
		p := parts[k]
		switch c.List {
		case string(analysis.Confirmed):
			p[0] += c.N
		case string(analysis.Possible):
			p[1] += c.N
		}
		parts[k] = p
	}
	return topEntries(order, parts, name, func(k string) func() { return func() { w.visit(to(k)) } })
}

// gapsPanel lists where the logs are silent, because it limits what the lists can say.
func (w *Window) gapsPanel() fyne.CanvasObject {
	lines := kit.Stack(6)
	gaps := w.summary.Gaps
	for _, g := range gaps[:min(4, len(gaps))] {
		tone := kit.Amber
		if g.CoveredBy != "" {
			tone = kit.Neutral
		}
		span := w.format(g.From, "01-02 15:04") + " – " + w.format(g.To, "01-02 15:04")
		lines.Add(kit.Fit(8, kit.Dot(tone), kit.Write(shortKind(g.Kind), 12.5, kit.Text, false), kit.Small(span)))
		if g.CoveredBy != "" {
			lines.Add(kit.Fit(8, kit.Space(8, 1), kit.Caption(words.F("in part in %s", shortKinds(g.CoveredBy)))))
		}
	}
	if len(gaps) == 0 {
		lines.Add(kit.Small(words.T("No source is silent where it used to speak.")))
	}
	if len(gaps) > 4 {
		lines.Add(kit.Link(words.F("and %s more", words.Number(int64(len(gaps)-4))), func() { w.Show("evidence") }))
	}
	span := ""
	if from, to := w.logged(); !from.IsZero() {
		span = w.format(from, "2006-01-02") + " – " + w.format(to, "2006-01-02")
	}
	return kit.Panel(words.T("Gaps in the logs"), span, lines)
}
