package app

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/duty"
	"github.com/breachscope/breachscope/analysis/person"
	"github.com/breachscope/breachscope/app/casefile"
)

// ListVersion is a state of the lists frozen under a number; ListChange is what became of a person between two of them.
type (
	ListVersion = person.Version
	ListChange  = person.Change
)

// Freeze keeps the affected lists as they are under the next number.
func (c *Case) Freeze(ctx context.Context, reason string) (number int, err error) {
	if strings.TrimSpace(reason) == "" {
		return 0, &Problem{"a version of the lists needs a reason", "say in a sentence what it is frozen for (--reason)", nil}
	}
	scoped, err := c.Scoped(ctx)
	if err != nil {
		return 0, err
	}
	if !scoped {
		return 0, &Problem{"the lists do not fit the present evidence and verdicts", "scope the case first", nil}
	}
	err = c.file.Write(ctx, func(tx *sql.Tx) error {
		e, err := casefile.Append(ctx, tx, c.actor, "freeze", map[string]string{"reason": reason})
		if err != nil {
			return err
		}
		number, err = person.Freeze(ctx, tx, person.Version{At: e.At, Reason: reason, Entry: e.Seq})
		return err
	})
	return number, err
}

// Versions lists what was frozen, in order.
func (c *Case) Versions(ctx context.Context) (list []ListVersion, err error) {
	err = c.file.Read(ctx, func(db analysis.Engine) error {
		list, err = person.Versions(ctx, db)
		return err
	})
	return list, err
}

// Changes compares two frozen versions: counts by kind of change, and a page of the changes.
func (c *Case) Changes(ctx context.Context, from, to int, l Listing) (counts map[string]int64, list []ListChange, err error) {
	err = c.file.Read(ctx, func(db analysis.Engine) error {
		known, err := person.Versions(ctx, db)
		if err != nil {
			return err
		}
		for _, number := range []int{from, to} {
			if !slices.ContainsFunc(known, func(v ListVersion) bool { return v.Number == number }) {
				return &Problem{fmt.Sprintf("there is no version %d of the lists", number), "list the versions first; freeze makes one", nil}
			}
		}
		if counts, err = person.ChangeCounts(ctx, db, from, to); err != nil {
			return err
		}
		limit := l.Limit
		if limit == 0 {
			limit = 1000
		}
		list, err = person.Changes(ctx, db, from, to, int(limit), int(l.Offset))
		return err
	})
	return counts, list, err
}

// Combinations counts persons by the exact combination of categories exposed of them.
func (c *Case) Combinations(ctx context.Context) (list []person.Combination, err error) {
	err = c.file.Read(ctx, func(db analysis.Engine) error {
		list, err = person.Matrix(ctx, db)
		return err
	})
	return list, err
}

// Borders sets accesses and usual flows by residence of the person against the country of the client.
func (c *Case) Borders(ctx context.Context) (b duty.Border, err error) {
	err = c.file.Read(ctx, func(db analysis.Engine) error {
		b, err = duty.Flows(ctx, db)
		return err
	})
	return b, err
}

// Finding is one rule that holds for a session, with its weight in the score and the log lines that show it.
type Finding struct {
	Rule, Words string
	WordsKo     string
	Weight      float64
	Events      int64
}

// Findings lists what the score of a session is made of, weightiest first.
func (c *Case) Findings(ctx context.Context, session int32) (list []Finding, err error) {
	err = c.read(ctx, `SELECT rule, words, words_ko, weight, len(events) FROM analysis.finding WHERE session = ? ORDER BY weight DESC, rule`, []any{session}, func(rows *sql.Rows) error {
		var f Finding
		err := rows.Scan(&f.Rule, &f.Words, &f.WordsKo, &f.Weight, &f.Events)
		list = append(list, f)
		return err
	})
	return list, err
}
