package duty

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/person"
)

var (
	//go:embed sql/affected.sql
	affectedSQL string
	//go:embed sql/facts.sql
	factsSQL string
)

// Count is a number of persons: if all who may be one person are one, as the records most likely are theirs, and if
// each of their own records were a person of its own.
type Count struct {
	Least  int64 `json:"least"`
	Likely int64 `json:"likely"`
	Most   int64 `json:"most"`
}

// People are the affected persons who live where a law protects them.
type People struct {
	Confirmed       Count `json:"confirmed"`
	Possible        Count `json:"possible"`
	Records         int64 `json:"records"`          // affected records of the confirmed
	RecordsPossible int64 `json:"records_possible"` // of the possible
	Viewed          int64 `json:"viewed"`           // of the confirmed, and of those who may live here, those of whom nothing was taken out
	Unknown         int64 `json:"unknown"`          // affected persons of unknown residence, who may live here too
	Elsewhere       int64 `json:"elsewhere"`        // affected persons of the country whose state or province is not known, who may live here too
}

// crowd is a number of affected persons who agree in all that bears on a duty.
type crowd struct {
	residence, list, act string
	region               string // state or province, "" unknown
	categories, possible []string
	age                  sql.NullInt32 // of those under 18
	persons, records     int64
}

func crowds(ctx context.Context, db analysis.Engine) (found []crowd, err error) {
	rows, err := db.QueryContext(ctx, affectedSQL)
	if err != nil {
		return nil, fmt.Errorf("counting affected persons: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c crowd
		var categories, possible []any
		if err := rows.Scan(&c.residence, &c.list, &c.act, &categories, &possible, &c.region, &c.age, &c.persons, &c.records); err != nil {
			return nil, fmt.Errorf("counting affected persons: %w", err)
		}
		c.categories, c.possible = texts(categories), texts(possible)
		if c.age.Valid {
			c.categories = append(c.categories, "children")
		}
		found = append(found, c)
	}
	return found, rows.Err()
}

func texts(values []any) (list []string) {
	for _, v := range values {
		if text, ok := v.(string); ok {
			list = append(list, text)
		}
	}
	return list
}

// here keeps the crowds that a jurisdiction protects or, where the state of residence is not known, may protect.
func here(all []crowd, j *Jurisdiction) (found []crowd) {
	for _, c := range all {
		if protected, maybe := j.protects(c); protected || maybe {
			found = append(found, c)
		}
	}
	return found
}

// protects tells whether the crowd lives where the law holds, or may: in the country, in a state or province not known.
func (j *Jurisdiction) protects(c crowd) (surely, maybe bool) {
	switch inside := slices.Contains(j.Residents, c.residence); {
	case !inside || !j.state():
		return inside, false
	case c.region == "":
		return false, true
	}
	return c.region == j.Code, false
}

// state: the law of a part of a country; its code is that of the part (ISO 3166-2).
func (j *Jurisdiction) state() bool {
	return len(j.Residents) == 1 && strings.HasPrefix(j.Code, j.Residents[0]+"-") && (j.Residents[0] == "US" || j.Residents[0] == "CA")
}

// count sums the persons or records of crowds: low is what is certain, high what is possible.
func count(list []crowd, of func(crowd) (low, high bool), value func(crowd) int64) (e extent) {
	for _, c := range list {
		low, high := of(c)
		if low {
			e.low += value(c)
		}
		if low || high {
			e.high += value(c)
		}
	}
	return e
}

func persons(c crowd) int64 { return c.persons }
func records(c crowd) int64 { return c.records }

func everybody(c crowd) (low, high bool) { return c.list == "confirmed", true }

// exposed: something of these categories was exposed; unread free text may hold any of them.
func exposed(categories []string) func(crowd) (low, high bool) {
	in := func(list []string) bool {
		return slices.ContainsFunc(list, func(category string) bool { return slices.Contains(categories, category) })
	}
	return func(c crowd) (low, high bool) {
		unread := slices.Contains(c.categories, "free_text") || slices.Contains(c.possible, "free_text")
		return c.list == "confirmed" && in(c.categories), in(c.categories) || in(c.possible) || unread
	}
}

// people counts for the screen and the notice.
func people(ctx context.Context, db analysis.Engine, all []crowd, j *Jurisdiction) (People, error) {
	var p People
	for _, c := range all {
		surely, maybe := j.protects(c)
		if (surely || maybe) && c.list == "confirmed" && c.act == string(analysis.Viewed) {
			p.Viewed += c.persons
		}
		switch {
		case c.residence == "":
			p.Unknown += c.persons
		case maybe:
			p.Elsewhere += c.persons
		case !surely:
		case c.list == "confirmed":
			p.Confirmed.Likely += c.persons
			p.Records += c.records
		default:
			p.Possible.Likely += c.persons
			p.RecordsPossible += c.records
		}
	}
	return p, bounds(ctx, db, j, &p)
}

func bounds(ctx context.Context, db analysis.Engine, j *Jurisdiction, p *People) error {
	if p.Confirmed.Likely+p.Possible.Likely == 0 {
		return nil
	}
	region := ""
	if j.state() {
		region = j.Code
	}
	counts, err := person.Counts(ctx, db, j.Residents, region)
	if err != nil {
		return err
	}
	for _, c := range counts {
		switch {
		case c.Kind != "person":
		case c.List == analysis.Confirmed:
			p.Confirmed.Least, p.Confirmed.Most = c.Least, c.Most
		case c.List == analysis.Possible:
			p.Possible.Least, p.Possible.Most = c.Least, c.Most
		}
	}
	return nil
}
