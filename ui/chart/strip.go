package chart

import (
	"image/color"
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/breachscope/breachscope/ui/kit"
)

// Source is one line of a coverage strip: how many events in each hour (or day), and which of those lie in a gap.
type Source struct {
	Name   string
	Note   string // beside the name
	Counts []int64
	Gap    []bool
}

// Strip shows for every log source when it speaks, how much, and where it is silent though it should not be.
type Strip struct {
	widget.BaseWidget
	Sources []Source
	Marks   []string
	Tip     func(source, slot int) string
	OnTap   func(source, slot int)
	hovered [2]int
	painter *strip
}

const (
	stripLine  = 20
	stripLabel = 190
)

// NewStrip makes a coverage strip.
func NewStrip(sources []Source, marks []string, tip func(source, slot int) string, onTap func(source, slot int)) *Strip {
	s := &Strip{Sources: sources, Marks: marks, Tip: tip, OnTap: onTap, hovered: [2]int{-1, -1}}
	s.ExtendBaseWidget(s)
	return s
}

var (
	_ fyne.Tappable     = (*Strip)(nil)
	_ desktop.Hoverable = (*Strip)(nil)
)

func (s *Strip) at(p fyne.Position) [2]int {
	i := int(p.Y / stripLine)
	if p.X < stripLabel || p.Y < 0 || i >= len(s.Sources) {
		return [2]int{-1, -1}
	}
	n := len(s.Sources[i].Counts)
	slot := int((p.X - stripLabel) / max(1, s.Size().Width-stripLabel) * float32(n))
	if slot >= n {
		return [2]int{-1, -1}
	}
	return [2]int{i, slot}
}

func (s *Strip) Tapped(e *fyne.PointEvent) {
	if hit := s.at(e.Position); hit[0] >= 0 && s.OnTap != nil {
		s.OnTap(hit[0], hit[1])
	}
}

func (s *Strip) MouseIn(e *desktop.MouseEvent)    { s.hover(s.at(e.Position)) }
func (s *Strip) MouseMoved(e *desktop.MouseEvent) { s.hover(s.at(e.Position)) }
func (s *Strip) MouseOut()                        { s.hover([2]int{-1, -1}) }

func (s *Strip) hover(hit [2]int) {
	if hit != s.hovered {
		s.hovered = hit
		if s.painter != nil {
			s.painter.overlay()
		}
	}
}

type strip struct {
	s       *Strip
	raster  *canvas.Raster
	names   []fyne.CanvasObject
	marks   []fyne.CanvasObject
	tipBack *canvas.Rectangle
	tip     *canvas.Text
}

func (s *Strip) CreateRenderer() fyne.WidgetRenderer {
	d := &strip{s: s, tipBack: kit.Rect(kit.TipBG, 6), tip: kit.Write("", 12, kit.TipText, false)}
	d.raster = kit.Paint(fyne.NewSize(1, 1), d.paint)
	for _, source := range s.Sources {
		d.names = append(d.names, kit.Fit(6, kit.Write(source.Name, 12, kit.Text, false), kit.Write(source.Note, 11, kit.Muted, false)))
	}
	for _, m := range s.Marks {
		d.marks = append(d.marks, kit.Write(m, 11, kit.Muted, false))
	}
	s.painter = d
	return d
}

func (d *strip) Destroy() {}
func (d *strip) MinSize() fyne.Size {
	return fyne.NewSize(stripLabel+200, float32(len(d.s.Sources))*stripLine+22)
}
func (d *strip) Refresh() { d.raster.Refresh(); d.overlay() }
func (d *strip) Objects() []fyne.CanvasObject {
	return append(append(append([]fyne.CanvasObject{d.raster}, d.names...), d.marks...), d.tipBack, d.tip)
}

func (d *strip) Layout(size fyne.Size) {
	width := max(1, size.Width-stripLabel)
	bottom := float32(len(d.s.Sources)) * stripLine
	d.raster.Move(fyne.NewPos(stripLabel, 0))
	d.raster.Resize(fyne.NewSize(width, max(1, bottom)))
	for i, t := range d.names {
		t.Resize(fyne.NewSize(stripLabel-8, stripLine))
		t.Move(fyne.NewPos(0, float32(i)*stripLine))
	}
	for i, t := range d.marks {
		m := t.MinSize()
		x := stripLabel + width*float32(i)/float32(max(1, len(d.marks)-1)) - m.Width/2
		t.Resize(m)
		t.Move(fyne.NewPos(min(max(stripLabel, x), size.Width-m.Width), bottom+4))
	}
}

// paint draws silence as an empty track, gaps in amber, and speech darker the more there is (on a logarithmic scale).
func (d *strip) paint(c kit.Canvas, w, _ float32) {
	for i, source := range d.s.Sources {
		y := float32(i)*stripLine + 3
		c.Fill(0, y, w, stripLine-6, kit.Color(kit.MutedBG))
		most := 1.0
		for _, n := range source.Counts {
			most = max(most, math.Log1p(float64(n)))
		}
		slots := float32(len(source.Counts))
		for j, n := range source.Counts {
			x0, x1 := w*float32(j)/slots, w*float32(j+1)/slots
			switch {
			case j < len(source.Gap) && source.Gap[j]:
				c.Fill(x0, y, x1-x0, stripLine-6, kit.Color(kit.BarAmber))
			case n > 0:
				c.Fill(x0, y, x1-x0, stripLine-6, strength(kit.Color(kit.BarPlain), 0.35+0.65*math.Log1p(float64(n))/most))
			}
		}
	}
}

func strength(c color.Color, share float64) color.Color {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	n.A = uint8(255 * min(1, share))
	return n
}

func (d *strip) overlay() {
	s, text := d.s, ""
	if s.hovered[0] >= 0 && s.Tip != nil {
		text, _, _ = strings.Cut(s.Tip(s.hovered[0], s.hovered[1]), "\n")
	}
	d.tip.Text, d.tip.Color = text, kit.Color(kit.TipText)
	d.tip.Refresh()
	if text == "" {
		d.tipBack.Resize(fyne.Size{})
		return
	}
	size := d.tip.MinSize()
	n := float32(len(s.Sources[s.hovered[0]].Counts))
	x := stripLabel + (s.Size().Width-stripLabel)*(float32(s.hovered[1])+1)/n + 8
	x = min(x, s.Size().Width-size.Width-20)
	y := float32(s.hovered[0])*stripLine - 4
	d.tipBack.Move(fyne.NewPos(x, y))
	d.tipBack.Resize(size.AddWidthHeight(20, 10))
	d.tip.Move(fyne.NewPos(x+10, y+5))
	d.tip.Resize(size)
}
