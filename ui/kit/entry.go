package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Entry is a field to type in that leaves Esc and the window's shortcuts to the window, where the toolkit's own swallows them.
type Entry struct{ widget.Entry }

// Field is to hold a line of text.
func Field() *Entry {
	e := &Entry{}
	e.Wrapping = fyne.TextWrap(fyne.TextTruncateClip)
	e.ExtendBaseWidget(e)
	return e
}

// Secret is to hold a password.
func Secret() *Entry {
	e := Field()
	e.Password = true
	return e
}

// Lines is to hold several lines of text.
func Lines() *Entry {
	e := Field()
	e.MultiLine = true
	return e
}

func (e *Entry) TypedKey(key *fyne.KeyEvent) {
	if !Escaped(e, key) {
		e.Entry.TypedKey(key)
	}
}

// TypedShortcut keeps what edits the text; what has a letter or a digit of its own is of the window.
func (e *Entry) TypedShortcut(s fyne.Shortcut) {
	if custom, ok := s.(*desktop.CustomShortcut); ok && len(custom.KeyName) == 1 {
		HandOn(e, s)
		return
	}
	e.Entry.TypedShortcut(s)
}

// HandOn tells a shortcut to the canvas that an object with the focus lies on: the toolkit tells it to that object alone.
func HandOn(o fyne.CanvasObject, s fyne.Shortcut) {
	if c, ok := fyne.CurrentApp().Driver().CanvasForObject(o).(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
}

// Escaped hands Esc on to the canvas that an object with the focus lies on; false for any other key.
func Escaped(o fyne.CanvasObject, key *fyne.KeyEvent) bool {
	if key.Name != fyne.KeyEscape {
		return false
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(key)
	}
	return true
}
