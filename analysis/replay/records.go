package replay

import (
	"context"
	"fmt"

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
	for _, name := range sortedKeys(whole.tables) {
		if err := d.numberTable(ctx, whole.tables[name]); err != nil {
			return fmt.Errorf("numbering records of %s: %w", whole.tables[name].object, err)
		}
	}
	if err := run(ctx, d.db, "records"); err != nil {
		return err
	}
	return d.countPurged(ctx)
}

// countPurged counts the records that only a log names.
func (d *derivation) countPurged(ctx context.Context) error {
	rows, err := d.db.QueryContext(ctx, "SELECT object, count(*) FROM analysis.record WHERE NOT present GROUP BY object")
	if err != nil {
		return err
	}
	defer rows.Close()
	d.purged = map[string]int64{}
	for rows.Next() {
		var object string
		var n int64
		if err := rows.Scan(&object, &n); err != nil {
			return err
		}
		d.purged[object] = n
	}
	return rows.Err()
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

func (d *derivation) numberTable(ctx context.Context, t *table) error {
	if t.key == "" {
		return nil
	}
	key, from := "t."+analysis.Quote(t.key), "snapshot."+analysis.Quote(t.object)
	if t.several {
		err := d.db.QueryRowContext(ctx, fmt.Sprintf("SELECT count(*) > count(DISTINCT id18(%s)) FROM %s t WHERE %[1]s <> ''", key, from)).Scan(&t.versions)
		if err != nil {
			return err
		}
		d.versions[t.object] = t.versions
	}
	if t.versions { // the one exported last is shown
		from = fmt.Sprintf(`(SELECT t.* FROM %s t JOIN evidence.file f ON f.id = t."file"
			QUALIFY row_number() OVER (PARTITION BY id18(%s) ORDER BY f.taken_at DESC NULLS LAST, t."file" DESC, t."line" DESC) = 1)`, from, key)
	}
	return d.exec(ctx, fmt.Sprintf(`INSERT INTO analysis.record SELECT (SELECT coalesce(max(id), 0) FROM analysis.record) + row_number() OVER (ORDER BY t."file", t."line"),
		?, id18(%[1]s), true, t."file", t."line" FROM %[2]s t WHERE %[1]s <> ''`, key, from), t.object)
}
