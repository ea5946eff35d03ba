package ui

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// readEvents reads a page of events that something rests on.
type readEvents func(context.Context, app.Listing) ([]app.Event, error)

// trail shows the log lines that something rests on: the events above, the original line of the chosen one below. The
// first is chosen at once.
func (w *Window) trail(read readEvents) fyne.CanvasObject {
	line := waiting()
	source := pages(w.ctx, w, func(ctx context.Context, from, limit int64) ([]app.Event, int64, error) {
		events, err := read(ctx, app.Listing{Offset: from, Limit: limit})
		return events, known(from, limit, len(events)), err
	}, w.eventCells)
	list := grid.New([]grid.Column{
		{Title: words.T("Time"), Width: 108}, {Title: words.T("Action"), Width: 78, Show: func(s string) string { return words.Of("action", s) }},
		{Title: words.T("Object"), Width: 50, Grow: true}, {Title: words.T("Rows"), Width: 50, Look: grid.Number},
		{Title: words.T("Line"), Width: 52, Look: grid.Number}, {Title: words.T("File"), Width: 90, Grow: true},
	}, source)
	list.Empty = words.T("No log line.")
	list.OnSelect = func(row int64) {
		if e, ok := source.At(row); ok {
			w.showLine(line, e.File, e.Line, e.Name, false)
		}
	}
	w.copies(list)
	grid.Follow(list, source, w.fail)
	chooseFirst(list, source)
	return kit.Split([]float32{1, 1}, list, line)
}

// known is how many rows there are at least: a full page promises one more.
func known(from, limit int64, got int) int64 {
	if int64(got) == limit {
		return from + limit + 1
	}
	return from + int64(got)
}

func (w *Window) eventCells(e app.Event) []string {
	return []string{w.format(e.At, "01-02 15:04:05"), e.Action, e.Object, blank(number(e.Rows)), strconv.FormatInt(e.Line, 10), e.Name}
}

// readTime is the column that the program adds to a log's own: the time as it was read.
const readTime = "utc"

// showLine puts an original line of a log or a customer table, column by column, into a place of the screen.
func (w *Window) showLine(place *fyne.Container, file int32, number int64, name string, customers bool) {
	fetch(w.ctx, w, func(ctx context.Context) ([]app.Cell, error) { return w.c.Line(ctx, file, number) }, func(cells []app.Cell) {
		var filled []app.Cell
		empty := 0
		for _, c := range cells {
			if c.Value != "" && c.Column != readTime {
				filled = append(filled, c)
			} else if c.Column != readTime {
				empty++
			}
		}
		head := words.F("%s, line %s", name, words.Number(number))
		rest := when(empty > 0, words.N("%s empty columns not shown", int64(empty)))
		place.Objects = []fyne.CanvasObject{container.NewBorder(kit.Stack(0, kit.Value(head), kit.Caption(rest)), nil, nil, nil, w.cellGrid(filled, customers))}
		place.Refresh()
	})
}

// cellGrid lists the columns of an original line, of a log or of a customer table.
func (w *Window) cellGrid(cells []app.Cell, customers bool) fyne.CanvasObject {
	g := grid.New([]grid.Column{{Title: words.T("Column"), Width: 140}, {Title: words.T("Value"), Width: 160, Grow: true}},
		&grid.Rows[app.Cell]{All: cells, Cells: func(c app.Cell) []string { return []string{c.Column, w.cell(c, customers)} }})
	g.Empty = words.T("The line holds nothing.")
	w.copies(g)
	return g
}

// copies says at the foot of the sidebar what a copy from a grid brought.
func (w *Window) copies(g *grid.Grid) {
	g.OnCopied = func(rows int64, all bool, err error) {
		switch {
		case err != nil:
			w.fail(err)
		case all:
			w.note(words.N("%s rows copied", rows))
		default:
			w.note(words.F("Only the first %s rows were copied; export the whole list instead.", words.Number(rows)))
		}
	}
}
