package app

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/analysis/scope"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app/casefile"
)

// Correction is what the investigator changes of the replay, with her reason.
type Correction struct {
	Kind    string    `json:"kind"`              // exclude, include, add, clock, snapshot, apart
	Query   string    `json:"query,omitempty"`   // exclude, include: the query's id
	Session string    `json:"session,omitempty"` // add: the session that asked; its id or, given to Correct, the beginning of it
	At      time.Time `json:"at,omitzero"`       // add: when
	Text    string    `json:"text,omitempty"`    // add: the query
	Rows    *int64    `json:"rows,omitempty"`    // add: how many rows came back, where that is known
	Seconds int64     `json:"seconds,omitempty"` // clock: what to add to the logs' times
	File    string    `json:"file,omitempty"`    // snapshot: SHA-256 of the customer table to leave out
	Name    string    `json:"name,omitempty"`    // snapshot: its name in the register, which tells identical files of two organisations apart
	Records []string  `json:"records,omitempty"` // apart: two records that are not one person's
	Reason  string    `json:"reason"`
}

// Difference is what a step changed on the lists of records.
type Difference struct {
	scope.Difference
	Idle string `json:"idle,omitempty"` // why the correction has no effect as things stand; "" when it has
}

// farthest is the greatest error of a clock that is believed, in seconds.
const farthest = 14 * 24 * 3600

// most is how many changed records a difference names; its counts are of all.
const most = 10000

// Correct changes the replay, derives the lists again and says what changed.
func (c *Case) Correct(ctx context.Context, k Correction, p analysis.Progress) (d Difference, err error) {
	if strings.TrimSpace(k.Reason) == "" {
		return d, &Problem{"a correction needs a reason", "say in a sentence why the replay should be corrected (--reason)", nil}
	}
	err = c.file.Write(ctx, func(tx *sql.Tx) error {
		if err := k.check(ctx, tx); err != nil {
			return err
		}
		entry, err := casefile.Append(ctx, tx, c.actor, "correct", k)
		if err != nil {
			return err
		}
		if d, err = c.rescope(ctx, tx, p); err != nil {
			return err
		}
		idle, err := readIdle(ctx, tx)
		if i := slices.IndexFunc(idle, func(i Idle) bool { return i.Entry == entry.Seq }); i >= 0 {
			d.Idle = idle[i].Why
		}
		return err
	})
	return d, err
}

// rescope derives the lists again and compares them with what they were.
func (c *Case) rescope(ctx context.Context, tx *sql.Tx, p analysis.Progress) (d Difference, err error) {
	if err := scope.Remember(ctx, tx); err != nil {
		return d, err
	}
	if err := c.deriveScope(ctx, tx, p); err != nil {
		return d, err
	}
	if err := casefile.SetSetting(ctx, tx, "scoped", "yes"); err != nil {
		return d, err
	}
	d.Difference, err = scope.Compare(ctx, tx, most)
	return d, err
}

// check refuses a correction that points at nothing, and completes the id of a session.
func (k *Correction) check(ctx context.Context, tx analysis.Engine) (err error) {
	var what, query string
	var args []any
	switch k.Kind {
	case "exclude", "include":
		what, query, args = "query "+k.Query, `SELECT count(*) FROM analysis.query WHERE query_id = ?`, []any{k.Query}
	case "add":
		if k.At.IsZero() || strings.TrimSpace(k.Text) == "" {
			return &Problem{"an added query needs its text and its time", "give both", nil}
		}
		if strings.TrimSpace(k.Session) == "" {
			return &Problem{"an added query needs the session that asked it", "name the session, by its id or the beginning of it", nil}
		}
		k.Session, err = session.Whole(ctx, tx, k.Session)
		return err
	case "snapshot":
		if strings.TrimSpace(k.File) != "" {
			_, err = fileOf(ctx, tx, k.File, k.Name)
			return err
		}
	case "apart":
		if len(k.Records) != 2 || k.Records[0] == k.Records[1] {
			return &Problem{"two records are kept apart, no more and no less", "name both", nil}
		}
		what, query, args = "record "+strings.Join(k.Records, " or "), `SELECT (count(*) = 2)::INTEGER FROM analysis.record WHERE record_id IN (id18(?), id18(?))`, []any{k.Records[0], k.Records[1]}
	case "clock":
		if k.Seconds == 0 || k.Seconds > farthest || k.Seconds < -farthest {
			return &Problem{fmt.Sprintf("a clock is not wrong by %d seconds", k.Seconds), "give the seconds to add to the times of the logs, at most two weeks", nil}
		}
		return nil
	default:
		return &Problem{fmt.Sprintf("%q is no correction", k.Kind), "use exclude, include, add, clock, snapshot or apart", nil}
	}
	if strings.TrimSpace(fmt.Sprint(args...)) == "" {
		return &Problem{"the correction does not say of what", "name the query, session, file or records it is about", nil}
	}
	var n int
	if err := tx.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		return &Problem{"there is no " + what, "copy its id from the list", nil}
	}
	return nil
}

// deriveCorrections refills what the replay and the persons read of the journal's corrections.
func deriveCorrections(ctx context.Context, tx analysis.Engine) error {
	entries, err := casefile.Journal(ctx, tx)
	if err != nil {
		return err
	}
	for _, table := range []string{"correction", "apart"} {
		if _, err := tx.ExecContext(ctx, "DELETE FROM analysis."+table); err != nil {
			return fmt.Errorf("forgetting corrections: %w", err)
		}
	}
	undone := undoneEntries(entries)
	for _, e := range entries {
		if e.Action != "correct" || undone[e.Seq] {
			continue
		}
		if err := applyCorrection(ctx, tx, e); err != nil {
			return fmt.Errorf("applying journal entry %d: %w", e.Seq, err)
		}
	}
	return nil
}

func applyCorrection(ctx context.Context, tx analysis.Engine, e casefile.Entry) error {
	var k Correction
	if err := json.Unmarshal(e.Arguments, &k); err != nil {
		return err
	}
	if k.Kind == "apart" {
		_, err := tx.ExecContext(ctx, `INSERT INTO analysis.apart VALUES (id18(?), id18(?), ?, ?)`, k.Records[0], k.Records[1], k.Reason, e.Seq)
		return err
	}
	file, err := evidence.FileOf(ctx, tx, k.File, k.Name)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO analysis.correction SELECT ?, ?, (SELECT id FROM analysis.session WHERE session_id = ?), ?, ?, ?, ?, nullif(?, 0), ?, ?`,
		k.Kind, k.Query, k.Session, nullTime(k.At), k.Text, k.Rows, k.Seconds, file, k.Reason, e.Seq)
	return err
}
