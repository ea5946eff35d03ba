package duty_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/duty"
	"github.com/breachscope/breachscope/app/casefile"
)

// affected is a group of persons as package person leaves them.
type affected struct {
	persons                 int
	residence, list, act    string
	categories, maybe, kind string
	age                     any
	region                  string
}

func newCase(t *testing.T, groups ...affected) *casefile.Case {
	t.Helper()
	c, err := casefile.Create(t.Context(), filepath.Join(t.TempDir(), "case"+casefile.Extension), casefile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	err = c.Write(t.Context(), func(tx *sql.Tx) error {
		for _, g := range groups {
			if err := g.insert(t.Context(), tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (g affected) insert(ctx context.Context, tx *sql.Tx) error {
	kind := g.kind
	if kind == "" {
		kind = "person"
	}
	var start int
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM analysis.person`).Scan(&start); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO analysis.person SELECT $start + i, uuid(), 'x', $kind, $residence, '', NULL, 2, $start + i // 2 * 2, [], $region FROM range(1, $n + 1) t(i)`,
		sql.Named("start", start), sql.Named("kind", kind), sql.Named("residence", g.residence), sql.Named("region", g.region), sql.Named("n", g.persons)); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO analysis.affected SELECT $start + i, $list, 'replayed', $act, string_split($categories, ' '), [], 3,
		'2025-05-01 10:00', '2025-05-02 11:00', string_split($maybe, ' '), [], $age, 2, 2 FROM range(1, $n + 1) t(i)`,
		sql.Named("start", start), sql.Named("list", g.list), sql.Named("act", g.act), sql.Named("categories", g.categories), sql.Named("maybe", g.maybe),
		sql.Named("age", g.age), sql.Named("n", g.persons))
	return err
}

func assess(t *testing.T, c *casefile.Case, f duty.Facts) (duties []duty.Duty) {
	t.Helper()
	err := c.Read(t.Context(), func(db analysis.Engine) (err error) {
		duties, err = duty.Assess(t.Context(), db, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return duties
}

func find(t *testing.T, duties []duty.Duty, id string) duty.Duty {
	t.Helper()
	i := slices.IndexFunc(duties, func(d duty.Duty) bool { return d.ID == id })
	if i < 0 {
		t.Fatalf("no duty %q among %v", id, ids(duties))
	}
	return duties[i]
}

func ids(duties []duty.Duty) (list []string) {
	for _, d := range duties {
		list = append(list, d.ID)
	}
	return list
}

func at(t *testing.T, text, zone string) duty.Moment {
	t.Helper()
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	m, err := duty.ParseMoment(text, location)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The published cases: what the Korean authority fined as late has to come out as late.
func TestPublishedCases(t *testing.T) {
	korean := affected{persons: 4600, residence: "KR", list: "confirmed", act: "acquired", categories: "name contact"}
	for _, c := range []struct {
		name, aware, id, done string
		state                 duty.State
		least, most           int
	}{
		{"Dior, report", "2025-05-07", "KR-2023 authority report", "2025-05-10", duty.Undetermined, 0, 1},
		{"Dior, notice", "2025-05-07", "KR-2023 individuals notice", "2025-05-13", duty.Late, 2, 4},
		{"Tiffany, report", "2025-05-09", "KR-2023 authority report", "2025-05-22", duty.Late, 9, 11},
		{"Tiffany, notice", "2025-05-09", "KR-2023 individuals notice", "2025-05-26", duty.Late, 13, 15},
		{"on the day before", "2025-05-09", "KR-2023 authority report", "2025-05-11", duty.OnTime, 0, 0},
		{"to the minute", "2025-05-09 10:00", "KR-2023 authority report", "2025-05-12 10:00", duty.OnTime, 0, 0},
		{"a minute late", "2025-05-09 10:00", "KR-2023 authority report", "2025-05-12 10:01", duty.Late, 0, 0},
	} {
		f := duty.Facts{Dates: map[duty.Clock]duty.Moment{duty.Aware: at(t, c.aware, "Asia/Seoul")},
			Answers: map[string]duty.Answer{"illegal_access": duty.Yes}, Done: map[string]duty.Moment{c.id: at(t, c.done, "Asia/Seoul")}}
		d := find(t, assess(t, newCase(t, korean), f), c.id)
		least, most := d.Late.Days()
		if d.Triggered != duty.Yes || d.State != c.state || least != c.least || most != c.most {
			t.Errorf("%s: triggered %s, %s, late by %d to %d days; want %s, %d to %d", c.name, d.Triggered, d.State, least, most, c.state, c.least, c.most)
		}
	}
}

func TestDueOfADateIsADay(t *testing.T) {
	f := duty.Facts{Dates: map[duty.Clock]duty.Moment{duty.Aware: at(t, "2025-05-07", "Asia/Seoul")}}
	d := find(t, assess(t, newCase(t, affected{persons: 1, residence: "KR", list: "confirmed", act: "viewed"}), f), "KR-2023 individuals notice")
	if want := at(t, "2025-05-10", "Asia/Seoul"); !d.Due.From.Equal(want.From) || !d.Due.To.Equal(want.To) {
		t.Errorf("due %v, want %v", d.Due, want)
	}
	if d.State != duty.Open {
		t.Errorf("%s, though nobody asked about a time", d.State)
	}
}

func TestVoluntaryNoticeHasNoVerdict(t *testing.T) {
	const id = "HK authority voluntary notification"
	f := duty.Facts{Dates: map[duty.Clock]duty.Moment{duty.Aware: at(t, "2025-07-02", "Asia/Hong_Kong")}, Answers: map[string]duty.Answer{"serious_harm": duty.Yes},
		Done: map[string]duty.Moment{id: at(t, "2025-07-17", "Asia/Hong_Kong")}}
	d := find(t, assess(t, newCase(t, affected{persons: 419, residence: "HK", list: "confirmed", act: "acquired"}), f), id)
	if d.State != duty.NotTimed || d.Elapsed != 15*24*time.Hour || d.Alarm {
		t.Errorf("%s after %s, alarm %v; want 15 days without a verdict", d.State, d.Elapsed, d.Alarm)
	}
}

func TestCalifornia(t *testing.T) {
	const id = "US-CA individuals notice"
	facts := func(found string) duty.Facts {
		return duty.Facts{Dates: map[duty.Clock]duty.Moment{duty.Discovered: at(t, found, "America/Los_Angeles")},
			Done: map[string]duty.Moment{id: at(t, "2026-09-16", "America/Los_Angeles")}}
	}
	c := newCase(t, affected{persons: 900, residence: "US", list: "confirmed", act: "acquired", categories: "name contact"},
		affected{persons: 20, residence: "US", list: "confirmed", act: "acquired", categories: "name financial"},
		affected{persons: 30, residence: "US", list: "confirmed", act: "viewed", categories: "name government_id"})
	d := find(t, assess(t, c, facts("2026-09-09")), id)
	if want := at(t, "2026-10-09", "America/Los_Angeles"); !d.Due.From.Equal(want.From) || d.State != duty.OnTime {
		t.Errorf("due %v (%s), want the day %v, on time", d.Due, d.State, want)
	}
	if d.Triggered != duty.Unknown || !strings.Contains(strings.Join(d.Why, "\n"), "between 0 and 20,") || !strings.Contains(strings.Join(d.Why, "\n"), "only viewed: 30;") {
		t.Errorf("%s: %q", d.Triggered, d.Why)
	}
	if slices.Contains(ids(assess(t, c, facts("2025-09-09"))), id) {
		t.Error("a law of 2026 is applied to 2025")
	}
}

func TestThresholds(t *testing.T) {
	people := func(n int, residence, list, categories string) affected {
		return affected{persons: n, residence: residence, list: list, act: "acquired", categories: categories}
	}
	aware := map[duty.Clock]duty.Moment{duty.Aware: at(t, "2026-10-01", "Asia/Seoul"), duty.Assessed: at(t, "2026-10-01", "Asia/Seoul"), duty.Discovered: at(t, "2026-10-01", "Asia/Seoul")}
	for _, c := range []struct {
		name, id string
		groups   []affected
		answers  map[string]duty.Answer
		want     duty.Answer
	}{
		{"Korea, one person, illegal access", "KR authority report", []affected{people(1, "KR", "confirmed", "name")}, map[string]duty.Answer{"illegal_access": duty.Yes}, duty.Yes},
		{"Korea, few persons, no illegal access", "KR authority report", []affected{people(999, "KR", "confirmed", "name")}, map[string]duty.Answer{"illegal_access": duty.No}, duty.No},
		{"Korea, nobody said whether", "KR authority report", []affected{people(999, "KR", "confirmed", "name")}, nil, duty.Unknown},
		{"Korea, a thousand", "KR authority report", []affected{people(1000, "KR", "confirmed", "name")}, map[string]duty.Answer{"illegal_access": duty.No}, duty.Yes},
		{"Korea, a thousand with the possible", "KR authority report", []affected{people(999, "KR", "confirmed", "name"), people(1, "KR", "possible", "name")}, map[string]duty.Answer{"illegal_access": duty.No}, duty.Unknown},
		{"Korea, one passport", "KR authority report", []affected{people(1, "KR", "confirmed", "name government_id")}, map[string]duty.Answer{"illegal_access": duty.No}, duty.Yes},
		{"Korea, unread free text", "KR authority report", []affected{people(1, "KR", "confirmed", "free_text")}, map[string]duty.Answer{"illegal_access": duty.No}, duty.Unknown},
		{"Korea, possible only", "KR-POSS individuals notice", []affected{people(5, "KR", "possible", "name")}, map[string]duty.Answer{"illegal_access": duty.Yes}, duty.Yes},
		{"Korea, everybody known", "KR-POSS individuals notice", []affected{people(5, "KR", "confirmed", "name")}, map[string]duty.Answer{"illegal_access": duty.Yes}, duty.No},
		{"Singapore, 499", "SG authority notification", []affected{people(499, "SG", "confirmed", "name contact")}, map[string]duty.Answer{"serious_harm": duty.No}, duty.No},
		{"Singapore, 500", "SG authority notification", []affected{people(500, "SG", "confirmed", "name contact")}, map[string]duty.Answer{"serious_harm": duty.No}, duty.Yes},
		{"Singapore, 500, individuals", "SG individuals notice", []affected{people(500, "SG", "confirmed", "name contact")}, map[string]duty.Answer{"serious_harm": duty.No}, duty.No},
		{"Japan, 1000 is not more than 1000", "JP authority preliminary report", []affected{people(1000, "JP", "confirmed", "name")}, map[string]duty.Answer{"illegal_access": duty.No}, duty.No},
		{"Japan, unauthorised access", "JP authority preliminary report", []affected{people(1, "JP", "confirmed", "name")}, map[string]duty.Answer{"illegal_access": duty.Yes}, duty.Yes},
		{"China, ordinary brand", "CN-CAC authority report", []affected{people(2000, "CN", "confirmed", "name")}, nil, duty.No},
		{"Europe adds its countries", "EU authority notification", []affected{people(1, "FR", "confirmed", "name"), people(1, "DE", "confirmed", "name")}, map[string]duty.Answer{"risk": duty.Yes}, duty.Yes},
		{"Europe, individuals at high risk only", "EU individuals communication", []affected{people(1, "FR", "confirmed", "name")}, map[string]duty.Answer{"risk": duty.Yes, "high_risk": duty.No}, duty.No},
	} {
		d := find(t, assess(t, newCase(t, c.groups...), duty.Facts{Dates: aware, Answers: c.answers}), c.id)
		if d.Triggered != c.want {
			t.Errorf("%s: %s (%q), want %s", c.name, d.Triggered, d.Why, c.want)
		}
	}
}

func TestCountsAndRemarks(t *testing.T) {
	c := newCase(t, affected{persons: 6, residence: "KR", list: "confirmed", act: "viewed"}, affected{persons: 3, residence: "KR", list: "possible", act: "acquired"},
		affected{persons: 5, residence: "", list: "confirmed", act: "acquired"}, affected{persons: 2, residence: "KR", list: "confirmed", act: "acquired", kind: "employee"},
		affected{persons: 2, residence: "KR", list: "confirmed", act: "acquired", kind: "company"})
	d := find(t, assess(t, c, duty.Facts{}), "KR authority report")
	want := duty.People{Confirmed: duty.Count{Least: 4, Likely: 6, Most: 12}, Possible: duty.Count{Least: 2, Likely: 3, Most: 6}, Records: 18, RecordsPossible: 9, Viewed: 6, Unknown: 5}
	if d.People != want {
		t.Errorf("people %+v, want %+v", d.People, want)
	}
	if !strings.Contains(strings.Join(d.Why, "\n"), "affected persons of unknown residence, who may live here too: 5") {
		t.Errorf("the unknown residence is not said: %q", d.Why)
	}
	if d.State != duty.NoDate {
		t.Errorf("a clock without a date is %s", d.State)
	}
}

func TestOnlySourcedRulesRaiseAlarm(t *testing.T) {
	now := at(t, "2027-01-01 00:00", "UTC").From
	all := at(t, "2026-10-01", "UTC")
	dates := map[duty.Clock]duty.Moment{}
	for _, clock := range duty.Clocks {
		dates[clock] = all
	}
	answers := map[string]duty.Answer{}
	for _, q := range duty.Questions {
		answers[q.Name] = duty.Yes
	}
	var groups []affected
	for _, country := range []string{"KR", "ID", "TW", "PH", "AE", "US", "CN"} {
		groups = append(groups, affected{persons: 2000, residence: country, list: "confirmed", act: "acquired", categories: "name government_id health"})
	}
	alarms := 0
	for _, d := range assess(t, newCase(t, groups...), duty.Facts{Dates: dates, Answers: answers, Now: now}) {
		if d.Alarm {
			alarms++
		}
		if d.Alarm && (d.Certainty != duty.Sourced || d.Triggered != duty.Yes || d.State != duty.Late) {
			t.Errorf("%s raises alarm: %s, %s, %s", d.ID, d.Certainty, d.Triggered, d.State)
		}
	}
	if alarms == 0 {
		t.Error("nothing raises alarm three months later")
	}
}

func TestContents(t *testing.T) {
	c := newCase(t, affected{persons: 6, residence: "KR", list: "confirmed", act: "acquired", categories: "contact name"},
		affected{persons: 1, residence: "JP", list: "confirmed", act: "acquired", categories: "health"})
	d := find(t, assess(t, c, duty.Facts{}), "KR individuals notice")
	filled, open := 0, 0
	for _, item := range d.Contents {
		if item.English == "" || item.Korean == "" {
			t.Errorf("%s has no words", item.Name)
		}
		if item.Value == "" {
			open++
		} else {
			filled++
		}
	}
	if d.Contents[0].Value != "name / contact details (e-mail or telephone)" || filled != 2 || open != 4 {
		t.Errorf("contents %+v", d.Contents)
	}
}

// Without a date the law is that of the last day of the logs: a later one did not bind then.
func TestLawWithoutADate(t *testing.T) {
	c := newCase(t, affected{persons: 2000, residence: "KR", list: "confirmed", act: "acquired", categories: "name"})
	law := func() (day time.Time, clock duty.Clock, codes []string) {
		err := c.Read(t.Context(), func(db analysis.Engine) (err error) {
			day, clock, err = duty.Day(t.Context(), db, duty.Facts{})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range assess(t, c, duty.Facts{}) {
			codes = append(codes, d.Jurisdiction.Code)
		}
		return day, clock, codes
	}
	if day, _, codes := law(); !day.IsZero() || !slices.Contains(codes, "KR") {
		t.Errorf("without logs: %v, %v", day, codes)
	}
	err := c.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), `INSERT INTO evidence.file SELECT 1, 'a', 'log.csv', '', 1, 'salesforce.elf.RestApi', '', '', '', '', 'UTC', NULL, 1, 1, 0, 0, 0,
			'2025-10-20 01:00', '2025-10-21 23:30', '2026-11-01', 'loaded', ''`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	day, clock, codes := law()
	if day.Format(time.DateOnly) != "2025-10-21" || clock != "" || slices.Contains(codes, "KR") || !slices.Contains(codes, "KR-2023") {
		t.Errorf("with logs: %v, clock %q, %v", day, clock, codes)
	}
}

// Where the state of residence is known, only its residents count for its law; where it is not, they may.
func TestStatesCountTheirOwn(t *testing.T) {
	in := func(region string, n int) affected {
		return affected{persons: n, residence: "US", region: region, list: "confirmed", act: "acquired", categories: "name government_id"}
	}
	facts := duty.Facts{Dates: map[duty.Clock]duty.Moment{duty.Aware: at(t, "2026-10-01", "UTC"), duty.Discovered: at(t, "2026-10-01", "UTC")}}
	duties := assess(t, newCase(t, in("US-CA", 501), in("US-OR", 40)), facts)
	d := find(t, duties, "US-CA authority sample notice")
	if d.Triggered != duty.Yes || d.People.Confirmed.Likely != 501 || d.People.Elsewhere != 0 {
		t.Errorf("California with 501 residents: %s, %+v (%q)", d.Triggered, d.People, d.Why)
	}
	if slices.ContainsFunc(duties, func(d duty.Duty) bool { return d.Jurisdiction.Code == "US-NY" }) {
		t.Error("New York has a duty, though everybody is known to live elsewhere")
	}
	d = find(t, assess(t, newCase(t, in("US-CA", 400), in("", 200)), facts), "US-CA authority sample notice")
	if d.Triggered != duty.Unknown || d.People.Confirmed.Likely != 400 || d.People.Elsewhere != 200 {
		t.Errorf("California with 400 to 600 residents: %s, %+v (%q)", d.Triggered, d.People, d.Why)
	}
}

func TestChildrenByTheAgeOfEachLaw(t *testing.T) {
	c := newCase(t, affected{persons: 3, residence: "KR", list: "confirmed", act: "acquired", categories: "name", age: 13},
		affected{persons: 5, residence: "KR", list: "confirmed", act: "acquired", categories: "name", age: 14})
	d := find(t, assess(t, c, duty.Facts{}), "KR individuals notice")
	if why := strings.Join(d.Why, "; "); !strings.Contains(why, "of them under 14 by their birth dates: 3,") || !strings.Contains(why, "to be verified") {
		t.Errorf("children are not told, or their limit passes for sourced: %s", why)
	}
}

func TestBusinessDaysSayWhatTheyLeaveOut(t *testing.T) {
	c := newCase(t, affected{persons: 3, residence: "BR", list: "confirmed", act: "acquired", categories: "name"})
	d := find(t, assess(t, c, duty.Facts{}), "BR authority notification")
	if !strings.Contains(strings.Join(d.Why, "; "), "public holidays") {
		t.Errorf("holidays are not mentioned: %q", d.Why)
	}
}
