package replay

import (
	"context"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/soql"
)

// Answer runs a query text and returns the 15-character ids of rows that are certain and of those that are uncertain.
func Answer(ctx context.Context, db analysis.Engine, settings analysis.Settings, text string, at time.Time, user string, all, strict bool) (sure, unsure []string, lacking []string, err error) {
	tree, err := soql.Parse(text)
	if err != nil {
		return nil, nil, nil, err
	}
	s, err := readSchema(ctx, db, "")
	if err != nil {
		return nil, nil, nil, err
	}
	r := &reader{schema: s, needs: needs{}, at: at, asOf: at, until: at, all: all, strict: strict, user: user, calendar: newCalendar("", settings.Timezone, "ko_KR", settings.FiscalStart)}
	p := r.newPlan(tree)
	if p.table == nil {
		return nil, nil, r.lacking, nil
	}
	p.register()
	rows, err := db.QueryContext(ctx, "SELECT id, coalesce(sure, false) FROM ("+p.standalone(false)+") ORDER BY id")
	if err != nil {
		return nil, nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var certain bool
		if err := rows.Scan(&id, &certain); err != nil {
			return nil, nil, nil, err
		}
		if certain {
			sure = append(sure, id)
		} else {
			unsure = append(unsure, id)
		}
	}
	return sure, unsure, append(r.lacking, r.unclear...), rows.Err()
}

// Range is a date literal as the days it means.
func Range(zone, locale string, fiscal int, name string, n int, at time.Time) (from, to time.Time, ok bool) {
	p, ok := newCalendar(zone, "", locale, fiscal).period(name, n, at)
	return p.from, p.to, ok
}

// ID18 is the 18-character form of an id.
func ID18(id string) string { return id18(id) }
