package event

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/breachscope/breachscope/analysis"
)

var (
	//go:embed sql/event.sql
	eventSQL string
	//go:embed sql/event_offset.sql
	offsetSQL string
)

// events fills analysis.event, one raw table after the other.
func events(ctx context.Context, db analysis.Engine, logs []rawLog, progress analysis.Progress) error {
	if err := offsets(ctx, db, logs); err != nil {
		return err
	}
	var rows int64
	for i, l := range logs {
		progress.Tell(analysis.Step{Name: "events", File: l.kind.Name, Done: int64(i), Total: int64(len(logs)), Rows: rows})
		result, err := db.ExecContext(ctx, fmt.Sprintf(eventSQL, view(i)), l.kind.Name)
		if err != nil {
			return fmt.Errorf("%s: %w", l.kind.Name, err)
		}
		n, err := result.RowsAffected()
		if err != nil {
			return err
		}
		rows += n
		if _, err := db.ExecContext(ctx, "DROP VIEW "+view(i)); err != nil {
			return err
		}
	}
	return nil
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
