// Package grid is the data grid of the window: any number of rows, read page by page behind its back, aligned columns,
// row selection, sorting, copying. Positions are whole rows and a fraction in float64, because pixel positions in the
// toolkit's float32 end at half a million rows.
package grid

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/breachscope/breachscope/ui/kit"
)

// Look is how a column draws its cells.
type Look int

const (
	Plain  Look = iota
	Number      // right-aligned
	Pill        // a word on a coloured pill
	Meter       // a number from 0 to 100 with a small bar
)

// Column describes one column.
type Column struct {
	Key   string // what OnSort is told; "" when the column cannot be sorted by
	Title string
	Width float32 // the least; cells that are cut widen it while there is room
	Grow  bool    // shares the width that is left over
	Look  Look
	Tone  func(cell string) kit.Tone
	Show  func(cell string) string // what stands in the cell, e.g. a translation; copying copies the same
}

// Grid is the widget. Its callbacks run on the main goroutine.
type Grid struct {
	widget.BaseWidget
	Columns  []Column
	Source   Source
	Empty    string                              // what stands in the grid without rows
	OnSort   func(key string, descending bool)   // header pressed
	OnSelect func(row int64)                     // cursor moved to a row
	OnOpen   func(row int64)                     // double click or Enter
	OnMenu   func(row int64, at fyne.Position)   // right click, position on the canvas
	OnKey    func(r rune, from, to int64)        // a letter typed on the selected rows, both ends included
	OnCopied func(rows int64, all bool, _ error) // copied so many rows; all=false: the selection was larger

	widths        []float32
	wishes        []float32 // the widths at which no cell seen so far would be cut
	top           float64
	left          float32
	cursor        int64
	anchor        int64
	hovered       int64
	hoveredColumn int
	pointer       fyne.Position
	sortColumn    int
	descending    bool
	focused       bool
	drag          drag
	dragFrom      float32
	dragValue     float32
	dragColumn    int
	hotEdge       int
	userResized   bool
	seen          float64 // rows that had room at the last layout; 0 before the first
}

type drag int

const (
	dragNone drag = iota
	dragRows
	dragColumn
	dragVertical
	dragHorizontal
)

// Widths up to which a column makes room for its title, and for its cells.
const (
	mostTitle = 150
	mostCell  = 220
)

// Heights of a row and of the header, and the room for a scroll bar.
const (
	RowHeight  = 26
	HeadHeight = 28
	barRoom    = 10
)

var (
	_ fyne.Scrollable     = (*Grid)(nil)
	_ fyne.Focusable      = (*Grid)(nil)
	_ fyne.Shortcutable   = (*Grid)(nil)
	_ fyne.Draggable      = (*Grid)(nil)
	_ fyne.DoubleTappable = (*Grid)(nil)
	_ desktop.Mouseable   = (*Grid)(nil)
	_ desktop.Hoverable   = (*Grid)(nil)
	_ desktop.Cursorable  = (*Grid)(nil)
)

// New makes a grid over a source.
func New(columns []Column, source Source) *Grid {
	g := &Grid{Columns: columns, Source: source, cursor: -1, anchor: -1, hovered: -1, hoveredColumn: -1, sortColumn: -1, hotEdge: -1, wishes: make([]float32, len(columns))}
	g.ExtendBaseWidget(g)
	g.layoutColumns()
	return g
}

// Follow makes the grid show the pages as they come.
func Follow[T any](g *Grid, p *Pages[T], failed func(error)) {
	p.Loaded = func() { g.clamp(); g.Refresh() }
	p.Failed = failed
}

// Reset goes back to the top with nothing selected; call it when the source has been reset.
func (g *Grid) Reset() {
	g.top, g.cursor, g.anchor = 0, -1, -1
	g.Refresh()
}

// SortedBy marks the column that the rows are ordered by, without asking for it.
func (g *Grid) SortedBy(key string, descending bool) {
	for i, c := range g.Columns {
		if c.Key == key {
			g.sortColumn, g.descending = i, descending
		}
	}
}

// Selected is the first and last selected row; ok is false when none is.
func (g *Grid) Selected() (from, to int64, ok bool) {
	if g.cursor < 0 || g.cursor >= g.Source.Len() {
		return 0, 0, false
	}
	return min(g.anchor, g.cursor), max(g.anchor, g.cursor), true
}

// Place is where in a list the investigator was.
type Place struct {
	top float64
	row int64
}

// Place is where she is now.
func (g *Grid) Place() Place { return Place{g.top, max(0, g.cursor)} }

// Return goes back to a place, as far as there are still rows.
func (g *Grid) Return(p Place) {
	g.top = p.top
	g.clamp()
	g.Select(p.row, false)
}

func (g *Grid) bodyHeight() float32 { return max(0, g.Size().Height-HeadHeight-barRoom) }
func (g *Grid) bodyWidth() float32  { return max(0, g.Size().Width-barRoom) }
func (g *Grid) rowsShown() float64  { return float64(g.bodyHeight() / RowHeight) }

func (g *Grid) totalWidth() (w float32) {
	for _, c := range g.widths {
		w += c
	}
	return w
}

// layoutColumns gives the free width to columns whose cells are cut, and what is left to the growing ones, until the
// investigator sizes one herself.
func (g *Grid) layoutColumns() {
	if g.userResized && len(g.widths) == len(g.Columns) {
		return
	}
	g.widths = make([]float32, len(g.Columns))
	for i, c := range g.Columns {
		g.widths[i] = max(c.Width, min(mostTitle, g.titleWidth(i)))
	}
	g.share(func(i int) float32 { return max(0, g.wishes[i]-g.widths[i]) }, false)
	g.share(func(i int) float32 { return map[bool]float32{true: 1}[g.Columns[i].Grow] }, true)
}

// share divides the free width by what the columns want of it; no column gets more than it wants unless all of it is to go.
func (g *Grid) share(want func(column int) float32, all bool) {
	free, wanted := g.bodyWidth()-g.totalWidth(), float32(0)
	for i := range g.widths {
		wanted += want(i)
	}
	if free <= 0 || wanted == 0 {
		return
	}
	part := free / wanted
	if !all {
		part = min(1, part)
	}
	for i := range g.widths {
		g.widths[i] += want(i) * part
	}
}

// wish notes the width that a cell needs, and reports whether the columns may be laid out anew for it.
func (g *Grid) wish(column int, width float32) bool {
	width = min(width, mostCell)
	if g.Columns[column].Grow || width <= g.wishes[column] {
		return false
	}
	g.wishes[column] = width
	return !g.userResized
}

func (g *Grid) clamp() {
	last := math.Max(0, float64(g.Source.Len())-g.rowsShown())
	g.top = math.Min(math.Max(0, g.top), last)
	g.left = min(max(0, g.left), max(0, g.totalWidth()-g.bodyWidth()))
}

// ScrollTo puts a row (or a fraction of it) at the top.
func (g *Grid) ScrollTo(row float64) {
	g.top = row
	g.clamp()
	g.Refresh()
}

func (g *Grid) scrollX(x float32) {
	g.left = x
	g.clamp()
	g.Refresh()
}

// reveal scrolls just as far as needed to see a row.
func (g *Grid) reveal(row int64) {
	if g.rowsShown() < 1 { // not laid out yet: everything is above and below
		g.Refresh()
		return
	}
	if float64(row) < g.top {
		g.top = float64(row)
	} else if bottom := float64(row) + 1; bottom > g.top+g.rowsShown() {
		g.top = bottom - g.rowsShown()
	}
	g.clamp()
	g.Refresh()
}

// keepInSight scrolls when the grid has become lower, so that a chosen row that was seen stays so.
func (g *Grid) keepInSight() {
	seen := g.seen < 1 || float64(g.cursor) >= g.top-1 && float64(g.cursor) < g.top+g.seen
	if bottom := float64(g.cursor) + 1; g.cursor >= 0 && seen && g.seen != g.rowsShown() && bottom > g.top+g.rowsShown() {
		g.top = bottom - g.rowsShown()
	}
	g.seen = g.rowsShown()
	g.clamp()
}

// Select moves the cursor to a row; extended, the rows from the anchor to it are selected.
func (g *Grid) Select(row int64, extend bool) {
	n := g.Source.Len()
	if n == 0 {
		return
	}
	g.cursor = min(max(0, row), n-1)
	if !extend || g.anchor < 0 {
		g.anchor = g.cursor
	}
	g.reveal(g.cursor)
	if g.OnSelect != nil {
		g.OnSelect(g.cursor)
	}
}

func (g *Grid) sortBy(column int) {
	if g.OnSort == nil || g.Columns[column].Key == "" {
		return
	}
	g.descending = g.sortColumn == column && !g.descending
	g.sortColumn = column
	g.OnSort(g.Columns[column].Key, g.descending)
	g.Refresh()
}

// text is what stands in a cell.
func (c Column) text(cell string) string {
	if c.Show == nil {
		return cell
	}
	return c.Show(cell)
}
