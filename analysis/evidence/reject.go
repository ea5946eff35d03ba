package evidence

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

// Accept marks a rejected row as looked at and rightly left out. The reason belongs into the journal.
func Accept(ctx context.Context, db analysis.Engine, file int32, line int64) error {
	result, err := db.ExecContext(ctx, "UPDATE evidence.reject SET state = 'accepted' WHERE file = ? AND line = ? AND state <> 'repaired'", file, line)
	if err != nil {
		return fmt.Errorf("accepting a rejected row: %w", err)
	}
	return oneAffected(result, file, line)
}

// Repair loads a rejected row with the values the investigator read from its text, by column. Rows derived from the
// evidence have to be derived again. The reason belongs into the journal.
func Repair(ctx context.Context, db analysis.Engine, catalog *Catalog, file int32, line int64, values map[string]string) error {
	result, err := db.ExecContext(ctx, "UPDATE evidence.reject SET state = 'repaired' WHERE file = ? AND line = ? AND state <> 'repaired'", file, line)
	if err != nil {
		return fmt.Errorf("repairing a rejected row: %w", err)
	}
	if err := oneAffected(result, file, line); err != nil {
		return err
	}
	target, clock, columns, err := repairTarget(ctx, db, catalog, file)
	if err != nil {
		return fmt.Errorf("repairing a rejected row: %w", err)
	}
	into, marks, args := []string{`"file"`, `"line"`}, []string{"?", "?"}, []any{file, line}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		own, ok := columns.find(name)
		if !ok || own == "file" || own == "line" || own == "utc" {
			return &BadOption{"column", name, "the table of that file has none of that name"}
		}
		into, marks, args = append(into, analysis.Quote(own)), append(marks, "?"), append(args, values[name])
	}
	if _, err := db.ExecContext(ctx, "INSERT INTO "+target+" ("+strings.Join(into, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", args...); err != nil {
		return fmt.Errorf("repairing a rejected row: %w", err)
	}
	if clock != "" {
		if _, err := db.ExecContext(ctx, clock, file, line); err != nil {
			return fmt.Errorf("repairing a rejected row: %w", err)
		}
	}
	_, err = db.ExecContext(ctx, "UPDATE evidence.file SET rows_loaded = rows_loaded + 1, rows_rejected = rows_rejected - 1 WHERE id = ?", file)
	return err
}

// repairTarget is the table a file's rows lie in, and the statement that gives a row there its time.
func repairTarget(ctx context.Context, db analysis.Engine, catalog *Catalog, file int32) (target, clock string, columns Columns, err error) {
	var name, object string
	if err := db.QueryRowContext(ctx, "SELECT kind, object FROM evidence.file WHERE id = ?", file).Scan(&name, &object); err != nil {
		return "", "", nil, err
	}
	target = "raw." + analysis.Quote(name)
	if object != "" {
		target = "snapshot." + analysis.Quote(object)
	}
	if columns, err = (&addition{db: db}).columnsOf(ctx, target); err != nil || object != "" {
		return target, "", columns, err
	}
	own, err := catalog.OfCase(ctx, db)
	if err != nil {
		return "", "", nil, err
	}
	kind, _ := own.Kind(name)
	text := kind.Event.SQL("at", columns)
	if text == "NULL" {
		return target, "", columns, nil
	}
	return target, "UPDATE " + target + " SET utc = " + fmt.Sprintf(usual, text, "try_cast("+text+" AS TIMESTAMP)", "NULL") + ` WHERE "file" = ? AND "line" = ?`, columns, nil
}

func oneAffected(result interface{ RowsAffected() (int64, error) }, file int32, line int64) error {
	n, err := result.RowsAffected()
	if err == nil && n == 0 {
		err = &BadOption{"row", fmt.Sprintf("%d of file %d", line, file), "no row of that number is rejected"}
	}
	return err
}
