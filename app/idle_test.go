package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app"
)

// A correction never loses its effect in silence.
func TestCorrectionsWithoutEffectAreTold(t *testing.T) {
	c := added(t, sample(t))
	id := sessionsOf(t, c)[0]
	add := app.Correction{Kind: "add", Session: id, At: time.Date(2025, 10, 21, 6, 0, 0, 0, time.UTC), Text: "SELECT Id, LastName FROM Contact LIMIT 5", Reason: "in her script"}
	d, err := c.Correct(t.Context(), add, nil)
	if err != nil || d.Added != 0 || d.Idle != "its session is not marked attacker" {
		t.Fatalf("a query of a session nobody judged: %+v, %v", d, err)
	}
	if idle := idleOf(t, c); len(idle) != 1 || idle[0].Kind != "add" || idle[0].Reason != "in her script" || idle[0].Why != "its session is not marked attacker" {
		t.Errorf("not told: %+v", idle)
	}
	mark := app.Mark{Verdict: analysis.Attacker, Indicator: session.Indicator{Session: id}, Reason: "tried"}
	if _, err := c.Mark(t.Context(), mark); err != nil {
		t.Fatal(err)
	}
	if idle := idleOf(t, c); len(idle) != 0 {
		t.Errorf("told although its session is an attacker's: %+v", idle)
	}
	if _, err := c.Scope(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	list, _, err := c.Queries(t.Context(), app.Listing{Search: "limit 5", Limit: 10})
	if err != nil || len(list) != 1 || list[0].SessionID != id {
		t.Errorf("the added query is not replayed: %+v, %v", list, err)
	}
}

// The beginning of a session's id is enough where only one begins so; the journal holds all of it.
func TestAddedQueryNamesItsSessionByTheBeginning(t *testing.T) {
	c := added(t, sample(t))
	ids := sessionsOf(t, c)
	add := app.Correction{Kind: "add", At: time.Date(2025, 10, 21, 6, 0, 0, 0, time.UTC), Text: "SELECT Id FROM Contact LIMIT 5", Reason: "in her script"}
	for beginning, want := range map[string]string{ids[0][:len(ids[0])-2]: "", shared(ids): "sessions have an id that begins with", "zz": "there is no session zz", " ": "needs the session"} {
		add.Session = beginning
		_, err := c.Correct(t.Context(), add, nil)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v", beginning, err)
		}
	}
	kept, err := c.Corrections(t.Context())
	if err != nil || len(kept) != 1 || kept[0].Session != ids[0] {
		t.Errorf("kept %+v, %v", kept, err)
	}
}

// shared is a letter that several ids begin with.
func shared(ids []string) string {
	times := map[string]int{}
	for _, id := range ids {
		if times[id[:1]]++; times[id[:1]] > 1 {
			return id[:1]
		}
	}
	return ""
}

func idleOf(t *testing.T, c *app.Case) []app.Idle {
	t.Helper()
	s, err := c.Summary(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s.Idle
}
