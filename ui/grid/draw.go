package grid

import (
	"image/color"
	"math"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"github.com/breachscope/breachscope/ui/kit"
)

const (
	textSize  = 12.5
	headSize  = 12
	pillSize  = 11.5
	cellGap   = 8
	meterSize = 44
	pillEnds  = 14 // left and right of a pill's word
)

// cell is the pooled drawing of one cell: its text, and the pill or meter behind it.
type cell struct {
	text        *canvas.Text
	back, front *canvas.Rectangle
}

// drawing renders a Grid. It never refreshes the grid as a whole, which would throw away the texture of every text
// below it: texts are refreshed when they changed, everything else only moves. Row r always uses slot r modulo the pool,
// so a scroll renders new rows only.
type drawing struct {
	grid           *Grid
	head, body     *fyne.Container
	headLine       *canvas.Rectangle
	cursor         *canvas.Rectangle
	vthumb, hthumb *canvas.Rectangle
	empty          *canvas.Text
	tip            *kit.Tip
	clips          [2]*container.Clip
	grounds, lines []*canvas.Rectangle
	cells          []cell
	titles         []*canvas.Text
	ticks          []*canvas.Rectangle
	pool           int64
	advance        map[rune]float32
	cut            bool // a cell that there may be room for
	lineHeight     float32
}

func (g *Grid) CreateRenderer() fyne.WidgetRenderer {
	d := &drawing{grid: g, advance: map[rune]float32{}, lineHeight: fyne.MeasureText("Ag", textSize, fyne.TextStyle{}).Height}
	d.head, d.body = container.NewWithoutLayout(), container.NewWithoutLayout()
	d.clips = [2]*container.Clip{container.NewClip(d.head), container.NewClip(d.body)}
	d.headLine, d.cursor = blank(), blank()
	d.vthumb, d.hthumb = blank(), blank()
	d.vthumb.CornerRadius, d.hthumb.CornerRadius = 3, 3
	d.empty = canvas.NewText("", color.Transparent)
	d.empty.TextSize = 13
	d.tip = kit.NewTip(tipLines, false)
	return d
}

func blank() *canvas.Rectangle { return canvas.NewRectangle(color.Transparent) }

func (d *drawing) Destroy()           {}
func (d *drawing) MinSize() fyne.Size { return fyne.NewSize(160, HeadHeight+3*RowHeight+barRoom) }
func (d *drawing) Refresh()           { d.draw() }
func (d *drawing) Layout(fyne.Size)   { d.grid.layoutColumns(); d.grid.keepInSight(); d.draw() }
func (d *drawing) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{d.clips[1], d.clips[0], d.headLine, d.vthumb, d.hthumb, d.empty}, d.tip.Objects()...)
}

func (d *drawing) draw() {
	g := d.grid
	width, height := g.bodyWidth(), g.bodyHeight()
	d.clips[0].Resize(fyne.NewSize(width, HeadHeight))
	d.clips[1].Move(fyne.NewPos(0, HeadHeight))
	d.clips[1].Resize(fyne.NewSize(width, height))
	place(d.headLine, kit.Color(kit.Edge), 0, HeadHeight-1, g.Size().Width, 1)
	if width <= 0 || height <= 0 {
		return
	}
	d.fillPool(int64(height/RowHeight) + 3)
	if d.drawRows(width); d.cut {
		g.layoutColumns()
		d.drawRows(width)
		d.cut = false
	}
	d.drawHead()
	d.drawBars(width, height)
	d.drawEmpty(width, height)
	d.drawTip()
	d.headLine.Refresh() // marks the canvas as changed even where rows only went away
}

// place moves a rectangle and repaints it only when its colour changed.
func place(r *canvas.Rectangle, c color.Color, x, y, w, h float32) {
	r.Move(fyne.NewPos(x, y))
	r.Resize(fyne.NewSize(w, h))
	if r.FillColor != c {
		r.FillColor = c
		r.Refresh()
	}
}

func (d *drawing) fillPool(n int64) {
	if d.pool == n && len(d.cells) == int(n)*len(d.grid.Columns) {
		return
	}
	d.pool = n
	d.cells = make([]cell, int(n)*len(d.grid.Columns))
	d.grounds, d.lines = nil, nil
	for range n {
		d.grounds, d.lines = append(d.grounds, blank()), append(d.lines, blank())
	}
}

// columnsShown are the columns [from, to) that lie in the window, and where the first begins.
func (d *drawing) columnsShown(width float32) (from, to int, start float32) {
	from = len(d.grid.widths)
	x := -d.grid.left
	for i, w := range d.grid.widths {
		if x+w > 0 && x < width {
			if i < from {
				from, start = i, x
			}
			to = i + 1
		}
		x += w
	}
	return from, to, start
}

func (d *drawing) drawRows(width float32) {
	g := d.grid
	first := int64(g.top)
	offset := float32(g.top - float64(first))
	shown := min(int64(math.Ceil(g.rowsShown()+float64(offset))), g.Source.Len()-first)
	objects := d.body.Objects[:0]
	for i := int64(0); i < shown; i++ {
		objects = d.drawGround(objects, first+i, (float32(i)-offset)*RowHeight, width)
	}
	from, to, start := d.columnsShown(width)
	for i := int64(0); i < shown; i++ {
		row := first + i
		values, ok := g.Source.Row(row)
		if !ok {
			values = nil
		}
		x := start
		for c := from; c < to; c++ {
			objects = d.drawCell(objects, row, c, values, x, (float32(i)-offset)*RowHeight)
			x += g.widths[c]
		}
	}
	d.body.Objects = append(objects, d.cursor)
	d.drawCursor(offset)
}

// drawCursor marks the row that the keyboard is on, as long as keys go to the grid.
func (d *drawing) drawCursor(offset float32) {
	g, height := d.grid, float32(0)
	if g.focused && g.cursor >= 0 {
		height = RowHeight - 1
	}
	place(d.cursor, kit.Color(kit.Accent), 0, (float32(g.cursor-int64(g.top))-offset)*RowHeight, 2, height)
}

// drawGround puts the hairline under a row, and the colour behind it when it is selected or under the pointer.
func (d *drawing) drawGround(objects []fyne.CanvasObject, row int64, y, width float32) []fyne.CanvasObject {
	g := d.grid
	line, ground := d.lines[row%d.pool], d.grounds[row%d.pool]
	place(line, kit.Color(kit.Rule), 0, y+RowHeight-1, width, 1)
	fill := color.Color(color.Transparent)
	if from, to, ok := g.Selected(); ok && row >= from && row <= to {
		fill = kit.Color(theme.ColorNameSelection)
	} else if row == g.hovered {
		fill = kit.Color(theme.ColorNameHover)
	}
	place(ground, fill, 0, y, width, RowHeight-1)
	if fill == color.Transparent {
		return append(objects, line)
	}
	return append(objects, line, ground)
}

func (d *drawing) drawCell(objects []fyne.CanvasObject, row int64, c int, values []string, x, y float32) []fyne.CanvasObject {
	column, width := d.grid.Columns[c], d.grid.widths[c]
	p := &d.cells[int(row%d.pool)*len(d.grid.Columns)+c]
	if p.text == nil {
		*p = cell{text: canvas.NewText("", color.Transparent), back: blank(), front: blank()}
	}
	if values == nil {
		if c == 0 {
			objects = d.write(objects, p.text, "…", kit.Muted, textSize, false, x+cellGap, y)
		}
		return objects
	}
	value := ""
	if c < len(values) {
		value = values[c]
	}
	if value == "" {
		p.text.Text = ""
		return objects
	}
	tone := kit.Neutral
	if column.Tone != nil {
		tone = column.Tone(value)
	}
	switch column.Look {
	case Pill:
		return d.drawPill(objects, p, c, column.text(value), tone, x, y)
	case Meter:
		return d.drawMeter(objects, p, value, tone, x, y, width)
	}
	ink := kit.Text
	if column.Tone != nil {
		ink = tone.Fore()
	}
	s, w := d.fitCell(c, column.text(value), 2*cellGap)
	tx := x + cellGap
	if column.Look == Number {
		tx = x + width - cellGap - w
	}
	return d.write(objects, p.text, s, ink, textSize, false, tx, y)
}

func (d *drawing) drawPill(objects []fyne.CanvasObject, p *cell, c int, s string, tone kit.Tone, x, y float32) []fyne.CanvasObject {
	s, w := d.fitCell(c, s, 2*cellGap+pillEnds)
	p.back.CornerRadius = 9
	place(p.back, kit.Color(tone.Back()), x+cellGap-2, y+4, w+pillEnds, RowHeight-9)
	return d.write(append(objects, p.back), p.text, s, tone.Fore(), pillSize, true, x+cellGap+5, y)
}

func (d *drawing) drawMeter(objects []fyne.CanvasObject, p *cell, value string, tone kit.Tone, x, y, width float32) []fyne.CanvasObject {
	share, _ := strconv.ParseFloat(value, 32)
	room := width - 2*cellGap - meterSize + 14
	p.back.CornerRadius, p.front.CornerRadius = 2.5, 2.5
	place(p.back, kit.Color(kit.MutedBG), x+cellGap+30, y+RowHeight/2-3, room, 5)
	filled := room * float32(min(share, 100)) / 100
	if share > 0 {
		filled = max(3, filled)
	}
	place(p.front, tone.Fill(), x+cellGap+30, y+RowHeight/2-3, filled, 5)
	s, w := d.fit(value, 28)
	return d.write(append(objects, p.back, p.front), p.text, s, kit.Text, textSize, false, x+cellGap+22-w, y)
}

// write sets a pooled text and paints it again only when it changed.
func (d *drawing) write(objects []fyne.CanvasObject, t *canvas.Text, s string, ink fyne.ThemeColorName, size float32, bold bool, x, y float32) []fyne.CanvasObject {
	c := kit.Color(ink)
	t.Move(fyne.NewPos(x, y+(RowHeight-1-d.lineHeight*size/textSize)/2))
	if t.Text != s || t.Color != c || t.TextSize != size {
		t.Text, t.Color, t.TextSize, t.TextStyle.Bold = s, c, size, bold
		t.Resize(t.MinSize())
		t.Refresh()
	}
	return append(objects, t)
}

// fit shortens s to a width with an ellipsis, from known letter widths; shaping every cell would be too slow.
func (d *drawing) fit(s string, width float32) (string, float32) {
	var sum float32
	cut, ellipsis := 0, d.letter('…')
	for i, r := range s {
		w := d.letter(r)
		if sum+w > width {
			return s[:cut] + "…", width
		}
		if sum += w; sum+ellipsis <= width {
			cut = i + len(string(r))
		}
	}
	return s, sum
}

// fitCell shortens a text to its column less the edges of the cell, and notes the room it would have needed.
func (d *drawing) fitCell(column int, text string, edges float32) (string, float32) {
	s, width := d.fit(text, d.grid.widths[column]-edges)
	if s != text {
		whole := edges
		for _, r := range text {
			if whole += d.letter(r); whole > mostCell {
				break
			}
		}
		d.cut = d.grid.wish(column, whole) || d.cut
	}
	return s, width
}

func (d *drawing) letter(r rune) float32 {
	w, ok := d.advance[r]
	if !ok {
		w = fyne.MeasureText(string(r), textSize, fyne.TextStyle{}).Width
		d.advance[r] = w
	}
	return w
}

func (d *drawing) drawHead() {
	g := d.grid
	for len(d.titles) < len(g.Columns) {
		d.titles, d.ticks = append(d.titles, kit.Write("", headSize, kit.Muted, true)), append(d.ticks, blank())
	}
	objects := d.head.Objects[:0]
	x := -g.left
	for i, c := range g.Columns {
		title, tick := d.titles[i], d.ticks[i]
		s := g.heading(i)
		ink := kit.Color(kit.Muted)
		if title.Text != s || title.Color != ink {
			title.Text, title.Color = s, ink
			title.Resize(title.MinSize())
			title.Refresh()
		}
		size := title.MinSize()
		tx := x + cellGap
		if c.Look == Number {
			tx = x + g.widths[i] - cellGap - size.Width
		}
		title.Move(fyne.NewPos(tx, (HeadHeight-2-size.Height)/2))
		place(tick, kit.Color(kit.Edge), x+g.widths[i]-1, 7, 1, HeadHeight-15)
		objects = append(objects, title)
		if i < len(g.Columns)-1 {
			objects = append(objects, tick)
		}
		x += g.widths[i]
	}
	d.head.Objects = objects
}

// titleWidth is the room that a column's title needs.
func (g *Grid) titleWidth(i int) float32 {
	return fyne.MeasureText(g.Columns[i].Title, headSize, fyne.TextStyle{Bold: true}).Width + cellGap + 4
}

// heading is the title of a column, shortened to its width, with the arrow of the sort order.
func (g *Grid) heading(i int) string {
	arrow, style := "", fyne.TextStyle{Bold: true}
	if i == g.sortColumn {
		arrow = map[bool]string{false: " ↑", true: " ↓"}[g.descending]
	}
	room := g.widths[i] - cellGap - 1 - fyne.MeasureText(arrow, headSize, style).Width
	return kit.Shorten(g.Columns[i].Title, room, headSize, style) + arrow
}

func (d *drawing) drawBars(width, height float32) {
	g := d.grid
	ink := kit.Color(theme.ColorNameScrollBar)
	rows, shown := float64(g.Source.Len()), g.rowsShown()
	var size fyne.Size
	if rows > shown {
		h := max(28, float32(shown/rows)*height)
		size = fyne.NewSize(6, h)
		d.vthumb.Move(fyne.NewPos(width+3, HeadHeight+float32(g.top/(rows-shown))*(height-h)))
	}
	resize(d.vthumb, ink, size)
	size = fyne.Size{}
	if total := g.totalWidth(); total > width+0.5 {
		size = fyne.NewSize(width/total*width, 6)
		d.hthumb.Move(fyne.NewPos(g.left/total*width, HeadHeight+height+3))
	}
	resize(d.hthumb, ink, size)
}

func resize(r *canvas.Rectangle, c color.Color, size fyne.Size) {
	r.Resize(size)
	if r.FillColor != c {
		r.FillColor = c
		r.Refresh()
	}
}

// drawEmpty says what it means that there is nothing; its text is never hidden, because an object that is hidden when
// first drawn stays unknown to the canvas.
func (d *drawing) drawEmpty(width, height float32) {
	s := ""
	if d.grid.Source.Len() == 0 {
		d.grid.Source.Row(0) // starts the reading
		if loading, ok := d.grid.Source.(interface{ Ready() bool }); !ok || loading.Ready() {
			s = d.grid.Empty
		}
	}
	if ink := kit.Color(kit.Muted); d.empty.Text != s || d.empty.Color != ink {
		d.empty.Text, d.empty.Color = s, ink
		d.empty.Refresh()
	}
	size := d.empty.MinSize()
	d.empty.Resize(size)
	d.empty.Move(fyne.NewPos((width-size.Width)/2, HeadHeight+max(0, min(height, 160)-size.Height)/2))
}
