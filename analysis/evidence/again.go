package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
)

// Bytes that are in the case already: handed in once more, or to be taken in another way.

// content is what makes two files the same: their bytes, and the organisation whose id stands in their path.
type content struct{ sha256, home string }

func (f *File) content() content {
	c := content{sha256: f.SHA256}
	for _, match := range homePath.FindAllStringSubmatch("/"+f.Source+"/"+f.Name+"/", -1) {
		c.home = match[1]
	}
	return c
}

var homePath = regexp.MustCompile(`[^A-Za-z0-9](00D[A-Za-z0-9]{12})(?:[A-Z0-5]{3})?[^A-Za-z0-9]`)

// homeSQL is the organisation whose id stands in the path of a file of the register, the nearest to it, or ”.
var homeSQL = "coalesce(list_last(regexp_extract_all('/' || source || '/' || name || '/', " + analysis.Literal(homePath.String()) + ", 1)), '')"

// sameContent is the condition that a file of the register is the same as another.
var sameContent = "(sha256, " + homeSQL + ") = (SELECT (sha256, " + homeSQL + ") FROM evidence.file WHERE id = ?)"

// FileOf is the number of the file with those bytes, of several the one whose rows are loaded, 0 for none. Identical files of
// two organisations are told apart by the name of either; "" leaves it open.
func FileOf(ctx context.Context, db analysis.Engine, sha256, name string) (id int32, err error) {
	err = db.QueryRowContext(ctx, `SELECT coalesce(arg_min(id, (state <> 'loaded')::INTEGER * 1000000000 + id), 0)::INTEGER FROM evidence.file
		WHERE sha256 = $1 AND ($2 = '' OR `+homeSQL+` IN (SELECT `+homeSQL+` FROM evidence.file WHERE sha256 = $1 AND name = $2))`, sha256, name).Scan(&id)
	return id, err
}

// manner is what the investigator said of how to take a file; what she left open was found out.
type manner struct {
	Kind       string    `json:"kind,omitempty"`
	Map        string    `json:"map,omitempty"` // SHA-256 of the mapping by hand
	Encoding   string    `json:"encoding,omitempty"`
	Delimiter  string    `json:"delimiter,omitempty"`
	Timezone   string    `json:"timezone,omitempty"`
	Dates      string    `json:"dates,omitempty"`
	SnapshotAt time.Time `json:"snapshot_at,omitzero"`
}

func (o Options) manner() manner {
	m := manner{Kind: o.Kind, Encoding: o.Encoding, Delimiter: o.Delimiter, Timezone: o.Timezone, Dates: o.Dates, SnapshotAt: o.SnapshotAt.UTC()}
	if o.Map != "" {
		sum := sha256.Sum256([]byte(o.Map))
		m.Map = hex.EncodeToString(sum[:])
	}
	return m
}

// alike reports whether a file was taken the way this addition asks for. What it leaves open asks for nothing.
func (a *addition) alike(f *File) bool {
	want, was := a.manner, f.manner
	if want == was {
		return true
	}
	local := f.Timezone == "unknown" || f.Timezone == was.Timezone
	switch {
	case want.Kind != "" && want.Kind != was.Kind && f.Kind != want.Kind && !strings.HasPrefix(f.Kind, want.Kind+"."),
		want.Map != "" && want.Map != was.Map,
		want.Encoding != "" && want.Encoding != was.Encoding && charsetOf(want.Encoding) != f.Encoding,
		want.Delimiter != "" && want.Delimiter != was.Delimiter,
		want.Timezone != "" && want.Timezone != f.Timezone && local,
		want.Dates != "" && strings.Contains(f.Dialect, "dates ") && !strings.Contains(f.Dialect, "dates "+want.Dates),
		!want.SnapshotAt.IsZero() && f.Object != "" && !f.Taken.Equal(want.SnapshotAt):
		return false
	}
	return true
}

// charsetOf is the name a charset goes by in the register.
func charsetOf(name string) string {
	c, err := charsetNamed(name)
	if err != nil {
		return name
	}
	return c.name
}

// readRegister reads what is known of the files of earlier additions.
func (a *addition) readRegister(ctx context.Context) error {
	a.known, a.first, a.next = map[content][]*File{}, 1, 1
	rows, err := a.db.QueryContext(ctx, `SELECT f.id, f.sha256, f.name, f.source, f.kind, f.object, f.organisation, f.encoding, f.dialect, f.timezone, f.taken_at,
		f.rows_read, f.rows_rejected, f.state, coalesce(m.options, '{}') FROM evidence.file f LEFT JOIN evidence.manner m ON m.file = f.id ORDER BY f.id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		f := &File{}
		var taken nullTime
		var options string
		if err := rows.Scan(&f.ID, &f.SHA256, &f.Name, &f.Source, &f.Kind, &f.Object, &f.Organisation, &f.Encoding, &f.Dialect, &f.Timezone, &taken,
			&f.Read, &f.Rejected, &f.State, &options); err != nil {
			return err
		}
		f.Taken = taken.Time
		if err := json.Unmarshal([]byte(options), &f.manner); err != nil {
			return err
		}
		a.known[f.content()] = append(a.known[f.content()], f)
		a.first = f.ID + 1
		a.next = a.first
	}
	return rows.Err()
}

// registerManner keeps how the files were taken, where the investigator said anything of it.
func (a *addition) registerManner(ctx context.Context) error {
	if a.manner == (manner{}) || len(a.files) == 0 {
		return nil
	}
	options, err := json.Marshal(a.manner)
	if err != nil {
		return err
	}
	_, err = a.db.ExecContext(ctx, "INSERT INTO evidence.manner SELECT id, ? FROM evidence.file WHERE id >= ?", string(options), a.first)
	return err
}

// same marks a file whose bytes are in the case already, taken as they are to be taken now. Of bytes taken in another
// way it remembers whose place the file takes, should it be loaded.
func (a *addition) same(f *File) bool {
	for _, k := range a.known[f.content()] {
		if k.State != Loaded && k.State != Defined {
			continue
		}
		if a.alike(k) {
			f.State = Same
			return true
		}
		a.retaken[f] = k
	}
	return false
}

// reconcile brings the files that share their bytes in line, once all are loaded.
func (a *addition) reconcile(ctx context.Context) error {
	for _, f := range a.files {
		var err error
		switch {
		case f.State == Loaded || f.State == Defined:
			err = a.supplant(ctx, f)
		case f.State == Unrecognised && a.retaken[f] != nil:
			f.note("the same bytes stay as " + a.retaken[f].Name + " was loaded")
		}
		if err != nil {
			return err
		}
	}
	for _, f := range a.files {
		if f.State == Same {
			if err := a.echo(ctx, f, a.counted(f)); err != nil {
				return err
			}
		}
	}
	return nil
}

// counted is the file that the rows of a file with the same bytes are counted in.
func (a *addition) counted(f *File) *File {
	for _, k := range a.known[f.content()] {
		if k.State == Loaded || k.State == Defined {
			return k
		}
	}
	return f
}

// supplant gives a loaded file the place of those with its bytes that were not recognised or taken in another way.
func (a *addition) supplant(ctx context.Context, f *File) error {
	old := a.retaken[f]
	if old != nil {
		if err := a.withdraw(ctx, old); err != nil {
			return err
		}
		f.note(fmt.Sprintf("takes the place of file %d, %s, which was taken as %s", old.ID, old.Name, old.Kind))
	}
	for _, k := range a.known[f.content()] {
		earlier := k.ID < a.first
		switch {
		case earlier && k.State == Unrecognised && k.Name == f.Name:
			if err := a.forget(ctx, k); err != nil {
				return err
			}
			f.note(fmt.Sprintf("takes the place of file %d, which was not recognised", k.ID))
		case k.State == Unrecognised, earlier && k.State == Same && old != nil:
			if err := a.echo(ctx, k, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// echo makes f a file with the bytes of another, in which its rows are counted.
func (a *addition) echo(ctx context.Context, f, other *File) error {
	f.Kind, f.Object, f.Organisation, f.Encoding = other.Kind, other.Object, other.Organisation, other.Encoding
	f.Dialect, f.Timezone, f.Read, f.Rejected, f.State = other.Dialect, other.Timezone, other.Read, other.Rejected, Same
	f.Duplicate = f.Read - f.Rejected
	f.Note = "has the same bytes as " + other.Name + "; its rows are counted there"
	if err := run(ctx, a.db, fmt.Sprintf(`DELETE FROM evidence.reject WHERE file = %d;
INSERT INTO evidence.reject SELECT %d, line, reason, text, state FROM evidence.reject WHERE file = %d`, f.ID, f.ID, other.ID)); err != nil {
		return err
	}
	if f.ID >= a.first {
		return nil
	}
	_, err := a.db.ExecContext(ctx, `UPDATE evidence.file SET kind = ?, object = ?, organisation = ?, encoding = ?, dialect = ?, timezone = ?, taken_at = NULL,
		rows_read = ?, rows_loaded = 0, rows_duplicate = ?, rows_rejected = ?, state = ?, note = ? WHERE id = ?`,
		f.Kind, f.Object, f.Organisation, f.Encoding, f.Dialect, f.Timezone, f.Read, f.Duplicate, f.Rejected, f.State, f.Note, f.ID)
	return err
}

// withdraw takes the rows of a file out of the case, unless something else rests on them.
func (a *addition) withdraw(ctx context.Context, f *File) error {
	if err := a.entangled(ctx, f); err != nil {
		return err
	}
	if f.Object != "" {
		if err := a.reinstate(ctx, f.Object); err != nil {
			return fmt.Errorf("bringing back earlier states of records: %w", err)
		}
	}
	tables, err := a.tablesOf(ctx)
	if err != nil {
		return err
	}
	for _, target := range tables {
		if err := a.clear(ctx, target, f.ID); err != nil {
			return fmt.Errorf("taking %s out of %s: %w", f.Name, target, err)
		}
	}
	return a.forget(ctx, f)
}

// entangled reports what rests on how a file was taken.
func (a *addition) entangled(ctx context.Context, f *File) error {
	for _, rests := range []struct{ why, query string }{
		{"rows of other files are counted as duplicates of its rows", "SELECT count(*) FROM evidence.duplicate WHERE kept_file = ?"},
		{"rejected rows of it were repaired", "SELECT count(*) FROM evidence.reject WHERE state = 'repaired' AND file = ?"},
		{"a correction leaves it out of the snapshot", "SELECT count(*) FROM analysis.correction WHERE kind = 'snapshot' AND file = ?"},
	} {
		var n int64
		if err := a.db.QueryRowContext(ctx, rests.query, f.ID).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return &Entangled{f.Name, rests.why}
		}
	}
	return nil
}

// reinstate puts the earlier states of an object's records back into its table, where they are compared anew.
func (a *addition) reinstate(ctx context.Context, object string) error {
	target, earlier := "snapshot."+analysis.Quote(object), "raw."+analysis.Quote("salesforce.table."+object)
	columns, err := a.columnsOf(ctx, earlier)
	if err != nil || columns == nil {
		return err
	}
	a.touched[target] = true
	return run(ctx, a.db, "INSERT INTO "+target+" BY NAME SELECT * FROM "+earlier+";\nDELETE FROM "+earlier)
}

// clear takes the rows of a file out of a table, and the table away with its last row.
func (a *addition) clear(ctx context.Context, target string, file int32) error {
	result, err := a.db.ExecContext(ctx, "DELETE FROM "+target+` WHERE "file" = ?`, file)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err
	}
	object, described := strings.CutPrefix(target, "snapshot.")
	a.touched[target] = a.touched[target] || described
	var left bool
	if err := a.db.QueryRowContext(ctx, "SELECT EXISTS (FROM "+target+")").Scan(&left); err != nil || left {
		return err
	}
	delete(a.touched, target)
	delete(a.tables, strings.ToLower(target))
	script := "DROP TABLE " + target
	if described {
		name := analysis.Literal(strings.ReplaceAll(strings.Trim(object, `"`), `""`, `"`))
		script += ";\nDELETE FROM snapshot.object WHERE object = " + name + ";\nDELETE FROM snapshot.field WHERE object = " + name
	}
	return run(ctx, a.db, script)
}

// forget takes a file out of the register.
func (a *addition) forget(ctx context.Context, f *File) error {
	f.State = ""
	return run(ctx, a.db, strings.ReplaceAll(`DELETE FROM evidence.reject WHERE file = {id};
DELETE FROM evidence.duplicate WHERE file = {id};
DELETE FROM evidence.definition WHERE file = {id};
DELETE FROM evidence.manner WHERE file = {id};
DELETE FROM evidence.inferred WHERE file = {id};
DELETE FROM evidence.file WHERE id = {id}`, "{id}", fmt.Sprint(f.ID)))
}
