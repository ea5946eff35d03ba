package main

import (
	"fmt"
	"io"

	"github.com/breachscope/breachscope/app"
)

type suggestGiven struct{ accept string }

func suggestFlags(c *call) {
	g := &suggestGiven{}
	c.given = g
	c.flags.StringVar(&g.accept, "accept", "", "mark the suggestions of this `strength`: strong")
}

func runSuggest(c *call) error {
	g := c.given.(*suggestGiven)
	if g.accept != "" && g.accept != "strong" {
		return &misuse{what: "only strong suggestions can be accepted together", do: "give --accept strong, and mark the others one by one"}
	}
	return c.withCase(func(opened *app.Case) error {
		found, warnings, err := opened.Suggest(c.ctx)
		if err != nil {
			return err
		}
		accepted := []app.Suggestion{}
		if g.accept != "" {
			if accepted, err = opened.AcceptStrong(c.ctx); err != nil {
				return err
			}
		}
		value := map[string]any{"suggestions": found, "accepted": len(accepted), "warnings": warnings}
		return c.print(value, func(w io.Writer) {
			printSuggestions(w, found)
			for _, warning := range warnings {
				fmt.Fprintf(w, "warning: %s\n", warning.Words)
			}
			fmt.Fprintf(w, "%d suggested, %d marked attacker\n", len(found), len(accepted))
		})
	})
}

func printSuggestions(w io.Writer, found []app.Suggestion) {
	table := columns(w, "SESSION", "ACCOUNT", "SCORE", "STRENGTH", "WHY")
	for _, s := range found {
		for i, shared := range s.Shared {
			if i == 0 {
				fmt.Fprintf(table, "%s\t%s\t%.0f\t%s\t%s\n", s.SessionID, s.Account, s.Score, s.Strength, shared.Words)
			} else {
				fmt.Fprintf(table, "\t\t\t%s\t%s\n", shared.Strength, shared.Words)
			}
		}
	}
	table.Flush()
}
