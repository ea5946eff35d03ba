package app

import (
	"context"
	"database/sql"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/app/casefile"
)

// Added is what one import brought, for the journal and the screen.
type Added struct {
	Files []evidence.File `json:"files"`
}

// Add imports files and folders in one step: all of it, or nothing. Events and sessions are derived again with it.
func (c *Case) Add(ctx context.Context, paths []string, o evidence.Options, p analysis.Progress) (added Added, err error) {
	err = c.file.Write(ctx, func(tx *sql.Tx) error {
		added.Files, err = evidence.Add(ctx, tx, c.catalog, c.file.Staging(), paths, o, p)
		if err != nil {
			return err
		}
		if err := c.deriveSessions(ctx, tx, p); err != nil {
			return err
		}
		_, err := casefile.Append(ctx, tx, c.actor, "add", describeAddition(added.Files, o))
		return err
	})
	return added, err
}

// addition is what the journal keeps of an import: enough to repeat it from the same files.
type addition struct {
	Files      []addedFile `json:"files"`
	Kind       string      `json:"kind"`
	Map        string      `json:"map"`
	SnapshotAt string      `json:"snapshot_at"`
	Timezone   string      `json:"timezone"`
	Encoding   string      `json:"encoding"`
	Delimiter  string      `json:"delimiter,omitempty"`
	Dates      string      `json:"dates"`
}

type addedFile struct {
	Name      string `json:"name"`
	SHA256    string `json:"sha256"`
	Kind      string `json:"kind"`
	Object    string `json:"object"`
	Read      int64  `json:"rows_read"`
	Loaded    int64  `json:"rows_loaded"`
	Duplicate int64  `json:"rows_duplicate"`
	Rejected  int64  `json:"rows_rejected"`
}

func describeAddition(files []evidence.File, o evidence.Options) addition {
	a := addition{Files: describeAdded(files), Kind: o.Kind, Map: o.Map, Timezone: o.Timezone, Encoding: o.Encoding, Delimiter: o.Delimiter, Dates: o.Dates}
	if !o.SnapshotAt.IsZero() {
		a.SnapshotAt = o.SnapshotAt.UTC().Format(time.RFC3339)
	}
	return a
}

func describeAdded(files []evidence.File) []addedFile {
	list := make([]addedFile, len(files))
	for i, f := range files {
		list[i] = addedFile{f.Name, f.SHA256, f.Kind, f.Object, f.Read, f.Loaded, f.Duplicate, f.Rejected}
	}
	return list
}

// Evidence is one file of the register.
type Evidence struct {
	ID           int32     `json:"id"`
	Name         string    `json:"name"`
	SHA256       string    `json:"sha256"`
	Kind         string    `json:"kind"`
	Object       string    `json:"object"`
	Source       string    `json:"source"` // path on disk; an archive's for what lay in it
	Organisation string    `json:"organisation"`
	Encoding     string    `json:"encoding"`
	Dialect      string    `json:"dialect"`
	Timezone     string    `json:"timezone"`
	State        string    `json:"state"`
	Note         string    `json:"note"`
	Bytes        int64     `json:"bytes"`
	Read         int64     `json:"read"`
	Loaded       int64     `json:"loaded"`
	Duplicate    int64     `json:"duplicate"`
	Rejected     int64     `json:"rejected"`
	Replaced     int64     `json:"replaced"`
	First        time.Time `json:"first,omitzero"`
	Last         time.Time `json:"last,omitzero"`
	Taken        time.Time `json:"taken,omitzero"` // zero: none
}

// Evidence lists the register, in the order of import.
func (c *Case) Evidence(ctx context.Context) (files []Evidence, err error) {
	err = c.read(ctx, statement("evidence"), nil, func(rows *sql.Rows) error {
		var f Evidence
		var first, last, taken sql.NullTime
		err := rows.Scan(&f.ID, &f.Name, &f.Source, &f.SHA256, &f.Kind, &f.Object, &f.Organisation, &f.Encoding, &f.Dialect, &f.Timezone,
			&f.State, &f.Note, &f.Bytes, &f.Read, &f.Loaded, &f.Duplicate, &f.Rejected, &f.Replaced, &first, &last, &taken)
		f.First, f.Last, f.Taken = first.Time, last.Time, taken.Time
		files = append(files, f)
		return err
	})
	return files, err
}

// FileNamed finds one file of the register by its name, its number or the beginning of its SHA-256. Of files with the
// same bytes or name it is the one whose rows are loaded.
func (c *Case) FileNamed(ctx context.Context, text string) (Evidence, error) {
	files, err := c.Evidence(ctx)
	if err != nil {
		return Evidence{}, err
	}
	var found []Evidence
	for _, f := range files {
		if f.Name == text || path.Base(f.Name) == text || fmt.Sprint(f.ID) == text || len(text) >= 8 && strings.HasPrefix(f.SHA256, strings.ToLower(text)) {
			found = append(found, f)
		}
	}
	if loaded := slices.DeleteFunc(slices.Clone(found), func(f Evidence) bool { return f.State != evidence.Loaded }); len(loaded) > 0 {
		found = loaded
	}
	switch len(found) {
	case 0:
		return Evidence{}, &Problem{fmt.Sprintf("the register holds no file %q", text), "name it as the status of the case does, by its number or by its SHA-256", nil}
	case 1:
		return found[0], nil
	}
	return Evidence{}, &Problem{fmt.Sprintf("%q could be %d files of the register", text, len(found)), "name it by its number", nil}
}

// Reject is a row that was not loaded.
type Reject struct {
	File   int32  `json:"file"` // number in the register
	Line   int64  `json:"line"` // record number, the header being 1
	Name   string `json:"name"`
	Reason string `json:"reason"`
	Text   string `json:"text"`
	State  string `json:"state"` // open, accepted, repaired
}

// Rejects lists rejected rows of one file (0: of all), a page at a time.
func (c *Case) Rejects(ctx context.Context, file int32, offset, limit int64) (rejects []Reject, err error) {
	err = c.read(ctx, statement("rejects"), []any{file, file, limit, offset}, func(rows *sql.Rows) error {
		var r Reject
		err := rows.Scan(&r.File, &r.Line, &r.Name, &r.Reason, &r.Text, &r.State)
		rejects = append(rejects, r)
		return err
	})
	return rejects, err
}

// Hour is one cell of the coverage strip.
type Hour struct {
	Organisation, Kind string
	At                 time.Time
	Events             int64
}

// Coverage lists the hours with events, per organisation and kind.
func (c *Case) Coverage(ctx context.Context) (hours []Hour, err error) {
	err = c.read(ctx, `SELECT organisation, kind, hour, events FROM evidence.coverage ORDER BY ALL`, nil, func(rows *sql.Rows) error {
		var h Hour
		err := rows.Scan(&h.Organisation, &h.Kind, &h.At, &h.Events)
		hours = append(hours, h)
		return err
	})
	return hours, err
}

// Keeps is for how many days a source keeps its rows, by its kind; 0: not known. What happened before lies in no export.
func (c *Case) Keeps(kind string) int {
	k, _ := c.catalog.Kind(kind)
	return k.Keeps
}

// Gap is a time for which a source that used to speak is silent.
type Gap struct {
	Organisation string    `json:"organisation"`
	Kind         string    `json:"kind"`
	From         time.Time `json:"from"`
	To           time.Time `json:"to"`
	CoveredBy    string    `json:"covered_by"` // kinds that show in part what is missing; "" for none
	Note         string    `json:"note"`
}

// Gaps lists the gaps in the logs.
func (c *Case) Gaps(ctx context.Context) (gaps []Gap, err error) {
	err = c.read(ctx, `SELECT organisation, kind, from_at, to_at, covered_by, note FROM evidence.gap ORDER BY from_at, kind`, nil, func(rows *sql.Rows) error {
		var g Gap
		err := rows.Scan(&g.Organisation, &g.Kind, &g.From, &g.To, &g.CoveredBy, &g.Note)
		gaps = append(gaps, g)
		return err
	})
	return gaps, err
}

// Cell is one column of an original row.
type Cell struct{ Column, Value string }

// Line returns an original row as it was loaded, column by column, empty columns included.
func (c *Case) Line(ctx context.Context, file int32, line int64) (cells []Cell, err error) {
	err = c.file.Read(ctx, func(db analysis.Engine) error {
		table, err := evidence.Place(ctx, db, file, line)
		if err != nil || table == "" {
			return err
		}
		cells, err = oneRow(ctx, db, `SELECT * EXCLUDE ("file", "line") FROM `+table+` WHERE "file" = ? AND "line" = ?`, file, line)
		return err
	})
	return cells, err
}

// oneRow reads a row of a table whose columns are not known beforehand.
func oneRow(ctx context.Context, db analysis.Engine, query string, args ...any) ([]Cell, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil || !rows.Next() {
		return nil, err
	}
	values, targets := make([]sql.NullString, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	if err := rows.Scan(targets...); err != nil {
		return nil, err
	}
	cells := make([]Cell, len(columns))
	for i, name := range columns {
		cells[i] = Cell{name, values[i].String}
	}
	return cells, rows.Err()
}

// read runs a query and hands each row to scan.
func (c *Case) read(ctx context.Context, query string, args []any, scan func(*sql.Rows) error) error {
	return c.file.Read(ctx, func(db analysis.Engine) error {
		rows, err := db.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := scan(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}
