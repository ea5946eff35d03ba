// Package words says in another language what the analysis and the export say in English.
//
// They explain themselves in English, as exports and journal keep it. A table of assets/translations, NAME.CODE.yaml,
// holds what those explanations are made of, "%s" for a value, "%w" for one of a list, without a comma, and "%d" for a whole
// number, each with its translation, which numbers its verbs ("%[2]s") where their order is another.
package words

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/assets"
)

// sentence is one part of an explanation with values in it.
type sentence struct {
	form    *regexp.Regexp
	into    string
	letters int    // of the form; one more for a value that has to be a number
	amid    []bool // the value stands amid the sentence, where an explanation in another language would break it in two
}

// Book is what can be said in a language.
type Book struct {
	whole map[string]string // without values
	forms []sentence        // the most telling first
}

// Read reads a table of a language by its name, as "sentences"; one that is missing says nothing.
func Read(code, name string) *Book { return newBook(table(code, name), partValue) }

func table(code, name string) map[string]string {
	said := map[string]string{}
	data, err := fs.ReadFile(assets.Folder("translations"), name+"."+code+".yaml")
	if err != nil {
		return said
	}
	if err := yaml.Unmarshal(data, &said); err != nil {
		panic(fmt.Errorf("%s %s: %w", name, code, err)) // embedded, so a mistake in the build
	}
	for _, c := range analysis.Categories() {
		said[c.Words["en"]] = c.Words[code]
	}
	return said
}

// What a value of a sentence may be: anything but the end of a part of an explanation; anything at all.
const (
	partValue = "([^;]+?)"
	anyValue  = "(.+?)"
)

// Pages are the texts of a workbook: sentences that end with a full stop.
type Pages struct{ own, explained *Book }

// ReadPages reads workbook.CODE.yaml; what is not in it is said as an explanation, and the words of a rule by its own.
// An error: there is none.
func ReadPages(code string, rules []session.Rule) (*Pages, error) {
	data, err := fs.ReadFile(assets.Folder("translations"), "workbook."+code+".yaml")
	if err != nil {
		return nil, fmt.Errorf("the workbook speaks no %q: %w", code, err)
	}
	said := map[string]string{}
	if err := yaml.Unmarshal(data, &said); err != nil {
		return nil, fmt.Errorf("reading the words of a workbook: %w", err)
	}
	for _, r := range rules {
		if english, into, ok := translation(r.Words["en"], r.Words[code]); ok {
			said[english] = into
		}
	}
	parts := table(code, "sentences")
	maps.DeleteFunc(parts, func(english, _ string) bool { _, own := said[english]; return own })
	own := newBook(parts, partValue) // no value of a part reaches into the next, as one that a whole sentence holds may
	own.add(said, anyValue)
	return &Pages{own, Read(code, "sentences")}, nil
}

var placeholder = regexp.MustCompile(`\{[^{}]+\}`)

// translation makes an entry of a table from the words of a rule in two languages; there is none when the second says a
// value that the first does not.
func translation(english, into string) (form, said string, ok bool) {
	values := placeholder.FindAllString(english, -1)
	if into == "" || into == english || strings.Contains(english, "%") || strings.TrimSpace(placeholder.ReplaceAllString(english, "")) == "" {
		return "", "", false
	}
	ok = true
	said = placeholder.ReplaceAllStringFunc(strings.ReplaceAll(into, "%", "%%"), func(value string) string {
		i := slices.Index(values, value)
		ok = ok && i >= 0
		return fmt.Sprintf("%%[%d]s", i+1)
	})
	if len(values) == 0 {
		said = into
	}
	return placeholder.ReplaceAllString(english, "%v"), said, ok
}

// Say is a text of several sentences in the language; a sentence that has no translation stays as it is.
func (p *Pages) Say(english string) string {
	if text, ok := p.own.whole[english]; ok || english == "" {
		return text
	}
	parts := sentences(english)
	var said strings.Builder
	for len(parts) > 0 {
		text, used := p.next(parts)
		said.WriteString(text)
		parts = parts[used:]
	}
	return said.String()
}

// sentences cuts a text behind its full stops; that of "Art. 28" ends none.
func sentences(text string) (list []string) {
	for _, part := range strings.SplitAfter(text, ". ") {
		if n := len(list); n > 0 && strings.HasSuffix(list[n-1], "Art. ") {
			list[n-1] += part
			continue
		}
		list = append(list, part)
	}
	return list
}

// next translates as few sentences as one translation covers: a value could swallow those that follow.
func (p *Pages) next(parts []string) (text string, used int) {
	for used := 1; used <= min(len(parts), 4); used++ {
		whole := strings.Join(parts[:used], "")
		bare := strings.TrimRight(whole, " ")
		if text, ok := p.own.part(bare); ok {
			return text + whole[len(bare):], used
		}
	}
	return p.explained.Say(parts[0]), 1
}

var (
	verb   = regexp.MustCompile(`%[sdvw]`)
	phrase = regexp.MustCompile(`[a-z]{2,} [a-z]{2,} [a-z]{2,}`) // of an explanation; names and codes are shorter
)

// amid tells which values of a form stand amid its sentence, and not before or behind a colon or in brackets. The pages of a
// workbook quote what somebody wrote, which has no language to be said in.
func amid(english, value string) (list []bool) {
	for _, at := range verb.FindAllStringIndex(english, -1) {
		before, after := english[:at[0]], english[at[1]:]
		apart := strings.HasSuffix(before, ": ") || strings.HasSuffix(before, "(") || before == "" && strings.HasPrefix(after, ": ")
		list = append(list, value == partValue && !apart)
	}
	return list
}

func newBook(table map[string]string, value string) *Book {
	b := &Book{whole: map[string]string{}}
	b.add(table, value)
	return b
}

// add puts a table into a book, which says none of it yet.
func (b *Book) add(table map[string]string, value string) {
	for english, into := range table {
		if !verb.MatchString(english) {
			b.whole[english] = into
			continue
		}
		form := strings.ReplaceAll(regexp.QuoteMeta(english), "%s", value)
		form = strings.ReplaceAll(form, "%w", "([^;,]+?)")
		form = strings.ReplaceAll(form, "%d", "([0-9][0-9,]*)")
		form = strings.ReplaceAll(form, "%v", "(.*?)") // of a rule, which may find nothing to say
		b.forms = append(b.forms, sentence{regexp.MustCompile("^" + form + "$"), into, len(english) + strings.Count(english, "%d"), amid(english, value)})
	}
	slices.SortFunc(b.forms, func(a, b sentence) int {
		return cmp.Or(cmp.Compare(b.letters, a.letters), strings.Compare(a.form.String(), b.form.String()))
	})
}

// Say is an explanation in the language. Its parts stand between semicolons; a part that has no translation stays as it
// is.
func (b *Book) Say(english string) string {
	if english == "" {
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
func (b *Book) longest(parts []string) (text string, used int) {
	for used := min(len(parts), 4); used > 0; used-- {
		if text, ok := b.part(strings.Join(parts[:used], "; ")); ok {
			return text, used
		}
	}
	return b.strokes(b.list(parts[0])), 1
}

// list says what of a list between commas has a form; names stay.
func (b *Book) list(text string) string {
	parts := strings.Split(text, ", ")
	for i, one := range parts {
		if said, ok := b.formed(one); ok && len(parts) > 1 {
			parts[i] = said
		}
	}
	return strings.Join(parts, ", ")
}

func (b *Book) part(english string) (string, bool) {
	if text, ok := b.whole[english]; ok {
		return text, true
	}
	return b.formed(english)
}

// formed says a part that has values.
func (b *Book) formed(english string) (string, bool) {
	for _, s := range b.forms {
		if values := s.form.FindStringSubmatch(english); values != nil {
			if text, ok := s.fill(b, values[1:]); ok {
				return text, true
			}
		}
	}
	return english, false
}

// strokes says what stands between strokes, as categories do; all of it or nothing, lest two languages mix in a sentence.
func (b *Book) strokes(text string) string {
	parts := strings.Split(text, " / ")
	for i, one := range parts {
		said, ok := b.part(one)
		if !ok {
			return text
		}
		parts[i] = said
	}
	return strings.Join(parts, " / ")
}

// fill puts the values into a translation; a value may be a sentence itself, or several. Where one of these has no translation,
// neither has the whole: two languages do not mix in a sentence.
func (s sentence) fill(b *Book, values []string) (text string, ok bool) {
	args := make([]any, len(values))
	for i, v := range values {
		said := b.Say(v)
		if s.amid[i] && said == v && phrase.MatchString(v) {
			return "", false
		}
		args[i] = said
	}
	return fmt.Sprintf(s.into, args...), true
}
