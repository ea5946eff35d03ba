package app

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app/casefile"
)

// Kept is a correction that counts, with the journal entry it stands in.
type Kept struct {
	Correction
	Entry int64
	Made  time.Time
	Actor string
}

// Corrections lists the corrections that have not been taken back, oldest first.
func (c *Case) Corrections(ctx context.Context) (list []Kept, err error) {
	entries, err := c.Journal(ctx)
	if err != nil {
		return nil, err
	}
	undone := undoneEntries(entries)
	for _, e := range entries {
		if e.Action != "correct" || undone[e.Seq] {
			continue
		}
		k, err := keptOf(e)
		if err != nil {
			return nil, err
		}
		list = append(list, k)
	}
	return list, nil
}

func keptOf(e casefile.Entry) (k Kept, err error) {
	if err := json.Unmarshal(e.Arguments, &k.Correction); err != nil {
		return k, fmt.Errorf("reading journal entry %d: %w", e.Seq, err)
	}
	k.Entry, k.Made, k.Actor = e.Seq, e.At, e.Actor
	return k, nil
}

// Idle is a correction that has no effect any more, or not yet.
type Idle struct {
	Entry  int64  `json:"entry"` // of the journal
	Kind   string `json:"kind"`
	Reason string `json:"reason"` // of the investigator
	Why    string `json:"why"`    // it has none
}

func readIdle(ctx context.Context, db analysis.Engine) (idle []Idle, err error) {
	scoped, err := casefile.Setting(ctx, db, "scoped")
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, statement("idle"), sql.Named("scoped", scoped == "yes"))
	if err != nil {
		return nil, fmt.Errorf("reading corrections: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var i Idle
		if err := rows.Scan(&i.Entry, &i.Kind, &i.Reason, &i.Why); err != nil {
			return nil, err
		}
		idle = append(idle, i)
	}
	return idle, rows.Err()
}

// Categories says what category of personal data the fields of the customer tables hold, by their names in lower case;
// "" is none. Of two objects' fields of one name the personal one counts.
func (c *Case) Categories(ctx context.Context) (map[string]string, error) {
	categories := map[string]string{}
	err := c.read(ctx, `SELECT lower(field), max(category) FROM snapshot.field GROUP BY ALL`, nil, func(rows *sql.Rows) error {
		var field, category string
		err := rows.Scan(&field, &category)
		categories[field] = category
		return err
	})
	return categories, err
}
