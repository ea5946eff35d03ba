package words

import (
	"cmp"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/breachscope/breachscope/assets"
)

// The analysis explains itself in English, as exports and journal keep it. A language's sentences.CODE.yaml holds what
// those explanations are made of, "%s" for a value, each with its translation; a verb may be numbered ("%[2]s").

// sentence is one part of an explanation with values in it.
type sentence struct {
	form    *regexp.Regexp
	into    string
	letters int // of the form, without its values
}

// book is what can be said in a language.
type book struct {
	whole map[string]string // without values
	forms []sentence        // the most telling first
}

var books = bind(assets.Folder("translations"))

func bind(folder fs.FS) map[string]book {
	out := map[string]book{}
	for _, l := range Languages {
		data, err := fs.ReadFile(folder, "sentences."+l.Code+".yaml")
		if err != nil {
			continue
		}
		table := map[string]string{}
		if err := yaml.Unmarshal(data, &table); err != nil {
			panic(fmt.Errorf("sentences %s: %w", l.Code, err)) // embedded, so a mistake in the build
		}
		out[l.Code] = newBook(table)
	}
	return out
}

func newBook(table map[string]string) book {
	b := book{whole: map[string]string{}}
	for english, into := range table {
		if !strings.Contains(english, "%s") {
			b.whole[english] = into
			continue
		}
		form := strings.ReplaceAll(regexp.QuoteMeta(english), "%s", "([^;]+?)")
		b.forms = append(b.forms, sentence{regexp.MustCompile("^" + form + "$"), into, len(english)})
	}
	slices.SortFunc(b.forms, func(a, b sentence) int {
		return cmp.Or(cmp.Compare(b.letters, a.letters), strings.Compare(a.form.String(), b.form.String()))
	})
	return b
}

// Say is an explanation of the analysis in the current language. Its parts stand between semicolons; a part that has no
// translation stays as it is.
func Say(english string) string {
	b, ok := books[Current()]
	if !ok || english == "" {
		return english
	}
	parts := strings.Split(english, "; ")
	var said []string
	for len(parts) > 0 {
		text, used := b.longest(parts)
		said, parts = append(said, text), parts[used:]
	}
	return strings.Join(said, "; ")
}

// longest translates as many parts as one translation covers.
func (b book) longest(parts []string) (text string, used int) {
	for used := min(len(parts), 4); used > 0; used-- {
		if text, ok := b.part(strings.Join(parts[:used], "; ")); ok {
			return text, used
		}
	}
	return parts[0], 1
}

func (b book) part(english string) (string, bool) {
	if text, ok := b.whole[english]; ok {
		return text, true
	}
	for _, s := range b.forms {
		if values := s.form.FindStringSubmatch(english); values != nil {
			return s.fill(b, values[1:]), true
		}
	}
	return english, false
}

// fill puts the values into a translation; a value may be a sentence itself.
func (s sentence) fill(b book, values []string) string {
	args := make([]any, len(values))
	for i, v := range values {
		args[i], _ = b.part(v)
	}
	return fmt.Sprintf(s.into, args...)
}
