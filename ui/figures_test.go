package ui

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/breachscope/breachscope/analysis/duty"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/kit"
)

func TestTheOverviewCountsDownToTheNextDeadlines(t *testing.T) {
	w := investigated(t)
	w.Show("overview")
	shows(t, w, "Deadlines", "No clock runs")
	aware := time.Now().Add(-30 * time.Hour).UTC()
	if err := w.c.SetFacts(t.Context(), duty.Facts{Dates: map[duty.Clock]duty.Moment{duty.Aware: {From: aware, To: aware}}, Answers: map[string]duty.Answer{"illegal_access": duty.Yes}}); err != nil {
		t.Fatal(err)
	}
	w.Show("overview")
	shows(t, w, "41h 5", "Korea") // 72 hours less the 30 that have passed
}

func TestTheTableOfCountriesAddsUp(t *testing.T) {
	w := investigated(t)
	all := residents(w.summary.People)
	var n int64
	for _, r := range all[1:] {
		n += r.all()
	}
	if affected := allPeople(w.summary) - app.Total(w.summary.People, "cleared", ""); all[0].all() != n || n != affected {
		t.Fatalf("together %d, by country %d, affected %d", all[0].all(), n, affected)
	}
	w.part = "countries"
	w.Show("customers")
	shows(t, w, "together", "South Korea", "confirmed, person", "at least 8, likely 8, at most 8")
	list, total, err := w.c.People(t.Context(), app.Listing{Only: "unknown", Limit: 10})
	if err != nil || int64(len(list)) != total {
		t.Fatal(list, total, err)
	}
	for _, p := range list {
		if p.Residence != "" {
			t.Errorf("%q is not unknown", p.Residence)
		}
	}
}

func TestWhatDoesNotAddUpIsListedWithRowsColumnsAndBytes(t *testing.T) {
	w := investigated(t)
	w.part = "apart"
	w.Show("queries")
	shows(t, w, "What does not add up", "Columns", "Bytes", "estimated")
	all, _, err := w.c.Queries(t.Context(), app.Listing{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	apart, _, err := w.c.Queries(t.Context(), app.Listing{Only: app.Discrepant, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, q := range apart {
		listed[q.QueryID] = true
	}
	for _, q := range all {
		if d := difference(q); d != "" && d != "0" && !listed[q.QueryID] {
			t.Errorf("%s differs by %s and is not listed", q.Text, d)
		}
		if q.Outcome == "matches" && listed[q.QueryID] && difference(q) == "0" && q.ColumnsLogged == nil && q.BytesLogged == nil {
			t.Errorf("%s adds up and is listed", q.Text)
		}
	}
}

// A chart goes into a report on paper: on white whatever the theme, and large.
func TestAChartIsSavedForPrint(t *testing.T) {
	w := investigated(t)
	w.Dark(true)
	settled(w)
	img := w.picture("Affected by residence", "red confirmed", fyne.NewSize(420, 100), func() fyne.CanvasObject {
		return orNothing(w.ranking(w.summary.People, func(c app.Count) string { return c.Residence }, country, func(string) visit { return visit{} }))
	})
	if b := img.Bounds(); b.Dx() < 1200 {
		t.Fatalf("%d pixels wide", b.Dx())
	}
	if r, g, b, _ := img.At(60, img.Bounds().Dy()-12).RGBA(); r+g+b != 3*0xffff {
		t.Fatalf("the ground is %x %x %x", r, g, b)
	}
	if w.win.Canvas().Capture().At(5, 300) != kit.Color(kit.Side) {
		t.Fatal("the window is not dark any more")
	}
	path := filepath.Join(t.TempDir(), "chart.png")
	if err := writePicture(path, img); err != nil {
		t.Fatal(err)
	}
}

func TestRejectedRowsAreTakenAwayAsCSV(t *testing.T) {
	w, f, r := withRejects(t)
	path := filepath.Join(t.TempDir(), "rejected.csv")
	if err := w.c.ExportRejects(t.Context(), f.ID, path); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || int64(len(rows)) != f.Rejected+1 || rows[1][4] != r.Text || rows[1][2] != "open" {
		t.Fatal(rows, err)
	}
	entries, err := w.c.Journal(t.Context())
	if last := entries[len(entries)-1]; err != nil || last.Action != "export" || !strings.Contains(string(last.Arguments), "rejected rows of") {
		t.Fatal("it is not in the journal", err)
	}
}

func TestWhoIsAffectedForTheSecondTimeIsSaid(t *testing.T) {
	w := investigated(t)
	dir := filepath.Join(t.TempDir(), "out")
	w.Export(dir, app.ExportOptions{Reason: "the year before"})
	settled(w)
	w.Earlier(filepath.Join(dir, "affected-people.csv"), "")
	shows(t, w, "That did not work")
	w.Earlier(filepath.Join(dir, "affected-people.csv"), "Autumn 2025")
	settled(w)
	w.part = "versions"
	w.Show("customers")
	shows(t, w, "Autumn 2025")
	w.part = "countries"
	w.Show("customers")
	shows(t, w, "persons are affected for the second time")
}
