package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// Tab is one face of a pane; its content is made when it is first looked at.
type Tab struct {
	Key, Label string
	Content    func() fyne.CanvasObject
}

// Tabs shows one of several faces under a row of words. chosen is told which one the investigator turned to.
func Tabs(current string, chosen func(key string), tabs ...Tab) fyne.CanvasObject {
	body, head := container.NewStack(), Line(2)
	var show func(key string)
	show = func(key string) {
		head.Objects = nil
		for _, t := range tabs {
			head.Add(tabWord(t.Label, t.Key == key, func() { chosen(t.Key); show(t.Key) }))
			if t.Key == key {
				body.Objects = []fyne.CanvasObject{t.Content()}
			}
		}
		head.Refresh()
		body.Refresh()
	}
	if !has(tabs, current) {
		current = tabs[0].Key
	}
	show(current)
	return container.NewBorder(container.NewVBox(container.NewHScroll(head), Hairline()), nil, nil, nil, Pad(body, 8, 0, 0, 0))
}

func has(tabs []Tab, key string) bool {
	for _, t := range tabs {
		if t.Key == key {
			return true
		}
	}
	return false
}

func tabWord(label string, on bool, onTap func()) *Area {
	tone, back := Muted, Rect(Surface, 5)
	if on {
		tone = Accent
	}
	return NewArea(container.NewStack(back, Pad(Write(label, 12.5, tone, on), 4, 4, 9, 9)), func(s State) {
		back.FillColor = Color(Surface)
		switch {
		case on:
			back.FillColor = Color(AccentBG)
		case s.Hovered || s.Focused:
			back.FillColor = Color(theme.ColorNameHover)
		}
		back.Refresh()
	}, onTap)
}
