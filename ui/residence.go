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
	all := residents(w.summary.People)
	shown := all[0].filled()
	rows := &grid.Rows[resident]{All: all, Cells: func(r resident) []string { return r.cells(shown) }}
	columns := []grid.Column{{Title: words.T("Residence"), Width: 120, Grow: true}}
	for _, c := range shown {
		columns = append(columns, grid.Column{Title: words.Of("list", string(c.list)) + ", " + words.Of("person", c.kind), Width: 98, Look: grid.Number})
	}
	list := grid.New(append(columns, grid.Column{Title: words.T("together"), Width: 80, Look: grid.Number}), rows)
	list.OnOpen = func(row int64) {
		if r, ok := rows.At(row); ok && !r.total {
			w.part = "people"
			w.visit(visit{page: "customers", only: orElse(r.code, "unknown")})
		}
	}
	w.copies(list)
	place := waiting()
	fetch(w.ctx, w, w.c.Who, func(who app.Who) { fill(place, bounds(who)) })
	return kit.Column(6, place, kit.Fit(0, kit.Small(words.T("double click: the customers of that country; residence by the first address, telephone number or store that tells it"))), list)
}

// bounds says how many there are at least, likely and at most, and which records nobody known stands behind.
func bounds(who app.Who) fyne.CanvasObject {
	lines := kit.Stack(3)
	for _, c := range who.Counts {
		if c.List == analysis.Cleared {
			continue
		}
		text := words.F("at least %s, likely %s, at most %s", words.Number(c.Least), words.Number(c.Likely), words.Number(c.Most))
		lines.Add(kit.Fit(8, kit.Dot(tone(string(c.List))), kit.Strong(words.Of("list", string(c.List))+", "+words.Of("person", c.Kind)), kit.Body(text)))
	}
	for _, n := range who.Nobody {
		lines.Add(kit.Fit(8, kit.Dot(kit.Neutral), kit.Small(words.F("%s records of %s belong to nobody known (%s)", words.Number(n.Records), n.Object, words.Of("list", string(n.List))))))
	}
	if n := len(who.Again); n > 0 {
		lines.Add(kit.Fit(8, kit.Dot(kit.Red), kit.Body(words.N("%s persons are affected for the second time", int64(n)))))
	}
	return lines
}

// counted is a column of the table of countries.
type counted struct {
	list analysis.List
	kind string
}

// filled are the lists and kinds of which there is anybody.
func (r resident) filled() (columns []counted) {
	for _, list := range []analysis.List{analysis.Confirmed, analysis.Possible} {
		for _, kind := range personKinds {
			if r.on(list, kind) > 0 {
				columns = append(columns, counted{list, kind})
			}
		}
	}
	return columns
}

func (r resident) cells(columns []counted) []string {
	name := country(r.code)
	if r.total {
		name = words.T("together")
	}
	cells := []string{name}
	for _, c := range columns {
		cells = append(cells, some(r.on(c.list, c.kind)))
	}
	return append(cells, words.Number(r.all()))
}
