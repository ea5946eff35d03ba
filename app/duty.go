package app

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/duty"
	"github.com/breachscope/breachscope/app/casefile"
)

// Facts are what the investigator has said about the case that no log can: dates, answers, what was done.
func (c *Case) Facts(ctx context.Context) (f duty.Facts, err error) {
	entries, err := c.Journal(ctx)
	if err != nil {
		return f, err
	}
	for _, e := range slices.Backward(entries) {
		if e.Action == "facts" {
			if err := json.Unmarshal(e.Arguments, &f); err != nil {
				return f, fmt.Errorf("reading journal entry %d: %w", e.Seq, err)
			}
			break
		}
	}
	return f, nil
}

// SetFacts journals what the investigator says; the last such entry counts.
func (c *Case) SetFacts(ctx context.Context, f duty.Facts) error {
	for name := range f.Answers {
		if !slices.ContainsFunc(duty.Questions, func(q duty.Question) bool { return q.Name == name }) {
			return &Problem{fmt.Sprintf("the law asks no question %q", name), "breachscope-cli facts --help names the questions", nil}
		}
	}
	for id := range f.Done {
		if !slices.Contains(duty.IDs(), id) {
			return &Problem{fmt.Sprintf("the law table has no duty %q", id), "take it as facts prints it, as in --done \"KR individuals notice=2025-05-13\"", nil}
		}
	}
	return c.file.Write(ctx, func(tx *sql.Tx) error {
		_, err := casefile.Append(ctx, tx, c.actor, "facts", f)
		return err
	})
}

// Duties holds the laws against the case and the facts. What is not done is judged by f.Now.
func (c *Case) Duties(ctx context.Context, f duty.Facts) (duties []duty.Duty, err error) {
	err = c.file.Read(ctx, func(db analysis.Engine) error {
		duties, err = duty.Assess(ctx, db, f)
		return err
	})
	return duties, err
}
