package replay

import (
	"context"
	"fmt"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

// numberRecords fills analysis.record with the records of the snapshot, in the order of its files.
func (d *derivation) numberRecords(ctx context.Context) error {
	whole, err := readSchema(ctx, d.db, "")
	if err != nil {
		return err
	}
	if err := d.writePrefixes(ctx, whole); err != nil {
		return err
	}
	if err := run(ctx, d.db, "asked"); err != nil {
		return fmt.Errorf("gathering what was asked: %w", err)
	}
	var parts []string
	for _, name := range sortedKeys(whole.tables) {
		t := whole.tables[name]
		if t.key == "" {
			continue
		}
		part := fmt.Sprintf(`SELECT %s AS object, id18(t.%s) AS record_id, t."file" AS file, t."line" AS line FROM snapshot.%s t WHERE t.%[2]s <> ''`,
			analysis.Literal(t.object), analysis.Quote(t.key), analysis.Quote(t.object))
		if t.several { // the version exported last is the one shown
			part = fmt.Sprintf("SELECT p.* FROM (%s) p JOIN evidence.file f ON f.id = p.file QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY f.taken_at DESC NULLS LAST, file DESC, line DESC) = 1", part)
		}
		parts = append(parts, part)
	}
	if len(parts) > 0 {
		_, err = d.db.ExecContext(ctx, "INSERT INTO analysis.record SELECT row_number() OVER (ORDER BY object, file, line), object, record_id, true, file, line FROM ("+
			strings.Join(parts, "\nUNION ALL ")+")")
		if err != nil {
			return fmt.Errorf("numbering records: %w", err)
		}
	}
	return run(ctx, d.db, "records")
}

// writePrefixes writes which object an id belongs to.
func (d *derivation) writePrefixes(ctx context.Context, whole *schema) error {
	if _, err := d.db.ExecContext(ctx, "CREATE OR REPLACE TEMP TABLE prefix (prefix VARCHAR, object VARCHAR)"); err != nil {
		return err
	}
	known := map[string]string{}
	for prefix, object := range prefixes {
		known[prefix] = object
	}
	for prefix, object := range whole.types {
		known[prefix] = object
	}
	for _, prefix := range sortedKeys(known) {
		if _, err := d.db.ExecContext(ctx, "INSERT INTO temp.prefix VALUES (?, ?)", prefix, known[prefix]); err != nil {
			return err
		}
	}
	return nil
}
