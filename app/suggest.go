package app

import (
	"context"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/session"
)

// Suggestion is a session that shares rare traits with those marked.
type Suggestion = session.Suggestion

// Warning is a trait of the marked sessions that legitimate ones have too.
type Warning = session.Warning

// Suggest names the sessions that belong to those marked, strongest first, and the traits that speak against a mark.
func (c *Case) Suggest(ctx context.Context) (found []Suggestion, warnings []Warning, err error) {
	err = c.file.Read(ctx, func(db analysis.Engine) error {
		if found, err = session.Suggest(ctx, db); err != nil {
			return err
		}
		warnings, err = session.Warn(ctx, db)
		return err
	})
	return found, warnings, err
}

// Accept marks a suggested session, in a journal step of its own whose reason is the suggestion's.
func (c *Case) Accept(ctx context.Context, s Suggestion) (Mark, error) {
	reason := "suggested"
	if len(s.Shared) > 0 {
		reason += ": " + s.Shared[0].Words
	}
	return c.Mark(ctx, Mark{Verdict: analysis.Attacker, Indicator: session.Indicator{Session: s.SessionID}, Reason: reason})
}

// AcceptStrong marks the sessions that are strongly linked to those marked so far, and returns them.
func (c *Case) AcceptStrong(ctx context.Context) (accepted []Suggestion, err error) {
	found, _, err := c.Suggest(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range found {
		if s.Strength != session.Strong {
			continue
		}
		if _, err := c.Accept(ctx, s); err != nil {
			return accepted, err
		}
		accepted = append(accepted, s)
	}
	return accepted, nil
}
