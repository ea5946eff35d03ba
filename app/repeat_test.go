package app_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app"
)

// sample runs the demo once and returns the folder of its evidence.
func sample(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if _, err := app.Demo(t.Context(), dir, nil); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "evidence")
}

func sessionsOf(t *testing.T, c *app.Case) (ids []string) {
	t.Helper()
	list, _, err := c.Sessions(context.Background(), app.Listing{Limit: 10000})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		ids = append(ids, s.SessionID)
	}
	slices.Sort(ids)
	return ids
}

func added(t *testing.T, paths ...string) *app.Case {
	t.Helper()
	c, err := app.New(t.Context(), filepath.Join(t.TempDir(), "case.breachscope"), app.Options{Timezone: "Asia/Seoul"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := c.Add(t.Context(), paths, evidence.Options{}, nil); err != nil {
		t.Fatal(err)
	}
	return c
}

// Ids stand in reasons, notices and other people's files: the same evidence gives the same ones, and a verdict given by
// id survives when more evidence is added.
func TestSessionsKeepTheirIds(t *testing.T) {
	folder := sample(t)
	first, second := added(t, folder), added(t, folder)
	ids := sessionsOf(t, first)
	if !slices.Equal(ids, sessionsOf(t, second)) {
		t.Fatal("the same evidence gave other session ids")
	}
	for _, id := range ids[:5] {
		mark := app.Mark{Verdict: analysis.Undetermined, Indicator: session.Indicator{Session: id}, Reason: "tried"}
		if _, err := first.Mark(t.Context(), mark); err != nil {
			t.Fatal(err)
		}
	}
	more := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(more, []byte("nothing that is known\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := first.Add(t.Context(), []string{more}, evidence.Options{}, nil); err != nil {
		t.Fatal(err)
	}
	s, err := first.Summary(t.Context())
	if err != nil || s.Sessions["undetermined"] != 5 || len(s.Faded) != 0 {
		t.Errorf("after adding a file: %v, faded %v, %v", s.Sessions, s.Faded, err)
	}
}
