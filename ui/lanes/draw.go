package lanes

import (
	"image"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"github.com/breachscope/breachscope/ui/kit"
)

// drawing renders Lanes: bars and rules are one raster however many there are; names, axis, tip and outlines are
// objects above it, so that the pointer moving repaints no bar.
type drawing struct {
	lanes   *Lanes
	raster  *canvas.Raster
	names   *fyne.Container
	clip    *container.Clip
	pool    [][2]*canvas.Text
	axis    *fyne.Container
	labels  []*canvas.Text
	outline [2]*canvas.Rectangle // hovered, cursor
	marks   *container.Clip
	tip     *kit.Tip
	thumb   *canvas.Rectangle
}

const tipLines = 5

func (l *Lanes) CreateRenderer() fyne.WidgetRenderer {
	d := &drawing{lanes: l, names: container.NewWithoutLayout(), axis: container.NewWithoutLayout()}
	d.raster = canvas.NewRaster(d.paint)
	d.clip = container.NewClip(d.names)
	for i := range d.outline {
		d.outline[i] = canvas.NewRectangle(color.Transparent)
		d.outline[i].CornerRadius = 3
	}
	d.marks = container.NewClip(container.NewWithoutLayout(d.outline[0], d.outline[1]))
	d.tip = kit.NewTip(tipLines, true)
	d.thumb = canvas.NewRectangle(color.Transparent)
	d.thumb.CornerRadius = 3
	l.painter = d
	return d
}

func (d *drawing) Destroy() {}

// MinSize has room for a few lanes; more of them scroll.
func (d *drawing) MinSize() fyne.Size {
	n := min(max(1, len(d.lanes.lanes)), d.lanes.Most)
	return fyne.NewSize(LabelWidth+200, float32(n)*LaneHeight+axisHeight)
}

func (d *drawing) Layout(fyne.Size) { d.lanes.top = d.lanes.clampTop(d.lanes.top); d.Refresh() }
func (d *drawing) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{d.raster, d.clip, d.axis, d.marks, d.thumb}, d.tip.Objects()...)
}

func (d *drawing) Refresh() {
	l := d.lanes
	d.raster.Move(fyne.NewPos(LabelWidth, 0))
	d.raster.Resize(fyne.NewSize(l.bodyWidth(), l.bodyHeight()))
	d.raster.Refresh()
	d.drawNames()
	d.drawAxis()
	d.drawThumb()
	d.drawOverlay()
}

// drawNames writes the names of the lanes in view, from a pool.
func (d *drawing) drawNames() {
	l := d.lanes
	d.clip.Resize(fyne.NewSize(LabelWidth-8, l.bodyHeight()))
	first := int(l.top / LaneHeight)
	objects := d.names.Objects[:0]
	for i := first; i < len(l.lanes) && float32(i)*LaneHeight < l.top+l.bodyHeight(); i++ {
		if i-first >= len(d.pool) {
			d.pool = append(d.pool, [2]*canvas.Text{kit.Write("", 12.5, kit.Text, true), kit.Write("", 12, kit.Muted, false)})
		}
		name, note := d.pool[i-first][0], d.pool[i-first][1]
		y := float32(i)*LaneHeight - l.top + (LaneHeight-18)/2
		kit.Rewrite(name, kit.Shorten(l.lanes[i].Name, LabelWidth-8, name.TextSize, name.TextStyle), kit.Text)
		kit.Rewrite(note, kit.Shorten(l.lanes[i].Note, LabelWidth-15-name.MinSize().Width, note.TextSize, note.TextStyle), kit.Muted)
		name.Move(fyne.NewPos(0, y))
		note.Move(fyne.NewPos(name.MinSize().Width+7, y+0.5))
		objects = append(objects, name, note)
	}
	d.names.Objects = objects
}

func (d *drawing) marksOnAxis() []tick {
	if len(d.lanes.lanes) == 0 { // there is no time to mark
		return nil
	}
	return ticks(d.lanes.from, d.lanes.to, max(2, int(d.lanes.bodyWidth()/90)), d.lanes.Zone)
}

func (d *drawing) drawAxis() {
	l := d.lanes
	objects := d.axis.Objects[:0]
	for i, m := range d.marksOnAxis() {
		if i >= len(d.labels) {
			d.labels = append(d.labels, kit.Write("", 11, kit.Muted, false))
		}
		t := d.labels[i]
		kit.Rewrite(t, m.label, kit.Muted)
		width := t.MinSize().Width
		x := min(max(LabelWidth, l.x(float64(m.at))-width/2), l.Size().Width-width)
		t.Move(fyne.NewPos(x, l.bodyHeight()+5))
		objects = append(objects, t)
	}
	d.axis.Objects = objects
}

func (d *drawing) drawThumb() {
	l := d.lanes
	all := float32(len(l.lanes)) * LaneHeight
	var size fyne.Size
	if all > l.bodyHeight() {
		size = fyne.NewSize(5, max(24, l.bodyHeight()*l.bodyHeight()/all))
		d.thumb.Move(fyne.NewPos(l.Size().Width-6, l.top/(all-l.bodyHeight())*(l.bodyHeight()-size.Height)))
	}
	d.thumb.FillColor = kit.Color("scrollBar")
	d.thumb.Resize(size)
}

// box is where a bar is drawn, in units of the widget.
func (l *Lanes) box(t target) (pos fyne.Position, size fyne.Size) {
	b, ok := l.bar(t)
	if !ok {
		return pos, size
	}
	x0, x1 := l.x(float64(b.From)), l.x(float64(b.To))
	y, height := b.band()
	return fyne.NewPos(x0-LabelWidth, float32(t.lane)*LaneHeight-l.top+y), fyne.NewSize(max(3, x1-x0), height)
}

// drawOverlay outlines the hovered bar and the cursor, and shows the tip.
func (d *drawing) drawOverlay() {
	l := d.lanes
	d.marks.Move(fyne.NewPos(LabelWidth, 0))
	d.marks.Resize(fyne.NewSize(l.bodyWidth(), l.bodyHeight()))
	for i, t := range []target{l.hovered, l.cursor} {
		pos, size := l.box(t)
		r := d.outline[i]
		r.StrokeWidth = float32(i + 1)
		r.StrokeColor = kit.Color(kit.Text)
		if size.IsZero() {
			r.StrokeWidth = 0
		}
		r.Move(pos.SubtractXY(2, 2))
		r.Resize(size.AddWidthHeight(4, 4))
		r.Refresh()
	}
	d.drawTip()
}

func (d *drawing) drawTip() {
	l := d.lanes
	var lines []string
	if b, ok := l.bar(l.hovered); ok && l.Tip != nil {
		lines = strings.SplitN(l.Tip(b.Index), "\n", tipLines)
	}
	d.tip.Show(lines, l.pointer, l.Size())
}

// paint fills the raster; w and h are device pixels.
func (d *drawing) paint(w, h int) image.Image {
	l := d.lanes
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	c := kit.Canvas{Image: img, Scale: float32(w) / l.bodyWidth()}
	bottom := min(l.bodyHeight(), float32(len(l.lanes))*LaneHeight-l.top)
	for _, m := range d.marksOnAxis() {
		c.Fill(l.x(float64(m.at))-LabelWidth, 0, 0, bottom, kit.Color(kit.Rule))
	}
	for y := -l.top; y <= bottom; y += LaneHeight {
		c.Fill(0, y, l.bodyWidth(), 0, kit.Color(kit.Edge))
	}
	first := int(l.top / LaneHeight)
	for i := first; i < len(l.lanes) && float32(i)*LaneHeight < l.top+l.bodyHeight(); i++ {
		d.paintLane(c, i)
	}
	return img
}

// paintLane draws a lane's bars in view. Bars of the same colour that would fall on the same pixel are drawn once, so
// that a lane of a million costs no more than its width.
func (d *drawing) paintLane(c kit.Canvas, i int) {
	l, lane := d.lanes, d.lanes.lanes[i]
	top := float32(i)*LaneHeight - l.top
	var painted [8][mostLevels]float32
	for j := lane.first(l.from); j < len(lane.Bars); j++ {
		b := lane.Bars[j]
		if float64(b.From) > l.to {
			break
		}
		x0, x1 := l.x(float64(b.From))-LabelWidth, l.x(float64(b.To))-LabelWidth
		x1 = max(x1, x0+3)
		if last := &painted[b.Tone][b.level]; x1 < 0 || x1 <= *last+0.5 {
			continue
		} else {
			*last = x1
		}
		y, height := b.band()
		c.Bar(x0, top+y, x1-x0, height, b.Tone.Fill())
		if b.Group == l.selected {
			c.Fill(x0, top+LaneHeight-4, x1-x0, 2, kit.Color(kit.Text))
		}
	}
}
