package duty

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/breachscope/breachscope/analysis"
)

// known is what the case can say by itself in a notice.
type known struct {
	first, last              string
	sessions, accounts, logs int64
	until                    string // end of the logs, in words
	end                      sql.NullTime
	gaps                     int64 // of the logs, also those of which another source shows a part
	nobodys                  int64 // affected records that belong to nobody known
}

func readKnown(ctx context.Context, db analysis.Engine) (k known, err error) {
	err = db.QueryRowContext(ctx, factsSQL).Scan(&k.first, &k.last, &k.sessions, &k.accounts, &k.logs, &k.until, &k.gaps, &k.nobodys, &k.end)
	if err != nil {
		return k, fmt.Errorf("reading what the case knows: %w", err)
	}
	return k, nil
}

func (a *assessment) contents(r rule, who People, j *Jurisdiction) (items []Item) {
	for _, name := range r.contents {
		c := a.law.contents[name]
		items = append(items, Item{Name: name, English: c.english, Korean: c.korean, Value: a.fill(c.filledFrom, who, j)})
	}
	return items
}

// fill says what the case knows of an item; "" when nothing.
func (a *assessment) fill(from string, who People, j *Jurisdiction) string {
	switch from {
	case "categories":
		return inWords(a.categories(j, func(c crowd) []string {
			if c.list != string(analysis.Confirmed) {
				return nil
			}
			return c.categories
		}))
	case "possible_categories":
		return inWords(a.categories(j, func(c crowd) []string { return append(slices.Clone(c.categories), c.possible...) }))
	case "period":
		if a.known.first == "" {
			return ""
		}
		return fmt.Sprintf("between %s and %s UTC", a.known.first, a.known.last)
	case "sessions":
		if a.known.sessions == 0 {
			return ""
		}
		return english.Sprintf("sessions of an unauthorised party: %d, accounts used: %d, between %s and %s UTC", a.known.sessions, a.known.accounts, a.known.first, a.known.last)
	case "persons":
		return a.approximately("persons", who.Confirmed, who.Possible)
	case "records":
		return english.Sprintf("records confirmed: approximately %d, possible beside them: %d%s", who.Records, who.RecordsPossible, a.basis())
	case "subjects":
		return "customers"
	case "evidence":
		return english.Sprintf("files of evidence kept with their SHA-256: %d", a.known.logs)
	}
	return ""
}

func (a *assessment) approximately(what string, sure, more Count) string {
	return english.Sprintf("%s confirmed: approximately %d (%d to %d), possible beside them: %d (%d to %d)%s",
		what, sure.Likely, sure.Least, sure.Most, more.Likely, more.Least, more.Most, a.basis())
}

// basis is what a number rests on; it is said in the same breath.
func (a *assessment) basis() string {
	if a.known.until == "" {
		return ""
	}
	words := "; by logs up to " + a.known.until + " UTC"
	if a.known.gaps > 0 {
		words += fmt.Sprintf(" with gaps (%d)", a.known.gaps)
	}
	return words
}

func (a *assessment) categories(j *Jurisdiction, of func(crowd) []string) (found []string) {
	for _, c := range here(a.all, j) {
		for _, category := range of(c) {
			if !slices.Contains(found, category) {
				found = append(found, category)
			}
		}
	}
	return found
}
