package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/app"
)

// readingFlags say how the bytes of a file are read; adding and looking take the same.
func readingFlags(c *call, o *evidence.Options) {
	c.flags.StringVar(&o.Kind, "kind", "", "take it for this `kind`, whatever it looks like")
	c.flags.StringVar(&o.Encoding, "encoding", "", "`encoding` of a text file, as euc-kr")
	c.flags.StringVar(&o.Delimiter, "delimiter", "", "`character` between the fields of a text file, or tab")
}

type lookGiven struct {
	options evidence.Options
	rows    int
	save    string
}

func lookFlags(c *call) {
	g := &lookGiven{}
	c.given = g
	readingFlags(c, &g.options)
	c.flags.IntVar(&g.rows, "rows", 5, "how many rows to show")
	c.flags.StringVar(&g.save, "save", "", "write the mapping, guessed or of the known kind, into this new `file`, to correct it and give it to add --map")
}

func runLook(c *call) error {
	g := c.given.(*lookGiven)
	return c.withCase(func(opened *app.Case) error {
		p, err := opened.Look(c.ctx, c.operands[1], g.options)
		if err != nil {
			return err
		}
		if g.save != "" {
			if err := saveMapping(g.save, p); err != nil {
				return err
			}
		}
		p.Rows = p.Rows[:min(len(p.Rows), max(0, g.rows))]
		value := map[string]any{"kind": p.Kind, "encoding": p.Encoding, "dialect": p.Dialect, "note": p.Note, "columns": p.Columns, "rows": p.Rows,
			"mapping": p.Guess.Kind, "reasons": p.Guess.Reasons}
		return c.print(value, func(w io.Writer) { printPreview(w, p, g.save) })
	})
}

// printPreview shows columns downwards: logs have too many for a line.
func printPreview(w io.Writer, p app.Preview, saved string) {
	kind := p.Kind
	if kind == "" {
		kind = "not recognised"
	}
	fmt.Fprintf(w, "kind      %s\nencoding  %s\n", kind, p.Encoding)
	for name, text := range map[string]string{"dialect": p.Dialect, "note": p.Note} {
		if text != "" {
			fmt.Fprintf(w, "%-9s %s\n", name, text)
		}
	}
	fmt.Fprintln(w)
	table := columns(w, append([]string{"COLUMN"}, slices.Repeat([]string{"VALUE"}, len(p.Rows))...)...)
	for i, name := range p.Columns {
		line := name
		for _, row := range p.Rows {
			if i < len(row) {
				line += "\t" + short(row[i])
			}
		}
		fmt.Fprintln(table, line)
	}
	table.Flush()
	switch {
	case p.Guess.Kind == "", p.Kind != "" && saved == "":
		return
	case p.Kind != "":
		fmt.Fprintf(w, "\nthe mapping of this kind is written into %s; change it and give it to breachscope-cli add --map\n", saved)
		return
	}
	fmt.Fprintln(w, "\na first guess of what feeds the events, and why:")
	for _, field := range slices.Sorted(maps.Keys(p.Guess.Reasons)) {
		fmt.Fprintf(w, "  %-13s %s\n", field, p.Guess.Reasons[field])
	}
	if saved == "" {
		fmt.Fprintf(w, "\n%s\nwrite it into a file with --save, correct it and give it to breachscope-cli add --map\n", p.Guess.Kind)
		return
	}
	fmt.Fprintf(w, "\nwritten into %s; correct it and give it to breachscope-cli add --map\n", saved)
}

// short is a value as one line of a table shows it.
func short(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, text)
	if r := []rune(text); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return text
}

// saveMapping writes a guessed mapping into a new file.
func saveMapping(path string, p app.Preview) error {
	if p.Guess.Kind == "" {
		return &app.Problem{What: "there is no mapping to save: the file has no columns", Do: "leave --save out"}
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return &app.Problem{What: path + " exists already", Do: "name a new file; what you corrected there is not overwritten", Cause: err}
	}
	if err != nil {
		return fmt.Errorf("writing the mapping: %w", err)
	}
	_, err = file.WriteString(p.Guess.Kind)
	return errors.Join(err, file.Close())
}

// readMapping is the text of a mapping, which the journal keeps.
func readMapping(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("reading the mapping: %w", err)
	}
	return string(text) + "\n", nil
}
