package kit

import (
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// Fit lays objects out side by side like Line, but gives way where there is no room: a text that does not fit beside the
// chips and marks ends with an ellipsis, and a text after it is not seen.
func Fit(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	l := fit{gap, make([]string, len(objects))}
	for i, o := range objects {
		if t, ok := o.(*canvas.Text); ok {
			l.full[i] = t.Text
		}
	}
	return container.NewStack(container.NewClip(container.New(l, objects...)), Space(1, line{gap}.MinSize(objects).Height))
}

// Shorten ends s with an ellipsis when it is wider than width; it is empty where not even one letter fits.
func Shorten(s string, width, size float32, style fyne.TextStyle) string {
	wide := func(s string) bool { return fyne.MeasureText(s, size, style).Width > width+0.5 }
	if !wide(s) {
		return s
	}
	letters := []rune(s)
	n := sort.Search(len(letters), func(n int) bool { return wide(string(letters[:n+1]) + "…") })
	if n == 0 {
		return ""
	}
	return string(letters[:n]) + "…"
}

// fit knows the texts in full, because those on the screen may be shortened.
type fit struct {
	gap  float32
	full []string
}

func (l fit) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var x float32
	room := size.Width - l.rigid(objects)
	for i, o := range objects {
		if t, ok := o.(*canvas.Text); ok {
			if s := Shorten(l.full[i], room, t.TextSize, t.TextStyle); s != t.Text {
				t.Text = s
				t.Refresh()
			}
			room -= t.MinSize().Width
		}
		s := o.MinSize()
		o.Move(fyne.NewPos(x, (size.Height-s.Height)/2))
		o.Resize(s)
		x += s.Width + l.gap
	}
}

// rigid is the width that cannot be given away: gaps, and all that is not text.
func (l fit) rigid(objects []fyne.CanvasObject) float32 {
	w := l.gap * float32(len(objects)-1)
	for _, o := range objects {
		if _, ok := o.(*canvas.Text); !ok {
			w += o.MinSize().Width
		}
	}
	return w
}

func (l fit) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(1, line{l.gap}.MinSize(objects).Height)
}

// Scaled shows a line of text smaller where it would not fit otherwise: a number must be read to its end.
func Scaled(t *canvas.Text) fyne.CanvasObject {
	return container.New(scaled{t.TextSize}, t)
}

type scaled struct{ most float32 }

func (l scaled) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	t := objects[0].(*canvas.Text)
	full := fyne.MeasureText(t.Text, l.most, t.TextStyle)
	if s := l.most * min(1, size.Width/max(1, full.Width)); s != t.TextSize {
		t.TextSize = s
		t.Refresh()
	}
	t.Move(fyne.NewPos(0, (size.Height-t.MinSize().Height)/2))
	t.Resize(t.MinSize())
}

func (l scaled) MinSize(objects []fyne.CanvasObject) fyne.Size {
	t := objects[0].(*canvas.Text)
	return fyne.NewSize(1, fyne.MeasureText(t.Text, l.most, t.TextStyle).Height)
}
