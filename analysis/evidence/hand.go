package evidence

import (
	"context"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/breachscope/breachscope/analysis"
)

// Mapping by hand: files of no known kind are given one, in the form of assets/kinds. The kind is kept in the case, so
// that the steps after this one know it, and can be saved and used again.

const handSetting = "kind." // begins the names of the settings that keep kinds given by hand

// mapByHand takes the kind of Options.Map into the catalog and keeps it in the case.
func (a *addition) mapByHand(ctx context.Context) error {
	text := a.options.Map
	if !strings.Contains(text, "\n") {
		data, err := os.ReadFile(text)
		if err != nil {
			return &BadOption{"mapping", text, "the file cannot be read"}
		}
		text = string(data)
	}
	own, names, err := a.catalog.with(text)
	if err == nil {
		err = misspelt(text)
	}
	if err != nil {
		return &BadMapping{err}
	}
	a.catalog = own
	if a.options.Kind == "" && len(names) == 1 {
		a.options.Kind = names[0]
	}
	_, err = a.db.ExecContext(ctx, "INSERT OR REPLACE INTO main.setting VALUES (?, ?)", handSetting+strings.Join(names, "+"), text)
	return err
}

// misspelt refuses a mapping with keys that mean nothing: a slip would silently leave a column unread.
func misspelt(text string) error {
	decoder := yaml.NewDecoder(strings.NewReader(text))
	decoder.KnownFields(true)
	return decoder.Decode(&catalogFile{})
}

// with is the catalog and the kinds of a text in the form of assets/kinds, whose names it returns.
func (c *Catalog) with(text string) (*Catalog, []string, error) {
	var file catalogFile
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		return nil, nil, err
	}
	if len(file.Kinds) == 0 {
		return nil, nil, fmt.Errorf("it names no kind")
	}
	own := *c
	own.kinds = maps.Clone(c.kinds)
	var names []string
	for _, k := range file.Kinds {
		own.kinds[k.Name] = own.inherit(k)
		names = append(names, k.Name)
	}
	slices.Sort(names)
	for i := range file.Categories { // of one table, and so before what holds for all
		if err := file.Categories[i].compile(); err != nil {
			return nil, nil, err
		}
	}
	own.categories = append(file.Categories, c.categories...)
	return &own, names, own.check()
}

// OfCase is the catalog and the kinds that were given by hand in this case. Steps that read raw tables begin with it.
func (c *Catalog) OfCase(ctx context.Context, db analysis.Engine) (*Catalog, error) {
	rows, err := db.QueryContext(ctx, "SELECT value FROM main.setting WHERE starts_with(name, ?) ORDER BY name", handSetting)
	if err != nil {
		return nil, fmt.Errorf("reading mappings: %w", err)
	}
	defer rows.Close()
	own := c
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, fmt.Errorf("reading mappings: %w", err)
		}
		if own, _, err = own.with(text); err != nil {
			return nil, fmt.Errorf("reading mappings: %w", err)
		}
	}
	return own, rows.Err()
}

// Preview is what a file looks like before it is taken: for mapping it by hand.
type Preview struct {
	Columns  []string   `json:"columns"`
	Rows     [][]string `json:"rows"`
	Encoding string     `json:"encoding"`
	Dialect  string     `json:"dialect"`
	Kind     string     `json:"kind"`  // recognised kind, or ""
	Note     string     `json:"note"`  // what is to be said of the file, why nothing can be shown of it
	Guess    Guess      `json:"guess"` // a first mapping, or that of the recognised kind, without reasons
}

// Guess is a proposed kind with a reason for every column it uses.
type Guess struct {
	Kind    string                   `json:"kind"`    // YAML, in the form of Options.Map
	Reasons map[string]string        `json:"reasons"` // event field -> why this column
	Held    map[string]CategoryGuess `json:"held"`    // column -> the personal data it seems to hold, were the file a customer table
}

// Look reads the first rows of a file without taking it. Nothing is left in the staging folder.
func Look(ctx context.Context, db analysis.Engine, catalog *Catalog, staging, path string, o Options) (Preview, error) {
	if err := o.check(catalog); err != nil {
		return Preview{}, err
	}
	a := &addition{db: db, catalog: catalog, options: o, touched: map[string]bool{}}
	folder, err := os.MkdirTemp(staging, "look-")
	if err != nil {
		return Preview{}, &NoRoom{staging, err}
	}
	defer os.RemoveAll(folder)
	a.stager = stager{folder: folder, encoding: o.Encoding, delimiter: o.delimiter()}
	items, err := collect([]string{path})
	if err != nil {
		return Preview{}, err
	}
	if len(items) != 1 {
		return Preview{}, &NoFile{path, "it is no single file"}
	}
	s, err := a.stager.stage(ctx, items[0])
	if err != nil {
		return Preview{}, err
	}
	if s.form == formZip {
		if _, close, err := a.open(items[0], s); err == nil {
			close()
		}
	}
	return a.preview(ctx, &File{Name: items[0].name}, s)
}

// preview is what a staged file is made of; of a workbook its first sheet with rows.
func (a *addition) preview(ctx context.Context, f *File, s *staged) (Preview, error) {
	p := Preview{Encoding: s.encoding}
	if s.form == formSheet {
		book, _, err := a.openBook(f.Name, s)
		if err != nil || book == nil {
			return p, err
		}
		defer book.Close()
		sheets, err := a.sheetsWithRows(f.Name, s, book)
		if err != nil {
			return p, err
		}
		if len(sheets) > 0 {
			s.book, s.sheet = book, sheets[0]
		}
	}
	t, err := a.tabulate(ctx, f, s)
	if p.Note = f.Note; err != nil || t == nil {
		return p, err
	}
	p.Columns, p.Rows, p.Dialect = t.columns, t.sample, s.dialect(t.notes...)
	if kind, ok := a.kindOf(f, t); ok {
		p.Kind = kind.Name
		p.Guess.Kind, err = a.catalog.written(kind, t.columns)
		return p, err
	}
	p.Guess = a.catalog.Guess(stemOf(f.Name), t.columns, t.sample)
	return p, nil
}

// written is a known kind as a mapping by hand, to be changed: with what its columns feed, or are called in the CRM.
func (c *Catalog) written(kind Kind, columns []string) (string, error) {
	if kind.Carries != Table {
		text, err := yaml.Marshal(map[string]any{"kinds": []Kind{kind}})
		return string(text), err
	}
	names, _ := c.names(kind, columns)
	m := Manual{Name: kind.Name, Title: kind.Title, Carries: Table, Object: kind.Object, Columns: columns, Fields: map[string]string{}}
	for i, column := range columns {
		m.Fields[column] = names[i]
	}
	return m.Text()
}

// contents tell a column by what its values look like.
var contents = []struct {
	field, why string
	pattern    *regexp.Regexp
}{
	{"at", "its values are times", regexp.MustCompile(`^([12][0-9]{3}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+|[0-9]{1,2}[/.][0-9]{1,2}[/.][12][0-9]{3},? [0-9].*|1[0-9]{9}([0-9]{3})?|[12][0-9]{13}.*)`)},
	{"address", "its values are addresses", regexp.MustCompile(`^([0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9a-fA-F]*(:[0-9a-fA-F]*){2,7})(:[0-9]+)?$`)},
	{"agent", "its values are user agents", regexp.MustCompile(`^"?(Mozilla|Opera|curl|python|Java|okhttp)`)},
	{"user", "its values are ids of users", regexp.MustCompile(`^005[a-zA-Z0-9]{12}([A-Z0-5]{3})?$`)},
	{"username", "its values are names of users", regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$`)},
	{"text", "its values are queries", regexp.MustCompile(`(?is)^\s*(select\s.*\sfrom\s|find\s*\{|<fetch)`)},
	{"target", "its values are paths", regexp.MustCompile(`^(https?://|/)[^\s]+$`)},
}

// Guess proposes a mapping for columns of no known kind: by what known kinds call the same thing, and by content.
func (c *Catalog) Guess(name string, columns []string, rows [][]string) Guess {
	g := Guess{Reasons: map[string]string{}, Held: c.GuessCategories("", columns, rows)}
	chosen := map[string]string{}
	known := c.usualNames()
	for i, column := range columns {
		field, why := known[fold(column)], "it is called what other sources call it"
		if field == "" {
			field, why = byContent(i, rows)
		}
		if _, taken := chosen[field]; field != "" && !taken {
			chosen[field], g.Reasons[field] = column, column+": "+why
		}
	}
	event := map[string]any{"action": "other"}
	for field, column := range chosen {
		event[field] = column
	}
	text, err := yaml.Marshal(map[string]any{"kinds": []any{map[string]any{"name": "own." + safeName(name), "title": name, "carries": Log,
		"zone": "local", "header": map[string]any{"all": columns}, "event": event}}})
	if err == nil {
		g.Kind = string(text)
	}
	return g
}

func safeName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || r == '/' || r < 0x20 {
			return '_'
		}
		return r
	}, name)
}

// usualNames maps folded names of columns to the event field that most kinds feed from them.
func (c *Catalog) usualNames() map[string]string {
	votes := map[string]map[string]int{}
	for _, k := range c.Kinds() {
		for field, sources := range k.Event.Fields {
			for _, s := range sources {
				names := append([]string{s.Column}, k.Aliases[s.Column]...)
				for _, n := range names {
					if f := fold(n); f != "" {
						if votes[f] == nil {
							votes[f] = map[string]int{}
						}
						votes[f][field]++
					}
				}
			}
		}
	}
	usual := map[string]string{}
	for name, fields := range votes {
		for _, field := range slices.Sorted(maps.Keys(fields)) {
			if fields[field] > fields[usual[name]] {
				usual[name] = field
			}
		}
	}
	return usual
}

func byContent(column int, rows [][]string) (field, why string) {
	for _, known := range contents {
		fits, filled := 0, 0
		for _, row := range rows {
			if column < len(row) && row[column] != "" {
				filled++
				if known.pattern.MatchString(row[column]) {
					fits++
				}
			}
		}
		if filled > 0 && 10*fits >= 9*filled {
			return known.field, known.why
		}
	}
	return "", ""
}
