package evidence

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

// Accept marks a rejected row as looked at and rightly left out, in every file that is the same. The reason belongs into
// the journal.
func Accept(ctx context.Context, db analysis.Engine, file int32, line int64) error {
	if err := treat(ctx, db, file, line, "accepted"); err != nil {
		return fmt.Errorf("accepting a rejected row: %w", err)
	}
	return nil
}

// treat gives a rejected row another state.
func treat(ctx context.Context, db analysis.Engine, file int32, line int64, state string) error {
	result, err := db.ExecContext(ctx, `UPDATE evidence.reject SET state = ? WHERE line = ? AND state <> 'repaired' AND file IN (
		SELECT id FROM evidence.file WHERE `+sameContent+`)`, state, line, file)
	if err != nil {
		return err
	}
	return oneAffected(result, file, line)
}

// Repair loads a rejected row with the values the investigator read from its text, by column, and brings counts, span and
// note of the register in line. Rows derived from the evidence have to be derived again. The reason belongs into the journal.
func Repair(ctx context.Context, db analysis.Engine, catalog *Catalog, file int32, line int64, values map[string]string) error {
	before, err := rejectNote(ctx, db, file)
	if err != nil {
		return fmt.Errorf("repairing a rejected row: %w", err)
	}
	if err := treat(ctx, db, file, line, "repaired"); err != nil {
		return fmt.Errorf("repairing a rejected row: %w", err)
	}
	if err := enterRepaired(ctx, db, catalog, file, line, values); err != nil {
		return err
	}
	if err := recountRepaired(ctx, db, file, line, before); err != nil {
		return fmt.Errorf("repairing a rejected row: %w", err)
	}
	return nil
}

// enterRepaired puts the row into the table of its file.
func enterRepaired(ctx context.Context, db analysis.Engine, catalog *Catalog, file int32, line int64, values map[string]string) error {
	target, clocks, columns, err := repairTarget(ctx, db, catalog, file)
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
	for _, clock := range clocks {
		if _, err := db.ExecContext(ctx, clock, file, line); err != nil {
			return fmt.Errorf("repairing a rejected row: %w", err)
		}
	}
	return nil
}

// recountRepaired brings the register in line: the counts of every file that is the same, the span and the note.
func recountRepaired(ctx context.Context, db analysis.Engine, file int32, line int64, before string) error {
	if _, err := db.ExecContext(ctx, `UPDATE evidence.file SET rows_loaded = rows_loaded + (state = 'loaded')::INTEGER, rows_duplicate = rows_duplicate + (state <> 'loaded')::INTEGER,
		rows_rejected = rows_rejected - 1 WHERE `+sameContent+` AND rows_rejected > 0`, file); err != nil {
		return err
	}
	after, err := rejectNote(ctx, db, file)
	if err != nil {
		return err
	}
	var note string
	if err := db.QueryRowContext(ctx, "SELECT note FROM evidence.file WHERE id = ?", file).Scan(&note); err != nil {
		return err
	}
	if !strings.Contains(note, before) {
		note, before = joined(note, after), after
	}
	_, err = db.ExecContext(ctx, "UPDATE evidence.file SET note = ? WHERE id = ?", strings.Replace(note, before, after, 1), file)
	if err != nil {
		return err
	}
	target, err := Place(ctx, db, file, line)
	if err != nil || !strings.HasPrefix(target, "raw.") {
		return err
	}
	_, err = db.ExecContext(ctx, `UPDATE evidence.file SET first_at = least(first_at, t.utc), last_at = greatest(last_at, t.utc)
		FROM (SELECT utc FROM `+target+` WHERE "file" = ? AND "line" = ?) t WHERE id = ?`, file, line, file)
	return err
}

// rejectNote is what the register says of the rejected rows of a file: the first that is not loaded, how many more are
// not, and how many were repaired.
func rejectNote(ctx context.Context, db analysis.Engine, file int32) (string, error) {
	var line, left, repaired int64
	var reason string
	err := db.QueryRowContext(ctx, `SELECT coalesce(min(line) FILTER (state <> 'repaired'), 0), coalesce(arg_min(reason, line) FILTER (state <> 'repaired'), ''),
		count(*) FILTER (state <> 'repaired'), count(*) FILTER (state = 'repaired') FROM evidence.reject WHERE file = ?`, file).Scan(&line, &reason, &left, &repaired)
	text := ""
	if left > 0 {
		text = rejection(line, reason, left-1)
	}
	if repaired > 0 {
		text = joined(text, count(repaired, "row")+" repaired by hand")
	}
	return text, err
}

// repairTarget is the table a file's rows lie in, and the statements that give a row there its time, read as those of the
// file were.
func repairTarget(ctx context.Context, db analysis.Engine, catalog *Catalog, file int32) (target string, clocks []string, columns Columns, err error) {
	f := File{ID: file}
	if err := db.QueryRowContext(ctx, "SELECT kind, object, timezone, dialect FROM evidence.file WHERE id = ?", file).Scan(&f.Kind, &f.Object, &f.Timezone, &f.Dialect); err != nil {
		return "", nil, nil, err
	}
	target = "raw." + analysis.Quote(f.Kind)
	if f.Object != "" {
		target = "snapshot." + analysis.Quote(f.Object)
	}
	a := &addition{db: db}
	if columns, err = a.columnsOf(ctx, target); err != nil {
		return "", nil, nil, err
	}
	if f.Object != "" {
		clocks, err = a.repairTimes(ctx, &f, target)
		return target, clocks, columns, err
	}
	if a.catalog, err = catalog.OfCase(ctx, db); err != nil {
		return "", nil, nil, err
	}
	kind, _ := a.catalog.Kind(f.Kind)
	if text := kind.Event.SQL("at", columns); text != "NULL" {
		clocks = append(clocks, "UPDATE "+target+" SET utc = "+a.inManner(text, f.zone(), f.patterns(kind))+` WHERE "file" = ? AND "line" = ?`)
	}
	return target, clocks, columns, nil
}

// repairTimes are the statements that bring the times of a customer table's row to UTC.
func (a *addition) repairTimes(ctx context.Context, f *File, target string) (clocks []string, err error) {
	timed, err := a.texts(ctx, "SELECT field FROM snapshot.field WHERE object = ? AND type = 'datetime' ORDER BY position", f.Object)
	for _, column := range timed {
		clocks = append(clocks, zoneTimes(target, column, f.zone(), `"file" = ? AND "line" = ?`))
	}
	return clocks, err
}

// zone is the zone in which the times of a loaded file were read that name none.
func (f *File) zone() string {
	if f.Timezone == "unknown" || f.Timezone == "named in each row" {
		return "UTC"
	}
	return f.Timezone
}

// patterns are those by which the dates of a loaded file were read: its dialect tells the order or pattern.
func (f *File) patterns(kind Kind) patterns {
	for _, words := range strings.Split(f.Dialect, "; ") {
		dates, ok := strings.CutPrefix(words, "dates ")
		switch {
		case ok && strings.Contains(dates, "%"):
			return patterns{slices.Concat([]string{dates}, kind.Dates), patternsOf(orderIn(dates))}
		case ok:
			return patterns{kind.Dates, patternsOf(dates)}
		}
	}
	return patterns{kind.Dates, patternsOf("")}
}

func oneAffected(result interface{ RowsAffected() (int64, error) }, file int32, line int64) error {
	n, err := result.RowsAffected()
	if err == nil && n == 0 {
		err = &NotRejected{file, line}
	}
	return err
}
