package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/breachscope/breachscope/analysis/duty"
	"github.com/breachscope/breachscope/app"
)

func earlierFlags(c *call) {
	g := new(string)
	c.given = g
	c.flags.StringVar(g, "incident", "", "`name` of the earlier incident (needed)")
}

func runEarlier(c *call) error {
	return c.withCase(func(opened *app.Case) error {
		number, err := opened.Earlier(c.ctx, c.operands[1], *c.given.(*string))
		if err != nil {
			return err
		}
		return c.print(map[string]int{"version": number}, func(w io.Writer) { fmt.Fprintf(w, "kept as version %d of the lists\n", number) })
	})
}

func runPeople(c *call) error {
	return c.withCase(func(opened *app.Case) error {
		who, err := opened.Who(c.ctx)
		if err == nil {
			err = c.warnIfStale(opened)
		}
		if err != nil {
			return err
		}
		return c.print(who, func(w io.Writer) {
			printCounts(w, who)
			printBorder(w, who.Border)
			for _, r := range who.Again {
				fmt.Fprintf(w, "affected again: %s, %s in %s\n", r.PersonID, r.List, r.Incident)
			}
		})
	})
}

// warnIfStale says that figures are not those of the present evidence, verdicts and corrections.
func (c *call) warnIfStale(opened *app.Case) error {
	scoped, err := opened.Scoped(c.ctx)
	if err == nil && !scoped {
		fmt.Fprintln(c.problems, "these figures do not fit the present evidence, verdicts and corrections; run breachscope-cli scope first")
	}
	return err
}

func printCounts(w io.Writer, who app.Who) {
	table := columns(w, "LIST", "KIND", "LEAST", "LIKELY", "MOST")
	for _, x := range who.Counts {
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\n", x.List, x.Kind, x.Least, x.Likely, x.Most)
	}
	table.Flush()
	for _, x := range who.Nobody {
		fmt.Fprintf(w, "%s: %d records of %s belong to nobody known\n", x.List, x.Records, x.Object)
	}
	fmt.Fprintln(w)
	table = columns(w, "LIST", "RESIDENCE", "PERSONS", "COMBINATION OF DATA")
	for _, x := range who.Combinations {
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\n", x.List, cmp.Or(x.Residence, "unknown"), x.Persons, cmp.Or(strings.Join(x.Categories, " + "), "nothing but identifiers"))
	}
	table.Flush()
	fmt.Fprintln(w)
}

func printBorder(w io.Writer, b duty.Border) {
	table := columns(w, "RESIDENCE", "READ FROM", "ACCOUNT", "PERSONS", "ACCESSES")
	for _, x := range b.Taken {
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\n", cmp.Or(x.Residence, "unknown"), cmp.Or(x.Client, "unknown"), x.Account, x.Persons, x.Accesses)
	}
	table.Flush()
	fmt.Fprintln(w)
	table = columns(w, "USUAL, FROM", "ACCOUNT", "SESSIONS", "ROWS")
	for _, x := range b.Usual {
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\n", cmp.Or(x.Client, "unknown"), x.Account, x.Sessions, x.Rows)
	}
	table.Flush()
	for _, x := range b.Axes {
		fmt.Fprintf(w, "%s: %s (%d residents, %d affected, %d of them from abroad)\n", x.Statute, x.Question, x.Residents, x.Affected, x.Abroad)
	}
}
