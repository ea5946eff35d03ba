// Package chart draws the small charts of the overview: how much happened when, who did how much, and where the logs
// have holes. Every part of a chart can be pressed and leads to what it counts.
package chart

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/breachscope/breachscope/ui/kit"
)

// Column is one bar of a histogram: Value in all, of which Part stands out.
type Column struct {
	Value, Part float64
	Tip         string
}

// Histogram is columns over an even axis.
type Histogram struct {
	widget.BaseWidget
	Columns []Column
	Marks   []string // evenly spread under the axis
	Format  func(float64) string
	OnTap   func(column int)
	hovered int
	painter *histogram
}

// NewHistogram makes a histogram.
func NewHistogram(columns []Column, marks []string, format func(float64) string, onTap func(int)) *Histogram {
	h := &Histogram{Columns: columns, Marks: marks, Format: format, OnTap: onTap, hovered: -1}
	h.ExtendBaseWidget(h)
	return h
}

const (
	leftRoom   = 44
	bottomRoom = 20
)

var (
	_ fyne.Tappable      = (*Histogram)(nil)
	_ desktop.Hoverable  = (*Histogram)(nil)
	_ desktop.Cursorable = (*Histogram)(nil)
)

func (h *Histogram) highest() (top float64) {
	for _, c := range h.Columns {
		top = max(top, c.Value)
	}
	return nice(top)
}

// nice rounds the top of an axis up to 1, 2, 4, 5 or 8 times a power of ten, so that its half is a round number too.
func nice(v float64) float64 {
	power := 1.0
	for v > power*10 {
		power *= 10
	}
	for _, m := range []float64{1, 2, 4, 5, 8, 10} {
		if v <= m*power {
			return max(2, m*power)
		}
	}
	return v
}

func (h *Histogram) plot() fyne.Size {
	return fyne.NewSize(max(1, h.Size().Width-leftRoom), max(1, h.Size().Height-bottomRoom-6))
}

func (h *Histogram) columnAt(p fyne.Position) int {
	i := int((p.X - leftRoom) / h.plot().Width * float32(len(h.Columns)))
	if p.X < leftRoom || i < 0 || i >= len(h.Columns) {
		return -1
	}
	return i
}

func (h *Histogram) Tapped(e *fyne.PointEvent) {
	if i := h.columnAt(e.Position); i >= 0 && h.OnTap != nil {
		h.OnTap(i)
	}
}

func (h *Histogram) MouseIn(e *desktop.MouseEvent)    { h.hover(h.columnAt(e.Position)) }
func (h *Histogram) MouseMoved(e *desktop.MouseEvent) { h.hover(h.columnAt(e.Position)) }
func (h *Histogram) MouseOut()                        { h.hover(-1) }

func (h *Histogram) hover(i int) {
	if i != h.hovered {
		h.hovered = i
		if h.painter != nil {
			h.painter.overlay()
		}
	}
}

func (h *Histogram) Cursor() desktop.Cursor {
	if h.hovered >= 0 && h.OnTap != nil {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

type histogram struct {
	h       *Histogram
	raster  *canvas.Raster
	scale   [3]*canvas.Text
	marks   []fyne.CanvasObject
	shade   *canvas.Rectangle
	tipBack *canvas.Rectangle
	tip     *canvas.Text
}

func (h *Histogram) CreateRenderer() fyne.WidgetRenderer {
	d := &histogram{h: h, shade: canvas.NewRectangle(color.Transparent), tipBack: kit.Rect(kit.TipBG, 6), tip: kit.Write("", 12, kit.TipText, false)}
	d.raster = kit.Paint(fyne.NewSize(1, 1), d.paint)
	for i := range d.scale {
		d.scale[i] = kit.Write(h.Format(h.highest()*float64(2-i)/2), 11, kit.Muted, false)
	}
	for _, m := range h.Marks {
		d.marks = append(d.marks, kit.Write(m, 11, kit.Muted, false))
	}
	h.painter = d
	return d
}

func (d *histogram) Destroy()           {}
func (d *histogram) MinSize() fyne.Size { return fyne.NewSize(220, 120) }
func (d *histogram) Refresh()           { d.raster.Refresh(); d.overlay() }
func (d *histogram) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{d.raster, d.shade}
	for _, t := range d.scale {
		objects = append(objects, t)
	}
	return append(append(objects, d.marks...), d.tipBack, d.tip)
}

func (d *histogram) Layout(size fyne.Size) {
	plot := d.h.plot()
	d.raster.Move(fyne.NewPos(leftRoom, 6))
	d.raster.Resize(plot)
	for i, t := range d.scale {
		m := t.MinSize()
		t.Resize(m)
		t.Move(fyne.NewPos(leftRoom-8-m.Width, 6+plot.Height*float32(i)/2-m.Height/2))
	}
	for i, t := range d.marks {
		m := t.MinSize()
		x := leftRoom + plot.Width*(float32(i)+0.5)/float32(len(d.marks)) - m.Width/2
		t.Resize(m)
		t.Move(fyne.NewPos(x, size.Height-m.Height))
	}
	d.overlay()
}

// paint draws the columns; a gap of a unit separates those wide enough to show one.
func (d *histogram) paint(c kit.Canvas, w, h float32) {
	for i := range 3 {
		c.Fill(0, (h-1/c.Scale)*float32(i)/2, w, 0, kit.Color(kit.Rule))
	}
	top, n := d.h.highest(), float32(len(d.h.Columns))
	gap := float32(0)
	if w/n > 3 {
		gap = 1
	}
	for i, col := range d.h.Columns {
		x0, x1 := w*float32(i)/n, w*float32(i+1)/n-gap
		if col.Value > 0 {
			high := max(1, float32(col.Value/top)*h)
			c.Fill(x0, h-high, x1-x0, high, kit.Color(kit.BarPlain))
		}
		if col.Part > 0 {
			high := max(2, float32(col.Part/top)*h)
			c.Fill(x0, h-high, x1-x0, high, kit.Color(kit.BarRed))
		}
	}
}

func (d *histogram) overlay() {
	h, plot := d.h, d.h.plot()
	if h.hovered < 0 || h.hovered >= len(h.Columns) {
		d.shade.Resize(fyne.Size{})
		d.tipBack.Resize(fyne.Size{})
		d.tip.Text = ""
		d.tip.Refresh()
		return
	}
	width := plot.Width / float32(len(h.Columns))
	d.shade.FillColor = kit.Color("hover")
	d.shade.Move(fyne.NewPos(leftRoom+width*float32(h.hovered), 6))
	d.shade.Resize(fyne.NewSize(width, plot.Height))
	d.tip.Text, d.tip.Color = h.Columns[h.hovered].Tip, kit.Color(kit.TipText)
	size := d.tip.MinSize()
	x := min(leftRoom+width*float32(h.hovered)+width+6, h.Size().Width-size.Width-20)
	d.tipBack.Move(fyne.NewPos(x, 4))
	d.tipBack.Resize(size.AddWidthHeight(20, 10))
	d.tip.Move(fyne.NewPos(x+10, 9))
	d.tip.Resize(size)
	d.tip.Refresh()
}
