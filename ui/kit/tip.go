package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Tip says, above everything else, what is under the pointer. Its objects are never hidden: what is hidden when first
// drawn stays unknown to the canvas.
type Tip struct {
	back  *canvas.Rectangle
	lines []*canvas.Text
}

// NewTip has room for so many lines; the first is bold when it is the title of the rest.
func NewTip(lines int, titled bool) *Tip {
	t := &Tip{back: Rect(TipBG, 6)}
	for i := range lines {
		t.lines = append(t.lines, Write("", 12, TipText, titled && i == 0))
	}
	return t
}

// Objects are to be drawn after everything they may lie above.
func (t *Tip) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{t.back}
	for _, l := range t.lines {
		objects = append(objects, l)
	}
	return objects
}

const tipLine = 18

// Show puts the lines beside a point, inside an area; no lines take the tip away.
func (t *Tip) Show(lines []string, beside fyne.Position, area fyne.Size) {
	lines = lines[:min(len(lines), len(t.lines))]
	var width float32
	for i, l := range t.lines {
		s := ""
		if i < len(lines) {
			s = lines[i]
		}
		Rewrite(l, s, TipText)
		width = max(width, l.MinSize().Width)
	}
	if len(lines) == 0 {
		t.back.Resize(fyne.Size{})
		return
	}
	size := fyne.NewSize(width+20, float32(len(lines))*tipLine+12)
	p := beside.AddXY(14, 14)
	p.X = max(0, min(p.X, area.Width-size.Width))
	if p.Y+size.Height > area.Height {
		p.Y = max(0, beside.Y-size.Height-8)
	}
	t.back.FillColor = Color(TipBG)
	t.back.Move(p)
	t.back.Resize(size)
	t.back.Refresh()
	for i, l := range t.lines {
		l.Move(p.AddXY(10, 6+float32(i)*tipLine))
	}
}

// Rewrite changes a text that is used again and again, and paints it anew only when it changed.
func Rewrite(t *canvas.Text, s string, ink fyne.ThemeColorName) {
	if c := Color(ink); t.Text != s || t.Color != c {
		t.Text, t.Color = s, c
		t.Resize(t.MinSize())
		t.Refresh()
	}
}
