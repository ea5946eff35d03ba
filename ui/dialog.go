package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// tell shows something that is only to be taken note of.
func (w *Window) tell(title string, body fyne.CanvasObject) *kit.Dialog {
	d := kit.Tell(w.win, title, body, words.T("Close"))
	d.Show()
	return d
}

// confirm shows a question, and does what was asked for when it is answered with yes.
func (w *Window) confirm(title, yes string, body fyne.CanvasObject, do func()) *kit.Dialog {
	d := kit.Ask(w.win, title, body, words.T("Cancel"), yes, do)
	d.Show()
	return d
}

// fillIn asks for several things; the focus is on the first of them that is given.
func (w *Window) fillIn(title, yes string, width float32, items []*widget.FormItem, focus fyne.Focusable, do func()) *kit.Dialog {
	d := kit.Form(w.win, title, items, words.T("Cancel"), yes, do)
	d.Resize(fyne.NewSize(width, 10))
	d.Show()
	if focus != nil {
		w.win.Canvas().Focus(focus)
	}
	return d
}
