package ui

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app"
)

func TestAnExportNeedsAPurposeAndHoldsWhatWasAskedFor(t *testing.T) {
	w := investigated(t)
	dir := filepath.Join(t.TempDir(), "out")
	w.Export(dir, app.ExportOptions{})
	shows(t, w, "An export needs a purpose.")
	if exists(dir) {
		t.Fatal("exported without a purpose")
	}
	w.Export(dir, app.ExportOptions{Reason: "report to the authority", Countries: true, Notification: true, Briefing: true, Password: "a long password"})
	shows(t, w, "The export is complete", "The packed copy is out.zip.")
	if _, err := os.Stat(dir + ".zip"); err != nil {
		t.Error(err)
	}
}

func TestTheExportPageOffersWhatTheCommandLineHas(t *testing.T) {
	w := investigated(t)
	w.Show("export")
	shows(t, w, "Who receives it, and what for (required)", "Besides", "packed for transport")
}

func TestTheJournalSaysAVerdictInWords(t *testing.T) {
	e := app.Entry{Action: "mark", Arguments: []byte(`{"verdict":"attacker","indicator":{"session":"76e45814-f944-509f-a9d2-4e2a1f933076"},"reason":"named","sessions":1}`)}
	named := map[string]string{"76e45814-f944-509f-a9d2-4e2a1f933076": "kim@x.example 2026-03-11 14:31"}
	if got, want := told(e, named), "attacker · 1 session · session kim@x.example 2026-03-11 14:31 · named"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := pointed(session.Indicator{Address: "193.138.7.0/24", Account: "kim"}, nil), "address 193.138.7.0/24, account kim"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
