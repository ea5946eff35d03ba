package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"
)

// Passage is text that can be selected and copied. It leaves Esc and the shortcuts of the window to the window, where the
// toolkit's own label swallows them.
type Passage struct{ widget.Label }

// Paragraph is text that wraps and can be selected and copied.
func Paragraph(s string) *Passage {
	p := &Passage{}
	p.Text, p.Wrapping, p.Selectable = s, fyne.TextWrapWord, true
	p.ExtendBaseWidget(p)
	return p
}

func (p *Passage) CreateRenderer() fyne.WidgetRenderer {
	r := p.Label.CreateRenderer()
	objects := r.Objects()
	s := &selection{of: objects[0].(selector)}
	s.ExtendBaseWidget(s)
	return &passageRenderer{r, s, objects[1]}
}

// passageRenderer draws a label with a selection in the place of the label's own.
type passageRenderer struct {
	fyne.WidgetRenderer
	selection *selection
	text      fyne.CanvasObject
}

func (r *passageRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.selection, r.text}
}

func (r *passageRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.selection.Resize(size)
}

func (r *passageRenderer) Refresh() {
	r.WidgetRenderer.Refresh()
	r.selection.Refresh()
}

// selector is what selects text in a label of the toolkit.
type selector interface {
	fyne.Widget
	fyne.Focusable
	fyne.Shortcutable
	fyne.Draggable
	fyne.DoubleTappable
	desktop.Mouseable
	SelectedText() string
}

// selection has the focus in place of the selector, which knows nothing of a canvas and does the rest.
type selection struct {
	widget.BaseWidget
	of selector
}

var (
	_ fyne.SecondaryTappable = (*selection)(nil)
	_ desktop.Cursorable     = (*selection)(nil)
	_ selector               = (*selection)(nil)
)

func (s *selection) CreateRenderer() fyne.WidgetRenderer { return s.of.CreateRenderer() }

func (s *selection) Refresh() {
	s.BaseWidget.Refresh()
	canvas.Refresh(s) // the renderer asks for the selector to be painted again, which lies on no canvas
}

func (s *selection) MouseDown(e *desktop.MouseEvent) {
	s.of.MouseDown(e)
	if c := fyne.CurrentApp().Driver().CanvasForObject(s); c != nil {
		c.Focus(s)
	}
	s.Refresh()
}

func (s *selection) MouseUp(e *desktop.MouseEvent)   { s.of.MouseUp(e); s.Refresh() }
func (s *selection) Dragged(e *fyne.DragEvent)       { s.of.Dragged(e); s.Refresh() }
func (s *selection) DragEnd()                        { s.of.DragEnd(); s.Refresh() }
func (s *selection) DoubleTapped(e *fyne.PointEvent) { s.of.DoubleTapped(e); s.Refresh() }
func (s *selection) FocusGained()                    { s.of.FocusGained(); s.Refresh() }
func (s *selection) FocusLost()                      { s.of.FocusLost(); s.Refresh() }
func (s *selection) SelectedText() string            { return s.of.SelectedText() }
func (s *selection) Cursor() desktop.Cursor          { return desktop.TextCursor }
func (s *selection) TypedRune(rune)                  {}
func (s *selection) TypedKey(e *fyne.KeyEvent)       { Escaped(s, e) }

func (s *selection) TypedShortcut(sc fyne.Shortcut) {
	if _, copies := sc.(*fyne.ShortcutCopy); copies {
		s.of.TypedShortcut(sc)
		return
	}
	HandOn(s, sc)
}

func (s *selection) TappedSecondary(e *fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(s); c != nil {
		copies := fyne.NewMenuItem(lang.L("Copy"), func() { fyne.CurrentApp().Clipboard().SetContent(s.SelectedText()) })
		widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", copies), c, e.AbsolutePosition)
	}
}
