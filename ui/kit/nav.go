package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// SideWidth is the width of the sidebar.
const SideWidth = 208

// Nav is one line of the sidebar: an icon, a word, a count; lit when it is where the investigator is.
func Nav(iconName, label, count string, on bool, onTap func()) *Area {
	ground := Rect(Side, 6)
	tone := Muted
	if on {
		tone = Accent
	}
	content := container.NewBorder(nil, nil, Line(8, Picture(iconName, tone), Write(label, 13, Text, on)), Line(0, Caption(count)))
	return NewArea(container.NewStack(ground, Pad(content, 6, 6, 10, 10)), func(s State) {
		ground.FillColor, ground.StrokeWidth = color.Transparent, 0
		if s.Hovered {
			ground.FillColor = Color(theme.ColorNameHover)
		}
		if on {
			ground.FillColor = Color(AccentBG)
		}
		if s.Focused {
			ground.StrokeColor, ground.StrokeWidth = Color(theme.ColorNameFocus), 1
		}
		ground.Refresh()
	}, onTap)
}

// Sidebar is the column left of every screen: the mark on top, the lines, and what stands at its foot.
func Sidebar(head fyne.CanvasObject, lines []fyne.CanvasObject, foot fyne.CanvasObject) fyne.CanvasObject {
	return container.NewStack(Rect(Side, 0), Pad(container.NewBorder(Pad(head, 12, 12, 10, 10), Pad(foot, 8, 8, 10, 10), nil, nil, Stack(2, lines...)), 4, 4, 8, 8))
}
