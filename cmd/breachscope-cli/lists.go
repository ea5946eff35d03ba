package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis/duty"
	"github.com/breachscope/breachscope/app"
)

type correctGiven struct {
	correction app.Correction
	at         string
	rows       int64
	records    string
}

func correctFlags(c *call) {
	g := &correctGiven{}
	c.given = g
	c.flags.StringVar(&g.correction.Query, "query", "", "exclude, include: `id` of the query")
	c.flags.StringVar(&g.correction.Session, "session", "", "add: `id` of the session that asked")
	c.flags.StringVar(&g.correction.Text, "soql", "", "add: the `text`")
	c.flags.StringVar(&g.at, "at", "", "add: the `time`")
	c.flags.Int64Var(&g.rows, "rows", -1, "add: how many rows came back, where that is known")
	c.flags.Int64Var(&g.correction.Seconds, "seconds", 0, "clock: what to add to the times of the logs")
	c.flags.StringVar(&g.correction.File, "file", "", "snapshot: the customer `table` to leave out, by name, number or SHA-256")
	c.flags.StringVar(&g.records, "records", "", "apart: two record `ids`, joined by a semicolon")
	c.flags.StringVar(&g.correction.Reason, "reason", "", "why, in a `sentence` (needed)")
}

func runCorrect(c *call) (err error) {
	g := c.given.(*correctGiven)
	k := g.correction
	k.Kind = c.operands[1]
	if g.at != "" {
		if k.At, err = moment(g.at); err != nil {
			return err
		}
	}
	if g.rows >= 0 {
		k.Rows = &g.rows
	}
	if g.records != "" {
		k.Records = strings.Split(g.records, ";")
	}
	return c.withCase(func(opened *app.Case) error {
		if k.File != "" {
			f, err := opened.FileNamed(c.ctx, k.File)
			if err != nil {
				return err
			}
			k.File, k.Name = f.SHA256, f.Name
		}
		show, end := c.progress()
		d, err := opened.Correct(c.ctx, k, show)
		end()
		if err != nil {
			return err
		}
		return c.print(d, func(w io.Writer) {
			table := columns(w, "OBJECT", "RECORD", "BEFORE", "NOW")
			for _, x := range d.Changes {
				fmt.Fprintf(table, "%s\t%s\t%s %s\t%s %s\n", x.Object, x.RecordID, x.ListBefore, x.Before, x.ListNow, x.Now)
			}
			table.Flush()
			fmt.Fprintf(w, "%d records added, %d removed, %d regraded\n", d.Added, d.Removed, d.Regraded)
			if d.Idle != "" {
				fmt.Fprintf(w, "the correction is kept, but has no effect: %s\n", d.Idle)
			}
		})
	})
}

func freezeFlags(c *call) {
	g := new(string)
	c.given = g
	c.flags.StringVar(g, "reason", "", "what it is frozen for, in a `sentence` (needed)")
}

func runFreeze(c *call) error {
	return c.withCase(func(opened *app.Case) error {
		number, err := opened.Freeze(c.ctx, *c.given.(*string))
		if err != nil {
			return err
		}
		return c.print(map[string]int{"version": number}, func(w io.Writer) { fmt.Fprintf(w, "lists frozen as version %d\n", number) })
	})
}

func runChanges(c *call) error {
	return c.withCase(func(opened *app.Case) error {
		if len(c.operands) == 2 {
			return &misuse{what: "one version cannot be compared", do: "name two, or none to list them"}
		}
		if len(c.operands) < 3 {
			return c.printVersions(opened)
		}
		from, to, err := pair(c.operands[1:3])
		if err != nil {
			return err
		}
		counts, list, err := opened.Changes(c.ctx, from, to, app.Listing{})
		if err != nil {
			return err
		}
		return c.print(map[string]any{"counts": counts, "changes": list}, func(w io.Writer) {
			printChanges(w, list)
			for _, what := range slices.Sorted(maps.Keys(counts)) {
				fmt.Fprintf(w, "%s\t%d\n", what, counts[what])
			}
		})
	})
}

func printChanges(w io.Writer, list []app.ListChange) {
	table := columns(w, "PERSON", "WHAT", "BEFORE", "NOW")
	for _, x := range list {
		fmt.Fprintf(table, "%s\t%s\t%s %s\t%s %s\n", x.PersonID, x.What, x.OldList, x.OldGrade, x.NewList, x.NewGrade)
	}
	table.Flush()
}

func (c *call) printVersions(opened *app.Case) error {
	list, err := opened.Versions(c.ctx)
	if err != nil {
		return err
	}
	return c.print(list, func(w io.Writer) {
		table := columns(w, "VERSION", "FROZEN", "PERSONS", "INCIDENT", "REASON")
		for _, v := range list {
			fmt.Fprintf(table, "%d\t%s\t%d\t%s\t%s\n", v.Number, minute(v.At), v.Persons, cmp.Or(v.Incident, "this one"), v.Reason)
		}
		table.Flush()
	})
}

func pair(texts []string) (from, to int, err error) {
	if from, err = strconv.Atoi(texts[0]); err == nil {
		to, err = strconv.Atoi(texts[1])
	}
	if err != nil {
		return 0, 0, &misuse{what: "versions are numbers", do: "list them with breachscope-cli changes CASE"}
	}
	return from, to, nil
}

// settings are repeated NAME=VALUE flags.
type settings map[string]string

func (s settings) String() string { return "" }

func (s settings) Set(text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		return fmt.Errorf("%q is not NAME=VALUE", text)
	}
	s[name] = value
	return nil
}

type factGiven struct{ dates, answers, done settings }

func factFlags(c *call) {
	g := &factGiven{settings{}, settings{}, settings{}}
	c.given = g
	c.flags.Var(g.dates, "date", "`NAME=DATE`, as aware=2025-05-07 or aware=2025-05-07T14:30:00+09:00; names: "+clockNames())
	c.flags.Var(g.answers, "answer", "`NAME=yes|no` to a question of the law; names: "+questionNames())
	c.flags.Var(g.done, "done", "`DUTY=DATE`, what was done and when")
}

func clockNames() string {
	names := make([]string, len(duty.Clocks))
	for i, k := range duty.Clocks {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}

func questionNames() string {
	names := make([]string, len(duty.Questions))
	for i, q := range duty.Questions {
		names[i] = q.Name
	}
	return strings.Join(names, ", ")
}

func runFacts(c *call) error {
	g := c.given.(*factGiven)
	return c.withCase(func(opened *app.Case) error {
		info, err := opened.Info(c.ctx)
		if err != nil {
			return err
		}
		place, err := time.LoadLocation(info.Timezone)
		if err != nil {
			return err
		}
		facts, err := opened.Facts(c.ctx)
		if err != nil {
			return err
		}
		if len(g.dates)+len(g.answers)+len(g.done) > 0 {
			if err := g.into(&facts, place); err != nil {
				return err
			}
			if err := opened.SetFacts(c.ctx, facts); err != nil {
				return err
			}
		}
		facts.Now = time.Now()
		duties, err := opened.Duties(c.ctx, facts)
		if err == nil {
			err = c.warnIfStale(opened)
		}
		if err != nil {
			return err
		}
		return c.print(duties, func(w io.Writer) { printDuties(w, duties, place) })
	})
}

// into lays what was given over the facts known before. Dates without a zone are the organisation's.
func (g *factGiven) into(f *duty.Facts, place *time.Location) (err error) {
	if f.Dates == nil {
		f.Dates = map[duty.Clock]duty.Moment{}
	}
	if f.Done == nil {
		f.Done = map[string]duty.Moment{}
	}
	if f.Answers == nil {
		f.Answers = map[string]duty.Answer{}
	}
	for name, text := range g.dates {
		if !slices.Contains(duty.Clocks, duty.Clock(name)) {
			return &misuse{what: fmt.Sprintf("there is no date %q", name), do: "use one of " + clockNames()}
		}
		if f.Dates[duty.Clock(name)], err = duty.ParseMoment(text, place); err != nil {
			return &misuse{what: err.Error(), do: "write it as 2025-05-07 or 2025-05-07 14:30"}
		}
	}
	for name, text := range g.done {
		if f.Done[name], err = duty.ParseMoment(text, place); err != nil {
			return &misuse{what: err.Error(), do: "write it as 2025-05-07 or 2025-05-07 14:30"}
		}
	}
	for name, text := range g.answers {
		if text != "yes" && text != "no" {
			return &misuse{what: fmt.Sprintf("%q is no answer", text), do: "answer yes or no"}
		}
		f.Answers[name] = duty.Answer(text)
	}
	return nil
}

// printDuties shows deadlines on the clock of the organisation.
func printDuties(w io.Writer, duties []duty.Duty, zone *time.Location) {
	const clock = "2006-01-02 15:04"
	table := columns(w, "DUTY", "TRIGGERED", "STATE", "DUE ("+zone.String()+")", "CERTAINTY", "WHY")
	for _, d := range duties {
		due := "–"
		if !d.Due.IsZero() {
			due = d.Due.From.In(zone).Format(clock)
			if d.Due.To.After(d.Due.From) {
				due += " … " + d.Due.To.In(zone).Format(clock)
			}
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", d.ID, d.Triggered, d.State, due, d.Certainty, strings.Join(d.Why, "; "))
	}
	table.Flush()
	fmt.Fprintf(w, "law table %s; no legal advice\n", duty.Version())
}
