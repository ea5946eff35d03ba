package scope

import (
	"context"
	"fmt"

	"github.com/breachscope/breachscope/analysis"
)

// Change is one record whose place on the lists differs from the version before. Lists and grades are "" where it was,
// or is, on none.
type Change struct {
	Object     string         `json:"object"`
	RecordID   string         `json:"record_id"`
	ListBefore analysis.List  `json:"list_before"`
	ListNow    analysis.List  `json:"list_now"`
	Before     analysis.Grade `json:"before"`
	Now        analysis.Grade `json:"now"`
}

// Difference is what corrections changed: counts by kind of change, and the records, at most as many as asked for.
type Difference struct {
	Added    int64    `json:"added"`
	Removed  int64    `json:"removed"`
	Regraded int64    `json:"regraded"`
	Changes  []Change `json:"changes"`
}

// Remember keeps the lists as they are, so that Compare can tell what changed since. Call it before deriving again.
func Remember(ctx context.Context, db analysis.Engine) error {
	if err := run(ctx, db, "remember"); err != nil {
		return fmt.Errorf("keeping the lists: %w", err)
	}
	return nil
}

// Compare sets the lists against those remembered.
func Compare(ctx context.Context, db analysis.Engine, most int) (d Difference, err error) {
	rows, err := db.QueryContext(ctx, statement("compare"), most)
	if err != nil {
		return d, fmt.Errorf("comparing the lists: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c Change
		if err := rows.Scan(&c.Object, &c.RecordID, &c.ListBefore, &c.Before, &c.ListNow, &c.Now, &d.Added, &d.Removed, &d.Regraded); err != nil {
			return d, err
		}
		d.Changes = append(d.Changes, c)
	}
	return d, rows.Err()
}
