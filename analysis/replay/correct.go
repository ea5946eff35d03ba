package replay

import (
	"context"
	"database/sql"
	"time"

	"github.com/breachscope/breachscope/analysis"
)

// corrections are what the investigator changed: analysis.correction, refilled from the journal.
type corrections struct {
	clock time.Duration // added to the time of every question
	added []*question
	files []int32 // of the snapshot, left out
}

func (d *derivation) readCorrections(ctx context.Context) (c corrections, err error) {
	rows, err := d.db.QueryContext(ctx, `SELECT kind, coalesce(session, 0), "at", coalesce(text, ''), rows, coalesce(seconds, 0), coalesce(file, 0)
		FROM analysis.correction WHERE kind IN ('add', 'clock', 'snapshot') ORDER BY entry`)
	if err != nil {
		return c, err
	}
	defer rows.Close()
	for rows.Next() {
		var kind, text string
		var session, file int32
		var at sql.NullTime
		var count sql.NullInt64
		var seconds int64
		if err := rows.Scan(&kind, &session, &at, &text, &count, &seconds, &file); err != nil {
			return c, err
		}
		switch kind {
		case "clock":
			c.clock = time.Duration(seconds) * time.Second
		case "snapshot":
			c.files = append(c.files, file)
		case "add":
			if _, attacker := d.sessions[session]; attacker && at.Valid {
				c.added = append(c.added, added(session, at.Time, text, count))
			}
		}
	}
	return c, rows.Err()
}

// added is a question the investigator knows of from elsewhere: the attacker's script, a witness.
func added(session int32, at time.Time, text string, count sql.NullInt64) *question {
	q := &question{session: session, carrier: analysis.SOQL, act: analysis.Acquired, at: at, until: at, text: text, note: "added by the investigator"}
	q.mentions = []mention{{session: session, certain: true, at: at, source: "added", text: text, rows: count}}
	if count.Valid {
		q.rows = map[string]int64{"added": count.Int64}
	}
	return q
}
