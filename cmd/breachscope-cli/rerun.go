package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/breachscope/breachscope/app"
)

func rerunFlags(c *call) {
	g := new(string)
	c.given = g
	c.flags.StringVar(g, "case", "", "`file` to keep the repeated case in; thrown away otherwise")
}

func runRerun(c *call) error {
	path := *c.given.(*string)
	if path == "" {
		dir, err := os.MkdirTemp("", "breachscope-rerun-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		path = filepath.Join(dir, "rerun.breachscope")
	}
	o, err := c.options()
	if err != nil {
		return err
	}
	show, end := c.progress()
	r, err := app.Rerun(c.ctx, c.operands[0], c.operands[1], path, o, show)
	end()
	if err != nil {
		return err
	}
	err = c.print(r, func(w io.Writer) {
		for _, difference := range r.Differences {
			fmt.Fprintln(w, difference)
		}
		fmt.Fprintf(w, "%s taken again, %s\n", counted(r.Steps, "step"), counted(len(r.Differences), "difference"))
	})
	if err != nil || len(r.Differences) == 0 {
		return err
	}
	return &disagreement{"the repetition differs from the journal", "compare the versions of the program (manifest.json) and the evidence"}
}
