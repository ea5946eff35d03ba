package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Button is pressed with the mouse, Space or Enter, and leaves Esc to the window; the toolkit's own knows Space alone.
type Button struct{ widget.Button }

// Plain is a word to press, for Outline to frame.
func Plain(label string, onTap func()) *Button {
	b := &Button{}
	b.Text, b.OnTapped = label, onTap
	b.ExtendBaseWidget(b)
	return b
}

func (b *Button) TypedKey(key *fyne.KeyEvent) {
	switch {
	case Escaped(b, key):
	case key.Name == fyne.KeyReturn || key.Name == fyne.KeyEnter:
		b.Tapped(nil)
	default:
		b.Button.TypedKey(key)
	}
}

// Primary is the one button of a page that the page is for.
func Primary(iconName, label string, onTap func()) *Button {
	b := Plain(label, onTap)
	b.Icon = Icon(iconName, theme.ColorNameForegroundOnPrimary)
	b.Importance = widget.HighImportance
	return b
}

// Secondary is any other button: outlined, calm.
func Secondary(iconName, label string, onTap func()) *fyne.Container {
	b := Plain(label, onTap)
	if iconName != "" {
		b.Icon = Icon(iconName, Text)
	}
	return Outline(b)
}

// Outline gives a button the hairline that the toolkit's own does not draw.
func Outline(b *Button) *fyne.Container {
	b.Importance = widget.LowImportance
	edge := Framed(Surface, Outlined, 6) // above the button, whose colour under the pointer would cover it
	edge.FillColor = color.Transparent
	return container.NewStack(Rect(Surface, 6), b, edge)
}

// Quiet is an icon alone, for actions everybody knows.
func Quiet(iconName string, onTap func()) *Button {
	b := Plain("", onTap)
	b.Icon = Icon(iconName, Muted)
	b.Importance = widget.LowImportance
	return b
}

// Tool is a small icon in the head of a card, no higher than its title.
func Tool(iconName string, onTap func()) *Area {
	ground := Rect(Surface, 4)
	return NewArea(container.NewStack(ground, Pad(Least(16, 16, Picture(iconName, Muted)), 1, 1, 3, 3)), func(s State) {
		ground.FillColor = color.Transparent
		if s.Hovered || s.Focused {
			ground.FillColor = Color(AccentBG)
		}
		ground.Refresh()
	}, onTap)
}

// Link is a word that leads somewhere.
func Link(label string, onTap func()) *Area {
	word := Write(label, 13, Accent, false)
	under := Rect(Accent, 0)
	under.SetMinSize(fyne.NewSize(1, 1))
	return NewArea(container.NewStack(word, container.NewBorder(nil, under, nil, nil)), func(s State) {
		under.FillColor = color.Transparent
		if s.Hovered || s.Focused {
			under.FillColor = Color(Accent)
		}
		under.Refresh()
	}, onTap)
}
