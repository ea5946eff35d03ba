package ui

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/words"
)

// What a screen may show before personal values are asked for. Where it cannot be told whether a value is personal, it
// is masked.

// masked is a value's first letter and nothing else.
func masked(s string) string {
	if s == "" {
		return ""
	}
	_, size := utf8.DecodeRuneInString(s)
	return s[:size] + "•••"
}

// personal is a personal value as the screen may show it.
func (w *Window) personal(s string) string {
	switch {
	case s == "":
		return words.T("no name")
	case w.revealed:
		return s
	}
	return masked(s)
}

var (
	// a value in XML or JSON, what a query compares, a value in quotes, a search in braces or in an address, an address of
	// electronic mail
	comparison   = regexp.MustCompile(`(?is)\bvalue"?\s*[=:]\s*"[^"]*"|<value>[^<]*|[?&](?:str|search\w*)=[^&\s]*|%27.*?%27|([\w."]+)\s*(?:=|!=|<>|<=|>=|<|>|\bnot\s+like\b|\blike\b|\bnot\s+in\b|\bin\b|\bincludes\b|\bexcludes\b)|'(?:[^'\\]|\\.|'')*'|\bfind\s*\{[^}]*\}|[^\s@'"<>;,:=()]+@[^\s@'"<>;,:=()]+\.[a-z]{2,}`)
	identifier   = regexp.MustCompile(`^[a-zA-Z0-9]{15}([A-Z0-5]{3})?$`)
	digit        = regexp.MustCompile(`[0-9]`)
	date         = regexp.MustCompile(`^[12][0-9]{3}-[01][0-9]-[0-3][0-9]([T ][0-9:.Z+-]*)?$`)
	countryField = regexp.MustCompile(`(?i)country(code)?(__c)?$`)
	asked        = regexp.MustCompile(`(?i)search|filter|^q$`)
	employee     = regexp.MustCompile(`(?i)user|actor|login|delegat|createdby`)
)

// query is the text of a query: values that it compares with fields known to hold nothing personal stay, and so do ids,
// dates and countries.
func (w *Window) query(text string) string {
	if w.revealed {
		return text
	}
	field := ""
	return comparison.ReplaceAllStringFunc(text, func(found string) string {
		switch {
		case found[0] == '\'':
			return w.literal(field, found)
		case strings.HasSuffix(found, "}"):
			head, value, _ := strings.Cut(found, "{")
			return head + "{" + masked(strings.TrimSuffix(value, "}")) + "}"
		case strings.Contains(found, "@"):
			return masked(found)
		}
		if part := comparison.FindStringSubmatch(found)[1]; part != "" {
			field = part
			return found
		}
		at := strings.IndexAny(found[1:], "=:>7") + 2 // behind what stands before the value
		return found[:at] + masked(strings.Trim(found[at:], ` "`))
	})
}

func (w *Window) literal(field, quoted string) string {
	value := quoted[1 : len(quoted)-1]
	if w.harmless(field, value) {
		return quoted
	}
	return "'" + masked(value) + "'"
}

// harmless says whether a value of a field may stand on the screen unasked.
func (w *Window) harmless(field, value string) bool {
	field = strings.ToLower(strings.Trim(field[strings.LastIndexByte(field, '.')+1:], `"`))
	category, known := w.categories[field]
	return known && category == "" || countryField.MatchString(field) || date.MatchString(value) ||
		identifier.MatchString(value) && digit.MatchString(value)
}

// asks is what was asked for; of the words of a search it is the first letter.
func (w *Window) asks(carrier, text string) string {
	if analysis.Carrier(carrier) == analysis.Search && !w.revealed {
		return masked(text)
	}
	return w.query(text)
}

// cell is a value of an original line. Who worked is shown, whom it concerned is not; a customer table's line is masked
// by its fields.
func (w *Window) cell(c app.Cell, customers bool) string {
	switch {
	case w.revealed:
		return c.Value
	case customers && !w.harmless(c.Column, c.Value):
		return masked(c.Value)
	case customers, employee.MatchString(c.Column):
		return c.Value
	case asked.MatchString(c.Column) && !date.MatchString(c.Value) && !identifier.MatchString(c.Value):
		return masked(c.Value)
	}
	return w.query(c.Value)
}
