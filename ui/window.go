// Package ui is the window: screens over package app. It asks app for everything and knows no SQL; whatever takes
// longer than a moment runs beside the main goroutine.
package ui

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/breachscope/breachscope/app"
	said "github.com/breachscope/breachscope/app/words"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// Window is the program's one window: a start screen, or an open case with its pages.
type Window struct {
	app  fyne.App
	win  fyne.Window
	look kit.Theme

	c        *app.Case // nil on the start screen
	info     app.Info
	zone     *time.Location
	summary  app.Summary
	revealed bool // personal values are shown in clear

	categories map[string]string // of personal data, by the names of the customer tables' fields
	rules      []app.Rule        // in force
	tongues    map[string]*said.Pages

	first   string // page shown when a case is opened
	at      visit
	ctx     context.Context // ends when the page is left
	leave   context.CancelFunc
	reads   sync.WaitGroup // what pages are reading right now; a case is closed only after it
	steps   sync.WaitGroup // long steps under way
	running int            // so many of them, as the main goroutine sees it
	search  *kit.Entry     // of the page shown; nil where there is none
	list    *grid.Grid     // of the page shown, which keys go to; nil where there is none
	notice  *widget.Label
	reason  string        // of the last verdict, offered again
	tab     string        // of the detail pane, kept from row to row
	judged  *sessionsView // the page of sessions, whose place outlives a verdict
	part    string        // of a page with several, kept from visit to visit
}

// visit is a page and what to show there.
type visit struct {
	page   string
	only   string // filter: a verdict, a list, an outcome, a country
	search string
	pick   map[string]string // of sessions: values by facet
	record string            // of the person shown; persons are numbered anew with every replay, records are not
}

// Preferences that outlive the program.
const (
	prefDark     = "dark"
	prefLanguage = "language"
	prefRecent   = "recent"
	prefWidth    = "width"
	prefHeight   = "height"
)

// Options of one run; what is empty is as the investigator left it last time.
type Options struct {
	Language string // code
	Dark     bool
	Page     string // to begin with
}

// New makes the window. It shows the start screen until Open.
func New(a fyne.App, o Options) *Window {
	w := &Window{app: a, zone: time.UTC, first: o.Page}
	w.look.Dark = o.Dark || a.Preferences().Bool(prefDark)
	if o.Language == "" {
		o.Language = a.Preferences().StringWithFallback(prefLanguage, words.System())
	}
	words.Use(o.Language)
	nameToolkitWords()
	a.Settings().SetTheme(w.look)
	a.SetIcon(fyne.NewStaticResource("breachscope.svg", appIcon()))
	w.win = a.NewWindow("Breachscope")
	w.win.SetPadded(false)
	w.win.SetMaster()
	w.win.SetOnDropped(func(_ fyne.Position, uris []fyne.URI) { w.Drop(pathsOf(uris)) })
	w.win.SetCloseIntercept(w.quit)
	w.shortcuts()
	w.build()
	p := a.Preferences()
	w.win.Resize(fyne.NewSize(float32(p.FloatWithFallback(prefWidth, 1260)), float32(p.FloatWithFallback(prefHeight, 700))))
	return w
}

// ShowAndRun shows the window and returns when it is closed.
func (w *Window) ShowAndRun() { w.win.ShowAndRun() }

// Show goes to a page: overview, evidence, sessions, queries, story, customers, duties, export, journal.
func (w *Window) Show(page string) { w.visit(visit{page: page}) }

// settle waits until no step is under way and nothing is being read; what they have to show may still be to come.
func (w *Window) settle() {
	w.steps.Wait()
	w.reads.Wait()
}

func pathsOf(uris []fyne.URI) []string {
	paths := make([]string, len(uris))
	for i, u := range uris {
		paths[i] = u.Path()
	}
	return paths
}

// Drop takes what was dropped on the window: a case is opened, anything else is evidence for the open case, or for a
// new one.
func (w *Window) Drop(paths []string) {
	switch {
	case len(paths) == 1 && strings.HasSuffix(paths[0], extension):
		w.Open(paths[0])
	case w.c == nil:
		w.newCase(paths)
	case len(paths) > 0:
		w.importPaths(paths)
	}
}

// visit leaves the page and goes to another.
func (w *Window) visit(v visit) {
	w.at, w.judged = v, nil
	w.build()
}

// build draws the window anew: after a change of page, theme or language.
func (w *Window) build() {
	if w.leave != nil {
		w.leave()
	}
	w.ctx, w.leave = context.WithCancel(context.Background())
	w.search, w.list = nil, nil
	w.win.Canvas().Unfocus() // a field that goes away with the focus would blink for ever
	w.notice = widget.NewLabel("")
	w.notice.Importance = widget.LowImportance
	if w.c == nil {
		w.win.SetTitle("Breachscope")
		w.win.SetContent(w.startScreen())
		return
	}
	w.win.SetTitle(w.info.Name + " – Breachscope")
	page := container.NewScroll(kit.Pad(w.page(), 14, 12, 18, 18))
	w.win.SetContent(kit.Beside(kit.SideWidth, w.sidebar(), page))
	if w.list != nil {
		w.win.Canvas().Focus(w.list)
	}
}

// page builds the page of the present visit.
func (w *Window) page() fyne.CanvasObject {
	switch w.at.page {
	case "evidence":
		return w.evidencePage()
	case "sessions":
		return w.sessionsPage()
	case "queries":
		return w.queriesPage()
	case "story":
		return w.storyPage()
	case "customers":
		return w.customersPage()
	case "person":
		return w.personPage()
	case "duties":
		return w.dutiesPage()
	case "export":
		return w.exportPage()
	case "journal":
		return w.journalPage()
	}
	return w.overviewPage()
}

// Open opens the case at path, asking for its passphrase when it is sealed.
func (w *Window) Open(path string) { w.open(path, app.Options{}) }

func (w *Window) open(path string, o app.Options) {
	w.enter(words.T("Opening the case"), path, func(ctx context.Context) (*app.Case, error) { return app.Open(ctx, path, o) }, nil,
		func(err error) bool { return w.askPassphrase(path, o, err) })
}

// enter gets a case, closes the one before, and shows the new one; then runs when its first page stands.
func (w *Window) enter(title, path string, get func(context.Context) (*app.Case, error), then func(), failed func(error) bool) {
	before, leave := w.c, w.leave
	var c *app.Case
	var f figures
	w.run(title, func(ctx context.Context, _ progressFunc) (err error) {
		if c, err = get(ctx); err != nil {
			return err
		}
		if f, err = count(ctx, c); err != nil {
			return errors.Join(err, c.Close())
		}
		leave()
		w.reads.Wait()
		if before != nil {
			err = before.Close()
		}
		return err
	}, func() {
		w.c, w.info, w.zone, w.revealed = c, f.summary.Info, zoneOf(f.summary.Info), false
		w.take(f)
		w.remember(path)
		w.visit(visit{page: w.first})
		if then != nil {
			then()
		}
	}, failed)
}

// figures are what every page needs of the case.
type figures struct {
	summary    app.Summary
	categories map[string]string
	rules      []app.Rule
}

func count(ctx context.Context, c *app.Case) (f figures, err error) {
	if f.summary, err = c.Summary(ctx); err != nil {
		return f, err
	}
	if f.categories, err = c.Categories(ctx); err != nil {
		return f, err
	}
	f.rules, err = c.Rules(ctx)
	return f, err
}

func (w *Window) take(f figures) {
	w.summary, w.categories, w.rules, w.tongues = f.summary, f.categories, f.rules, nil
}

// reasoned is why a session was judged so, in the language of the window where a workbook can be written in it: what the
// program suggested quotes its rules, each of which has its own words.
func (w *Window) reasoned(text string) string {
	code := words.Current()
	pages, known := w.tongues[code]
	if !known {
		pages, _ = said.ReadPages(code, w.rules) // a language without a workbook leaves the text as it is kept
		if w.tongues == nil {
			w.tongues = map[string]*said.Pages{}
		}
		w.tongues[code] = pages
	}
	return said.Reasoned(text, func(s string) string {
		if pages == nil || s == "" {
			return s
		}
		return pages.Say(s)
	})
}

// zoneOf is the organisation's time zone; UTC when this computer does not know it.
func zoneOf(info app.Info) *time.Location {
	if zone, err := time.LoadLocation(info.Timezone); err == nil {
		return zone
	}
	return time.UTC
}

// recent cases, the newest first.
func (w *Window) recent() []string { return w.app.Preferences().StringList(prefRecent) }

func (w *Window) remember(path string) {
	if full, err := filepath.Abs(path); err == nil {
		path = full
	}
	list := slices.DeleteFunc(w.recent(), func(p string) bool { return p == path })
	list = append([]string{path}, list...)
	w.app.Preferences().SetStringList(prefRecent, list[:min(8, len(list))])
}

// refresh counts everything again and redraws the page: the case has changed.
func (w *Window) refresh(then func()) {
	c := w.c
	fetch(w.ctx, w, func(ctx context.Context) (figures, error) { return count(ctx, c) }, func(f figures) {
		w.take(f)
		w.build()
		if then != nil {
			then()
		}
	})
}

// note says something in passing, at the foot of the sidebar.
func (w *Window) note(s string) {
	w.notice.SetText(s)
}

// closeCase goes back to the start screen.
func (w *Window) closeCase() { w.save(func() { w.visit(visit{}) }) }

// save closes the case when nothing reads it any more.
func (w *Window) save(then func()) {
	c := w.c
	w.leave()
	w.run(words.T("Saving the case"), func(context.Context, progressFunc) error {
		w.reads.Wait()
		return c.Close()
	}, func() {
		w.c = nil
		then()
	}, nil)
}

// quit keeps the window's size and saves the case before the program ends.
func (w *Window) quit() {
	size := w.win.Canvas().Size()
	w.app.Preferences().SetFloat(prefWidth, float64(size.Width))
	w.app.Preferences().SetFloat(prefHeight, float64(size.Height))
	if w.c == nil {
		w.win.Close()
		return
	}
	w.save(w.win.Close)
}

// moment writes a time in the case's zone, "–" when there is none.
func (w *Window) moment(t time.Time) string { return w.format(t, "2006-01-02 15:04:05") }

// minute writes a time in the case's zone without seconds.
func (w *Window) minute(t time.Time) string { return w.format(t, "2006-01-02 15:04") }

func (w *Window) format(t time.Time, layout string) string {
	if t.IsZero() {
		return "–"
	}
	return t.In(w.zone).Format(layout)
}
