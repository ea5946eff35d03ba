package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// resident is a line of the table of countries: how many of each kind are on each list.
type resident struct {
	code  string
	total bool
	n     map[string]int64 // by list and kind: "confirmed person"
}

func (r resident) on(list analysis.List, kind string) int64 { return r.n[string(list)+" "+kind] }

func (r resident) all() int64 {
	var n int64
	for _, kind := range personKinds {
		n += r.on(analysis.Confirmed, kind) + r.on(analysis.Possible, kind)
	}
	return n
}

// personKinds are natural persons, then what is no natural person.
var personKinds = []string{"person", "company", "employee", "test"}

// residents adds the affected up by residence, the most affected first, with the sum on top.
func residents(counts []app.Count) []resident {
	sum := resident{total: true, n: map[string]int64{}}
	var list []resident
	index := map[string]int{}
	for _, c := range counts {
		if c.List == string(analysis.Cleared) {
			continue
		}
		i, ok := index[c.Residence]
		if !ok {
			i = len(list)
			index[c.Residence] = i
			list = append(list, resident{code: c.Residence, n: map[string]int64{}})
		}
		list[i].n[c.List+" "+c.Kind] += c.N
		sum.n[c.List+" "+c.Kind] += c.N
	}
	slices.SortStableFunc(list, func(a, b resident) int { return int(b.all() - a.all()) })
	return append([]resident{sum}, list...)
}

// countryTable shows whom of each country the lists name; a line leads to them.
func (w *Window) countryTable() fyne.CanvasObject {
	rows := &grid.Rows[resident]{All: residents(w.summary.People), Cells: resident.cells}
	columns := []grid.Column{{Title: words.T("Residence"), Width: 120, Grow: true}}
	for _, list := range []string{words.Of("list", "confirmed"), words.Of("list", "possible")} {
		for _, kind := range personKinds {
			columns = append(columns, grid.Column{Title: list + ", " + words.Of("person", kind), Width: 98, Look: grid.Number})
		}
	}
	list := grid.New(append(columns, grid.Column{Title: words.T("together"), Width: 80, Look: grid.Number}), rows)
	list.OnOpen = func(row int64) {
		if r, ok := rows.At(row); ok && !r.total {
			w.part = "people"
			w.visit(visit{page: "customers", only: orElse(r.code, "unknown")})
		}
	}
	w.copies(list)
	return kit.Column(6, kit.Fit(0, kit.Small(words.T("double click: the customers of that country; residence by the first address, telephone number or store that tells it"))), list)
}

func (r resident) cells() []string {
	name := country(r.code)
	if r.total {
		name = words.T("together")
	}
	cells := []string{name}
	for _, list := range []analysis.List{analysis.Confirmed, analysis.Possible} {
		for _, kind := range personKinds {
			cells = append(cells, some(r.on(list, kind)))
		}
	}
	return append(cells, words.Number(r.all()))
}
