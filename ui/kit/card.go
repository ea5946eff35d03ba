package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// Panel is a card: title and remark left, actions right, body below.
func Panel(title, remark string, body fyne.CanvasObject, actions ...fyne.CanvasObject) *fyne.Container {
	return Headed(container.NewBorder(nil, nil, nil, Line(6, actions...), Fit(8, Title(title), Small(remark))), body)
}

// Headed is a card with a head of its own, e.g. filters of what is below.
func Headed(head, body fyne.CanvasObject) *fyne.Container {
	return container.NewStack(Framed(Surface, Edge, 8), container.NewBorder(Pad(head, 10, 6, 14, 14), nil, nil, nil, Pad(body, 0, 10, 14, 14)))
}

// Card is a card without a title.
func Card(body fyne.CanvasObject) *fyne.Container {
	return container.NewStack(Framed(Surface, Edge, 8), Pad(body, 8, 10, 14, 14))
}

// Figure is a card with one number: what it counts, the number, a remark. Pressed, it leads to what was counted.
func Figure(label, value, remark string, tone fyne.ThemeColorName, onTap func()) *Area {
	frame := Framed(Surface, Edge, 8)
	body := Stack(1, Fit(0, Small(label)), Scaled(Write(value, 25, Text, true)), Fit(0, Write(remark, 12, tone, false)))
	return NewArea(container.NewStack(frame, Pad(container.NewClip(body), 11, 11, 16, 8), Space(0, 96)), func(s State) {
		frame.StrokeColor = Color(Edge)
		if onTap != nil && (s.Hovered || s.Focused) {
			frame.StrokeColor = Color(Accent)
		}
		frame.Refresh()
	}, onTap)
}

// Chip is a short word on a coloured pill.
func Chip(s string, tone Tone) fyne.CanvasObject {
	return container.NewStack(Rect(tone.Back(), 9), Pad(Write(s, 11.5, tone.Fore(), true), 1, 2, 8, 8))
}

// Filter is a chip that can be switched on: a word, a number, one of several choices.
func Filter(label, count string, tone Tone, on bool, onTap func()) *Area {
	back := Framed(Surface, Edge, 13)
	word, number := Write(label, 12.5, Text, on), Write(count, 12.5, Muted, false)
	return NewArea(container.NewStack(back, Pad(Line(6, Dot(tone), word, number), 4, 4, 11, 12)), func(s State) {
		back.FillColor, back.StrokeColor = Color(Surface), Color(Outlined)
		if on {
			back.FillColor, back.StrokeColor = Color(AccentBG), Color(Accent)
		}
		if s.Hovered || s.Focused {
			back.StrokeColor = Color(Accent)
		}
		back.Refresh()
	}, onTap)
}

// Dot is a small round mark.
func Dot(tone Tone) fyne.CanvasObject {
	c := canvas.NewCircle(Color(tone.Bar()))
	return container.New(least{fyne.NewSize(8, 8)}, c)
}

// Frame is a hairline around something, e.g. a text area.
func Frame(o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(Framed(theme.ColorNameBackground, Edge, 6), Pad(o, 2, 2, 4, 4))
}

// Tone is the colour of a judgement, in three strengths: text, pale ground, filled bar.
type Tone int

const (
	Neutral Tone = iota
	Blue
	Red
	Amber
	Green
)

var tones = map[Tone][3]fyne.ThemeColorName{
	Neutral: {Muted, MutedBG, Muted}, Blue: {Accent, AccentBG, BarPlain}, Red: {Danger, DangerBG, BarRed},
	Amber: {Warn, WarnBG, BarAmber}, Green: {Good, GoodBG, BarGreen},
}

func (t Tone) Fore() fyne.ThemeColorName { return tones[t][0] }
func (t Tone) Back() fyne.ThemeColorName { return tones[t][1] }
func (t Tone) Bar() fyne.ThemeColorName  { return tones[t][2] }

// Fill is the colour of a filled bar.
func (t Tone) Fill() color.Color { return Color(t.Bar()) }
