package chart

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/breachscope/breachscope/ui/kit"
)

// Brush is a low histogram on which dragging chooses a stretch; a press without dragging chooses everything again.
type Brush struct {
	widget.BaseWidget
	Left    float32                // room left of the columns, so that they stand over what they belong to
	OnBrush func(from, to float64) // the stretch chosen, as parts of the whole between 0 and 1

	columns  []Column
	from, to float64
	start    float64
	dragged  bool
	raster   *canvas.Raster
	window   *canvas.Rectangle
}

var (
	_ fyne.Draggable     = (*Brush)(nil)
	_ desktop.Mouseable  = (*Brush)(nil)
	_ desktop.Cursorable = (*Brush)(nil)
)

// NewBrush makes a brush without columns.
func NewBrush(left float32, onBrush func(from, to float64)) *Brush {
	b := &Brush{Left: left, OnBrush: onBrush, to: 1}
	b.raster = kit.Paint(fyne.NewSize(1, 1), b.paint)
	b.window = canvas.NewRectangle(color.Transparent)
	b.window.StrokeWidth, b.window.CornerRadius = 1, 3
	b.ExtendBaseWidget(b)
	return b
}

// Set shows other columns.
func (b *Brush) Set(columns []Column) {
	b.columns = columns
	b.Refresh()
}

// Mark shows which stretch is seen elsewhere.
func (b *Brush) Mark(from, to float64) {
	b.from, b.to = max(0, min(from, 1)), max(0, min(to, 1))
	b.place()
}

func (b *Brush) width() float32 { return max(1, b.Size().Width-b.Left) }

func (b *Brush) part(x float32) float64 {
	return max(0, min(1, float64((x-b.Left)/b.width())))
}

func (b *Brush) MouseDown(e *desktop.MouseEvent) { b.start, b.dragged = b.part(e.Position.X), false }

// MouseUp without a drag before it chooses everything.
func (b *Brush) MouseUp(*desktop.MouseEvent) {
	if !b.dragged {
		b.choose(0, 1)
	}
}

func (b *Brush) Dragged(e *fyne.DragEvent) {
	b.dragged = true
	at := b.part(e.Position.X)
	b.choose(min(b.start, at), max(b.start, at))
}

func (b *Brush) DragEnd() {}

func (b *Brush) choose(from, to float64) {
	b.Mark(from, to)
	if b.OnBrush != nil && to > from {
		b.OnBrush(from, to)
	}
}

func (b *Brush) Cursor() desktop.Cursor { return desktop.CrosshairCursor }

func (b *Brush) CreateRenderer() fyne.WidgetRenderer { return &brush{b} }

type brush struct{ b *Brush }

func (d *brush) Destroy()                     {}
func (d *brush) MinSize() fyne.Size           { return fyne.NewSize(d.b.Left+100, 34) }
func (d *brush) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{d.b.raster, d.b.window} }

func (d *brush) Refresh() {
	d.b.raster.Refresh()
	d.b.place()
}

func (d *brush) Layout(size fyne.Size) {
	d.b.raster.Move(fyne.NewPos(d.b.Left, 0))
	d.b.raster.Resize(fyne.NewSize(d.b.width(), size.Height))
	d.b.place()
}

// place puts the frame around the stretch; around everything there is none.
func (b *Brush) place() {
	b.window.StrokeColor, b.window.FillColor = kit.Color(kit.Accent), color.Transparent
	width := b.width() * float32(b.to-b.from)
	if b.to-b.from > 0.995 {
		width, b.window.StrokeColor = 0, color.Transparent
	}
	b.window.Move(fyne.NewPos(b.Left+b.width()*float32(b.from), 0))
	b.window.Resize(fyne.NewSize(width, b.Size().Height))
	b.window.Refresh()
}

// paint draws the columns: a pale ground for what is outside the stretch would hide them, so they keep their colours.
func (b *Brush) paint(c kit.Canvas, w, h float32) {
	var top float64
	for _, col := range b.columns {
		top = max(top, col.Value)
	}
	c.Fill(0, h-1/c.Scale, w, 0, kit.Color(kit.Rule))
	n := float32(len(b.columns))
	for i, col := range b.columns {
		x0, x1 := w*float32(i)/n, w*float32(i+1)/n
		if col.Value > 0 {
			high := max(1, float32(col.Value/top)*(h-3))
			c.Fill(x0, h-high, x1-x0, high, kit.Color(kit.BarPlain))
		}
		if col.Part > 0 {
			high := max(3, float32(col.Part/top)*(h-3))
			c.Fill(x0, h-high, x1-x0, high, kit.Color(kit.BarRed))
		}
	}
}
