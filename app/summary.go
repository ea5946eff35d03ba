package app

import (
	"context"
	"database/sql"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app/casefile"
)

// Summary holds the figures of a case.
type Summary struct {
	Info       Info             `json:"case"`
	Files      int64            `json:"files"`
	Again      int64            `json:"files_again"` // handed in again with the same bytes; in no other figure
	Unknown    int64            `json:"files_unrecognised"`
	Read       int64            `json:"rows_read"`
	Loaded     int64            `json:"rows_loaded"`
	Duplicate  int64            `json:"rows_duplicate"`
	Rejected   int64            `json:"rows_rejected"`
	From       *time.Time       `json:"logs_from"`
	To         *time.Time       `json:"logs_to"`
	Events     int64            `json:"events"`
	Timeless   int64            `json:"events_without_time"`
	Gaps       []Gap            `json:"gaps"`
	Sessions   map[string]int64 `json:"sessions"`               // by verdict
	Refused    int64            `json:"attacker_failed_logins"` // sessions marked as the attacker's that are failed logins only
	Queries    map[string]int64 `json:"queries"`                // by outcome
	Records    []Count          `json:"records"`                // by list, grade, object
	People     []Count          `json:"people"`                 // by list, residence
	Categories []Count          `json:"categories"`
	Faded      []Faded          `json:"faded_marks"`
	Idle       []Idle           `json:"idle_corrections"`
	Sources    []Source         `json:"sources"`
	Attacker   *time.Time       `json:"attacker_from"` // start of the first session marked as the attacker's
	Scoped     bool             `json:"scoped"`        // the lists fit the present evidence and verdicts
}

// Count is a number of records or persons that share what is named. Names that do not apply are "".
type Count struct {
	List      string `json:"list"`
	Grade     string `json:"grade,omitempty"`
	Object    string `json:"object,omitempty"`
	Residence string `json:"residence,omitempty"`
	Kind      string `json:"kind,omitempty"` // person, company, employee, test
	Category  string `json:"category,omitempty"`
	N         int64  `json:"count"`
}

// Total adds up the counts of a list; kind "" means every kind.
func Total(counts []Count, list, kind string) (n int64) {
	for _, c := range counts {
		if c.List == list && (kind == "" || c.Kind == kind) {
			n += c.N
		}
	}
	return n
}

// Summary counts everything.
func (c *Case) Summary(ctx context.Context) (s Summary, err error) {
	if s.Info, err = c.Info(ctx); err != nil {
		return s, err
	}
	if s.Gaps, err = c.Gaps(ctx); err != nil {
		return s, err
	}
	if s.Sources, err = c.Sources(ctx); err != nil {
		return s, err
	}
	err = c.file.Read(ctx, func(db analysis.Engine) error {
		if s.Attacker, err = attackerFrom(ctx, db); err != nil {
			return err
		}
		if err := registerTotals(ctx, db, &s); err != nil {
			return err
		}
		if s.Sessions, err = tally(ctx, db, `SELECT coalesce(v.verdict, 'unreviewed'), count(*) FROM analysis.session s LEFT JOIN analysis.verdict v ON v.session = s.id GROUP BY 1`); err != nil {
			return err
		}
		err = db.QueryRowContext(ctx, `SELECT count(*) FROM analysis.session s JOIN analysis.verdict v ON v.session = s.id
			WHERE v.verdict = 'attacker' AND s.kind = 'failed'`).Scan(&s.Refused)
		if err != nil {
			return err
		}
		totals, err := scopeTotals(ctx, db)
		s.Queries, s.Records, s.People, s.Categories = totals.Queries, totals.Records, totals.People, totals.Categories
		if err != nil {
			return err
		}
		if s.Faded, err = readFaded(ctx, db); err != nil {
			return err
		}
		if s.Idle, err = readIdle(ctx, db); err != nil {
			return err
		}
		scoped, err := casefile.Setting(ctx, db, "scoped")
		s.Scoped = scoped == "yes"
		return err
	})
	return s, err
}

func registerTotals(ctx context.Context, db analysis.Engine, s *Summary) error {
	var from, to sql.NullTime
	err := db.QueryRowContext(ctx, `SELECT count(*) FILTER (state <> 'same'), count(*) FILTER (state = 'same'), count(*) FILTER (state = 'unrecognised'),
		coalesce(sum(rows_read) FILTER (state <> 'same'), 0)::BIGINT, coalesce(sum(rows_loaded) FILTER (state <> 'same'), 0)::BIGINT,
		coalesce(sum(rows_duplicate) FILTER (state <> 'same'), 0)::BIGINT, coalesce(sum(rows_rejected) FILTER (state <> 'same'), 0)::BIGINT
		FROM evidence.file`).Scan(&s.Files, &s.Again, &s.Unknown, &s.Read, &s.Loaded, &s.Duplicate, &s.Rejected)
	if err != nil {
		return err
	}
	err = db.QueryRowContext(ctx, `SELECT count(*), count(*) FILTER ("at" IS NULL), min("at"), max("at") FROM analysis.event`).
		Scan(&s.Events, &s.Timeless, &from, &to)
	if from.Valid {
		s.From, s.To = &from.Time, &to.Time
	}
	return err
}

// totals of the affected lists; they also go into the journal, so that a repetition can be compared.
type totals struct {
	Queries    map[string]int64 `json:"queries"`
	Records    []Count          `json:"records"`
	People     []Count          `json:"people"`
	Categories []Count          `json:"categories"`
}

func scopeTotals(ctx context.Context, db analysis.Engine) (t totals, err error) {
	if t.Queries, err = tally(ctx, db, `SELECT outcome, count(*) FROM analysis.query WHERE NOT excluded GROUP BY 1`); err != nil {
		return t, err
	}
	if t.Records, err = counts(ctx, db, `SELECT x.list, x.grade, r.object, '', '', '', count(*) FROM analysis.exposure x
		JOIN analysis.record r ON r.id = x.record GROUP BY ALL ORDER BY ALL`); err != nil {
		return t, err
	}
	if t.People, err = counts(ctx, db, `SELECT a.list, '', '', p.residence, p.kind, '', count(*) FROM analysis.affected a
		JOIN analysis.person p ON p.id = a.person GROUP BY ALL ORDER BY a.list, count(*) DESC, p.residence, p.kind`); err != nil {
		return t, err
	}
	t.Categories, err = counts(ctx, db, `SELECT list, '', '', '', '', category, count(*) FROM (SELECT list, unnest(categories) AS category
		FROM analysis.affected) GROUP BY ALL ORDER BY list, count(*) DESC, category`)
	return t, err
}

func tally(ctx context.Context, db analysis.Engine, query string) (map[string]int64, error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[string]int64{}
	for rows.Next() {
		var name string
		var n int64
		if err := rows.Scan(&name, &n); err != nil {
			return nil, err
		}
		found[name] = n
	}
	return found, rows.Err()
}

func counts(ctx context.Context, db analysis.Engine, query string) ([]Count, error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Count{}
	for rows.Next() {
		var c Count
		if err := rows.Scan(&c.List, &c.Grade, &c.Object, &c.Residence, &c.Kind, &c.Category, &c.N); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}
