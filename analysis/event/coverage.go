package event

import (
	"context"
	_ "embed"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/evidence"
)

var (
	//go:embed sql/coverage.sql
	coverageSQL string
	//go:embed sql/gap.sql
	gapSQL string
	//go:embed sql/retention.sql
	retentionSQL string
)

// coverage counts events per organisation, kind and hour, and finds the hours a source should not have been silent in.
func coverage(ctx context.Context, db analysis.Engine, catalog *evidence.Catalog, settings analysis.Settings) error {
	if err := run(ctx, db, coverageSQL); err != nil {
		return err
	}
	var kinds, acts, kept []string
	var days []int64
	rows, err := db.QueryContext(ctx, "SELECT DISTINCT kind FROM evidence.coverage")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		kind, _ := catalog.Kind(name)
		kept, days = append(kept, name), append(days, int64(kind.Keeps))
		for _, act := range kind.Shows {
			kinds, acts = append(kinds, name), append(acts, act)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, `CREATE OR REPLACE TEMP TABLE shows AS
		SELECT unnest($1::VARCHAR[]) AS kind, unnest($2::VARCHAR[]) AS act`, kinds, acts); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, `CREATE OR REPLACE TEMP TABLE keeps AS
		SELECT unnest($1::VARCHAR[]) AS kind, unnest($2::BIGINT[]) AS days`, kept, days); err != nil {
		return err
	}
	return run(ctx, db, "SET VARIABLE zone = "+analysis.Literal(zone(settings))+";\n"+gapSQL+";\n"+retentionSQL)
}

func zone(settings analysis.Settings) string {
	if settings.Timezone == "" {
		return "UTC"
	}
	return settings.Timezone
}
