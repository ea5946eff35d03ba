package app

import (
	"context"
	"database/sql"
	"time"

	"github.com/breachscope/breachscope/analysis"
)

// Source is one log source of an organisation: what of it is in the case, and how far back it can reach at all.
type Source struct {
	Organisation string     `json:"organisation"` // "" not known
	Kind         string     `json:"kind"`
	Events       int64      `json:"events"`
	From         time.Time  `json:"from"` // hour of its first event
	To           time.Time  `json:"to"`
	Keeps        int64      `json:"keeps_days"`           // days the source keeps its rows; 0 not known
	HoldsFrom    *time.Time `json:"holds_from,omitempty"` // nothing from before can be in it; nil: no such limit is known
}

// Sources lists the log sources, by organisation.
func (c *Case) Sources(ctx context.Context) (list []Source, err error) {
	err = c.read(ctx, statement("sources"), nil, func(rows *sql.Rows) error {
		var s Source
		var holds sql.NullTime
		err := rows.Scan(&s.Organisation, &s.Kind, &s.Events, &s.From, &s.To, &s.Keeps, &holds)
		if holds.Valid {
			s.HoldsFrom = &holds.Time
		}
		list = append(list, s)
		return err
	})
	return list, err
}

// attackerFrom is when the first session marked as the attacker's began, nil when none is.
func attackerFrom(ctx context.Context, db analysis.Engine) (*time.Time, error) {
	var at sql.NullTime
	err := db.QueryRowContext(ctx, `SELECT min(s.started_at) FROM analysis.session s JOIN analysis.verdict v ON v.session = s.id WHERE v.verdict = 'attacker'`).Scan(&at)
	if err != nil || !at.Valid {
		return nil, err
	}
	return &at.Time, nil
}
