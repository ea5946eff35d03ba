package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/chart"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// coveragePanel shows for every source the hours in which it speaks, and its gaps.
func (w *Window) coveragePanel() fyne.CanvasObject {
	place := waiting()
	var spoken []app.Hour
	fetch(w.ctx, w, w.c.Coverage, func(hours []app.Hour) {
		spoken = hours
		if len(hours) == 0 {
			fill(place, kit.Small(words.T("No events with a time.")))
			return
		}
		strip := w.strip(hours)
		height := min(strip.MinSize().Height, 230)
		fill(place, kit.Least(10, height, container.NewVScroll(strip)))
	})
	return kit.Panel(words.T("Coverage"), words.T("the darker, the more events; amber: silent where it used to speak; in days: how long the source keeps its rows"), kit.Least(10, 110, place),
		kit.Link(words.T("as a list"), func() { w.listCoverage(spoken) }))
}

// strip lays the hours of every source over one axis, in slots of whole hours.
func (w *Window) strip(hours []app.Hour) fyne.CanvasObject {
	first, last := hours[0].At, hours[0].At
	for _, h := range hours {
		if h.At.Before(first) {
			first = h.At
		}
		if h.At.After(last) {
			last = h.At
		}
	}
	width := time.Hour * max(1, (last.Sub(first)/time.Hour+1+399)/400)
	n := int(last.Sub(first)/width) + 1
	var sources []chart.Source
	var keys [][2]string
	index := map[[2]string]int{}
	for _, h := range hours {
		key := [2]string{h.Organisation, h.Kind}
		i, ok := index[key]
		if !ok {
			i = len(sources)
			index[key] = i
			keys = append(keys, key)
			sources = append(sources, chart.Source{Name: sourceName(key, hours), Note: w.keeps(key[1]), Counts: make([]int64, n), Gap: make([]bool, n)})
		}
		sources[i].Counts[int(h.At.Sub(first)/width)] += h.Events
	}
	for _, g := range w.summary.Gaps {
		if i, ok := index[[2]string{g.Organisation, g.Kind}]; ok {
			markGap(sources[i].Gap, int(g.From.Sub(first)/width), int(g.To.Sub(first)/width))
		}
	}
	return chart.NewStrip(sources, w.stripMarks(first, last), func(source, slot int) string {
		at := first.Add(time.Duration(slot) * width)
		text := listedNonEmpty(w.minute(at), words.N("%s events", sources[source].Counts[slot]))
		if sources[source].Gap[slot] {
			text = listedNonEmpty(text, words.T("gap"), w.gapAt(keys[source], at, width))
		}
		return text
	}, nil)
}

// keeps says for how long a source keeps its rows.
func (w *Window) keeps(kind string) string {
	if days := w.c.Keeps(kind); days > 0 {
		return words.N("%s days", int64(days))
	}
	return ""
}

// gapAt says what shows a part of what is missing at a time, and what is known of the gap.
func (w *Window) gapAt(source [2]string, at time.Time, width time.Duration) string {
	for _, g := range w.summary.Gaps {
		if [2]string{g.Organisation, g.Kind} == source && g.From.Before(at.Add(width)) && !g.To.Before(at) {
			return listedNonEmpty(when(g.CoveredBy != "", words.F("in part in %s", shortKinds(g.CoveredBy))), words.Say(g.Note))
		}
	}
	return ""
}

// sourceName leaves the organisation out while there is only one.
func sourceName(key [2]string, hours []app.Hour) string {
	for _, h := range hours {
		if h.Organisation != key[0] {
			return key[0] + " " + shortKind(key[1])
		}
	}
	return shortKind(key[1])
}

func markGap(slots []bool, from, to int) {
	for i := max(0, from); i <= min(to, len(slots)-1); i++ {
		slots[i] = true
	}
}

func (w *Window) stripMarks(first, last time.Time) []string {
	marks := make([]string, 8)
	for i := range marks {
		marks[i] = first.Add(last.Sub(first) * time.Duration(i) / 7).In(w.zone).Format("01-02 15h")
	}
	return marks
}

// covered is what the strip shows of a source, in figures.
type covered struct {
	organisation, kind string
	from, to           time.Time
	hours, events      int64
}

// listCoverage tells the strip in words: for those who read, copy or use the keyboard.
func (w *Window) listCoverage(hours []app.Hour) {
	tabs := kit.Tabs("sources", func(string) {},
		kit.Tab{Key: "sources", Label: words.T("Sources"), Content: func() fyne.CanvasObject { return w.sourceGrid(sourcesOf(hours)) }},
		kit.Tab{Key: "gaps", Label: words.N("Gaps (%s)", int64(len(w.summary.Gaps))), Content: w.gapGrid})
	w.tell(words.T("Coverage"), kit.Least(860, 400, tabs))
}

// sourcesOf adds up the hours of every source; they come in the order of the sources.
func sourcesOf(hours []app.Hour) (list []covered) {
	for _, h := range hours {
		if n := len(list); n == 0 || list[n-1].organisation != h.Organisation || list[n-1].kind != h.Kind {
			list = append(list, covered{organisation: h.Organisation, kind: h.Kind, from: h.At})
		}
		s := &list[len(list)-1]
		s.to = h.At.Add(time.Hour)
		s.hours++
		s.events += h.Events
	}
	return list
}

func (w *Window) sourceGrid(list []covered) fyne.CanvasObject {
	rows := &grid.Rows[covered]{All: list, Cells: func(s covered) []string {
		return []string{s.kind, s.organisation, w.minute(s.from), w.minute(s.to), words.Number(s.hours), words.Number(s.events), w.keeps(s.kind)}
	}}
	g := grid.New([]grid.Column{{Title: words.T("Kind"), Width: 170, Grow: true}, {Title: words.T("Organisation"), Width: 130}, {Title: words.T("From"), Width: 116}, {Title: words.T("To"), Width: 116},
		{Title: words.T("Hours with events"), Width: 90, Look: grid.Number}, {Title: words.T("Events"), Width: 80, Look: grid.Number}, {Title: words.T("Keeps its rows"), Width: 90}}, rows)
	g.Empty = words.T("No events with a time.")
	w.copies(g)
	return g
}

func (w *Window) gapGrid() fyne.CanvasObject {
	rows := &grid.Rows[app.Gap]{All: w.summary.Gaps, Cells: func(g app.Gap) []string {
		return []string{g.Kind, g.Organisation, w.minute(g.From), w.minute(g.To), shortKinds(g.CoveredBy), words.Say(g.Note)}
	}}
	g := grid.New([]grid.Column{{Title: words.T("Kind"), Width: 170}, {Title: words.T("Organisation"), Width: 130}, {Title: words.T("From"), Width: 116}, {Title: words.T("To"), Width: 116},
		{Title: words.T("Partly shown by"), Width: 110, Grow: true}, {Title: words.T("Note"), Width: 110, Grow: true}}, rows)
	g.Empty = words.T("No gap: every source spoke when it used to.")
	w.copies(g)
	return g
}
