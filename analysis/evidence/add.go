package evidence

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
)

// Options overrule what is found out about the files of one addition. The zero value finds out everything.
type Options struct {
	Kind       string    // take the files for this kind, whatever they look like
	Map        string    // mapping by hand: YAML in the form of assets/kinds, or the path of a file with it
	SnapshotAt time.Time // moment the customer tables were exported
	Timezone   string    // IANA name: zone of local times in these files
	Encoding   string    // of text files
	Dates      string    // month-first or day-first, for files whose dates do not tell
	Password   string    // of protected archives
	// Passwords asks for the password of an archive when Password is empty or wrong; nil: nobody can be asked.
	Passwords func(container string) (string, error)
}

// States of a file in the register.
const (
	Loaded       = "loaded"
	Unrecognised = "unrecognised"
	Defined      = "definition"
	Same         = "same" // another file has the same bytes
)

// File is one file of the register. Read = Loaded + Duplicate + Rejected.
type File struct {
	ID                                   int32
	SHA256, Name, Source                 string
	Bytes                                int64
	Kind, Object, Organisation, Encoding string
	Dialect, Timezone                    string
	Taken                                time.Time // zero: not a customer table, or unknown
	Read, Loaded, Duplicate, Rejected    int64
	Replaced                             int64
	First, Last                          time.Time // zero: no row has a time
	State, Note                          string
}

// addition is one call of Add at work.
type addition struct {
	db       analysis.Engine
	catalog  *Catalog
	options  Options
	progress analysis.Progress
	stager   stager
	next     int32 // id of the next file
	files    []File
	touched  map[string]bool // raw tables and objects that got rows
}

// Add takes files, folders and archives into the case, inside the caller's transaction. It returns one File for every
// file found, recognised or not. An error means that the caller has to roll back: nothing is to be kept.
//
// Errors with a remedy: *Damaged, *Changed, *Locked, *Unreadable, *NoRoom, *BadOption, *Unaccounted.
func Add(ctx context.Context, db analysis.Engine, catalog *Catalog, staging string, paths []string, o Options, p analysis.Progress) ([]File, error) {
	a := &addition{db: db, catalog: catalog, options: o, progress: p, touched: map[string]bool{}}
	if err := a.begin(ctx, staging); err != nil {
		return nil, err
	}
	defer os.RemoveAll(a.stager.folder)
	items, err := collect(paths)
	if err != nil {
		return nil, err
	}
	for _, f := range items {
		if err := a.take(ctx, f, 0); err != nil {
			return nil, err
		}
	}
	if err := a.finish(ctx); err != nil {
		return nil, err
	}
	return a.files, nil
}

func (a *addition) begin(ctx context.Context, staging string) error {
	own, err := a.catalog.OfCase(ctx, a.db)
	if err != nil {
		return err
	}
	a.catalog = own
	if a.options.Map != "" {
		if err := a.mapByHand(ctx); err != nil {
			return err
		}
	}
	if err := a.options.check(a.catalog); err != nil {
		return err
	}
	folder, err := os.MkdirTemp(staging, "add-")
	if err != nil {
		return &NoRoom{staging, err}
	}
	a.stager = stager{folder: folder, encoding: a.options.Encoding, progress: a.progress}
	return a.db.QueryRowContext(ctx, "SELECT coalesce(max(id), 0)::INTEGER + 1 FROM evidence.file").Scan(&a.next)
}

func (o Options) check(c *Catalog) error {
	if _, err := time.LoadLocation(o.Timezone); err != nil {
		return &BadOption{"time zone", o.Timezone, "no zone of that name is known; write it as Asia/Seoul"}
	}
	if _, ok := c.Kind(o.Kind); o.Kind != "" && !ok {
		return &BadOption{"kind", o.Kind, "no kind of that name is known"}
	}
	if !slices.Contains([]string{"", monthFirst, dayFirst}, o.Dates) {
		return &BadOption{"dates", o.Dates, "it must be month-first or day-first"}
	}
	if o.Encoding != "" {
		if _, err := charsetNamed(o.Encoding); err != nil {
			return err
		}
	}
	return nil
}

// take brings one file into the case; members of an archive one by one.
func (a *addition) take(ctx context.Context, f item, depth int) error {
	s, err := a.stager.stage(ctx, f)
	if err != nil {
		return err
	}
	defer s.remove()
	if s.form == formZip || s.form == formSevenZip {
		members, close, err := a.open(f, s)
		if err != nil {
			return err
		}
		defer close()
		if members != nil {
			if depth > 8 {
				return &Damaged{f.name, "archives are nested more than eight deep"}
			}
			for _, member := range members {
				if err := a.take(ctx, member, depth+1); err != nil {
					return err
				}
			}
			return nil
		}
	}
	entry := File{ID: a.next, SHA256: s.sha256, Name: f.name, Source: f.source, Bytes: s.bytes, Encoding: s.encoding,
		Replaced: s.replaced, Timezone: "UTC"}
	if err := a.enter(ctx, &entry, s); err != nil {
		return explain(ctx, f.name, err)
	}
	a.next++
	a.files = append(a.files, entry)
	return a.register(ctx, entry)
}

// enter loads a staged file by what it is made of.
func (a *addition) enter(ctx context.Context, f *File, s *staged) error {
	if known, err := a.same(ctx, f); known || err != nil {
		return err
	}
	switch s.form {
	case formEmpty:
		f.unrecognised("it is empty; export it again")
		return nil
	case formOther:
		f.unrecognised("it is no table, log or definition; export it as CSV or JSON")
		return nil
	case formXML:
		return a.definitionXML(ctx, f, s)
	}
	t, err := a.tabulate(ctx, f, s)
	if err != nil || t == nil {
		return err
	}
	defer t.remove()
	return a.loadRecognised(ctx, f, s, t)
}

func (f *File) unrecognised(why string) {
	f.State, f.Note, f.Kind = Unrecognised, why, ""
}

func (f *File) note(words string) {
	if f.Note != "" {
		f.Note += "; "
	}
	f.Note += words
}

// tabulate makes rows and columns of a staged file, nil when the file was a definition or could not be.
func (a *addition) tabulate(ctx context.Context, f *File, s *staged) (*table, error) {
	switch s.form {
	case formJSON:
		return a.tabulateJSON(ctx, f, s)
	case formSheet:
		return a.tabulateSheet(ctx, f, s)
	case formParquet:
		return a.tabulateParquet(ctx, f, s)
	}
	return a.tabulateText(ctx, f, s)
}

// same enters a file whose bytes are in the case already.
func (a *addition) same(ctx context.Context, f *File) (bool, error) {
	rows, err := a.db.QueryContext(ctx, `SELECT id, name, kind, object, organisation, encoding, dialect, timezone, rows_read, rows_rejected
		FROM evidence.file WHERE sha256 = ? AND state <> 'same' ORDER BY id LIMIT 1`, f.SHA256)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return false, rows.Err()
	}
	var id int32
	var name string
	if err := rows.Scan(&id, &name, &f.Kind, &f.Object, &f.Organisation, &f.Encoding, &f.Dialect, &f.Timezone, &f.Read, &f.Rejected); err != nil {
		return false, err
	}
	rows.Close()
	f.State, f.Note = Same, "has the same bytes as "+name+"; its rows are counted there"
	f.Duplicate = f.Read - f.Rejected
	_, err = a.db.ExecContext(ctx, `INSERT INTO evidence.reject SELECT ?, line, reason, text, state FROM evidence.reject WHERE file = ?`, f.ID, id)
	return true, err
}

// loadRecognised finds the kind of a table and loads it.
func (a *addition) loadRecognised(ctx context.Context, f *File, s *staged, t *table) error {
	kind, ok := a.kindOf(f, t)
	f.Dialect = s.dialect(t.notes...)
	if !ok {
		f.unrecognised("its columns are those of no known kind (" + shorten(t.columns) + "); name the kind, or map its columns by hand")
		return nil
	}
	f.Kind, f.Object, f.State = kind.Name, kind.Object, Loaded
	if strings.HasSuffix(kind.Name, unknown) {
		f.note("its columns do not tell which object it is of; name the kind")
	}
	if kind.Carries == Definition {
		f.unrecognised("a " + kind.Title + " is a JSON or XML document, not a table")
		return nil
	}
	return a.load(ctx, f, kind, t)
}

func (a *addition) kindOf(f *File, t *table) (Kind, bool) {
	if a.options.Kind != "" {
		k, ok := a.catalog.Kind(a.options.Kind)
		if ok && (k.Family != "" || k.Carries == Table && k.Object == "") {
			return a.catalog.member(k, t.look(f.Name))
		}
		return k, ok
	}
	return a.catalog.recognise(t.look(f.Name))
}

// shorten lists the first columns of a table for a message.
func shorten(columns []string) string {
	text := ""
	for i, c := range columns {
		if i == 6 || len(text) > 80 {
			return text + fmt.Sprintf(" and %d more", len(columns)-i)
		}
		if i > 0 {
			text += ", "
		}
		text += c
	}
	return text
}

// register writes a file's line of the register.
func (a *addition) register(ctx context.Context, f File) error {
	_, err := a.db.ExecContext(ctx, `INSERT INTO evidence.file (id, sha256, name, source, bytes, kind, object, organisation, encoding, dialect,
		timezone, taken_at, rows_read, rows_loaded, rows_duplicate, rows_rejected, replaced, first_at, last_at, added_at, state, note)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		f.ID, f.SHA256, f.Name, f.Source, f.Bytes, f.Kind, f.Object, f.Organisation, f.Encoding, f.Dialect, f.Timezone, moment(f.Taken),
		f.Read, f.Loaded, f.Duplicate, f.Rejected, f.Replaced, moment(f.First), moment(f.Last), time.Now().UTC(), f.State, f.Note)
	if err != nil {
		return fmt.Errorf("entering %s in the register: %w", f.Name, err)
	}
	return nil
}

// moment is a time as the case file keeps it: NULL for none.
func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC()
}

// finish does what needs all files together.
func (a *addition) finish(ctx context.Context) error {
	for _, step := range []func(context.Context) error{a.settle, a.twins, a.describe, a.recount} {
		if err := step(ctx); err != nil {
			return explain(ctx, "the evidence", err)
		}
	}
	return nil
}
