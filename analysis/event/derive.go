package event

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/evidence"
)

// Derive empties and refills the events, their dimension tables, evidence.coverage and evidence.gap.
func Derive(ctx context.Context, db analysis.Engine, catalog *evidence.Catalog, settings analysis.Settings, progress analysis.Progress) error {
	logs, err := rawLogs(ctx, db, catalog)
	if err != nil {
		return fmt.Errorf("deriving events: %w", err)
	}
	steps := []struct {
		name string
		do   func() error
	}{
		{"reading who and from where", func() error { return collect(ctx, db, logs) }},
		{"accounts", func() error { return accounts(ctx, db) }},
		{"addresses", func() error { return addresses(ctx, db, settings.Networks) }},
		{"user agents", func() error { return agents(ctx, db) }},
		{"apps and keys", func() error { return run(ctx, db, keysSQL) }},
		{"events", func() error { return events(ctx, db, logs, progress) }},
		{"coverage", func() error { return coverage(ctx, db, catalog, settings) }},
		{"tidying", func() error { return run(ctx, db, tidySQL) }},
	}
	for i, s := range steps {
		progress.Tell(analysis.Step{Name: s.name, Done: int64(i), Total: int64(len(steps))})
		if err := s.do(); err != nil {
			return fmt.Errorf("deriving events: %s: %w", s.name, err)
		}
	}
	return nil
}

var (
	//go:embed sql/keys.sql
	keysSQL string
	//go:embed sql/tidy.sql
	tidySQL string
)

// run executes the statements of a file one by one, so that a cancelled context stops between them too.
func run(ctx context.Context, db analysis.Engine, statements string, args ...any) error {
	for _, s := range strings.Split(statements, ";\n") {
		if strings.TrimSpace(s) == "" {
			continue
		}
		if _, err := db.ExecContext(ctx, s, args...); err != nil {
			return fmt.Errorf("%w in %.120s", err, strings.TrimSpace(s))
		}
	}
	return nil
}

// rawLog is one raw table whose rows become events.
type rawLog struct {
	kind    evidence.Kind
	columns evidence.Columns
}

func (l rawLog) table() string { return "raw." + analysis.Quote(l.kind.Name) }

// field is the SQL of an event field over the raw table.
func (l rawLog) field(name string) string { return l.kind.Event.SQL(name, l.columns) }

// has reports whether the rows of the raw table can tell an event field.
func (l rawLog) has(name string) bool { return l.field(name) != "NULL" }

// rawLogs lists the raw tables of kinds that carry a log, by name.
func rawLogs(ctx context.Context, db analysis.Engine, catalog *evidence.Catalog) ([]rawLog, error) {
	rows, err := db.QueryContext(ctx, `SELECT table_name, column_name FROM duckdb_columns()
		WHERE schema_name = 'raw' AND database_name = current_database() ORDER BY table_name, column_index`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var logs []rawLog
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			return nil, err
		}
		if len(logs) == 0 || logs[len(logs)-1].kind.Name != table {
			kind, ok := catalog.Kind(table)
			if !ok {
				return nil, fmt.Errorf("no kind describes the rows loaded as %s", table)
			}
			logs = append(logs, rawLog{kind: kind})
		}
		last := &logs[len(logs)-1]
		last.columns = append(last.columns, column)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	kept := logs[:0]
	for _, l := range logs {
		if l.kind.Carries == evidence.Log {
			kept = append(kept, l)
		}
	}
	return kept, nil
}
