package person

import (
	"context"
	"database/sql"
	"fmt"
	"sync"

	"github.com/breachscope/breachscope/analysis"
)

// views are the statements that read what Derive made.
var views = sync.OnceValue(func() map[string]string {
	v := steps("view")
	v["changed"] = v["changes"] + " ORDER BY change, person_id LIMIT $limit OFFSET $offset"
	v["changedcounts"] = "SELECT change, count(*) FROM (" + v["changes"] + ") GROUP BY change"
	return v
})

// Count is how many persons of a kind are on a list: if all who may be one person are one, as is likely, and if each of
// their own records on the list were a person of its own.
type Count struct {
	List   analysis.List `json:"list"`
	Kind   string        `json:"kind"` // person, company, employee, test
	Least  int64         `json:"least"`
	Likely int64         `json:"likely"`
	Most   int64         `json:"most"`
}

// Counts counts the persons on the lists who live in one of some countries (nil: wherever) and in a state or province of
// them ("": in any).
func Counts(ctx context.Context, db analysis.Engine, residents []string, region string) ([]Count, error) {
	var in any
	if residents != nil {
		in = residents
	}
	return read(ctx, db, "counts", func(scan func(...any) error) (c Count, err error) {
		return c, scan(&c.List, &c.Kind, &c.Least, &c.Likely, &c.Most)
	}, sql.Named("residents", in), sql.Named("region", region))
}

// Unattached is how many records of an object are on a list and belong to nobody known: people may stand behind them
// who are in no count.
type Unattached struct {
	Object  string        `json:"object"`
	List    analysis.List `json:"list"`
	Records int64         `json:"records"`
}

// Nobody counts the records on a list that belong to nobody known.
func Nobody(ctx context.Context, db analysis.Engine) ([]Unattached, error) {
	return read(ctx, db, "nobody", func(scan func(...any) error) (u Unattached, err error) {
		return u, scan(&u.Object, &u.List, &u.Records)
	})
}

// Combination is how many persons of one residence had exactly these categories exposed.
type Combination struct {
	List       analysis.List `json:"list"`
	Categories []string      `json:"categories"`
	Residence  string        `json:"residence"`
	Persons    int64         `json:"persons"`
}

// Matrix counts the natural persons on the lists by the exact combination of categories exposed, most first.
func Matrix(ctx context.Context, db analysis.Engine) ([]Combination, error) {
	return read(ctx, db, "matrix", func(scan func(...any) error) (c Combination, err error) {
		var categories []any
		err = scan(&c.List, &categories, &c.Residence, &c.Persons)
		for _, category := range categories {
			c.Categories = append(c.Categories, fmt.Sprint(category))
		}
		return c, err
	})
}

// read runs a view and reads its rows.
func read[T any](ctx context.Context, db analysis.Engine, view string, row func(scan func(...any) error) (T, error), args ...any) (found []T, err error) {
	rows, err := db.QueryContext(ctx, views()[view], args...)
	if err != nil {
		return nil, fmt.Errorf("reading %s of persons: %w", view, err)
	}
	defer rows.Close()
	for rows.Next() {
		one, err := row(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("reading %s of persons: %w", view, err)
		}
		found = append(found, one)
	}
	return found, rows.Err()
}
