package chart

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/breachscope/breachscope/ui/kit"
)

// Part is a share of a bar in one colour.
type Part struct {
	Value float64
	Tone  kit.Tone
}

// Entry is one line of a ranking: a name, its number in words, and the parts the bar is made of.
type Entry struct {
	Name, Note, Value string
	Parts             []Part
	OnTap             func()
}

// Ranking is bars below each other, the longest filling the width.
func Ranking(entries []Entry) fyne.CanvasObject {
	var top float64
	for _, e := range entries {
		top = max(top, total(e.Parts))
	}
	lines := make([]fyne.CanvasObject, len(entries))
	for i, e := range entries {
		lines[i] = line(e, top)
	}
	return kit.Stack(9, lines...)
}

func total(parts []Part) (sum float64) {
	for _, p := range parts {
		sum += p.Value
	}
	return sum
}

func line(e Entry, top float64) fyne.CanvasObject {
	name, note, value := kit.Write(e.Name, 12.5, kit.Text, false), kit.Write(e.Note, 12, kit.Muted, false), kit.Write(e.Value, 12.5, kit.Text, true)
	head := container.NewBorder(nil, nil, nil, kit.Line(0, value), kit.Fit(7, name, note))
	bar := Bar(e.Parts, top, 6)
	return kit.NewArea(kit.Stack(3, kit.Least(10, name.MinSize().Height, head), bar), func(s kit.State) {
		name.Color = kit.Color(kit.Text)
		if e.OnTap != nil && (s.Hovered || s.Focused) {
			name.Color = kit.Color(kit.Accent)
		}
		name.Refresh()
	}, e.OnTap)
}

// Bar is a bar on a pale track, made of parts; top is the value that fills it.
func Bar(parts []Part, top float64, height float32) fyne.CanvasObject {
	return kit.Paint(fyne.NewSize(60, height), func(c kit.Canvas, w, h float32) {
		c.Bar(0, 0, w, h, kit.Color(kit.MutedBG))
		x := float32(0)
		for _, p := range parts {
			if p.Value <= 0 || top <= 0 {
				continue
			}
			width := max(2, float32(p.Value/top)*w)
			c.Bar(x, 0, width, h, p.Tone.Fill())
			x += width
		}
	})
}
