package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// customersPage lists who was affected, with grade and fields, and for each the full answer to "why".
func (w *Window) customersPage() fyne.CanvasObject {
	s := w.summary
	detail := hint(words.T("Choose a customer."))
	show := kit.Secondary("eye", words.T("Show names"), w.reveal)
	if w.revealed {
		show = kit.Secondary("eye-off", words.T("Mask names"), func() { w.revealed = false; w.build() })
	}
	head := w.head(words.T("Affected customers"), words.T("red: confirmed by log or replay; amber: cannot be ruled out"), nil,
		w.searchBox(words.T("Name, country, category, id"), func(text string) {
			w.visit(visit{page: "customers", only: w.at.only, search: text})
		}), show, kit.Secondary("lock", words.T("Freeze the lists"), w.freeze), kit.Primary("export", words.T("Export"), func() { w.Show("export") }))
	page := kit.Column(kit.Gap, head)
	if !s.Scoped && s.Sessions[string(analysis.Attacker)] > 0 {
		page.Add(w.replayBanner())
	}
	page.Add(kit.Slide(6, w.listFilters()...))
	lists := kit.Tabs(w.part, func(key string) { w.part = key; w.build() },
		kit.Tab{Key: "people", Label: words.T("Customers"), Content: func() fyne.CanvasObject { return w.peopleGrid(detail) }},
		kit.Tab{Key: "countries", Label: words.T("By country"), Content: w.countryTable},
		kit.Tab{Key: "combinations", Label: words.T("What was exposed together"), Content: w.combinations},
		kit.Tab{Key: "versions", Label: words.T("Versions of the lists"), Content: w.versions})
	if w.part == "countries" || w.part == "combinations" || w.part == "versions" {
		page.Add(kit.Card(lists))
		return page
	}
	page.Add(kit.Row([]float32{70, 30}, kit.Card(lists), kit.Panel(words.T("Customer"), "", detail)))
	return page
}

// listFilters are the three lists, and the country when one was chosen elsewhere.
func (w *Window) listFilters() []fyne.CanvasObject {
	filter := func(only, label string, n int64) fyne.CanvasObject {
		return kit.Filter(label, words.Number(n), tone(only), w.at.only == only, func() {
			w.visit(visit{page: "customers", only: only, search: w.at.search})
		})
	}
	chips := []fyne.CanvasObject{filter("", words.T("all"), allPeople(w.summary))}
	for _, l := range []analysis.List{analysis.Confirmed, analysis.Possible, analysis.Cleared} {
		chips = append(chips, filter(string(l), words.Of("list", string(l)), app.Total(w.summary.People, string(l), "")))
	}
	if tones[w.at.only] == kit.Neutral && w.at.only != "" {
		chips = append(chips, kit.Filter(country(w.at.only), "×", kit.Blue, true, func() { w.visit(visit{page: "customers", search: w.at.search}) }))
	}
	if w.at.search != "" {
		chips = append(chips, kit.Filter(words.Of("category", w.at.search), "×", kit.Blue, true, func() { w.visit(visit{page: "customers", only: w.at.only}) }))
	}
	return chips
}

func allPeople(s app.Summary) (n int64) {
	for _, c := range s.People {
		n += c.N
	}
	return n
}

// reveal shows personal values in clear after the investigator has said why; asking is journalled.
func (w *Window) reveal() {
	reason := kit.Field()
	reason.SetPlaceHolder(words.T("why, in a sentence; it goes into the journal"))
	d := w.confirm(words.T("Show personal values"), words.T("Show"), kit.Least(460, 10, reason), func() { w.unmask(reason.Text) })
	reason.OnSubmitted = func(string) { d.Submit() }
	w.win.Canvas().Focus(reason)
}

// unmask journals why, and shows personal values in clear from then on.
func (w *Window) unmask(reason string) {
	if strings.TrimSpace(reason) == "" {
		w.fail(&app.Problem{What: words.T("showing personal values needs a reason"), Do: words.T("say in a sentence what they are needed for")})
		return
	}
	w.run(words.T("Writing the journal"), func(ctx context.Context, _ progressFunc) error { return w.c.Reveal(ctx, reason) }, func() {
		w.revealed = true
		w.build()
	}, nil)
}

func (w *Window) peopleGrid(detail *fyne.Container) *grid.Grid {
	sort, down := "", false
	source := pages(w.ctx, w, func(ctx context.Context, from, limit int64) ([]app.Person, int64, error) {
		return w.c.People(ctx, app.Listing{Search: w.at.search, Only: w.at.only, Sort: sort, Down: down, Offset: from, Limit: limit})
	}, w.personCells)
	list := grid.New([]grid.Column{
		{Key: "name", Title: words.T("Name"), Width: 60, Grow: true}, {Key: "residence", Title: words.T("Residence"), Width: 90, Show: country},
		{Key: "list", Title: words.T("List"), Width: 84, Look: grid.Pill, Tone: tone, Show: func(s string) string { return words.Of("list", s) }},
		{Key: "grade", Title: words.T("Grade"), Width: 84, Show: func(s string) string { return words.Of("grade", s) }},
		{Key: "act", Title: words.T("Act"), Width: 74, Show: func(s string) string { return words.Of("act", s) }},
		{Title: words.T("Exposed data"), Width: 90, Grow: true, Show: func(s string) string { return spelled("category", s) }},
		{Key: "records", Title: words.T("Records"), Width: 58, Look: grid.Number}, {Key: "first", Title: words.T("First"), Width: 90},
	}, source)
	list.Empty = words.T("Nobody on this list.")
	list.OnSort = func(key string, d bool) {
		sort, down = key, d
		source.Reset()
		list.Reset()
	}
	list.OnSelect = func(row int64) {
		if p, ok := source.At(row); ok {
			w.showPerson(detail, p)
		}
	}
	list.OnOpen = func(row int64) {
		if p, ok := source.At(row); ok {
			w.openPerson(p)
		}
	}
	w.copies(list)
	w.list = list
	grid.Follow(list, source, w.fail)
	chooseFirst(list, source)
	return list
}

func (w *Window) personCells(p app.Person) []string {
	residence := p.Residence
	if residence == "" {
		residence = "unknown"
	}
	return []string{w.personal(p.Name), residence, p.List, p.Grade, p.Act, p.Categories, words.Number(p.Records), w.format(p.First, "01-02 15:04")}
}
