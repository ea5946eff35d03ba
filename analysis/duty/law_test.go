package duty

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Every row of the law table can be applied: its clock, unit, audience and terms are known.
func TestLawTable(t *testing.T) {
	l := table()
	seen := map[string]bool{}
	for _, j := range l.jurisdictions {
		if j.Words == "" || j.Statute == "" || j.CheckedOn == "" || !slices.Contains([]Certainty{Sourced, Memory, Draft, Conflict}, j.Certainty) {
			t.Errorf("%s is incomplete", j.Code)
		}
		if j.Certainty == Sourced && j.Source == "" {
			t.Errorf("%s is called sourced and names no source", j.Code)
		}
		for _, r := range j.rules {
			id := j.Code + " " + r.audience + " " + r.what
			if seen[id] {
				t.Errorf("%s stands twice", id)
			}
			seen[id] = true
			if !slices.Contains(Clocks, r.clock) || (r.amount > 0) != slices.Contains([]string{"hours", "days", "business days"}, r.unit) || r.wording == "" {
				t.Errorf("%s: clock %s, %d %q", id, r.clock, r.amount, r.unit)
			}
			for _, t2 := range slices.Concat(r.condition...) {
				if !answerable(l, j.Code, t2) {
					t.Errorf("%s: nothing answers %q", id, t2.name)
				}
			}
			for _, item := range r.contents {
				if l.contents[item].english == "" {
					t.Errorf("%s: no words for %s", id, item)
				}
			}
		}
	}
}

func answerable(l *law, code string, t term) bool {
	if t.operator == "" {
		return slices.ContainsFunc(Questions, func(q Question) bool { return q.Name == t.name })
	}
	_, group := l.group(code, t.name)
	return group || slices.Contains([]string{"persons", "possible", "records", "system_records"}, t.name)
}

func TestSourcesArePublic(t *testing.T) {
	for _, j := range table().jurisdictions {
		if strings.Contains(j.Source, "index") || strings.Contains(j.Source, " id ") {
			t.Errorf("%s: %s", j.Code, j.Source)
		}
	}
}

func TestKoreanLawOfTheDay(t *testing.T) {
	for day, want := range map[string][]string{"2025-05-07": {"KR-2023", "KR-NET"}, "2026-09-10": {"KR-2023", "KR-NET"}, "2026-09-11": {"KR", "KR-POSS", "KR-NET"}} {
		on, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, j := range table().jurisdictions {
			if slices.Contains(j.Residents, "KR") && j.inForce(on) {
				got = append(got, j.Code)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", day, got, want)
		}
	}
}

func TestBusinessDays(t *testing.T) {
	friday := time.Date(2026, 10, 2, 15, 0, 0, 0, time.UTC)
	if got := later(friday, 3, "business days"); got.Format(time.DateOnly) != "2026-10-07" {
		t.Errorf("three business days after a Friday: %s", got)
	}
}

func FuzzParseCondition(f *testing.F) {
	f.Add("persons>=1000 | illegal_access & !risk")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCondition(text)
		if err == nil && len(c) == 0 {
			t.Errorf("%q is an empty condition", text)
		}
	})
}
