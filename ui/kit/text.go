package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Write is one line of text.
func Write(s string, size float32, c fyne.ThemeColorName, bold bool) *canvas.Text {
	t := canvas.NewText(s, Color(c))
	t.TextSize, t.TextStyle.Bold = size, bold
	return t
}

// Body, Small, Caption and Title are the four sizes of running text.
func Body(s string) *canvas.Text    { return Write(s, 13, Text, false) }
func Strong(s string) *canvas.Text  { return Write(s, 13, Text, true) }
func Small(s string) *canvas.Text   { return Write(s, 12, Muted, false) }
func Caption(s string) *canvas.Text { return Write(s, 11.5, Muted, false) }
func Title(s string) *canvas.Text   { return Write(s, 14, Text, true) }
func Heading(s string) *canvas.Text { return Write(s, 18, Text, true) }

// Value is text that wraps and can be copied, without the space a label puts around itself.
func Value(s string) fyne.CanvasObject { return Pad(Paragraph(s), -6, -6, -7, -7) }

// Emphasis is Value in bold: what has to be read first.
func Emphasis(s string) fyne.CanvasObject {
	l := Paragraph(s)
	l.TextStyle.Bold = true
	return Pad(l, -6, -6, -7, -7)
}

// Note is what a field is for: small, and wrapping where it is narrow.
func Note(s string) fyne.CanvasObject {
	l := Paragraph(s)
	l.Importance, l.SizeName = widget.LowImportance, theme.SizeNameCaptionText
	return Pad(l, -6, -6, -7, -7)
}

// Fact is a name and what there is to say under it.
type Fact struct{ Name, Value string }

// Facts are names left, values right; facts without a value are left out.
func Facts(nameWidth float32, facts ...Fact) fyne.CanvasObject {
	lines := Stack(7)
	for _, f := range facts {
		if f.Value != "" {
			lines.Add(Beside(nameWidth, container.NewVBox(Pad(Small(f.Name), 1.5, 0, 0, 0)), Value(f.Value)))
		}
	}
	return lines
}

// Rect is a filled area.
func Rect(c fyne.ThemeColorName, radius float32) *canvas.Rectangle {
	r := canvas.NewRectangle(Color(c))
	r.CornerRadius = radius
	return r
}

// Framed is a filled area with a hairline around it.
func Framed(fill, stroke fyne.ThemeColorName, radius float32) *canvas.Rectangle {
	r := Rect(fill, radius)
	r.StrokeColor, r.StrokeWidth = Color(stroke), 1
	return r
}

// Pad puts space around an object.
func Pad(o fyne.CanvasObject, top, bottom, left, right float32) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(top, bottom, left, right), o)
}

// Space is an invisible object of a least size.
func Space(w, h float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(w, h))
	return r
}

// Hairline is a thin rule across.
func Hairline() fyne.CanvasObject {
	r := Rect(Rule, 0)
	r.SetMinSize(fyne.NewSize(1, 1))
	return r
}
