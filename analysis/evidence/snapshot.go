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
	prefix                          string
}

// objectsTouched are the customer tables that got rows in this addition.
func (a *addition) objectsTouched(ctx context.Context) (list []*object, err error) {
	for _, target := range slices.Sorted(maps.Keys(a.touched)) {
		quoted, ok := strings.CutPrefix(target, "snapshot.")
		if !ok {
			continue
		}
		o := &object{name: strings.ReplaceAll(strings.Trim(quoted, `"`), `""`, `"`), target: target}
		o.known = a.catalog.objects[o.name]
		columns, err := a.columnsOf(ctx, target)
		if err != nil {
			return nil, err
		}
		o.columns = slices.DeleteFunc(columns, func(c string) bool { return c == "file" || c == "line" })
		o.roles()
		list = append(list, o)
	}
	return list, nil
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
	o.title = first(o.known.Name, "Name", "Subject", "Title", o.name+"Number")
}

// describe says what the customer tables hold: which column is what, of which type and category, as of when.
func (a *addition) describe(ctx context.Context) error {
	objects, err := a.objectsTouched(ctx)
	if err != nil {
		return err
	}
	if err := a.organisations(ctx); err != nil {
		return fmt.Errorf("finding whose tables they are: %w", err)
	}
	for _, o := range objects {
		a.progress.Tell(analysis.Step{Name: "describing", File: o.name})
		for _, step := range []func(context.Context, *object) error{a.repairIDs, a.supersede, a.learnPrefix, a.describeFields} {
			if err := step(ctx, o); err != nil {
				return fmt.Errorf("describing %s: %w", o.name, err)
			}
		}
	}
	return a.describeObjects(ctx)
}

// settle gives every new file of a customer table its moment: the investigator's word, else the last change in it.
func (a *addition) settle(ctx context.Context) error {
	objects, err := a.objectsTouched(ctx)
	if err != nil {
		return err
	}
	for _, o := range objects {
		for i := range a.files {
			f := &a.files[i]
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
	var latest []string
	for _, column := range []string{o.created, o.modified} {
		if column != "" {
			text := "nullif(" + analysis.Quote(column) + ", '')"
			latest = append(latest, fmt.Sprintf(usual, text, "try_cast("+text+" AS TIMESTAMP)", "NULL"))
		}
	}
	if len(latest) == 0 {
		f.note("when it was exported is unknown; give the moment")
		return nil
	}
	var at nullTime
	err := a.db.QueryRowContext(ctx, `SELECT max(greatest(`+strings.Join(latest, ", ")+`)) FROM `+o.target+` WHERE "file" = ?`, f.ID).Scan(&at)
	if err != nil || !at.Valid {
		return err
	}
	f.Taken = at.Time
	f.note("taken to be exported at its last change, " + at.Time.UTC().Format("2006-01-02 15:04:05") + " UTC; give the moment if it is known")
	_, err = a.db.ExecContext(ctx, "UPDATE evidence.file SET taken_at = ? WHERE id = ?", at.Time.UTC(), f.ID)
	return err
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
	for i := range a.files {
		var n int64
		if err := a.db.QueryRowContext(ctx, `SELECT count(*) FROM superseded WHERE "file" = ?`, a.files[i].ID).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			a.files[i].note(count(n, "earlier state") + " of records that a later export holds")
		}
	}
	return nil
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

// describeObjects refills snapshot.object: one row per object and organisation.
func (a *addition) describeObjects(ctx context.Context) error {
	objects, err := a.objectsTouched(ctx)
	if err != nil {
		return err
	}
	for _, o := range objects {
		if err := a.learnPrefix(ctx, o); err != nil {
			return err
		}
		if err := a.describeObject(ctx, o); err != nil {
			return fmt.Errorf("describing %s: %w", o.name, err)
		}
	}
	// tables loaded earlier may have learned only now whose they are
	_, err = a.db.ExecContext(ctx, `UPDATE snapshot.object o SET organisation = n.organisation
		FROM (SELECT object, min(organisation) AS organisation FROM evidence.file WHERE state = 'loaded' AND object <> ''
			GROUP BY object HAVING count(DISTINCT organisation) = 1) n
		WHERE n.object = o.object AND o.organisation = '' AND n.organisation <> ''`)
	return err
}

func (a *addition) describeObject(ctx context.Context, o *object) error {
	if _, err := a.db.ExecContext(ctx, `DELETE FROM snapshot.object WHERE object = ?`, o.name); err != nil {
		return err
	}
	deleted, bad := "false", "0"
	if o.deleted != "" {
		deleted = "coalesce(bool_or(lower(t." + analysis.Quote(o.deleted) + ") IN ('true', '1')), false)"
	}
	if o.key != "" {
		bad = "count(*) FILTER (NOT is_id(coalesce(t." + analysis.Quote(o.key) + ", '')))"
	}
	_, err := a.db.ExecContext(ctx, fmt.Sprintf(`INSERT INTO snapshot.object (object, organisation, label, prefix, key_column, created_column,
		modified_column, deleted_column, name_column, taken_at, rows, deleted_included, bad_ids)
		SELECT ?, f.organisation, ?, ?, ?, ?, ?, ?, ?, max(f.taken_at), count(t."file"), %s, %s
		FROM evidence.file f LEFT JOIN %s t ON t."file" = f.id WHERE f.object = ? AND f.state = 'loaded' GROUP BY f.organisation`, deleted, bad, o.target),
		o.name, orText(o.known.Label, o.name), o.prefix, o.key, o.created, o.modified, o.deleted, o.title, o.name)
	if err != nil {
		return err
	}
	return a.noteBadIDs(ctx, o)
}

func (a *addition) noteBadIDs(ctx context.Context, o *object) error {
	for i := range a.files {
		f := &a.files[i]
		if f.Object != o.name || f.State != Loaded || o.key == "" {
			continue
		}
		var bad int64
		err := a.db.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(*) FROM %s WHERE "file" = ? AND NOT is_id(coalesce(%s, ''))`, o.target, analysis.Quote(o.key)), f.ID).Scan(&bad)
		if err != nil {
			return err
		}
		if bad > 0 {
			f.note(count(bad, "id") + " that are no valid record ids (wrong length or checksum)")
		}
	}
	return nil
}
