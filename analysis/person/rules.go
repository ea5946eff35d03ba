package person

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"gopkg.in/yaml.v3"

	"github.com/breachscope/breachscope/assets"
)

// rules are the files of assets/persons.
type rules struct {
	fields       fields
	names        names
	placeholders placeholders
}

// fields says what a column tells about a person, and whose a row is.
type fields struct {
	Roles   []roleRule
	Natural []string
	Objects struct{ Own, Mixed, Staff []string }

	About, Accounts, Everybody []string
}

type roleRule struct {
	Role                                       string
	Names, Contains, Unless, Types, Categories []string
}

// names are the words around and instead of names.
type names struct {
	titles `yaml:",inline"`
	Forms  struct{ Words, Phrases, Attached []string }
	Trades struct{ Words, Attached []string }
	Test   struct{ Names []string }
}

type titles struct{ Before, After, Attached []string }

// placeholders are the values that tie nobody to anybody.
type placeholders struct {
	Email, Mailbox, Phone, Number, Government []string
	Rows, Names                               int
}

// loaded reads the rules once. They are embedded: a mistake in them is one of ours, and a test reads them.
var loaded = sync.OnceValue(func() *rules {
	folder := assets.Folder("persons")
	r := &rules{}
	for name, into := range map[string]any{"fields.yaml": &r.fields, "names.yaml": &r.names, "placeholders.yaml": &r.placeholders} {
		if err := readYAML(folder, name, into); err != nil {
			panic(err)
		}
	}
	return r
})

func readYAML(folder fs.FS, name string, into any) error {
	file, err := folder.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	return nil
}

func manners() titles { return loaded().names.titles }

// column is a column of a snapshot table.
type column struct{ name, kind, category, reference string }

// role is what the column says about a person, "" when nothing.
func (f *fields) role(c column) string {
	plain := plainName(c.name)
	for _, r := range f.Roles {
		if r.takes(c, plain) {
			return r.Role
		}
	}
	return ""
}

func (r *roleRule) takes(c column, plain string) bool {
	if (c.kind == "reference" || c.kind == "id") && r.Role != "link" {
		return false
	}
	if slices.Contains(r.Names, plain) {
		return true
	}
	if slices.ContainsFunc(r.Unless, func(part string) bool { return strings.Contains(plain, part) }) || c.kind == "boolean" {
		return false
	}
	return slices.ContainsFunc(r.Contains, func(part string) bool { return strings.Contains(plain, part) }) ||
		slices.Contains(r.Types, c.kind) || slices.Contains(r.Categories, c.category)
}

var customSuffix = regexp.MustCompile(`(?i)__(c|pc|p)$`)

// plainName is a column name without the suffix of custom fields, in lower case, letters and digits only.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, customSuffix.ReplaceAllString(name, ""))
}

// Class says whose the rows of an object are.
type class string

const (
	own    class = "own"    // each row is a natural person's
	mixed  class = "mixed"  // a person's or an organisation's
	staff  class = "staff"  // an employee's
	linked class = "linked" // a row hangs on whom it refers to
)

func (f *fields) class(t table) class {
	switch {
	case slices.Contains(f.Objects.Own, t.object):
		return own
	case slices.Contains(f.Objects.Mixed, t.object):
		return mixed
	case slices.Contains(f.Objects.Staff, t.object):
		return staff
	case t.has("email", "phone", "mobile", "government", "number") && !f.refersToPerson(t):
		return own
	}
	return linked
}

func (f *fields) refersToPerson(t table) bool {
	return slices.ContainsFunc(t.columns, func(c column) bool { return f.toPerson(c) || slices.Contains(f.About, c.name) })
}

// toPerson: the column refers to a person or organisation among the customers.
func (f *fields) toPerson(c column) bool {
	for object := range strings.SplitSeq(c.reference, ";") {
		if slices.Contains(f.Objects.Own, object) || slices.Contains(f.Objects.Mixed, object) {
			return true
		}
	}
	return false
}

// organisation tells whether a name is a legal entity's. given is what the column for given names holds.
func organisation(family, given, full string) bool {
	r := loaded().names
	raw := strings.ToLower(strings.Join([]string{family, given, full}, " "))
	plain := fold(raw)
	if containsAny(raw, r.Forms.Attached) || containsWord(plain, r.Forms.Words) || containsPhrase(plain, r.Forms.Phrases) {
		return true
	}
	return given == "" && (containsWord(plain, r.Trades.Words) || containsAny(plain, r.Trades.Attached))
}

// trial tells whether a name is one that people give to rows made to try the system.
func trial(family, given, full string) bool {
	test := loaded().names.Test.Names
	return slices.Contains(test, fold(full)) || slices.Contains(test, strings.TrimSpace(fold(given)+" "+fold(family)))
}

func containsAny(text string, parts []string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}

func containsWord(text string, list []string) bool {
	return slices.ContainsFunc(strings.Fields(text), func(word string) bool { return slices.Contains(list, word) })
}

func containsPhrase(text string, phrases []string) bool {
	return slices.ContainsFunc(phrases, func(phrase string) bool { return strings.Contains(" "+text+" ", " "+phrase+" ") })
}

// anyOf is one regular expression that matches what one of the expressions matches.
func anyOf(expressions []string) string { return "(" + strings.Join(expressions, "|") + ")" }
