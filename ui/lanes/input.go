package lanes

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/breachscope/breachscope/ui/kit"
)

// Scrolled zooms about the pointer over the chart; over the names it scrolls the lanes.
func (l *Lanes) Scrolled(e *fyne.ScrollEvent) {
	if e.Position.X < LabelWidth {
		l.top = l.clampTop(l.top - e.Scrolled.DY)
		l.Refresh()
		return
	}
	l.Zoom(math.Exp(-float64(e.Scrolled.DY)/120), l.moment(e.Position.X))
}

func (l *Lanes) Dragged(e *fyne.DragEvent) {
	l.dragged = true
	l.top = l.clampTop(l.top - e.Dragged.DY)
	shift := float64(e.Dragged.DX/l.bodyWidth()) * (l.to - l.from)
	l.show(l.from-shift, l.to-shift)
}

func (l *Lanes) DragEnd() {}

func (l *Lanes) MouseDown(*desktop.MouseEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(l); c != nil {
		c.Focus(l)
	}
	l.dragged = false
}

// MouseUp selects what is under the pointer unless it was dragged away from there.
func (l *Lanes) MouseUp(e *desktop.MouseEvent) {
	if !l.dragged {
		l.choose(l.at(e.Position))
	}
}

func (l *Lanes) choose(t target) {
	b, ok := l.bar(t)
	if !ok {
		return
	}
	l.cursor, l.selected = t, b.Group
	l.reveal()
	if l.OnSelect != nil {
		l.OnSelect(b.Group)
	}
}

func (l *Lanes) DoubleTapped(e *fyne.PointEvent) {
	if b, ok := l.bar(l.at(e.Position)); ok && l.OnOpen != nil {
		l.OnOpen(b.Group)
	}
}

func (l *Lanes) MouseIn(e *desktop.MouseEvent) { l.MouseMoved(e) }
func (l *Lanes) MouseOut()                     { l.hover(nothing, l.pointer) }

func (l *Lanes) MouseMoved(e *desktop.MouseEvent) {
	hit := l.at(e.Position)
	if hit == nothing && l.hovered == nothing {
		return
	}
	l.hover(hit, e.Position)
}

// hover repaints the overlay alone.
func (l *Lanes) hover(t target, at fyne.Position) {
	l.hovered, l.pointer = t, at
	if l.painter != nil {
		l.painter.drawOverlay()
	}
}

func (l *Lanes) Cursor() desktop.Cursor {
	if l.hovered != nothing {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

func (l *Lanes) FocusGained() { l.focused = true; l.Refresh() }
func (l *Lanes) FocusLost()   { l.focused = false; l.Refresh() }

// TypedKey walks: left and right along a lane, up and down between lanes; 0 shows everything.
func (l *Lanes) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft:
		l.step(0, -1)
	case fyne.KeyRight:
		l.step(0, 1)
	case fyne.KeyUp:
		l.step(-1, 0)
	case fyne.KeyDown:
		l.step(1, 0)
	case fyne.KeyHome:
		l.Fit()
	case fyne.KeyReturn, fyne.KeyEnter:
		if l.selected >= 0 && l.OnOpen != nil {
			l.OnOpen(l.selected)
		}
	default:
		kit.Escaped(l, e)
	}
}

func (l *Lanes) TypedRune(r rune) {
	middle := (l.from + l.to) / 2
	switch r {
	case '+', '=':
		l.Zoom(0.6, middle)
	case '-':
		l.Zoom(1/0.6, middle)
	case '0':
		l.Fit()
	default:
		if l.OnKey != nil {
			l.OnKey(r)
		}
	}
}

// step moves the cursor by bars or lanes; between lanes it goes to the bar nearest in time.
func (l *Lanes) step(lanes, bars int) {
	if l.cursor == nothing {
		l.choose(l.nearest(0, (l.from+l.to)/2, 1))
		return
	}
	if lanes == 0 {
		last := len(l.lanes[l.cursor.lane].Bars) - 1
		l.choose(target{l.cursor.lane, min(max(0, l.cursor.bar+bars), last)})
		return
	}
	now, _ := l.bar(l.cursor)
	l.choose(l.nearest(l.cursor.lane+lanes, float64(now.From), lanes))
}

// nearest is the bar closest to a moment in the first lane from there on that has any.
func (l *Lanes) nearest(lane int, t float64, direction int) target {
	for ; lane >= 0 && lane < len(l.lanes); lane += direction {
		best, distance := nothing, math.Inf(1)
		for j, b := range l.lanes[lane].Bars {
			if d := math.Abs(float64(b.From) - t); d < distance {
				best, distance = target{lane, j}, d
			}
		}
		if best != nothing {
			return best
		}
	}
	return nothing
}
