// Package duty says what each jurisdiction demands of the case: whom to tell, by when, from which fact the clock runs
// and what has to be in it. The law is data (assets/law), each row with its source and how certain it is; rows that are
// not sourced are shown as such and raise no alarm. None of it is legal advice.
package duty

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/breachscope/breachscope/analysis"
)

// Facts are what the logs cannot say.
type Facts struct {
	Dates   map[Clock]Moment  `json:"dates"`
	Answers map[string]Answer `json:"answers"` // by Question.Name
	Done    map[string]Moment `json:"done"`    // by Duty.ID
	// SystemRecords is the number of records the system holds; 0: not known.
	SystemRecords int64 `json:"system_records"`
	// Now is the time by which what is not done is judged; zero: it is not judged.
	Now time.Time `json:"now"`
}

// Question is one that the conditions of the law ask of the investigator.
type Question struct{ Name, Words string }

// Questions are all of them, in the order to ask.
var Questions = []Question{
	{"illegal_access", "Was the system, or a device of somebody who handles the data, accessed illegally? A stolen account is."},
	{"risk", "Is a risk to the persons likely?"},
	{"high_risk", "Is a high risk to the persons likely?"},
	{"serious_harm", "Is serious or significant harm to the persons likely?"},
	{"provider", "Is the organisation a provider of information and communications services in Korea?"},
	{"establishment", "Does it have an establishment in the ADGM or DIFC free zone?"},
}

// Duty is what one jurisdiction demands of the organisation towards one audience.
type Duty struct {
	ID           string        `json:"id"` // names the duty in Facts.Done: "KR authority report"
	Jurisdiction Jurisdiction  `json:"jurisdiction"`
	Audience     string        `json:"audience"` // authority, individuals, agencies, organisation
	Recipient    string        `json:"recipient"`
	What         string        `json:"what"` // report, notice, …
	Triggered    Answer        `json:"triggered"`
	Why          []string      `json:"why"`
	People       People        `json:"people"`
	Clock        Clock         `json:"clock"`
	ClockAt      Moment        `json:"clock_at"`
	Wording      string        `json:"wording"` // the deadline in words
	Due          Moment        `json:"due"`     // zero when no number is fixed or the clock has no date
	Done         Moment        `json:"done"`
	Elapsed      time.Duration `json:"elapsed_ns"` // from the clock's date to what was done, where both are known
	State        State         `json:"state"`
	Late         Lateness      `json:"late"`
	Contents     []Item        `json:"contents"`
	Certainty    Certainty     `json:"certainty"`
	// Alarm: due or late by a sourced rule.
	Alarm bool `json:"alarm"`
}

// Item is something the notice must contain.
type Item struct {
	Name    string `json:"name"`
	English string `json:"english"`
	Korean  string `json:"korean"`
	Value   string `json:"value"` // what the case can fill in, "" when somebody has to
}

// Assess reads the affected persons and returns what every law in force demands that protects any of them, or that the
// answers bring into play. Laws are those of the day that Day returns.
func Assess(ctx context.Context, db analysis.Engine, f Facts) ([]Duty, error) {
	all, err := crowds(ctx, db)
	if err != nil {
		return nil, err
	}
	known, err := readKnown(ctx, db)
	if err != nil {
		return nil, err
	}
	a := assessment{law: table(), facts: f, all: all, known: known}
	var duties []Duty
	for i := range a.law.jurisdictions {
		j := &a.law.jurisdictions[i]
		who, err := people(ctx, db, all, j)
		if err != nil {
			return nil, err
		}
		if a.concerns(j, who) {
			duties = append(duties, a.jurisdiction(j, who)...)
		}
	}
	return duties, nil
}

type assessment struct {
	law   *law
	facts Facts
	all   []crowd
	known known
}

// Day is the one whose law applies, and the clock whose date it is: when the organisation became aware, else when the
// matter was first known. Without any date ("") it is the last day of the logs; the zero time without logs either, and
// then the newest law is held against the case.
func Day(ctx context.Context, db analysis.Engine, f Facts) (time.Time, Clock, error) {
	known, err := readKnown(ctx, db)
	if err != nil {
		return time.Time{}, "", err
	}
	a := assessment{facts: f, known: known}
	day, clock := a.day()
	return day, clock, nil
}

func (a *assessment) day() (time.Time, Clock) {
	for _, clock := range []Clock{Aware, Discovered, Grounds, Suspected, Occurred} {
		if at := a.facts.Dates[clock]; !at.IsZero() {
			return dayOf(at.From), clock
		}
	}
	if a.known.end.Valid {
		return dayOf(a.known.end.Time), ""
	}
	return time.Time{}, ""
}

func dayOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func (a *assessment) concerns(j *Jurisdiction, who People) bool {
	if day, _ := a.day(); !j.inForce(day) {
		return false
	}
	return len(j.Residents) == 0 && a.facts.Answers["establishment"] == Yes || who.Confirmed.Likely+who.Possible.Likely+who.Elsewhere > 0
}

func (a *assessment) jurisdiction(j *Jurisdiction, who People) (duties []Duty) {
	for _, r := range j.rules {
		duties = append(duties, a.duty(j, r, who))
	}
	return duties
}

func (a *assessment) duty(j *Jurisdiction, r rule, who People) Duty {
	d := Duty{ID: j.id(r), Jurisdiction: *j, Audience: r.audience, Recipient: recipient(j, r), What: r.what,
		People: who, Clock: r.clock, ClockAt: a.facts.Dates[r.clock], Wording: r.wording, Certainty: weaker(j.Certainty, r.certainty)}
	d.Triggered, d.Why = r.condition.holds(a.world(j, r))
	d.Why = append(once(d.Why), a.remarks(j, r, who)...)
	d.Done = a.facts.Done[d.ID]
	d.time(r, a.facts.Now)
	d.Contents = a.contents(r, who, j)
	d.Alarm = d.Certainty == Sourced && d.Triggered == Yes && (d.State == Running || d.State == Late || d.State == Undetermined)
	return d
}

// once leaves out what was said before.
func once(list []string) (said []string) {
	for _, text := range list {
		if !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	return said
}

func recipient(j *Jurisdiction, r rule) string {
	switch r.audience {
	case "authority":
		return j.Authority
	case "individuals":
		return "the affected persons"
	case "agencies":
		return "consumer reporting agencies"
	}
	return "the organisation itself"
}

// weaker is the less certain of two.
func weaker(a, b Certainty) Certainty {
	order := []Certainty{Sourced, Memory, Draft, Conflict}
	return order[max(slices.Index(order, a), slices.Index(order, b))]
}

// time sets the deadline and how the duty stands against it.
func (d *Duty) time(r rule, now time.Time) {
	if !d.Done.IsZero() && !d.ClockAt.IsZero() {
		d.Elapsed = d.Done.From.Sub(d.ClockAt.From)
	}
	switch {
	case d.Triggered == No:
		d.State = NotDue
	case r.amount == 0:
		d.State = NotTimed
	case d.ClockAt.IsZero():
		d.State = NoDate
	default:
		d.Due = d.ClockAt.after(r.amount, r.unit)
		d.State, d.Late = judge(d.Due, d.Done, now)
	}
}

// world answers a rule's terms for the residents of a jurisdiction.
func (a *assessment) world(j *Jurisdiction, r rule) world {
	residents := here(a.all, j)
	if r.acquired {
		residents = slices.DeleteFunc(residents, func(c crowd) bool { return c.act != string(analysis.Acquired) })
	}
	return world{answers: a.facts.Answers, counts: func(name string) (extent, bool) {
		e, ok := a.count(residents, j, name)
		if surely := slices.DeleteFunc(slices.Clone(residents), func(c crowd) bool { _, maybe := j.protects(c); return maybe }); len(surely) < len(residents) {
			inside, _ := a.count(surely, j, name)
			e.low, e.words = inside.low, e.words+", those of unknown state or province included"
		}
		return e, ok
	}}
}

func (a *assessment) count(residents []crowd, j *Jurisdiction, name string) (extent, bool) {
	var e extent
	switch name {
	case "persons":
		e, e.words = count(residents, everybody, persons), "affected persons resident there"
		return e, true
	case "possible":
		e = count(residents, func(c crowd) (low, high bool) { return c.list == "possible", false }, persons)
		e.words = "persons possibly affected"
		return e, true
	case "records":
		e, e.words = count(residents, everybody, records), "affected records"
		return e, true
	case "system_records":
		n := a.facts.SystemRecords
		return extent{n, n, "records in the system"}, n > 0
	}
	categories, ok := a.law.group(j.Code, name)
	e = count(residents, exposed(categories), persons)
	e.words = "persons with exposed " + inWords(categories)
	return e, ok
}

// inWords names categories in the order of a notice. Some have a comma in their name.
func inWords(categories []string) string {
	place := func(name string) uint { // one that is none comes last
		return uint(slices.IndexFunc(analysis.Categories(), func(c analysis.Category) bool { return c.Name == name }))
	}
	byPlace := func(a, b string) int { return cmp.Compare(place(a), place(b)) }
	words := slices.SortedStableFunc(slices.Values(categories), byPlace)
	for i, name := range words {
		words[i] = analysis.CategoryWords(name, "en")
	}
	return strings.Join(words, " / ")
}

// minors says how many the law takes for children, by their age at the incident.
func (a *assessment) minors(j *Jurisdiction) []string {
	country, _, _ := strings.Cut(j.Code, "-")
	limit, ok := a.law.ages[country]
	if !ok {
		return nil
	}
	var n int64
	for _, c := range here(a.all, j) {
		if c.age.Valid && int(c.age.Int32) < limit.under {
			n += c.persons
		}
	}
	if n == 0 {
		return nil
	}
	return []string{english.Sprintf("of them under %d by their birth dates: %d, %s; the limit is %s", limit.under, n, limit.words, founded[limit.certainty])}
}

// english writes numbers with their thousands.
var english = message.NewPrinter(language.English)

// founded says in words how well something is founded.
var founded = map[Certainty]string{Sourced: "sourced", Memory: "from memory, to be verified", Draft: "a draft", Conflict: "contested"}

// remarks are what counsel has to know beside the threshold.
func (a *assessment) remarks(j *Jurisdiction, r rule, who People) (remarks []string) {
	if who.Elsewhere > 0 {
		remarks = append(remarks, english.Sprintf("affected persons in the country, but in a state or province that is not known: %d", who.Elsewhere))
	}
	if r.unit == "business days" {
		remarks = append(remarks, "business days leave out Saturdays and Sundays; public holidays, which would lengthen the time, are not known here")
	}
	remarks = append(remarks, a.minors(j)...)
	if r.acquired && who.Viewed > 0 {
		remarks = append(remarks, english.Sprintf("persons of whom nothing was acquired, only viewed: %d; this law counts what was acquired", who.Viewed))
	}
	if who.Unknown > 0 {
		remarks = append(remarks, english.Sprintf("affected persons of unknown residence, who may live here too: %d", who.Unknown))
	}
	if a.known.nobodys > 0 {
		remarks = append(remarks, english.Sprintf("affected records that belong to no customer record: %d; who stands behind them is in no count", a.known.nobodys))
	}
	return remarks
}
