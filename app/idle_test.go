package app_test

import (
	"context"
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
	if err != nil || d.Added != 0 {
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

func idleOf(t *testing.T, c *app.Case) []app.Idle {
	t.Helper()
	s, err := c.Summary(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s.Idle
}
