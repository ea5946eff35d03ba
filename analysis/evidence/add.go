package evidence

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/breachscope/breachscope/analysis"
)

// Options overrule what is found out about the files of one addition. The zero value finds out everything.
type Options struct {
	Kind       string    // take the files for this kind, whatever they look like
	Map        string    // mapping by hand: YAML in the form of assets/kinds, or the path of a file with it
	SnapshotAt time.Time // moment the customer tables were exported
	Timezone   string    // IANA name: zone of local times in these files
	Encoding   string    // of text files
	Delimiter  string    // between the fields of text files: one character, or tab
	Dates      string    // of local times: month-first, day-first, or their pattern (strptime) as %d.%m.%Y %H:%M
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
	ID           int32     `json:"id"`
	SHA256       string    `json:"sha256"`
	Name         string    `json:"name"`
	Source       string    `json:"source"`
	Bytes        int64     `json:"bytes"`
	Kind         string    `json:"kind"`
	Object       string    `json:"object"`
	Organisation string    `json:"organisation"`
	Encoding     string    `json:"encoding"`
	Dialect      string    `json:"dialect"`
	Timezone     string    `json:"timezone"`
	Taken        time.Time `json:"taken,omitzero"` // zero: not a customer table, or unknown
	Read         int64     `json:"read"`
	Loaded       int64     `json:"loaded"`
	Duplicate    int64     `json:"duplicate"`
	Rejected     int64     `json:"rejected"`
	Replaced     int64     `json:"replaced"`
	First        time.Time `json:"first,omitzero"`
	Last         time.Time `json:"last,omitzero"` // zero: no row has a time
	State        string    `json:"state"`
	Note         string    `json:"note"`
	manner       manner
}

// addition is one call of Add at work.
type addition struct {
	db       analysis.Engine
	catalog  *Catalog
	options  Options
	progress analysis.Progress
	stager   stager
	manner   manner
	first    int32               // id of the first file of this addition
	next     int32               // id of the next file
	files    []*File             // of this addition
	known    map[content][]*File // files of earlier additions and of this one
	retaken  map[*File]*File     // file that takes another's place
	tables   map[string]Columns  // raw and customer tables; nil: not looked at yet
	waiting  []*portion
	held     int64           // bytes of the staged files that wait
	touched  map[string]bool // raw tables and objects that got rows
}

// Add takes files, folders and archives into the case, inside the caller's transaction. It returns one File for every
// file found, recognised or not. An error means that the caller has to roll back: nothing is to be kept.
//
// A file whose bytes are in the case already is entered as the same, unless it was not recognised or the options ask for
// another way to take it: then it takes the other's place. Identical bytes from folders of two organisations are two files.
//
// Errors with a remedy: *Damaged, *Changed, *Locked, *Unreadable, *NoFile, *NoRoom, *NoMemory, *BadOption, *Entangled, *Failed, *Unaccounted.
func Add(ctx context.Context, db analysis.Engine, catalog *Catalog, staging string, paths []string, o Options, p analysis.Progress) ([]File, error) {
	a := &addition{db: db, catalog: catalog, options: o, progress: p, touched: map[string]bool{}, retaken: map[*File]*File{}}
	items, err := collect(paths)
	if err != nil {
		return nil, err
	}
	if err := a.begin(ctx, staging); err != nil {
		return nil, err
	}
	defer os.RemoveAll(a.stager.folder)
	for _, f := range items {
		if err := a.take(ctx, f, 0); err != nil {
			return nil, err
		}
	}
	if err := a.finish(ctx); err != nil {
		return nil, err
	}
	files := make([]File, len(a.files))
	for i, f := range a.files {
		files[i] = *f
	}
	return files, nil
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
	if err := a.options.checkPattern(ctx, a.db); err != nil {
		return err
	}
	a.manner = a.options.manner()
	if err := a.readRegister(ctx); err != nil {
		return fmt.Errorf("reading the register: %w", err)
	}
	folder, err := os.MkdirTemp(staging, "add-")
	if err != nil {
		return &NoRoom{staging, err}
	}
	a.stager = stager{folder: folder, encoding: a.options.Encoding, delimiter: a.options.delimiter(), progress: a.progress}
	return nil
}

func (o Options) check(c *Catalog) error {
	if _, err := time.LoadLocation(o.Timezone); err != nil {
		return &BadOption{"time zone", o.Timezone, "no zone of that name is known; write it as Asia/Seoul"}
	}
	if _, ok := c.Kind(o.Kind); o.Kind != "" && !ok {
		return &BadOption{"kind", o.Kind, "no kind of that name is known; the nearest are " + strings.Join(c.nearest(o.Kind, 5), ", ")}
	}
	if !slices.Contains([]string{"", monthFirst, dayFirst}, o.Dates) && !o.patterned() {
		return &BadOption{"dates", o.Dates, "it must be month-first, day-first or a pattern as %d.%m.%Y %H:%M"}
	}
	if d := o.delimiter(); o.Delimiter != "" && (d == 0 || d == '"' || d >= 0x80 || d < ' ' && d != '\t' || d >= '0' && d <= '9' || d >= 'A' && d <= 'Z' || d >= 'a' && d <= 'z') {
		return &BadOption{"delimiter", o.Delimiter, "it must be tab or one character that is no letter, digit or quotation mark"}
	}
	if o.Encoding != "" {
		if _, err := charsetNamed(o.Encoding); err != nil {
			return err
		}
	}
	return nil
}

// delimiter is the character that Options.Delimiter names, 0 for none.
func (o Options) delimiter() byte {
	switch {
	case o.Delimiter == "tab", o.Delimiter == `\t`:
		return '\t'
	case len(o.Delimiter) == 1:
		return o.Delimiter[0]
	}
	return 0
}

// patterned reports whether Options.Dates is a pattern.
func (o Options) patterned() bool { return strings.Contains(o.Dates, "%") }

// checkPattern lets the engine read the pattern of dates once.
func (o Options) checkPattern(ctx context.Context, db analysis.Engine) error {
	if !o.patterned() {
		return nil
	}
	var written string
	if err := db.QueryRowContext(ctx, "SELECT coalesce(try_strptime('', ?)::VARCHAR, '')", o.Dates).Scan(&written); err != nil {
		return &BadOption{"dates", o.Dates, "the pattern cannot be read; %d is the day, %m the month, %Y the year, %H:%M:%S the time"}
	}
	return ctx.Err()
}

// take brings one file into the case; members of an archive one by one.
func (a *addition) take(ctx context.Context, f item, depth int) error {
	s, err := a.stager.stage(ctx, f)
	if err != nil {
		return err
	}
	defer s.remove()
	if s.form.packs() {
		members, close, err := a.open(f, s)
		if err != nil {
			return err
		}
		defer close()
		if len(members) > 0 {
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
	if s.form == formSheet {
		return a.takeBook(ctx, f, s)
	}
	return a.takeStaged(ctx, f, s)
}

// takeStaged enters what is no archive.
func (a *addition) takeStaged(ctx context.Context, f item, s *staged) error {
	entry := &File{ID: a.next, SHA256: s.sha256, Name: printable(f.name), Source: printable(f.source), Bytes: s.bytes, Encoding: s.encoding,
		Replaced: s.replaced, Timezone: "UTC", manner: a.manner}
	if err := a.enter(ctx, entry, s); err != nil {
		return explain(ctx, f.name, err)
	}
	a.next++
	a.files = append(a.files, entry)
	a.known[entry.content()] = append(a.known[entry.content()], entry)
	return nil
}

// printable writes the bytes of a name that are no characters, or would break a line, by their numbers: \xE9, \x0A.
func printable(name string) string {
	var b strings.Builder
	for len(name) > 0 {
		r, size := utf8.DecodeRuneInString(name)
		if r == utf8.RuneError && size == 1 || unicode.IsControl(r) {
			for _, one := range []byte(name[:size]) {
				fmt.Fprintf(&b, `\x%02X`, one)
			}
		} else {
			b.WriteRune(r)
		}
		name = name[size:]
	}
	return b.String()
}

// enter loads a staged file by what it is made of.
func (a *addition) enter(ctx context.Context, f *File, s *staged) error {
	if a.same(f) {
		return nil
	}
	switch s.form {
	case formZip, formSevenZip, formTar:
		f.unrecognised("it is an archive without files")
		return nil
	case formEmpty:
		f.unrecognised("it is empty; export it again")
		return nil
	case formOther:
		f.unrecognised(orText(s.refusal, "it is no table, log or definition; export it as CSV or JSON"))
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
	if slices.Contains(strings.Split(f.Note, "; "), words) { // said of another column
		return
	}
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

// loadRecognised finds the kind of a table and loads it.
func (a *addition) loadRecognised(ctx context.Context, f *File, s *staged, t *table) error {
	for i, name := range t.columns { // the engine's language has no way to write it
		t.columns[i] = strings.ReplaceAll(name, "\x00", "\uFFFD")
	}
	kind, ok := a.kindOf(f, t)
	f.Dialect = s.dialect(t.notes...)
	if !ok {
		f.unrecognised(a.missing(f, t))
		return nil
	}
	f.Kind, f.Object, f.State = kind.Name, kind.Object, Loaded
	if strings.HasSuffix(kind.Name, unknown) {
		f.note("its columns do not tell which object it is of; name the kind")
	}
	if len(kind.doubt) > 0 {
		f.note("its columns fit " + shorten(kind.doubt) + " as well; name the kind if it is another")
	}
	if kind.Carries == Definition {
		f.unrecognised("a " + kind.Title + " is a JSON or XML document, not a table")
		return nil
	}
	if other := a.namesake(kind); other != nil {
		f.unrecognised(fmt.Sprintf("%s is a table of another system than %s of %s; keep systems in cases of their own", kind.Object, other.Object, other.Name))
		return nil
	}
	return a.load(ctx, f, kind, s, t)
}

// missing says what a table lacks to be loaded.
func (a *addition) missing(f *File, t *table) string {
	l := t.look(f.Name)
	if id := l.value("Id"); recordID.MatchString(id) {
		return "it is a customer table of an object whose ids begin with " + id[:3] + "; name the object, as salesforce.table.NAME"
	}
	return "its columns are those of no known kind (" + shorten(t.columns) + "); name the kind, or map its columns by hand"
}

// namesake is a file in the case whose table would be the same, though it is one of another system: tables are named without
// regard to case.
func (a *addition) namesake(k Kind) *File {
	for _, list := range a.known {
		for _, f := range list {
			if f.State == Loaded && k.Object != "" && f.Object != k.Object && strings.EqualFold(f.Object, k.Object) {
				return f
			}
		}
	}
	return nil
}

func (a *addition) kindOf(f *File, t *table) (Kind, bool) {
	if a.options.Kind != "" {
		k, ok := a.catalog.Kind(a.options.Kind)
		if ok && (k.Family != "" || k.Carries == Table && k.Object == "") {
			if own, ok := a.catalog.member(k, t.look(f.Name)); ok || k.Carries != Table {
				return own, ok
			}
			own, found := a.catalog.tableByKey(t.look(f.Name))
			return own, found && strings.HasPrefix(own.Name, k.Name+".")
		}
		if own, named := a.catalog.tableByLabel(t.look(f.Name)); named && ok && own.Name == k.Name {
			return own, true
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

// register writes the files' lines of the register.
func (a *addition) register(ctx context.Context) error {
	at := time.Now().UTC()
	for some := range slices.Chunk(a.files, 100) {
		var args []any
		for _, f := range some {
			args = append(args, f.ID, f.SHA256, f.Name, f.Source, f.Bytes, f.Kind, f.Object, f.Organisation, f.Encoding, f.Dialect, f.Timezone, moment(f.Taken),
				f.Read, f.Loaded, f.Duplicate, f.Rejected, f.Replaced, moment(f.First), moment(f.Last), at, f.State, f.Note)
		}
		_, err := a.db.ExecContext(ctx, `INSERT INTO evidence.file (id, sha256, name, source, bytes, kind, object, organisation, encoding, dialect,
			timezone, taken_at, rows_read, rows_loaded, rows_duplicate, rows_rejected, replaced, first_at, last_at, added_at, state, note)
			VALUES `+marks(len(some), 22), args...)
		if err != nil {
			return fmt.Errorf("entering files in the register: %w", err)
		}
	}
	return a.registerManner(ctx)
}

// marks are places for values: (?, ?), (?, ?).
func marks(rows, columns int) string {
	row := "(" + strings.Repeat("?, ", columns-1) + "?)"
	return strings.Repeat(row+", ", rows-1) + row
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
	for _, step := range []func(context.Context) error{a.loadWaiting, a.settle, a.noteRejects, a.reconcile, a.register, a.organisations, a.twins, a.describe, a.recount} {
		if err := step(ctx); err != nil {
			return explain(ctx, "the evidence", err)
		}
	}
	return nil
}
