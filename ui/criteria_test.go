package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/app"
)

func TestOwnNetworksAreTypedReadAndJournalled(t *testing.T) {
	w := investigated(t)
	w.keepNetworks("211.40.0.0/16,Head office,office\nnonsense")
	shows(t, w, "That did not work", "line 3")
	w.keepNetworks("211.40.0.0/16,\"Head office, Seoul\",office\n")
	settled(w)
	list, err := w.c.Networks(t.Context())
	if err != nil || len(list) != 1 || list[0].Name != "Head office, Seoul" {
		t.Fatal(list, err)
	}
	if got, want := networkLines(list), "211.40.0.0/16,\"Head office, Seoul\",office\n"; got != want {
		t.Errorf("shown again as %q, want %q", got, want)
	}
	w.keepNetworks("")
	settled(w)
	if list, err = w.c.Networks(t.Context()); err != nil || len(list) != 0 {
		t.Fatal("networks cannot be taken back", list, err)
	}
	entries, err := w.c.Journal(t.Context())
	if err != nil || entries[len(entries)-1].Action != "networks" {
		t.Fatal("it is not in the journal", err)
	}
}

func TestOwnRulesAreShownBeforeTheyCount(t *testing.T) {
	w := investigated(t)
	w.showRules()
	shows(t, w, "Rules", "load a folder of my own…", "shared-session")
	program, err := w.c.Rules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range program {
		if said := ruleWords(r); strings.ContainsAny(said, "{}_") {
			t.Errorf("%s shows how it is written: %q", r.ID, said)
		}
	}
	dir := t.TempDir()
	rule := "rules:\n- id: own-night\n  severity: high\n  weight: 30\n  when: events > 0\n  words: {en: \"It is one of ours to look at\"}\n"
	if err := os.WriteFile(filepath.Join(dir, "own.yaml"), []byte(rule), 0o600); err != nil {
		t.Fatal(err)
	}
	rules, refused, err := app.LoadRules(dir)
	if err != nil || len(rules) != 1 || len(refused) != 0 {
		t.Fatal(rules, refused, err)
	}
	w.offerRules(rules, []app.RefusedRule{{File: "odd.yml", Why: "its condition counts over time"}})
	shows(t, w, "1 rule is taken over", "1 rule cannot be translated", "odd.yml: its condition counts over time")
	w.keepRules(rules)
	settled(w)
	list, _, err := w.c.Sessions(t.Context(), app.Listing{Limit: 1})
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	findings, err := w.c.Findings(t.Context(), list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if f.Rule == "own-night" {
			return
		}
	}
	t.Fatal("the rule does not count", findings)
}
