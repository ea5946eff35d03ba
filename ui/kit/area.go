package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// State is what the pointer and the keyboard do with an Area.
type State struct{ Hovered, Focused bool }

// Area is a part of the window that can be pressed: with the mouse, Space or Enter.
type Area struct {
	widget.BaseWidget
	OnTap   func()
	content fyne.CanvasObject
	paint   func(State)
	state   State
}

var (
	_ fyne.Tappable      = (*Area)(nil)
	_ fyne.Focusable     = (*Area)(nil)
	_ desktop.Hoverable  = (*Area)(nil)
	_ desktop.Cursorable = (*Area)(nil)
)

// NewArea makes content pressable. paint colours it for a state and refreshes what it changed; it runs once at once.
func NewArea(content fyne.CanvasObject, paint func(State), onTap func()) *Area {
	a := &Area{OnTap: onTap, content: content, paint: paint}
	a.ExtendBaseWidget(a)
	paint(State{})
	return a
}

func (a *Area) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(a.content) }

func (a *Area) Tapped(*fyne.PointEvent) {
	if a.OnTap != nil {
		a.OnTap()
	}
}

func (a *Area) set(s State) {
	if s != a.state {
		a.state = s
		a.paint(s)
	}
}

func (a *Area) MouseIn(*desktop.MouseEvent)    { a.set(State{true, a.state.Focused}) }
func (a *Area) MouseMoved(*desktop.MouseEvent) {}
func (a *Area) MouseOut()                      { a.set(State{false, a.state.Focused}) }
func (a *Area) FocusGained()                   { a.set(State{a.state.Hovered, true}) }
func (a *Area) FocusLost()                     { a.set(State{a.state.Hovered, false}) }
func (a *Area) TypedRune(rune)                 {}

func (a *Area) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		a.Tapped(nil)
	default:
		Escaped(a, e)
	}
}

func (a *Area) Cursor() desktop.Cursor {
	if a.OnTap == nil {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}
