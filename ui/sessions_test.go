package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app"
)

func TestFacetsFollowTheFilterAndNarrowTheSessions(t *testing.T) {
	w := investigated(t)
	count := func(l app.Listing, name, value string) (n int64) {
		t.Helper()
		found, err := w.c.Facets(t.Context(), l, 20)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if f.Name == name && f.Value == value {
				n = f.Sessions
			}
		}
		return n
	}
	list, all, err := w.c.Sessions(t.Context(), app.Listing{})
	if err != nil {
		t.Fatal(err)
	}
	agents := map[string]bool{}
	found, err := w.c.Facets(t.Context(), app.Listing{}, 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if f.Name == "family" {
			agents[f.Value] = true
		}
		if f.Sessions > all {
			t.Errorf("%s %s has %d of %d sessions", f.Name, f.Value, f.Sessions, all)
		}
		narrowed, n, err := w.c.Sessions(t.Context(), app.Listing{Pick: map[string]string{f.Name: f.Value}})
		if err != nil || n != f.Sessions || int64(len(narrowed)) != n {
			t.Errorf("%s %s counts %d sessions and shows %d, %v", f.Name, f.Value, f.Sessions, n, err)
		}
	}
	if len(agents) < 2 || len(list) == 0 {
		t.Fatal("the sessions' clients are not told apart", agents)
	}
	for family := range agents {
		attacker := count(app.Listing{Only: string(analysis.Attacker)}, "family", family)
		if whole := count(app.Listing{}, "family", family); attacker > whole {
			t.Errorf("%s: %d of %d", family, attacker, whole)
		}
	}
}

func TestAFacetChosenIsShownAndCanBeLeft(t *testing.T) {
	w := investigated(t)
	w.visit(visit{page: "sessions", only: string(analysis.Attacker)})
	found, err := w.c.Facets(t.Context(), w.listing(), 20)
	if err != nil {
		t.Fatal(err)
	}
	family := ""
	for _, f := range found {
		if f.Name == "family" {
			family = f.Value
		}
	}
	w.pick("family", family)
	shows(t, w, "Client family: "+family, "kim.sales@maison.kr")
	w.pick("family", "")
	if shows(t, w, "Client family"); len(w.at.pick) != 0 || w.at.only != string(analysis.Attacker) {
		t.Fatal(w.at)
	}
}

func TestTheFindingsOfASessionAndTwoSessionsSideBySide(t *testing.T) {
	w := investigated(t)
	w.tab = "findings"
	w.visit(visit{page: "sessions"})
	shows(t, w, "log row", "compare")
	list, _, err := w.c.Sessions(t.Context(), app.Listing{Sort: "started", Limit: 3})
	if err != nil || len(list) < 2 {
		t.Fatal(err)
	}
	w.compare(list[0], list[1])
	shows(t, w, "Two sessions side by side", "Property", "differs", list[0].LoginKey, list[1].LoginKey)
}

func TestTheHistogramCountsEveryEventOnceAndTheBrushSetsTheStretch(t *testing.T) {
	w := investigated(t)
	bars, err := w.c.Histogram(t.Context(), time.Time{}, time.Time{}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	var events, attacker int64
	for _, b := range bars {
		events, attacker = events+b.Events, attacker+b.Attacker
	}
	if events != w.summary.Events || attacker != 3 {
		t.Fatalf("%d of %d events in bars, %d of them the attacker's", events, w.summary.Events, attacker)
	}
	w.visit(visit{page: "sessions"})
	settled(w)
	v := &sessionsView{w: w, detail: hint(""), counted: hint(""), frame: hint("")}
	v.makeBrush()
	v.makeLanes()
	settled(w)
	v.brush.Resize(fyne.NewSize(v.brush.Left+1000, 34))
	v.lanes.Resize(fyne.NewSize(1200, 200))
	at := func(x float32) fyne.PointEvent { return fyne.PointEvent{Position: fyne.NewPos(v.brush.Left+x, 10)} }
	v.brush.MouseDown(&desktop.MouseEvent{PointEvent: at(250)})
	v.brush.Dragged(&fyne.DragEvent{PointEvent: at(750)})
	from, to := v.lanes.Shown()
	first, last := w.logged()
	if span, whole := float64(to-from), last.Sub(first).Seconds(); span < 0.45*whole || span > 0.55*whole {
		t.Fatalf("half of %v s was chosen, %v s are shown", whole, span)
	}
	v.brush.MouseUp(&desktop.MouseEvent{PointEvent: at(750)})
	v.brush.MouseDown(&desktop.MouseEvent{PointEvent: at(10)})
	v.brush.MouseUp(&desktop.MouseEvent{PointEvent: at(10)})
	if from, to = v.lanes.Shown(); float64(to-from) < last.Sub(first).Seconds()*0.95 {
		t.Fatal("a press does not show everything again")
	}
}

// Whoever judges a hundred sessions must not find herself on the first one again after each.
func TestAVerdictKeepsThePlaceInTheList(t *testing.T) {
	w := investigated(t)
	w.Show("sessions")
	settled(w)
	w.judged.list.OnSort("started", true)
	settled(w)
	w.judged.list.Select(1, false)
	chosen := w.judged.chosen
	w.judge(analysis.Legitimate, "known to the owner", []session.Indicator{{Session: chosen.SessionID}})
	settled(w)
	row, _, _ := w.judged.list.Selected()
	if row != 1 || w.judged.chosen.SessionID != chosen.SessionID || w.judged.chosen.Verdict != analysis.Legitimate {
		t.Errorf("row %d, session %s %s, not %s", row, w.judged.chosen.SessionID, w.judged.chosen.Verdict, chosen.SessionID)
	}
	w.Show("sessions")
	settled(w)
	if row, _, _ := w.judged.list.Selected(); row != 0 {
		t.Error("coming from elsewhere the list begins at row", row)
	}
}

func TestAUserAgentIsNotTornApartAtItsSemicolons(t *testing.T) {
	got := clients("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/122;Java/21.0.4;9999")
	if len(got) != 3 || got[0] != "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/122" {
		t.Errorf("%q", got)
	}
	if got := distinct("Viewer;Browser;Viewer"); len(got) != 2 {
		t.Errorf("%q", got)
	}
}
