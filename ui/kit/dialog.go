package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Dialog asks or tells something above the window until it is dealt with.
type Dialog struct {
	OnNo func() // done when Ask's question is answered with no

	win  fyne.Window
	pop  *widget.PopUp
	main *Button // has the focus where nothing else asks for it, and is pressed by Submit
}

// NewDialog has a title, a body and buttons at its lower right, the last of which it is for.
func NewDialog(win fyne.Window, title string, body fyne.CanvasObject, buttons ...fyne.CanvasObject) *Dialog {
	head := Pad(Fit(0, Write(title, 15, Text, true)), 0, 12, 0, 0)
	foot := Pad(container.NewBorder(nil, nil, nil, Line(8, buttons...)), 16, 0, 0, 0)
	room := Space(titleWidth(title, win), 0) // a title is cut only where the window is too narrow for it
	d := &Dialog{win: win}
	d.pop = widget.NewModalPopUp(Pad(container.NewStack(room, container.NewBorder(head, foot, nil, nil, body)), 14, 14, 18, 18), win.Canvas())
	return d
}

// titleWidth is the width of a dialog's title, at most three quarters of the window's.
func titleWidth(title string, win fyne.Window) float32 {
	return min(fyne.MeasureText(title, 15, fyne.TextStyle{Bold: true}).Width+1, win.Canvas().Size().Width*3/4)
}

// Tell shows something that is only to be taken note of.
func Tell(win fyne.Window, title string, body fyne.CanvasObject, closed string) *Dialog {
	var d *Dialog
	b := Plain(closed, func() { d.Hide() })
	d = NewDialog(win, title, body, Outline(b))
	d.main = b
	return d
}

// Ask shows a question: either answer takes it away, and yes does what was asked for.
func Ask(win fyne.Window, title string, body fyne.CanvasObject, no, yes string, do func()) *Dialog {
	var d *Dialog
	b := Primary("check", yes, func() {
		d.Hide()
		do()
	})
	refuse := Plain(no, func() {
		if d.Hide(); d.OnNo != nil {
			d.OnNo()
		}
	})
	d = NewDialog(win, title, body, Outline(refuse), b)
	d.main = b
	return d
}

// Form asks for several things, each with its name before it; yes can be pressed when all of them are valid.
func Form(win fyne.Window, title string, items []*widget.FormItem, no, yes string, do func()) *Dialog {
	form := widget.NewForm(items...)
	d := Ask(win, title, form, no, yes, do)
	check := func(err error) {
		if d.main.Enable(); err != nil {
			d.main.Disable()
		}
	}
	check(form.Validate())
	form.SetOnValidationChanged(check)
	return d
}

// Submit answers with yes where that is possible by now.
func (d *Dialog) Submit() {
	if !d.main.Disabled() {
		d.main.Tapped(nil)
	}
}

// Resize gives the dialog at least this size, as far as the window has room for it.
func (d *Dialog) Resize(size fyne.Size) {
	room := d.win.Canvas().Size()
	d.pop.Resize(fyne.NewSize(min(size.Width, room.Width-20), min(size.Height, room.Height-20)).Max(d.pop.MinSize()))
}

// Show puts the dialog above the window and the focus on its main button, so that Enter answers.
func (d *Dialog) Show() {
	if d.pop.Show(); d.main != nil {
		d.win.Canvas().Focus(d.main)
	}
}

// Hide takes the dialog away unanswered.
func (d *Dialog) Hide() { d.pop.Hide() }
