package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/breachscope/breachscope/analysis/duty"
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

func TestTheJournalSaysEveryStepInWords(t *testing.T) {
	e := app.Entry{Action: "mark", Arguments: []byte(`{"verdict":"attacker","indicator":{"session":"76e45814-f944-509f-a9d2-4e2a1f933076"},"reason":"named","sessions":1}`)}
	named := map[string]string{"76e45814-f944-509f-a9d2-4e2a1f933076": "kim@x.example 2026-03-11 14:31"}
	if got, want := (&Window{zone: time.UTC}).stepTold(e, named), "attacker · 1 session · session kim@x.example 2026-03-11 14:31 · named"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := pointed(session.Indicator{Address: "193.138.7.0/24", Account: "kim"}, nil), "address 193.138.7.0/24, account kim"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTheJournalNamesNoArgumentsByTheirKeys(t *testing.T) {
	w := investigated(t)
	w.Correct(app.Correction{Kind: "clock", Seconds: 30, Reason: "the proxy's clock ran late"})
	settled(w)
	aware := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	if err := w.c.SetFacts(t.Context(), duty.Facts{Dates: map[duty.Clock]duty.Moment{duty.Aware: {From: aware, To: aware}}, Answers: map[string]duty.Answer{"risk": duty.Yes}}); err != nil {
		t.Fatal(err)
	}
	entries, err := w.c.Journal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range entries {
		told = append(told, w.stepTold(e, nil))
	}
	all := strings.Join(told, "\n")
	for _, wanted := range []string{"4 files · ", "1 session", "customers confirmed", "30 seconds · the proxy's clock ran late", "the organisation knew of it: 2026-01-05 09:00", "Is a risk to the persons likely? yes"} {
		if !strings.Contains(all, wanted) {
			t.Errorf("%q is not in\n%s", wanted, all)
		}
	}
	for _, key := range []string{"snapshot_at", "rows_read", "fiscal_start", "count-only:"} {
		if strings.Contains(all, key) {
			t.Errorf("%q stands in\n%s", key, all)
		}
	}
}

// The name of a case may be as long as a title; what is named after it has to fit file systems.
func TestNamesOfFilesFitFileSystems(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{strings.Repeat("메종 벨모랭 ", 40), strings.Repeat("a", 300), "fuite: \"été\" 2025/10 ...", " "} {
		name = fileName(name)
		if err := os.Mkdir(filepath.Join(dir, name+" 2026-11-22 12.part"), 0o700); err != nil || !utf8.ValidString(name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
