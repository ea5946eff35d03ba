package evidence

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

// portion is files of one make, which the engine reads in one statement: the same columns, written the same way, for
// the same table.
type portion struct {
	kind    Kind
	target  string
	names   []string // columns of the table
	columns []string // as the files name them
	clock   string   // expression of a row's time, "" none
	values  rewriting
	parts   []part
}

type part struct {
	file  *File
	table *table
}

const (
	smallFile   = 4 << 20  // bytes; larger files are read on their own, at once
	mostWaiting = 64 << 20 // bytes of small files that wait at most
)

// load puts the rows of a table into the raw table of its kind, or the snapshot table of its object: at once, or, with
// small files, together with others of their make.
func (a *addition) load(ctx context.Context, f *File, kind Kind, s *staged, t *table) error {
	names, renamed := a.catalog.names(kind, t.columns)
	if renamed > 0 {
		f.Dialect = joined(f.Dialect, count(renamed, "column")+" renamed")
	}
	target, reserved := "raw."+analysis.Quote(kind.Name), []string{"file", "line", "utc"}
	if kind.Carries == Table {
		target, reserved = "snapshot."+analysis.Quote(kind.Object), []string{"file", "line"}
		f.Taken = a.options.SnapshotAt
	}
	names = distinct(names, reserved)
	clock, err := a.clockOf(ctx, f, kind, t, names)
	if err != nil {
		return err
	}
	t.semicolons = s.layout.delimiter == ';'
	values, err := a.rewriting(ctx, f, kind, t, names)
	if err != nil {
		return err
	}
	p := &portion{kind: kind, target: target, names: names, columns: t.columns, clock: clock, values: values, parts: []part{{file: f, table: t}}}
	size := sizeOf(t.staged)
	if t.staged == "" || size > smallFile {
		return a.loadPortion(ctx, p)
	}
	if t.waits = true; t.staged == s.path {
		t.files, s.waits = append(t.files, s.path), true
	}
	a.wait(p)
	if a.held += size; a.held > mostWaiting {
		return a.loadWaiting(ctx)
	}
	return nil
}

// wait puts a file with those of its make that wait already.
func (a *addition) wait(p *portion) {
	for _, w := range a.waiting {
		one, other := w.parts[0].table, p.parts[0].table
		if w.target == p.target && w.clock == p.clock && slices.Equal(w.columns, p.columns) && slices.Equal(w.names, p.names) && maps.Equal(w.values.as, p.values.as) &&
			one.delimiter == other.delimiter && one.numbered == other.numbered {
			w.parts = append(w.parts, p.parts...)
			for name, timed := range p.values.times {
				w.values.times[name] = w.values.times[name] || timed
			}
			return
		}
	}
	a.waiting = append(a.waiting, p)
}

// loadWaiting loads the small files that wait.
func (a *addition) loadWaiting(ctx context.Context) error {
	for _, p := range a.waiting {
		if err := a.loadPortion(ctx, p); err != nil {
			return explain(ctx, p.name(), err)
		}
	}
	a.waiting, a.held = nil, 0
	return nil
}

// loadPortion reads the files of a portion and accounts for every one of their rows.
func (a *addition) loadPortion(ctx context.Context, p *portion) error {
	a.progress.Tell(analysis.Step{Name: "loading", File: p.name(), Rows: p.records()})
	if err := a.widenTable(ctx, p.target, p.names, p.kind.Carries == Log); err != nil {
		return err
	}
	if err := a.insert(ctx, p); err != nil {
		return err
	}
	a.touched[p.target] = true
	tallies, err := a.account(ctx, p)
	if err != nil {
		return err
	}
	for i, part := range p.parts {
		if err := a.conclude(ctx, part.file, p, tallies[i]); err != nil {
			return err
		}
		part.table.waits = false
		part.table.remove()
	}
	return nil
}

func (p *portion) name() string {
	name := p.parts[0].file.Name
	if n := len(p.parts) - 1; n > 0 {
		name += " and " + count(n, "more file")
	}
	return name
}

func (p *portion) records() (n int64) {
	for _, part := range p.parts {
		n += part.table.records
	}
	return n
}

// files is the condition that a row is of one of the portion's files.
func (p *portion) files() string {
	ids := make([]string, len(p.parts))
	for i, part := range p.parts {
		ids[i] = fmt.Sprint(part.file.ID)
	}
	return `"file" IN (` + strings.Join(ids, ", ") + ")"
}

// source is what gives the rows of all files, and the expression that tells of which a row is.
func (p *portion) source() (from, file string) {
	first := p.parts[0].table
	if len(p.parts) == 1 {
		return first.from, fmt.Sprint(p.parts[0].file.ID)
	}
	staged := map[int32]string{}
	var longest int64
	for _, part := range p.parts {
		staged[part.file.ID] = part.table.staged
		longest = max(longest, part.table.longest)
	}
	paths, file := byPath(staged)
	return readCSV(paths, first.delimiter, first.read(), longest), file
}

// byPath are the staged files in the order of the register, and the expression that tells whose file a row is from.
func byPath(staged map[int32]string) (paths []string, file string) {
	ids := slices.Sorted(maps.Keys(staged))
	if len(ids) == 1 {
		return []string{staged[ids[0]]}, fmt.Sprint(ids[0])
	}
	file = "CASE filename"
	for _, id := range ids {
		paths = append(paths, staged[id])
		file += fmt.Sprintf(" WHEN %s THEN %d", analysis.Literal(staged[id]), id)
	}
	return paths, file + " END"
}

// insert copies the rows and numbers them.
func (a *addition) insert(ctx context.Context, p *portion) error {
	from, file := p.source()
	numbered := p.parts[0].table.numbered
	into, give := []string{`"file"`, `"line"`}, []string{file, "NULL"}
	if numbered {
		give[1] = `"line"::BIGINT`
	}
	if p.clock != "" {
		into, give = append(into, "utc"), append(give, p.clock)
	}
	for i, name := range p.names {
		into, give = append(into, analysis.Quote(name)), append(give, cmp.Or(p.values.as[i], fmt.Sprintf("c%d", i)))
	}
	_, err := a.db.ExecContext(ctx, "INSERT INTO "+p.target+" ("+strings.Join(into, ", ")+") SELECT "+strings.Join(give, ", ")+" FROM "+from)
	if err != nil || numbered {
		return err
	}
	// rows lie in the order of their file, file after file, so that their place gives their number
	number := fmt.Sprintf(`UPDATE %[1]s t SET "line" = t.rowid - n.first + 2 FROM (SELECT "file", min(rowid) AS first FROM %[1]s WHERE %[2]s GROUP BY 1) n
		WHERE n."file" = t."file" AND t.%[2]s`, p.target, p.files())
	if len(p.parts) == 1 {
		number = fmt.Sprintf(`UPDATE %[1]s SET "line" = rowid - (SELECT min(rowid) FROM %[1]s WHERE %[2]s) + 2 WHERE %[2]s`, p.target, p.files())
	}
	_, err = a.db.ExecContext(ctx, number)
	return err
}

// tally is what a portion's table holds of one file.
type tally struct {
	rows, untimed               int64
	last                        sql.NullInt64 // number of the last row
	from, to                    sql.NullTime
	organisation, organisations string // the first and the last
	member, members             string // of the family, the first and the last
}

// account lists the rejected rows and proves that no row of any file is missing.
func (a *addition) account(ctx context.Context, p *portion) ([]tally, error) {
	if err := a.keepRejects(ctx, p); err != nil {
		return nil, err
	}
	tallies, err := a.tally(ctx, p)
	if err != nil {
		return nil, err
	}
	for i, part := range p.parts {
		f, t, found := part.file, part.table, tallies[i]
		f.Read = t.records
		misnumbered := !t.numbered && found.rows > 0 && found.last.Int64 != t.records+1
		if found.rows+t.rejected != t.records || misnumbered {
			return nil, &Unaccounted{f.Name, found.rows + t.rejected, t.records}
		}
	}
	headers, err := a.repeatedHeaders(ctx, p)
	if err != nil {
		return nil, err
	}
	for i, part := range p.parts {
		n := headers[part.file.ID]
		part.file.Rejected, part.file.Loaded = part.table.rejected+n, tallies[i].rows-n
	}
	unlikely, err := a.unlikely(ctx, p, tallies)
	if err != nil {
		return nil, err
	}
	if len(headers) > 0 || unlikely { // their texts are neither times nor organisations
		return a.tally(ctx, p)
	}
	return tallies, nil
}

// keepRejects lists the records that were set aside when the files were staged.
func (a *addition) keepRejects(ctx context.Context, p *portion) error {
	staged := map[int32]string{}
	var longest int64
	for _, part := range p.parts {
		if part.table.rejects != "" {
			staged[part.file.ID] = part.table.rejects
			longest = max(longest, part.table.longestReject)
		}
	}
	if len(staged) == 0 {
		return nil
	}
	paths, file := byPath(staged)
	_, err := a.db.ExecContext(ctx, `INSERT INTO evidence.reject (file, line, reason, text) SELECT `+file+`, "line"::BIGINT, reason, text FROM `+
		readCSV(paths, ',', []string{"line", "reason", "text"}, longest))
	return err
}

// tally counts what the table holds of each file, in the order of the portion.
func (a *addition) tally(ctx context.Context, p *portion) ([]tally, error) {
	tallies, place := make([]tally, len(p.parts)), map[int32]int{}
	for i, part := range p.parts {
		place[part.file.ID] = i
	}
	from, to, timed, organisation, member := "NULL::TIMESTAMP", "NULL::TIMESTAMP", "count(*)", "NULL", "''"
	if p.kind.Carries == Log {
		from, to, timed, organisation = "min(utc)", "max(utc)", "count(utc)", p.kind.Organisation.SQL(p.names)
		if own, ok := Columns(p.names).find(p.kind.Family); ok && p.kind.Family != "" {
			member = analysis.Quote(own)
		}
	}
	rows, err := a.db.QueryContext(ctx, fmt.Sprintf(`SELECT "file", count(*), count(*) - %[3]s, max("line"), %[1]s, %[2]s, coalesce(min(left(%[4]s, 15)), ''),
		coalesce(max(left(%[4]s, 15)), ''), coalesce(min(%[5]s), ''), coalesce(max(%[5]s), '') FROM %[6]s WHERE %[7]s GROUP BY 1`,
		from, to, timed, organisation, member, p.target, p.files()))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var file int32
		var t tally
		if err := rows.Scan(&file, &t.rows, &t.untimed, &t.last, &t.from, &t.to, &t.organisation, &t.organisations, &t.member, &t.members); err != nil {
			return nil, err
		}
		tallies[place[file]] = t
	}
	return tallies, rows.Err()
}

// repeatedHeaders rejects rows that are the header once more, as in files put together from several, and counts them by file.
func (a *addition) repeatedHeaders(ctx context.Context, p *portion) (map[int32]int64, error) {
	conditions, filled := []string{p.files()}, []string{}
	for i, name := range p.names {
		column, own := analysis.Quote(name), analysis.Literal(p.columns[i])
		conditions = append(conditions, "lower("+column+") IN ('', lower("+own+"), rtrim(lower("+own+"), '_'))")
		filled = append(filled, "("+column+" <> '')::INTEGER")
	}
	conditions = append(conditions, fmt.Sprintf("list_sum([%s]) >= %d", strings.Join(filled, ", "), min(3, len(p.names))))
	where := " FROM " + p.target + " WHERE " + strings.Join(conditions, " AND ")
	rows, err := a.db.QueryContext(ctx, `SELECT "file", count(*)`+where+" GROUP BY 1")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[int32]int64{}
	for rows.Next() {
		var file int32
		var n int64
		if err := rows.Scan(&file, &n); err != nil {
			return nil, err
		}
		found[file] = n
	}
	if err := errorsOf(rows.Err(), rows.Close()); err != nil || len(found) == 0 {
		return nil, err
	}
	// as it stands: the header once more may be written in other letters or leave columns out
	text := "concat_ws(',', " + strings.Join(quotedAll(p.names), ", ") + ")"
	if _, err := a.db.ExecContext(ctx, `INSERT INTO evidence.reject (file, line, reason, text) SELECT "file", "line", 'the record repeats the header', `+text+where); err != nil {
		return nil, err
	}
	_, err = a.db.ExecContext(ctx, "DELETE"+where)
	return found, err
}

func quotedAll(names []string) []string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = analysis.Quote(name)
	}
	return quoted
}

// conclude enters what a file's rows say of it: its span, its organisation, the types of its events.
func (a *addition) conclude(ctx context.Context, f *File, p *portion, t tally) error {
	f.First, f.Last = t.from.Time, t.to.Time
	if f.Read == 0 {
		f.note("no rows")
	}
	if t.rows > 0 {
		if err := errorsOf(a.noteRewriting(ctx, f, p), a.zoneBare(ctx, f, p)); err != nil {
			return err
		}
	}
	if err := a.noteUntimed(ctx, f, p, t.untimed); err != nil {
		return err
	}
	if t.organisation == t.organisations {
		f.Organisation = t.organisation
	} else if err := a.noteOrganisations(ctx, f, p); err != nil {
		return err
	}
	if err := a.noteReplaced(ctx, f, p.target, p.names); err != nil || t.member == t.members {
		return err
	}
	return a.split(ctx, f, p)
}

func (a *addition) noteOrganisations(ctx context.Context, f *File, p *portion) error {
	organisation := p.kind.Organisation.SQL(p.names)
	var n int64
	err := a.db.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(DISTINCT left(%s, 15)) FROM %s WHERE "file" = %d`, organisation, p.target, f.ID)).Scan(&n)
	f.note("it holds rows of " + count(n, "organisation") + ", which are kept apart")
	return err
}

// noteRejects names the first rejected record of every new file, and how many more there are.
func (a *addition) noteRejects(ctx context.Context) error {
	rows, err := a.db.QueryContext(ctx, `SELECT file, min(line), arg_min(reason, line), count(*) - 1 FROM evidence.reject WHERE file >= ? GROUP BY file ORDER BY file`, a.first)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var file int32
		var line, more int64
		var reason string
		if err := rows.Scan(&file, &line, &reason, &more); err != nil {
			return err
		}
		a.files[file-a.first].note(rejection(line, reason, more))
	}
	return rows.Err()
}

// rejection is what the register says of rejected records: line 5 has 41 fields, the header has 42 fields; 3 more.
func rejection(line int64, reason string, more int64) string {
	for _, subject := range []string{"the record ", "the line "} {
		reason = strings.TrimPrefix(reason, subject)
	}
	text := fmt.Sprintf("not loaded: line %d %s", line, reason)
	if more > 0 {
		text += fmt.Sprintf("; %d more", more)
	}
	return text
}
