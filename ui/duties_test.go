package ui

import (
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis/duty"
)

// openForm is the duties' page with its form filled in by what the case knows.
func openForm(w *Window) *dutiesView {
	v := &dutiesView{w: w, detail: hint(""), form: waiting()}
	v.makeList()
	v.makeForm()
	return v
}

func TestWhatWasDoneAndHowLargeTheSystemIsAreKept(t *testing.T) {
	w := investigated(t)
	w.Show("duties")
	shows(t, w, "No legal advice", "when it was done", "How many records of persons", "Its source was read.")
	v := openForm(w)
	v.dates[duty.Aware].SetText("2026-01-05 09:00")
	v.system.SetText("3,600,000")
	v.done("KR authority report", "2026-01-06 10:00")
	settled(w)
	f, err := w.c.Facts(t.Context())
	if err != nil || f.SystemRecords != 3_600_000 || f.Dates[duty.Aware].IsZero() {
		t.Fatal(f, err)
	}
	if at := f.Done["KR authority report"].From; !at.Equal(time.Date(2026, 1, 6, 1, 0, 0, 0, time.UTC)) {
		t.Fatal("done", at)
	}
	v.done("KR authority report", "")
	settled(w)
	if f, err = w.c.Facts(t.Context()); err != nil || len(f.Done) != 0 {
		t.Fatal("what was done cannot be taken back", f.Done, err)
	}
	v.done("KR authority report", "6/1/26")
	shows(t, w, "That did not work")
}

func TestTheCrossBorderViewHasTheThreeQuestionsAndTheirCounts(t *testing.T) {
	w := investigated(t)
	w.part = "borders"
	w.Show("duties")
	shows(t, w, "PIPL Art. 38", "PIPL Art. 39", "PIPL Art. 51", "residents", "from abroad", "Reached by the attacker", "South Korea")
}
