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

//go:embed sql/supersede.sql
var supersedeSQL string

// object is a customer table being described.
type object struct {
	name, target                    string
	known                           Object
	columns                         Columns // without file and line
	key, created, modified, deleted string  // columns, "" none
	title                           string  // column people call a record by
	sound                           Columns // columns of ids in which every value as long as one is one
	prefix                          string
}

// objectsTouched are the customer tables that got rows in this addition.
func (a *addition) objectsTouched(ctx context.Context) (list []*object, err error) {
	for _, target := range slices.Sorted(maps.Keys(a.touched)) {
		if strings.HasPrefix(target, "snapshot.") {
			o, err := a.objectAt(ctx, target)
			if err != nil {
				return nil, err
			}
			list = append(list, o)
		}
	}
	return list, nil
}

// objectAt looks at the columns of a customer table.
func (a *addition) objectAt(ctx context.Context, target string) (*object, error) {
	o := &object{name: strings.ReplaceAll(strings.Trim(strings.TrimPrefix(target, "snapshot."), `"`), `""`, `"`), target: target}
	o.known = a.catalog.objects[o.name]
	columns, err := a.columnsOf(ctx, target)
	if err != nil {
		return nil, err
	}
	o.columns = slices.DeleteFunc(slices.Clone(columns), func(c string) bool { return c == "file" || c == "line" })
	o.roles()
	if o.key == "" {
		if err := a.findKey(ctx, o); err != nil {
			return nil, fmt.Errorf("finding what names the rows of %s: %w", o.name, err)
		}
	}
	return o, a.learnPrefix(ctx, o)
}

// roles finds the columns that identify and date a record.
func (o *object) roles() {
	first := func(names ...string) string {
		for _, name := range names {
			if own, ok := o.columns.find(name); ok && name != "" {
				return own
			}
		}
		return ""
	}
	o.key = first("Id")
	o.created = first(o.known.Created, "CreatedDate", "CreatedOn")
	o.modified = first(o.known.Modified, "LastModifiedDate", "SystemModstamp", "ModifiedOn")
	o.deleted = first("IsDeleted")
	o.title = first(o.known.Name, "Name", "FullName", "Subject", "Title", o.name+"Number")
}

// describe says what the customer tables hold: which column is what, of which type and category, as of when.
func (a *addition) describe(ctx context.Context) error {
	objects, err := a.objectsTouched(ctx)
	if err != nil {
		return err
	}
	for _, o := range objects {
		for _, step := range []func(context.Context, *object) error{a.repairIDs, a.noteCaseless, a.supersede, a.learnPrefix, a.describeObject} {
			if err := step(ctx, o); err != nil {
				return fmt.Errorf("describing %s: %w", o.name, err)
			}
		}
	}
	if objects, err = a.pointing(ctx, objects); err != nil {
		return err
	}
	for _, o := range objects {
		a.progress.Tell(analysis.Step{Name: "describing", File: o.name})
		if err := a.describeFields(ctx, o); err != nil {
			return fmt.Errorf("describing the fields of %s: %w", o.name, err)
		}
	}
	return a.nameOrganisations(ctx)
}

// pointing adds the tables loaded earlier when one of the new ones has ids of the organisation's own prefix: lookups to
// it can be told only now.
func (a *addition) pointing(ctx context.Context, objects []*object) ([]*object, error) {
	own := slices.ContainsFunc(objects, func(o *object) bool {
		return o.known.Prefix == "" && o.prefix != "" || o.key != "" && !strings.EqualFold(o.key, "Id")
	})
	if !own {
		return objects, nil
	}
	tables, err := a.tablesOf(ctx)
	if err != nil {
		return nil, err
	}
	for _, target := range tables {
		if !strings.HasPrefix(target, "snapshot.") || a.touched[target] {
			continue
		}
		o, err := a.objectAt(ctx, target)
		if err != nil {
			return nil, err
		}
		objects = append(objects, o)
	}
	return objects, nil
}

// settle gives every new file of a customer table its moment: the investigator's word, else the last change in it.
func (a *addition) settle(ctx context.Context) error {
	objects, err := a.objectsTouched(ctx)
	if err != nil {
		return err
	}
	for _, o := range objects {
		for _, f := range a.files {
			if f.Object != o.name || f.State != Loaded || !f.Taken.IsZero() {
				continue
			}
			if err := a.settleFile(ctx, o, f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *addition) settleFile(ctx context.Context, o *object, f *File) error {
	var columns []string
	for _, column := range []string{o.created, o.modified} {
		if column != "" {
			columns = append(columns, "nullif("+analysis.Quote(column)+", '')")
		}
	}
	const unknown = "when it was exported is unknown; give the moment"
	if len(columns) == 0 {
		f.note(unknown)
		return nil
	}
	at, err := a.latest(ctx, o, f, columns)
	switch {
	case err != nil:
		return err
	case !at.Valid && f.Read > 0:
		f.note(unknown)
		fallthrough
	case !at.Valid:
		return nil
	}
	f.Taken = at.Time
	f.note("taken to be exported at its last change, " + at.Time.UTC().Format("2006-01-02 15:04:05") + " UTC; give the moment if it is known")
	return nil
}

// latest is the last time in columns of a file's rows. Where all are written as the CRM writes them, they sort as texts do,
// and only the last is read as a time; else every one is.
func (a *addition) latest(ctx context.Context, o *object, f *File, columns []string) (at nullTime, err error) {
	var alike, last, times []string
	for _, c := range columns {
		alike = append(alike, "bool_and(coalesce("+c+" LIKE '____-__-__T__:__:__.___Z', true))")
		last = append(last, "max("+c+")")
		times = append(times, fmt.Sprintf(usual, c, unzoned(c), serialDay(c, "UTC")))
	}
	rows := " FROM " + o.target + ` WHERE "file" = ?`
	text := "SELECT CASE WHEN " + strings.Join(alike, " AND ") + " THEN greatest(" + strings.Join(last, ", ") + ") END AS t" + rows
	err = a.db.QueryRowContext(ctx, "SELECT "+fmt.Sprintf(usual, "t", "NULL", "NULL")+" FROM ("+text+")", f.ID).Scan(&at)
	if err != nil || at.Valid {
		return at, err
	}
	err = a.db.QueryRowContext(ctx, "SELECT max(greatest("+strings.Join(times, ", ")+"))"+rows, f.ID).Scan(&at)
	return at, err
}

// supersede keeps the latest state of records that several exports hold.
func (a *addition) supersede(ctx context.Context, o *object) error {
	if o.key == "" {
		return nil
	}
	modified := "NULL"
	if o.modified != "" {
		modified = "t." + analysis.Quote(o.modified)
	}
	earlier := "raw." + analysis.Quote("salesforce.table."+o.name)
	script := strings.NewReplacer("{target}", o.target, "{earlier}", earlier, "{key}", analysis.Quote(o.key), "{modified}", modified).Replace(supersedeSQL)
	if err := run(ctx, a.db, script); err != nil {
		return err
	}
	var moved int64
	if err := a.db.QueryRowContext(ctx, "SELECT count(*) FROM superseded").Scan(&moved); err != nil {
		return err
	}
	if moved > 0 {
		if err := a.widenTable(ctx, earlier, o.columns, false); err != nil {
			return err
		}
		if err := run(ctx, a.db, fmt.Sprintf(`INSERT INTO %s BY NAME SELECT * FROM %s WHERE ("file", "line") IN (SELECT ("file", "line") FROM superseded);
DELETE FROM %s WHERE ("file", "line") IN (SELECT ("file", "line") FROM superseded)`, earlier, o.target, o.target)); err != nil {
			return err
		}
		if err := a.noteSuperseded(ctx); err != nil {
			return err
		}
	}
	_, err := a.db.ExecContext(ctx, "DROP TABLE superseded")
	return err
}

func (a *addition) noteSuperseded(ctx context.Context) error {
	return a.noteEach(ctx, `SELECT "file", count(*) FROM superseded WHERE "file" >= ? GROUP BY 1 ORDER BY 1`, func(f *File, n int64) {
		f.note(count(n, "earlier state") + " of records that a later export holds")
	})
}

// noteEach hands the numbers that a query gives for files of this addition to tell.
func (a *addition) noteEach(ctx context.Context, query string, tell func(f *File, n int64)) error {
	rows, err := a.db.QueryContext(ctx, query, a.first)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var file int32
		var n int64
		if err := rows.Scan(&file, &n); err != nil {
			return err
		}
		tell(a.files[file-a.first], n)
	}
	return rows.Err()
}

// learnPrefix finds the prefix of a table's ids.
func (a *addition) learnPrefix(ctx context.Context, o *object) error {
	o.prefix = o.known.Prefix
	if o.key == "" || o.prefix != "" {
		return nil
	}
	return a.db.QueryRowContext(ctx, fmt.Sprintf(`SELECT coalesce(max(p), '') FROM (SELECT left(%[1]s, 3) AS p FROM %[2]s WHERE is_id(%[1]s)
		GROUP BY p ORDER BY count(*) DESC, p LIMIT 1)`, analysis.Quote(o.key), o.target)).Scan(&o.prefix)
}

// nameOrganisations: tables loaded earlier may have learned only now whose they are.
func (a *addition) nameOrganisations(ctx context.Context) error {
	_, err := a.db.ExecContext(ctx, `UPDATE snapshot.object o SET organisation = n.organisation
		FROM (SELECT object, min(organisation) AS organisation FROM evidence.file WHERE state = 'loaded' AND object <> ''
			GROUP BY object HAVING count(DISTINCT organisation) = 1) n
		WHERE n.object = o.object AND o.organisation = '' AND n.organisation <> ''`)
	return err
}

// describeObject refills snapshot.object for a table: one row per organisation.
func (a *addition) describeObject(ctx context.Context, o *object) error {
	if _, err := a.db.ExecContext(ctx, `DELETE FROM snapshot.object WHERE object = ?`, o.name); err != nil {
		return err
	}
	deleted, bad := "false", "0"
	if o.deleted != "" {
		deleted = "coalesce(bool_or(lower(t." + analysis.Quote(o.deleted) + ") IN ('true', '1')), false)"
	}
	if o.key != "" {
		bad = "count(t.\"file\") FILTER (" + o.badID() + ")"
	}
	_, err := a.db.ExecContext(ctx, fmt.Sprintf(`INSERT INTO snapshot.object (object, organisation, label, prefix, key_column, created_column,
		modified_column, deleted_column, name_column, taken_at, rows, deleted_included, bad_ids)
		SELECT ?, f.organisation, ?, ?, ?, ?, ?, ?, ?, max(f.taken_at), count(t."file"), %s, %s
		FROM evidence.file f LEFT JOIN %s t ON t."file" = f.id WHERE f.object = ? AND f.state = 'loaded' GROUP BY f.organisation`, deleted, bad, o.target),
		o.name, orText(o.known.Label, o.name), o.prefix, o.key, o.created, o.modified, o.deleted, o.title, o.name)
	if err != nil {
		return err
	}
	a.noteKey(o)
	return errorsOf(a.noteBadIDs(ctx, o), a.noteForeign(ctx, o))
}

// noteForeign counts, in files of this addition, ids that are those of another object: two tables on one sheet, or rows put
// together by hand.
func (a *addition) noteForeign(ctx context.Context, o *object) error {
	if o.known.Prefix == "" || !strings.EqualFold(o.key, "Id") {
		return nil
	}
	query := fmt.Sprintf(`SELECT "file", count(*) FROM %s WHERE "file" >= ? AND length(%[2]s) IN (15, 18) AND left(%[2]s, 3) <> %[3]s GROUP BY 1 ORDER BY 1`,
		o.target, analysis.Quote(o.key), analysis.Literal(o.known.Prefix))
	return a.noteEach(ctx, query, func(f *File, n int64) {
		f.note(count(n, "id") + " of another object than " + o.name + ", whose ids begin with " + o.known.Prefix)
	})
}

// badID is the condition that the key of row t is no record id.
func (o *object) badID() string {
	key := "coalesce(t." + analysis.Quote(o.key) + ", '')"
	if !strings.EqualFold(o.key, "Id") { // the ids of other systems have no checksum
		return key + " = ''"
	}
	if slices.Contains(o.sound, o.key) {
		return "CASE WHEN length(" + key + ") = 18 THEN false ELSE NOT is_id(" + key + ") END"
	}
	return "NOT is_id(" + key + ")"
}

// noteBadIDs counts, in files of this addition, ids that cannot be.
func (a *addition) noteBadIDs(ctx context.Context, o *object) error {
	var any bool
	err := a.db.QueryRowContext(ctx, "SELECT coalesce(bool_or(bad_ids > 0), false) FROM snapshot.object WHERE object = ?", o.name).Scan(&any)
	if err != nil || !any {
		return err
	}
	what := " that are no valid record ids (wrong length or checksum)"
	if !strings.EqualFold(o.key, "Id") {
		what = " that are empty: those rows cannot be found by queries"
	}
	query := fmt.Sprintf(`SELECT "file", count(*) FROM %s t WHERE "file" >= ? AND %s GROUP BY 1 ORDER BY 1`, o.target, o.badID())
	return a.noteEach(ctx, query, func(f *File, n int64) {
		f.note(count(n, "id") + what)
	})
}
