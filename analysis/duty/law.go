package duty

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/breachscope/breachscope/assets"
)

// Certainty is how well a row of the law table is founded.
type Certainty string

const (
	Sourced  Certainty = "sourced"  // its source was read
	Memory   Certainty = "memory"   // to be verified
	Draft    Certainty = "draft"    // not in force, or not known to be
	Conflict Certainty = "conflict" // sources disagree
)

// Jurisdiction is a law, as it stood over a time.
type Jurisdiction struct {
	Code      string    `json:"code"`
	Name      string    `json:"name"`
	Residents []string  `json:"residents"` // ISO codes of the countries whose residents it protects
	Statute   string    `json:"statute"`
	Authority string    `json:"authority"`
	Words     string    `json:"words"` // when it applies, in a few sentences
	From      time.Time `json:"from"`
	To        time.Time `json:"to"` // first and last day in force; zero: open
	Certainty Certainty `json:"certainty"`
	Source    string    `json:"source"`
	CheckedOn string    `json:"checked_on"`
	rules     []rule
}

// rule is one demand of a jurisdiction: a report, a notice.
type rule struct {
	audience, what string
	condition      condition
	acquired       bool // counts only what was taken out
	clock          Clock
	amount         int
	unit           string // hours, days, business days; "" when no number is fixed
	wording        string
	contents       []string
	certainty      Certainty
}

// law is the law table.
type law struct {
	version       string
	jurisdictions []Jurisdiction
	groups        map[string]map[string][]string // jurisdiction -> group -> categories
	contents      map[string]content
	ages          map[string]age // by country
}

// age below which a law takes a person for a child.
type age struct {
	under     int
	words     string // what follows
	certainty Certainty
}

type content struct{ english, korean, filledFrom string }

// Version names the state of the law table, for every export.
func Version() string { return table().version }

// IDs names every duty of the law table, in its order, as Facts.Done takes them.
func IDs() (list []string) {
	for _, j := range table().jurisdictions {
		for _, r := range j.rules {
			list = append(list, j.id(r))
		}
	}
	return list
}

func (j *Jurisdiction) id(r rule) string { return j.Code + " " + r.audience + " " + r.what }

// table is read once. It is embedded: a mistake in it is one of ours, and a test reads it.
var table = sync.OnceValue(func() *law {
	l, err := readLaw(assets.Folder("law"))
	if err != nil {
		panic(err)
	}
	return l
})

func readLaw(folder fs.FS) (*law, error) {
	version, err := fs.ReadFile(folder, "version.txt")
	if err != nil {
		return nil, err
	}
	l := &law{version: strings.TrimSpace(string(version)), groups: map[string]map[string][]string{}, contents: map[string]content{}, ages: map[string]age{}}
	for _, part := range []struct {
		name string
		take func(row) error
	}{{"jurisdictions.csv", l.takeJurisdiction}, {"duties.csv", l.takeRule}, {"groups.csv", l.takeGroup}, {"contents.csv", l.takeContent}, {"ages.csv", l.takeAge}} {
		if err := eachRow(folder, part.name, part.take); err != nil {
			return nil, fmt.Errorf("reading %s: %w", part.name, err)
		}
	}
	return l, nil
}

// row is a line of a table by column name.
type row map[string]string

func eachRow(folder fs.FS, name string, take func(row) error) error {
	file, err := folder.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return err
	}
	for _, line := range lines[1:] {
		r := row{}
		for i, column := range lines[0] {
			r[column] = line[i]
		}
		if err := take(r); err != nil {
			return fmt.Errorf("%s: %w", line[0], err)
		}
	}
	return nil
}

func (l *law) takeJurisdiction(r row) error {
	from, err := day(r["valid_from"])
	if err != nil {
		return err
	}
	to, err := day(r["valid_to"])
	if err != nil {
		return err
	}
	l.jurisdictions = append(l.jurisdictions, Jurisdiction{Code: r["code"], Name: r["name"], Residents: list(r["residents"]), Statute: r["statute"],
		Authority: r["authority"], Words: r["words"], From: from, To: to, Certainty: Certainty(r["certainty"]), Source: r["source"], CheckedOn: r["checked_on"]})
	return nil
}

func (l *law) takeRule(r row) error {
	when, err := parseCondition(r["condition"])
	if err != nil {
		return err
	}
	amount := 0
	if r["amount"] != "" {
		if amount, err = strconv.Atoi(r["amount"]); err != nil {
			return err
		}
	}
	for i := range l.jurisdictions {
		if j := &l.jurisdictions[i]; j.Code == r["code"] {
			j.rules = append(j.rules, rule{audience: r["audience"], what: r["what"], condition: when, acquired: r["basis"] == "acquired",
				clock: Clock(r["clock"]), amount: amount, unit: r["unit"], wording: r["wording"], contents: list(r["contents"]), certainty: Certainty(r["certainty"])})
			return nil
		}
	}
	return fmt.Errorf("no jurisdiction %s", r["code"])
}

func (l *law) takeGroup(r row) error {
	if l.groups[r["jurisdiction"]] == nil {
		l.groups[r["jurisdiction"]] = map[string][]string{}
	}
	l.groups[r["jurisdiction"]][r["group"]] = list(r["categories"])
	return nil
}

func (l *law) takeContent(r row) error {
	l.contents[r["item"]] = content{r["english"], r["korean"], r["filled_from"]}
	return nil
}

func (l *law) takeAge(r row) error {
	under, err := strconv.Atoi(r["under"])
	l.ages[r["jurisdiction"]] = age{under, r["words"], Certainty(r["certainty"])}
	return err
}

// group is the categories a jurisdiction has a word for; KR-2023 and US-CA share those of KR and US.
func (l *law) group(code, name string) ([]string, bool) {
	country, _, _ := strings.Cut(code, "-")
	categories, ok := l.groups[country][name]
	return categories, ok
}

func list(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ";")
}

func day(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.DateOnly, text)
}

// inForce tells whether the law was in force on a day; the zero time means that the day is not known.
func (j *Jurisdiction) inForce(on time.Time) bool {
	if on.IsZero() {
		return j.To.IsZero()
	}
	return !on.Before(j.From) && (j.To.IsZero() || on.Before(j.To.AddDate(0, 0, 1)))
}
