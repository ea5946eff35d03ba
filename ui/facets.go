package ui

import (
	"context"
	"maps"
	"time"

	"fyne.io/fyne/v2"

	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/chart"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/lanes"
	"github.com/breachscope/breachscope/ui/words"
)

// mostValues bounds the values of a facet that are offered.
const mostValues = 14

// listing is what the sessions page asks for of the sessions.
func (w *Window) listing() app.Listing {
	return app.Listing{Search: w.at.search, Only: w.at.only, Pick: w.at.pick}
}

// pick narrows the sessions to a value of a facet; "" widens them again.
func (w *Window) pick(facet, value string) {
	pick := maps.Clone(w.at.pick)
	if pick == nil {
		pick = map[string]string{}
	}
	if pick[facet] = value; value == "" {
		delete(pick, facet)
	}
	w.visit(visit{page: "sessions", only: w.at.only, search: w.at.search, pick: pick})
}

// facets are the values that the sessions shown have, most frequent first, each of which narrows them.
func (w *Window) facets() fyne.CanvasObject {
	place := kit.Line(6, kit.Small(words.T("Reading…")))
	fetch(w.ctx, w, func(ctx context.Context) ([]app.Facet, error) { return w.c.Facets(ctx, w.listing(), mostValues) }, func(found []app.Facet) {
		place.Objects = nil
		for _, name := range app.Facets {
			place.Add(w.facet(name, found))
		}
		place.Refresh()
	})
	return place
}

func (w *Window) facet(name string, found []app.Facet) fyne.CanvasObject {
	label := words.Of("facet", name)
	if value := w.at.pick[name]; value != "" {
		return kit.Filter(label+": "+firstOf(facetValue(name, value), 24), "×", kit.Blue, true, func() { w.pick(name, "") })
	}
	var items []*fyne.MenuItem
	for _, f := range found {
		if f.Name != name {
			continue
		}
		text := firstOf(facetValue(name, f.Value), 44) + "  " + words.Number(f.Sessions)
		if f.Attacker > 0 {
			text += "  (" + words.F("%s attacker", words.Number(f.Attacker)) + ")"
		}
		items = append(items, fyne.NewMenuItem(text, func() { w.pick(name, f.Value) }))
	}
	var chip *kit.Area
	chip = kit.Filter(label, words.Number(int64(len(items))), kit.Neutral, false, func() {
		if len(items) > 0 {
			w.menuAt(fyne.CurrentApp().Driver().AbsolutePositionForObject(chip).AddXY(0, chip.Size().Height), items...)
		}
	})
	return chip
}

func facetValue(name, value string) string {
	if name == "country" {
		return country(value)
	}
	return value
}

// makeBrush puts the events of the whole case over the time line; a stretch chosen there is shown below.
func (v *sessionsView) makeBrush() {
	w := v.w
	from, to := w.logged()
	span := max(to.Sub(from), time.Minute)
	v.brush = chart.NewBrush(lanes.LabelWidth, func(a, b float64) {
		v.lanes.Window(from.Add(time.Duration(a*float64(span))).Unix(), from.Add(time.Duration(b*float64(span))).Unix())
	})
	width := barWidth(span)
	fetch(w.ctx, w, func(ctx context.Context) ([]app.Bar, error) {
		return w.c.Histogram(ctx, time.Time{}, time.Time{}, width)
	}, func(bars []app.Bar) {
		v.brush.Set(brushed(bars, from, span, width))
	})
}

// brushed are the bars as columns over the whole stretch.
func brushed(bars []app.Bar, from time.Time, span, width time.Duration) []chart.Column {
	if len(bars) == 0 {
		return nil
	}
	first := from.Truncate(width)
	columns := make([]chart.Column, int((span+from.Sub(first))/width)+1)
	for _, b := range bars {
		if i := int(b.At.Sub(first) / width); i >= 0 && i < len(columns) {
			columns[i].Value += float64(b.Events)
			columns[i].Part += float64(b.Attacker)
		}
	}
	return columns
}

// markBrush shows on the brush which stretch the time line shows.
func (v *sessionsView) markBrush(from, to int64) {
	first, last := v.w.logged()
	span := max(1, last.Sub(first).Seconds())
	v.brush.Mark(float64(from-first.Unix())/span, float64(to-first.Unix())/span)
}
