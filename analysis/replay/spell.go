package replay

import (
	"context"
	"fmt"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

// spelling is the name of a field as it is written elsewhere.
type spelling struct{ object, field, name string }

// spell gives custom fields the spelling they have elsewhere when their table was exported with a header in capitals. The
// engine finds columns whatever the case; what is shown and listed takes the names of the snapshot.
func (d *derivation) spell(ctx context.Context) error {
	list, err := d.spellings(ctx)
	if err != nil {
		return fmt.Errorf("looking for the spelling of fields: %w", err)
	}
	for _, s := range list {
		err := d.exec(ctx, fmt.Sprintf("ALTER TABLE snapshot.%s RENAME COLUMN %s TO %s", analysis.Quote(s.object), analysis.Quote(s.field), analysis.Quote(s.name)))
		if err != nil {
			return fmt.Errorf("spelling %s of %s: %w", s.field, s.object, err)
		}
		err = d.exec(ctx, "UPDATE snapshot.field SET field = ?, label = CASE WHEN label = field THEN ?::VARCHAR ELSE label END WHERE object = ? AND field = ?",
			s.name, s.name, s.object, s.field)
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *derivation) spellings(ctx context.Context) (list []spelling, err error) {
	histories, err := d.histories(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := d.db.QueryContext(ctx, strings.ReplaceAll(statement("spellings"), "{histories}", histories))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s spelling
		if err := rows.Scan(&s.object, &s.field, &s.name); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// histories is SQL for the fields that tables of changes name.
func (d *derivation) histories(ctx context.Context) (string, error) {
	rows, err := d.db.QueryContext(ctx, `SELECT DISTINCT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'snapshot'
		AND database_name = current_database() AND lower(column_name) = 'field' AND table_name ILIKE '%History' ORDER BY ALL`)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var b strings.Builder
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "UNION ALL SELECT %s FROM snapshot.%s\n  ", analysis.Quote(column), analysis.Quote(table))
	}
	return b.String(), rows.Err()
}
