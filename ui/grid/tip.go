package grid

import (
	"strings"

	"fyne.io/fyne/v2"
)

// Cells that do not fit are told at their whole length under the pointer, in at most so many lines of this width.
const (
	tipLines = 8
	tipWidth = 460
)

func (d *drawing) drawTip() {
	g := d.grid
	d.tip.Show(d.unseen(g.hovered, g.hoveredColumn), g.pointer, g.Size())
}

// unseen is what stands in a cell too narrow for it, in lines; nothing when all of it is seen.
func (d *drawing) unseen(row int64, column int) []string {
	if row < 0 || column < 0 || column >= len(d.grid.Columns) {
		return nil
	}
	values, ok := d.grid.Source.Row(row)
	if !ok || column >= len(values) {
		return nil
	}
	c := d.grid.Columns[column]
	room := d.grid.widths[column] - 2*cellGap
	if c.Look == Pill {
		room -= pillEnds
	}
	s := strings.Join(strings.Fields(c.text(values[column])), " ")
	if shown, _ := d.fit(s, room); shown == s || c.Look == Meter {
		return nil
	}
	return d.wrap(s)
}

// wrap breaks a text at spaces where there are any in reach; what is left after the last line is cut with an ellipsis.
func (d *drawing) wrap(s string) (lines []string) {
	for len(lines) < tipLines-1 {
		cut := d.reach(s)
		if cut == len(s) {
			break
		}
		if space := strings.LastIndexByte(s[:cut], ' '); space > 0 {
			cut = space + 1
		}
		lines = append(lines, strings.TrimSpace(s[:cut]))
		s = s[cut:]
	}
	last, _ := d.fit(s, tipWidth)
	return append(lines, last)
}

// reach is how many bytes of a text fit into a line of the tip, whole letters and one at least.
func (d *drawing) reach(s string) int {
	var sum float32
	for i, r := range s {
		if sum += d.letter(r); sum > tipWidth && i > 0 {
			return i
		}
	}
	return len(s)
}

// point tells the grid what is under the pointer; -1 for nothing.
func (g *Grid) point(row int64, column int, at fyne.Position) {
	if row != g.hovered || column != g.hoveredColumn {
		g.hovered, g.hoveredColumn, g.pointer = row, column, at
		g.Refresh()
	}
}
