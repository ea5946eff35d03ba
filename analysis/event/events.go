package event

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

var (
	//go:embed sql/event.sql
	eventSQL string
	//go:embed sql/client_of.sql
	clientOfSQL string
	//go:embed sql/event_offset.sql
	offsetSQL string
)

// events fills analysis.event, one raw table after the other.
func events(ctx context.Context, db analysis.Engine, logs []rawLog, progress analysis.Progress) error {
	if err := offsets(ctx, db, logs); err != nil {
		return err
	}
	if err := run(ctx, db, clientOfSQL); err != nil {
		return err
	}
	var rows int64
	for i, l := range logs {
		progress.Tell(analysis.Step{Name: "events", File: l.kind.Name, Done: int64(i), Total: int64(len(logs)), Rows: rows})
		n, err := l.enter(ctx, db, i)
		if err != nil {
			return fmt.Errorf("%s: %w", l.kind.Name, err)
		}
		rows += n
	}
	return nil
}

// enter makes the rows of one raw table events and returns how many there are.
func (l rawLog) enter(ctx context.Context, db analysis.Engine, i int) (int64, error) {
	same := "c.said IS NOT DISTINCT FROM v.said"
	for _, name := range l.clientFields() {
		same += fmt.Sprintf(" AND c.%[1]s IS NOT DISTINCT FROM v.%[1]s", analysis.Quote(name))
	}
	result, err := db.ExecContext(ctx, strings.NewReplacer("{view}", view(i), "{same}", same).Replace(eventSQL), l.kind.Name, i)
	if err != nil {
		return 0, err
	}
	if _, err := db.ExecContext(ctx, "DROP VIEW "+view(i)); err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// offsets gives each file the number its events' ids begin after, so that ids run in order of (file, line).
func offsets(ctx context.Context, db analysis.Engine, logs []rawLog) error {
	if err := run(ctx, db, "DELETE FROM analysis.event;\nCREATE OR REPLACE TEMP TABLE last_line (file INTEGER, line BIGINT);\n"); err != nil {
		return err
	}
	for _, l := range logs {
		if _, err := db.ExecContext(ctx, `INSERT INTO temp.last_line SELECT "file", max("line") FROM `+l.table()+" GROUP BY 1"); err != nil {
			return err
		}
	}
	return run(ctx, db, offsetSQL)
}
