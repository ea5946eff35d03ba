package evidence

import (
	"context"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

//go:embed sql/twins.sql
var twinsSQL string

//go:embed sql/overlap.sql
var overlapSQL string

// twins takes out of every touched log the rows that another file holds as well: hourly beside daily files, files sent
// again, chunks that overlap. Rows are compared whole, as multisets: a row that one file holds twice is there twice.
func (a *addition) twins(ctx context.Context) error {
	for _, target := range slices.Sorted(maps.Keys(a.touched)) {
		a.progress.Tell(analysis.Step{Name: "comparing", File: strings.Trim(strings.TrimPrefix(target, "raw."), `"`)})
		if err := a.twinsIn(ctx, target); err != nil {
			return fmt.Errorf("looking for duplicates in %s: %w", target, err)
		}
	}
	return nil
}

func (a *addition) twinsIn(ctx context.Context, target string) error {
	columns, err := a.columnsOf(ctx, target)
	if err != nil {
		return err
	}
	var texts []string
	for _, c := range columns {
		if c != "file" && c != "line" && c != "utc" {
			texts = append(texts, "coalesce(t."+analysis.Quote(c)+", '')")
		}
	}
	all := strings.Join(texts, ", ")
	near, untimed, order := "TRUE", "TRUE", "taken_at DESC NULLS LAST, old DESC" // of customer tables the latest export is kept
	if _, ok := columns.find("utc"); ok {
		near = "(t.utc IS NULL OR EXISTS (SELECT 1 FROM twin_span s WHERE s.file <> t.\"file\" AND t.utc BETWEEN s.first_at AND s.last_at))"
		untimed = "EXISTS (SELECT 1 FROM " + target + " WHERE utc IS NULL)"
		order = "old DESC, rows_read DESC"
	}
	fill := strings.NewReplacer("{target}", target, "{hash}", "hash("+all+")",
		"{whole}", "sha256(concat_ws(chr(31), "+all+"))", "{first}", fmt.Sprint(a.first), "{near}", near, "{untimed}", untimed, "{order}", order)
	if err := run(ctx, a.db, fill.Replace(overlapSQL)); err != nil {
		return err
	}
	var overlap bool
	if err := a.db.QueryRowContext(ctx, "SELECT coalesce(overlap, false) FROM twin_overlap").Scan(&overlap); err != nil || !overlap {
		return err
	}
	return run(ctx, a.db, fill.Replace(twinsSQL))
}

// run executes the statements of a script one by one.
func run(ctx context.Context, db analysis.Engine, script string) error {
	for statement := range strings.SplitSeq(script, ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// recount brings register and result in line after rows were taken out.
func (a *addition) recount(ctx context.Context) error {
	// an earlier file may have lost rows to a later export
	if _, err := a.db.ExecContext(ctx, `UPDATE evidence.file f SET rows_duplicate = n.twins, rows_loaded = f.rows_read - f.rows_rejected - n.twins
		FROM (SELECT file, count(*) AS twins FROM evidence.duplicate GROUP BY file) n WHERE n.file = f.id AND f.state = 'loaded'`); err != nil {
		return err
	}
	if err := a.countTwins(ctx); err != nil {
		return err
	}
	for some := range slices.Chunk(a.files, 100) {
		var args []any
		for _, f := range some {
			args = append(args, f.ID, f.Loaded, f.Duplicate, f.Note, f.Organisation, moment(f.Taken))
		}
		_, err := a.db.ExecContext(ctx, `UPDATE evidence.file f SET rows_loaded = v.loaded, rows_duplicate = v.twins, note = v.note, organisation = v.organisation,
			taken_at = v.taken::TIMESTAMP FROM (VALUES `+marks(len(some), 6)+`) v(id, loaded, twins, note, organisation, taken) WHERE f.id = v.id`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// countTwins tells files of this addition how many of their rows others hold, and which.
func (a *addition) countTwins(ctx context.Context) error {
	rows, err := a.db.QueryContext(ctx, `SELECT d.file, count(*), coalesce(string_agg(DISTINCT k.name, ', ' ORDER BY k.name), '') FROM evidence.duplicate d
		LEFT JOIN evidence.file k ON k.id = d.kept_file WHERE d.file >= ? GROUP BY d.file ORDER BY d.file`, a.first)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var file int32
		var twins int64
		var kept string
		if err := rows.Scan(&file, &twins, &kept); err != nil {
			return err
		}
		f := a.files[file-a.first]
		f.Duplicate, f.Loaded = twins, f.Read-f.Rejected-twins
		f.note(count(twins, "row") + " already in " + firstRunes(kept, 120))
	}
	return rows.Err()
}
