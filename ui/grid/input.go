package grid

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/breachscope/breachscope/ui/kit"
)

func (g *Grid) Scrolled(e *fyne.ScrollEvent) {
	g.top -= float64(e.Scrolled.DY / RowHeight)
	g.left -= e.Scrolled.DX
	g.hovered, g.hoveredColumn = -1, -1 // another row comes under the pointer
	g.clamp()
	g.Refresh()
}

func shiftHeld() bool {
	d, ok := fyne.CurrentApp().Driver().(desktop.Driver)
	return ok && d.CurrentKeyModifiers()&fyne.KeyModifierShift != 0
}

func (g *Grid) TypedKey(e *fyne.KeyEvent) {
	page := int64(max(1, g.rowsShown()-1))
	moves := map[fyne.KeyName]int64{
		fyne.KeyDown: g.cursor + 1, fyne.KeyUp: g.cursor - 1, fyne.KeyPageDown: g.cursor + page, fyne.KeyPageUp: g.cursor - page,
		fyne.KeyHome: 0, fyne.KeyEnd: g.Source.Len() - 1,
	}
	if row, ok := moves[e.Name]; ok {
		g.Select(row, shiftHeld())
		return
	}
	switch e.Name {
	case fyne.KeyLeft:
		g.scrollX(g.left - 60)
	case fyne.KeyRight:
		g.scrollX(g.left + 60)
	case fyne.KeyReturn, fyne.KeyEnter:
		if g.OnOpen != nil && g.cursor >= 0 {
			g.OnOpen(g.cursor)
		}
	default:
		kit.Escaped(g, e)
	}
}

func (g *Grid) TypedRune(r rune) {
	if from, to, ok := g.Selected(); ok && g.OnKey != nil {
		g.OnKey(r, from, to)
	}
}

func (g *Grid) FocusGained() { g.focused = true; g.Refresh() }
func (g *Grid) FocusLost()   { g.focused = false; g.Refresh() }

func (g *Grid) TypedShortcut(s fyne.Shortcut) {
	switch s.(type) {
	case *fyne.ShortcutCopy:
		g.copySelection()
	case *fyne.ShortcutSelectAll:
		if n := g.Source.Len(); n > 0 {
			g.anchor, g.cursor = 0, n-1
			g.Refresh()
		}
	default:
		kit.HandOn(g, s)
	}
}

// copyLimit keeps the clipboard usable; whole lists leave the program through an export.
const copyLimit = 100_000

// copySelection puts the selected rows on the clipboard; it reads them in the background.
func (g *Grid) copySelection() {
	from, to, ok := g.Selected()
	if !ok {
		return
	}
	end := min(to+1, from+copyLimit)
	go func() {
		tsv, err := g.TSV(context.Background(), from, end)
		kit.Do(func() {
			if err == nil {
				fyne.CurrentApp().Clipboard().SetContent(tsv)
			}
			if g.OnCopied != nil {
				g.OnCopied(end-from, end == to+1, err)
			}
		})
	}()
}

// TSV is rows [from, to) as the grid shows them, tab-separated, with a header line.
func (g *Grid) TSV(ctx context.Context, from, to int64) (string, error) {
	rows, err := g.Source.Range(ctx, from, to)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for i, c := range g.Columns {
		if i > 0 {
			out.WriteByte('\t')
		}
		out.WriteString(c.Title)
	}
	clean := strings.NewReplacer("\t", " ", "\r", " ", "\n", " ")
	for _, row := range rows {
		for i, cell := range row[:min(len(row), len(g.Columns))] {
			out.WriteByte("\n\t"[min(i, 1)])
			out.WriteString(clean.Replace(g.Columns[i].text(cell)))
		}
	}
	return out.String(), nil
}

// rowAt is the row under a height, -1 for none.
func (g *Grid) rowAt(y float32) int64 {
	if y < HeadHeight || y > HeadHeight+g.bodyHeight() {
		return -1
	}
	row := int64(g.top + float64((y-HeadHeight)/RowHeight))
	if row >= g.Source.Len() {
		return -1
	}
	return row
}

// columnAt is the column under x, and the column whose right edge lies within 4 units; -1 for none.
func (g *Grid) columnAt(x float32) (column, edge int) {
	column, edge = -1, -1
	right := -g.left
	for i, w := range g.widths {
		if x >= right && x < right+w {
			column = i
		}
		right += w
		if d := x - right; d > -5 && d < 5 {
			edge = i
		}
	}
	return column, edge
}

func (g *Grid) MouseDown(e *desktop.MouseEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(g); c != nil {
		c.Focus(g)
	}
	switch p := e.Position; {
	case p.X >= g.bodyWidth():
		g.drag = dragVertical
		g.thumbTo(p.Y)
	case p.Y >= HeadHeight+g.bodyHeight():
		g.drag, g.dragFrom, g.dragValue = dragHorizontal, p.X, g.left
	case p.Y < HeadHeight:
		g.pressHead(e)
	default:
		g.pressRow(e)
	}
}

func (g *Grid) pressHead(e *desktop.MouseEvent) {
	column, edge := g.columnAt(e.Position.X)
	switch {
	case edge >= 0:
		g.drag, g.dragColumn = dragColumn, edge
		g.dragFrom, g.dragValue = e.AbsolutePosition.X, g.widths[edge]
	case column >= 0 && e.Button == desktop.MouseButtonPrimary:
		g.sortBy(column)
	}
}

func (g *Grid) pressRow(e *desktop.MouseEvent) {
	row := g.rowAt(e.Position.Y)
	if row < 0 {
		return
	}
	if e.Button != desktop.MouseButtonSecondary {
		g.drag = dragRows
		g.Select(row, e.Modifier&fyne.KeyModifierShift != 0)
		return
	}
	if from, to, ok := g.Selected(); !ok || row < from || row > to {
		g.Select(row, false)
	}
	if g.OnMenu != nil {
		g.OnMenu(row, e.AbsolutePosition)
	}
}

func (g *Grid) MouseUp(*desktop.MouseEvent) { g.drag = dragNone }
func (g *Grid) DragEnd()                    { g.drag = dragNone }

// thumbTo jumps to where the vertical bar was pressed.
func (g *Grid) thumbTo(y float32) {
	share := float64((y - HeadHeight) / max(1, g.bodyHeight()))
	g.ScrollTo(share*float64(g.Source.Len()) - g.rowsShown()/2)
}

func (g *Grid) Dragged(e *fyne.DragEvent) {
	switch g.drag {
	case dragColumn:
		g.userResized = true
		g.widths[g.dragColumn] = max(32, g.dragValue+e.AbsolutePosition.X-g.dragFrom)
		g.clamp()
		g.Refresh()
	case dragVertical:
		g.thumbTo(e.Position.Y)
	case dragHorizontal:
		g.scrollX(g.dragValue + (e.Position.X-g.dragFrom)*g.totalWidth()/max(1, g.bodyWidth()))
	case dragRows:
		if row := g.rowAt(e.Position.Y); row >= 0 && row != g.cursor {
			g.Select(row, true)
		}
	}
}

func (g *Grid) DoubleTapped(e *fyne.PointEvent) {
	if row := g.rowAt(e.Position.Y); row >= 0 && g.OnOpen != nil {
		g.OnOpen(row)
	}
}

func (g *Grid) MouseIn(*desktop.MouseEvent) {}

func (g *Grid) MouseOut() {
	g.hotEdge = -1
	g.point(-1, -1, fyne.Position{})
}

func (g *Grid) MouseMoved(e *desktop.MouseEvent) {
	g.hotEdge = -1
	if e.Position.Y < HeadHeight {
		_, g.hotEdge = g.columnAt(e.Position.X)
	}
	column, _ := g.columnAt(e.Position.X)
	g.point(g.rowAt(e.Position.Y), column, e.Position)
}

func (g *Grid) Cursor() desktop.Cursor {
	if g.hotEdge >= 0 || g.drag == dragColumn {
		return desktop.HResizeCursor
	}
	return desktop.DefaultCursor
}
