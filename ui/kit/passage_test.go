package kit_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/breachscope/breachscope/ui/kit"
)

// A passage is selected with the mouse and copied; every other key is left to the window.
func TestAPassageIsCopiedAndLeavesKeysToTheWindow(t *testing.T) {
	app := test.NewTempApp(t)
	test.ApplyTheme(t, kit.Theme{})
	p := kit.Paragraph("Breachscope")
	w := test.NewTempWindow(t, p)
	w.Resize(fyne.NewSize(300, 80))
	var escaped bool
	w.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { escaped = e.Name == fyne.KeyEscape })
	w.Canvas().FocusNext()
	text, ok := w.Canvas().Focused().(interface {
		fyne.Focusable
		fyne.DoubleTappable
		fyne.Shortcutable
		desktop.Mouseable
		fyne.SecondaryTappable
	})
	if !ok {
		t.Fatalf("%T cannot be selected in", w.Canvas().Focused())
	}
	at := fyne.PointEvent{Position: fyne.NewPos(40, 18), AbsolutePosition: fyne.NewPos(40, 18)}
	text.MouseDown(&desktop.MouseEvent{PointEvent: at, Button: desktop.MouseButtonPrimary})
	text.MouseUp(&desktop.MouseEvent{PointEvent: at, Button: desktop.MouseButtonPrimary})
	text.DoubleTapped(&at)
	if w.Canvas().Focused() != fyne.Focusable(text) {
		t.Errorf("%T has the focus", w.Canvas().Focused())
	}
	if text.TypedShortcut(&fyne.ShortcutCopy{}); app.Clipboard().Content() != "Breachscope" {
		t.Errorf("copied %q", app.Clipboard().Content())
	}
	if text.TappedSecondary(&at); w.Canvas().Overlays().Top() == nil {
		t.Error("the right button offers nothing")
	}
	if text.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape}); !escaped {
		t.Error("Esc is swallowed")
	}
}
