package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/assets"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// appIcon is the program's mark in its accent colour.
func appIcon() []byte {
	return []byte(strings.ReplaceAll(string(assets.Icon("shield")), "currentColor", "#2b5fd9"))
}

// places are the pages in the order of the work.
var places = []struct{ page, icon, title string }{
	{"overview", "overview", "Overview"}, {"evidence", "evidence", "Evidence"}, {"sessions", "sessions", "Sessions"},
	{"queries", "queries", "Queries"}, {"story", "story", "Story"}, {"customers", "customers", "Customers"}, {"duties", "duties", "Duties"},
	{"export", "export", "Export"}, {"journal", "log", "Journal"},
}

func (w *Window) sidebar() fyne.CanvasObject {
	lines := make([]fyne.CanvasObject, len(places))
	for i, p := range places {
		on := w.at.page == p.page || w.at.page == "" && i == 0 || w.at.page == "person" && p.page == "customers"
		lines[i] = kit.Nav(p.icon, words.T(p.title), w.countOf(p.page), on, func() { w.Show(p.page) })
	}
	head := container.NewBorder(nil, nil, kit.Line(8, kit.Picture("shield", kit.Accent), kit.Title("Breachscope")), w.menuButton())
	return kit.Sidebar(head, lines, w.foot())
}

// countOf is the number beside a page's name.
func (w *Window) countOf(page string) string {
	s := w.summary
	n := map[string]int64{"evidence": s.Files, "sessions": sum(s.Sessions), "queries": sum(s.Queries),
		"customers": app.Total(s.People, string(analysis.Confirmed), "") + app.Total(s.People, string(analysis.Possible), "")}[page]
	if n == 0 {
		return ""
	}
	return words.Number(n)
}

func sum(counts map[string]int64) (n int64) {
	for _, v := range counts {
		n += v
	}
	return n
}

// foot of the sidebar: whether the evidence adds up, and what was just done.
func (w *Window) foot() fyne.CanvasObject {
	s := w.summary
	state := kit.Chip(words.T("every row accounted for"), kit.Green)
	switch {
	case s.Files == 0:
		state = kit.Chip(words.T("none yet"), kit.Neutral)
	case s.Read != s.Loaded+s.Duplicate+s.Rejected:
		state = kit.Chip(words.T("rows unaccounted for"), kit.Red)
	case s.Unknown > 0:
		state = kit.Chip(words.N("%s files not recognised", s.Unknown), kit.Amber)
	}
	w.notice.Wrapping = fyne.TextWrapWord
	return kit.Stack(4, w.notice, kit.Caption(words.T("Evidence integrity")), kit.Line(0, state))
}

// menuButton opens what concerns the window as a whole.
func (w *Window) menuButton() fyne.CanvasObject {
	b := kit.Quiet("gear", nil)
	b.OnTapped = func() {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b).AddXY(0, b.Size().Height)
		widget.ShowPopUpMenuAtPosition(w.menu(), w.win.Canvas(), at)
	}
	return b
}

func (w *Window) menu() *fyne.Menu {
	languages := fyne.NewMenuItem(words.T("Language"), nil)
	languages.ChildMenu = fyne.NewMenu("")
	for _, l := range words.Languages {
		item := fyne.NewMenuItem(l.Name, func() { w.speak(l.Code) })
		item.Checked = l.Code == words.Current()
		languages.ChildMenu.Items = append(languages.ChildMenu.Items, item)
	}
	dark := fyne.NewMenuItem(words.T("Dark"), func() { w.Dark(!w.look.Dark) })
	dark.Checked = w.look.Dark
	items := []*fyne.MenuItem{dark, languages}
	if w.c != nil {
		items = append(items, fyne.NewMenuItemSeparator(), fyne.NewMenuItem(words.T("Undo the last verdict"), w.undo),
			fyne.NewMenuItem(words.T("Close the case"), w.closeCase))
	}
	items = append(items, fyne.NewMenuItemSeparator(), fyne.NewMenuItem(words.T("About"), w.about))
	return fyne.NewMenu("", items...)
}

// Dark switches between the dark and the light theme.
func (w *Window) Dark(on bool) {
	w.look.Dark = on
	w.app.Preferences().SetBool(prefDark, on)
	w.app.Settings().SetTheme(w.look)
	w.build()
}

func (w *Window) speak(code string) {
	w.app.Preferences().SetString(prefLanguage, code)
	words.Use(code)
	nameToolkitWords()
	w.build()
}

// Speak switches the language of the window.
func (w *Window) Speak(code string) { w.speak(code) }

// nameToolkitWords gives the toolkit's own dialogs and menus the window's language; it has no Korean of its own and
// follows the system otherwise.
func nameToolkitWords() {
	if data := words.Toolkit(); data != nil {
		_ = lang.AddTranslationsForLocale(data, lang.SystemLocale()) // a toolkit word left in English is no failure
	}
}

// head is the top of a page: title, remark, and the page's actions, of which a search box gives way.
func (w *Window) head(title, remark string, chip fyne.CanvasObject, actions ...fyne.CanvasObject) fyne.CanvasObject {
	name := kit.Fit(10, kit.Heading(title))
	if chip != nil {
		name = kit.Fit(10, kit.Heading(title), chip)
	}
	return kit.Head(8, kit.Stack(1, name, kit.Fit(0, kit.Small(remark))), actions...)
}

// banner is a strip across the page that asks for the next step.
func banner(t kit.Tone, icon, text string, action fyne.CanvasObject) fyne.CanvasObject {
	left := kit.Line(10, kit.Picture(icon, t.Fore()), kit.Write(text, 13, t.Fore(), true))
	right := kit.Line(0)
	if action != nil {
		right.Add(action)
	}
	return container.NewStack(kit.Rect(t.Back(), 8), kit.Pad(container.NewBorder(nil, nil, left, right, layout.NewSpacer()), 6, 6, 14, 8))
}

// searchBox finds on Enter: while a Korean syllable is being composed there is nothing to search for yet. It is where
// Ctrl+F leads.
func (w *Window) searchBox(hint string, find func(string)) fyne.CanvasObject {
	e := kit.Field()
	e.SetPlaceHolder(hint)
	e.SetText(w.at.search)
	e.Icon = kit.Icon("search", kit.Muted)
	e.OnSubmitted = func(s string) { find(strings.TrimSpace(s)) }
	w.search = e
	return kit.Elastic(120, 240, e)
}

// shortcuts of the whole window: pages by number, search, undo, and Esc.
func (w *Window) shortcuts() {
	canvas := w.win.Canvas()
	in := func(key fyne.KeyName, do func()) {
		canvas.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) {
			if w.c != nil && canvas.Overlays().Top() == nil {
				do()
			}
		})
	}
	for i, p := range places {
		in(fyne.KeyName(rune('1'+i)), func() { w.Show(p.page) })
	}
	in(fyne.KeyF, w.find)
	canvas.AddShortcut(&fyne.ShortcutUndo{}, func(fyne.Shortcut) {
		if w.c != nil && canvas.Overlays().Top() == nil {
			w.undo()
		}
	})
	canvas.SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			w.escape()
		}
	})
}

// find goes to the page's search box; a page without one leads to the customers, whom most searches are for.
func (w *Window) find() {
	if w.search == nil {
		w.Show("customers")
	}
	w.win.Canvas().Focus(w.search)
	w.search.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// escape closes the dialog on top, unless it shows a step under way: that is stopped by its button alone. Without a
// dialog it takes the page's search back, and else the focus.
func (w *Window) escape() {
	switch top := w.win.Canvas().Overlays().Top(); {
	case top != nil && w.running == 0:
		w.win.Canvas().Overlays().Remove(top)
	case top != nil:
	case w.at.search != "" && w.search != nil:
		w.search.SetText("")
		w.search.OnSubmitted("")
	default:
		w.win.Canvas().Unfocus()
	}
}

// menuAt shows a menu at a place of the canvas.
func (w *Window) menuAt(at fyne.Position, items ...*fyne.MenuItem) {
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), w.win.Canvas(), at)
}

// menuOf is a button under which a menu opens.
func (w *Window) menuOf(icon, label string, open func(at fyne.Position)) fyne.CanvasObject {
	var b *fyne.Container
	b = kit.Secondary(icon, label, func() {
		open(fyne.CurrentApp().Driver().AbsolutePositionForObject(b).AddXY(0, b.Size().Height))
	})
	return b
}
