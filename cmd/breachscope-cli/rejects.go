package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/breachscope/breachscope/app"
)

type rejectsGiven struct {
	state string
	csv   bool
}

func rejectsFlags(c *call) {
	g := &rejectsGiven{}
	c.given = g
	c.flags.StringVar(&g.state, "state", "", "only those in this `state`: open, accepted or repaired")
	c.flags.BoolVar(&g.csv, "csv", false, "print CSV with the whole text")
}

func runRejects(c *call) error {
	g := c.given.(*rejectsGiven)
	if !slices.Contains([]string{"", "open", "accepted", "repaired"}, g.state) {
		return &misuse{what: fmt.Sprintf("%q is no state of a rejected row", g.state), do: "use open, accepted or repaired"}
	}
	return c.withCase(func(opened *app.Case) error {
		list, err := c.rejects(opened, g.state)
		if err != nil {
			return err
		}
		if g.csv && !c.json {
			return writeRejects(c.out, list)
		}
		return c.print(list, func(w io.Writer) {
			table := columns(w, "FILE", "LINE", "STATE", "REASON", "TEXT")
			for _, r := range list {
				fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\n", r.Name, r.Line, r.State, r.Reason, short(r.Text))
			}
			table.Flush()
			fmt.Fprintf(w, "%s not loaded\n", counted(len(list), "row"))
		})
	})
}

// rejects are all rejected rows in a state, of the file that is the second operand or of every file.
func (c *call) rejects(opened *app.Case, state string) ([]app.Reject, error) {
	file := int32(0)
	if len(c.operands) > 1 {
		f, err := opened.FileNamed(c.ctx, c.operands[1])
		if err != nil {
			return nil, err
		}
		file = f.ID
	}
	const page = 10_000
	all := []app.Reject{}
	for offset := int64(0); ; offset += page {
		some, err := opened.Rejects(c.ctx, file, offset, page)
		if err != nil {
			return nil, err
		}
		for _, r := range some {
			if state == "" || r.State == state {
				all = append(all, r)
			}
		}
		if len(some) < page {
			return all, nil
		}
	}
}

// writeRejects writes the rows byte for byte: the text is evidence, and commas, quotes and line ends in it are kept.
func writeRejects(w io.Writer, list []app.Reject) error {
	to := csv.NewWriter(w)
	to.Write([]string{"file", "line", "state", "reason", "text"})
	for _, r := range list {
		to.Write([]string{r.Name, strconv.FormatInt(r.Line, 10), r.State, r.Reason, r.Text})
	}
	to.Flush()
	return to.Error()
}

func acceptFlags(c *call) { c.given = reasonFlag(c) }

func reasonFlag(c *call) *string {
	return c.flags.String("reason", "", "why, in a `sentence` (needed)")
}

func runAccept(c *call) error {
	lines, err := lineNumbers(c.operands[2:])
	if err != nil {
		return err
	}
	return c.withCase(func(opened *app.Case) error {
		f, err := opened.FileNamed(c.ctx, c.operands[1])
		if err != nil {
			return err
		}
		list := make([]app.Treatment, len(lines))
		for i, line := range lines {
			list[i] = app.Treatment{File: f.SHA256, Name: f.Name, Line: line, Reason: *c.given.(*string)}
		}
		if err := opened.AcceptReject(c.ctx, list...); err != nil {
			return err
		}
		return c.print(map[string]any{"file": f.Name, "accepted": lines}, func(w io.Writer) {
			fmt.Fprintf(w, "%s of %s accepted as left out\n", counted(len(lines), "row"), f.Name)
		})
	})
}

type repairGiven struct {
	values settings
	reason *string
}

func repairFlags(c *call) {
	g := &repairGiven{settings{}, reasonFlag(c)}
	c.given = g
	c.flags.Var(g.values, "value", "`COLUMN=VALUE`, once for every column that is not empty")
}

func runRepair(c *call) error {
	g := c.given.(*repairGiven)
	lines, err := lineNumbers(c.operands[2:])
	if err != nil {
		return err
	}
	if len(g.values) == 0 {
		return &misuse{what: "a row without values is no row", do: "give each with --value COLUMN=VALUE; breachscope-cli rejects shows the text"}
	}
	return c.withCase(func(opened *app.Case) error {
		f, err := opened.FileNamed(c.ctx, c.operands[1])
		if err != nil {
			return err
		}
		show, end := c.progress()
		err = opened.RepairReject(c.ctx, app.Treatment{File: f.SHA256, Name: f.Name, Line: lines[0], Values: g.values, Reason: *g.reason}, show)
		end()
		if err != nil {
			return err
		}
		return c.print(map[string]any{"file": f.Name, "repaired": lines[0], "values": g.values}, func(w io.Writer) {
			fmt.Fprintf(w, "line %d of %s loaded\n", lines[0], f.Name)
		})
	})
}

func lineNumbers(texts []string) ([]int64, error) {
	lines := make([]int64, len(texts))
	for i, text := range texts {
		line, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		if err != nil || line < 1 {
			return nil, &misuse{what: fmt.Sprintf("%q is no number of a line", text), do: "copy it from breachscope-cli rejects"}
		}
		lines[i] = line
	}
	return lines, nil
}
