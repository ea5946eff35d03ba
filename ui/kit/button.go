package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Primary is the one button of a page that the page is for.
func Primary(iconName, label string, onTap func()) *widget.Button {
	b := widget.NewButtonWithIcon(label, Icon(iconName, theme.ColorNameForegroundOnPrimary), onTap)
	b.Importance = widget.HighImportance
	return b
}

// Secondary is any other button: outlined, calm.
func Secondary(iconName, label string, onTap func()) *fyne.Container {
	b := widget.NewButton(label, onTap)
	if iconName != "" {
		b.SetIcon(Icon(iconName, Text))
	}
	return Outline(b)
}

// Outline gives a button the hairline that the toolkit's own does not draw.
func Outline(b *widget.Button) *fyne.Container {
	b.Importance = widget.LowImportance
	edge := Framed(Surface, Outlined, 6) // above the button, whose colour under the pointer would cover it
	edge.FillColor = color.Transparent
	return container.NewStack(Rect(Surface, 6), b, edge)
}

// Quiet is an icon alone, for actions everybody knows.
func Quiet(iconName string, onTap func()) *widget.Button {
	b := widget.NewButtonWithIcon("", Icon(iconName, Muted), onTap)
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
