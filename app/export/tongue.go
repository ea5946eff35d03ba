package export

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app/words"
)

// Languages the workbooks can be written in; "" is English, in which all files for programs are.
var Languages = []string{"en", "ko"}

// NoSuchLanguage: workbooks are not written in a language.
type NoSuchLanguage struct{ Code string }

func (e *NoSuchLanguage) Error() string { return fmt.Sprintf("no workbook is written in %q", e.Code) }

// Remedy says what to do about it.
func (e *NoSuchLanguage) Remedy() string { return "use one of en, ko" }

// tongue says the texts of a workbook in its language; the zero value in English.
type tongue struct {
	code  string
	pages *words.Pages
	known sync.Map     // what was said of the cells of long tables; widths are measured beside the writing
	kept  atomic.Int64 // how many of them
}

func newTongue(code string, rules []session.Rule) (*tongue, error) {
	if code == "" || code == "en" {
		return &tongue{code: "en"}, nil
	}
	pages, err := words.ReadPages(code, rules)
	if err != nil {
		return nil, &NoSuchLanguage{code}
	}
	return &tongue{code: code, pages: pages}, nil
}

func (t *tongue) say(english string) string {
	if t.pages == nil {
		return english
	}
	return t.pages.Say(english)
}

// date is how a day is written.
func (t *tongue) date() string {
	if t.code == "en" {
		return "2 January 2006"
	}
	return time.DateOnly
}

// local is a moment on the clock of the organisation, in brackets after the same in UTC.
func (t *tongue) local(at time.Time) string {
	if t.code == "en" {
		return at.Format(" (2 January 15:04 in ") + at.Location().String() + ")"
	}
	return at.Format(" (01-02 15:04 ") + at.Location().String() + ")"
}

// mostKnown bounds what is kept: reasons repeat, names would not.
const mostKnown = 10_000

// cell is say for a column of codes or reasons, of which there are few, in many rows.
func (t *tongue) cell(english string) string {
	if said, is := t.known.Load(english); is {
		return said.(string)
	}
	said := t.say(english)
	if t.kept.Add(1) <= mostKnown {
		t.known.Store(english, said)
	}
	return said
}

// told is a text that is in the language already.
type told string

// coded are the columns whose codes and reasons another language says in its own words; the CSV and Parquet files keep
// them as they are.
var coded = map[string]bool{"list": true, "grade": true, "act": true, "kind": true, "why": true, "outcome": true, "verdict": true, "carrier": true,
	"holding": true, "note": true, "state": true, "account_kind": true, "ended_by": true, "reason": true,
	"residence_from": true, "dialect": true, "timezone": true, "organisation_from": true, "log_gaps": true}

// spoken are the columns of a table that its sheet shows in words, by their place.
func (t *tongue) spoken(f *frozen) map[int]func(string) string {
	s := map[int]func(string) string{}
	for i, c := range f.columns {
		if say := t.worded(c.name); say != nil {
			s[i] = say
		} else if coded[c.name] && t.pages != nil {
			s[i] = t.cell
		}
	}
	return s
}

// worded tells how a sheet shows a column in words, nil when as it is.
func (t *tongue) worded(column string) func(string) string {
	switch column {
	case "category", "categories", "possible_categories":
		return func(s string) string { return t.categories(s, "; ") }
	case "reasons", "verdict_reason":
		return t.reasoned
	}
	return nil
}

// heading is the name of a column in words.
func (t *tongue) heading(name string) string { return t.say(heading(name)) }
