package app

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/event"
	"github.com/breachscope/breachscope/analysis/person"
	"github.com/breachscope/breachscope/analysis/replay"
	"github.com/breachscope/breachscope/analysis/scope"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app/casefile"
)

// deriveSessions derives events, sessions and verdicts again, and forgets what was scoped before.
func (c *Case) deriveSessions(ctx context.Context, tx *sql.Tx, p analysis.Progress) error {
	s, err := settings(ctx, tx)
	if err != nil {
		return err
	}
	catalog, err := c.catalog.OfCase(ctx, tx)
	if err != nil {
		return err
	}
	if err := event.Derive(ctx, tx, catalog, s, p); err != nil {
		return err
	}
	rules, err := rulesInForce(ctx, tx)
	if err != nil {
		return err
	}
	if err := session.DeriveBy(ctx, tx, s, rules, p); err != nil {
		return err
	}
	if err := spellOut(ctx, tx); err != nil {
		return err
	}
	return c.deriveVerdicts(ctx, tx)
}

// spellOut writes what the lists show of each session, once, so that they can be searched and sorted at a million rows.
func spellOut(ctx context.Context, tx *sql.Tx) error {
	for _, text := range []string{`DELETE FROM analysis.session_text`, statement("session-text")} {
		if _, err := tx.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("spelling the sessions out: %w", err)
		}
	}
	return nil
}

// deriveVerdicts judges all sessions again from the journal: later marks win, undone ones do not count.
func (c *Case) deriveVerdicts(ctx context.Context, tx *sql.Tx) error {
	entries, err := casefile.Journal(ctx, tx)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM analysis.verdict`); err != nil {
		return fmt.Errorf("forgetting verdicts: %w", err)
	}
	undone, faded := undoneEntries(entries), []Faded{}
	for _, e := range entries {
		if e.Action != "mark" || undone[e.Seq] {
			continue
		}
		m, now, err := applyMark(ctx, tx, e)
		if err != nil {
			return err
		}
		if now < m.Sessions {
			faded = append(faded, Faded{e.Seq, m.Verdict, m.Reason, m.Sessions, now})
		}
	}
	if err := keepFaded(ctx, tx, faded); err != nil {
		return err
	}
	if err := deriveCorrections(ctx, tx); err != nil { // they name sessions, which have new numbers
		return err
	}
	return setStale(ctx, tx)
}

// Faded is a mark that fits fewer sessions than when it was made: evidence added since has drawn sessions together.
type Faded struct {
	Entry   int64            `json:"entry"` // of the journal
	Verdict analysis.Verdict `json:"verdict"`
	Reason  string           `json:"reason"`
	Was     int              `json:"sessions_then"`
	Now     int              `json:"sessions_now"`
}

func keepFaded(ctx context.Context, tx analysis.Engine, faded []Faded) error {
	text, err := json.Marshal(faded)
	if err != nil {
		return err
	}
	return casefile.SetSetting(ctx, tx, "faded", string(text))
}

func readFaded(ctx context.Context, db analysis.Engine) (faded []Faded, err error) {
	text, err := casefile.Setting(ctx, db, "faded")
	if err != nil || text == "" {
		return nil, err
	}
	return faded, json.Unmarshal([]byte(text), &faded)
}

// applyMark judges the sessions that a journal entry of action mark means, and returns how many.
func applyMark(ctx context.Context, tx analysis.Engine, e casefile.Entry) (m Mark, sessions int, err error) {
	if err := json.Unmarshal(e.Arguments, &m); err != nil {
		return m, 0, fmt.Errorf("reading journal entry %d: %w", e.Seq, err)
	}
	found, err := session.Find(ctx, tx, m.Indicator)
	var unclear *session.Unclear // what was clear when it was said may have become ambiguous: then it fits nothing
	if err != nil && !errors.As(err, &unclear) {
		return m, 0, err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM analysis.verdict WHERE session IN (SELECT unnest(?::INTEGER[]))`, found)
	if err != nil {
		return m, 0, fmt.Errorf("judging sessions: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO analysis.verdict SELECT unnest(?::INTEGER[]), ?, ?, ?`,
		found, string(m.Verdict), m.Reason, e.Seq)
	if err != nil {
		return m, 0, fmt.Errorf("judging sessions: %w", err)
	}
	return m, len(found), nil
}

func undoneEntries(entries []casefile.Entry) map[int64]bool {
	undone := map[int64]bool{}
	for _, e := range entries {
		var u struct{ Entry int64 }
		if e.Action == "undo" && json.Unmarshal(e.Arguments, &u) == nil {
			undone[u.Entry] = true
		}
	}
	return undone
}

// Scope replays what the marked sessions asked for and derives who is affected.
func (c *Case) Scope(ctx context.Context, p analysis.Progress) (Summary, error) {
	err := c.file.Write(ctx, func(tx *sql.Tx) error {
		if err := c.deriveScope(ctx, tx, p); err != nil {
			return err
		}
		if err := casefile.SetSetting(ctx, tx, "scoped", "yes"); err != nil {
			return err
		}
		totals, err := scopeTotals(ctx, tx)
		if err != nil {
			return err
		}
		_, err = casefile.Append(ctx, tx, c.actor, "scope", totals)
		return err
	})
	if err != nil {
		return Summary{}, err
	}
	return c.Summary(ctx)
}

func (c *Case) deriveScope(ctx context.Context, tx *sql.Tx, p analysis.Progress) error {
	s, err := settings(ctx, tx)
	if err != nil {
		return err
	}
	if err := deriveCorrections(ctx, tx); err != nil {
		return err
	}
	if err := replay.Derive(ctx, tx, s, p); err != nil {
		return err
	}
	if err := scope.Derive(ctx, tx, p); err != nil {
		return err
	}
	return person.Derive(ctx, tx, p)
}

func setStale(ctx context.Context, tx analysis.Engine) error {
	return casefile.SetSetting(ctx, tx, "scoped", "no")
}

// Scoped says whether the affected lists fit the present evidence and verdicts.
func (c *Case) Scoped(ctx context.Context) (yes bool, err error) {
	err = c.file.Read(ctx, func(db analysis.Engine) error {
		value, err := casefile.Setting(ctx, db, "scoped")
		yes = value == "yes"
		return err
	})
	return yes, err
}
