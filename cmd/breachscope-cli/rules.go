package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/breachscope/breachscope/app"
)

type clearGiven struct{ clear bool }

func clearFlags(c *call) {
	g := &clearGiven{}
	c.given = g
	c.flags.BoolVar(&g.clear, "clear", false, "forget those given before")
}

// check refuses to forget and to give in one step.
func (g *clearGiven) check(c *call) error {
	if g.clear && len(c.operands) > 1 {
		return &misuse{what: "--clear forgets what was given, and something is given", do: "leave one of the two out"}
	}
	return nil
}

func runNetworks(c *call) error {
	g := c.given.(*clearGiven)
	if err := g.check(c); err != nil {
		return err
	}
	var given []app.Network
	if len(c.operands) > 1 {
		var err error
		if given, err = app.LoadNetworks(c.operands[1]); err != nil {
			return err
		}
	}
	return c.withCase(func(opened *app.Case) error {
		if g.clear || len(c.operands) > 1 {
			show, end := c.progress()
			err := opened.SetNetworks(c.ctx, given, show)
			end()
			if err != nil {
				return err
			}
		}
		list, err := opened.Networks(c.ctx)
		if err != nil {
			return err
		}
		return c.print(map[string]any{"networks": list}, func(w io.Writer) {
			table := columns(w, "RANGE", "NAME", "CLASS")
			for _, n := range list {
				fmt.Fprintf(table, "%s\t%s\t%s\n", n.Range, n.Name, n.Class)
			}
			table.Flush()
			fmt.Fprintf(w, "%d networks\n", len(list))
		})
	})
}

func runRules(c *call) error {
	g := c.given.(*clearGiven)
	if err := g.check(c); err != nil {
		return err
	}
	var given []app.Rule
	refused := []app.RefusedRule{}
	if len(c.operands) > 1 {
		var err error
		if given, refused, err = app.LoadRules(c.operands[1]); err != nil {
			return err
		}
	}
	return c.withCase(func(opened *app.Case) error {
		if g.clear || len(c.operands) > 1 {
			show, end := c.progress()
			err := opened.SetRules(c.ctx, given, show)
			end()
			if err != nil {
				return err
			}
		}
		rules, err := opened.Rules(c.ctx)
		if err != nil {
			return err
		}
		return c.print(map[string]any{"rules": rules, "refused": refused}, func(w io.Writer) { printRules(w, rules, refused) })
	})
}

func printRules(w io.Writer, rules []app.Rule, refused []app.RefusedRule) {
	table := columns(w, "RULE", "SEVERITY", "WEIGHT", "WORDS")
	for _, r := range rules {
		fmt.Fprintf(table, "%s\t%s\t%g\t%s\n", r.ID, r.Severity, r.Weight, r.Words["en"])
	}
	table.Flush()
	for _, r := range refused {
		fmt.Fprintf(w, "refused: %s: %s\n", r.File, r.Why)
	}
	fmt.Fprintf(w, "%d rules, %d refused\n", len(rules), len(refused))
}

type storyGiven struct {
	allowed string
	rows    int64
}

func storyFlags(c *call) {
	g := &storyGiven{}
	c.given = g
	c.flags.StringVar(&g.allowed, "allow", "", "what an allow-list of these `ranges` would have stopped; without it, of the case's networks")
	c.flags.Int64Var(&g.rows, "rows", 0, "what a limit of this many `rows` a session would have stopped")
}

func runStory(c *call) error {
	g := c.given.(*storyGiven)
	if g.rows < 0 {
		return &misuse{what: fmt.Sprintf("a limit of %d rows is no limit", g.rows), do: "give a limit of 1 or more"}
	}
	o := app.StoryOptions{RowsLimit: g.rows}
	if strings.TrimSpace(g.allowed) != "" {
		var err error
		if o.Allowed, err = app.ParseRanges(g.allowed); err != nil {
			return err
		}
	}
	return c.withCase(func(opened *app.Case) error {
		s, err := opened.Story(c.ctx, o)
		if err != nil {
			return err
		}
		return c.print(s, func(w io.Writer) { printStory(w, s) })
	})
}

func printStory(w io.Writer, s app.Story) {
	table := columns(w, "AT (UTC)", "ACCOUNT", "WHAT")
	for _, l := range s.Lines {
		fmt.Fprintf(table, "%s\t%s\t%s\n", minute(l.At), l.Account, l.Words)
	}
	table.Flush()
	for _, f := range s.Rules {
		fmt.Fprintf(w, "%s would have spoken at %s, before %d rows were read\n", f.Rule, minute(f.At), f.RowsAfter)
	}
	fmt.Fprintf(w, "%s without a second factor\n", counted(len(s.NoSecondFactor), "login"))
	if a := s.AllowList; a.Asked {
		fmt.Fprintf(w, "an allow-list of the given ranges would have stopped %d of %d attacker events (%d of %d sessions), and %d of %d other sessions\n",
			a.Events, a.OfEvents, a.Sessions, a.OfSessions, a.Legitimate, a.OfLegitimate)
	}
	if l := s.Limit; l.Asked {
		fmt.Fprintf(w, "the limit would have stopped %d of %d rows the attacker read, and touched %d of %d other sessions\n", l.Rows, l.OfRows, l.Legitimate, l.OfLegitimate)
	}
}
