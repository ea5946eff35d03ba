package ui

import (
	"cmp"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// residence is how many customers of one country are on each list.
type residence struct {
	code                         string
	confirmed, possible, cleared int64
}

// dutiesPage shows what every notification begins with: how many customers of which country, on which list.
func (w *Window) dutiesPage() fyne.CanvasObject {
	rows := &grid.Rows[residence]{All: residences(w.summary.People), Cells: func(r residence) []string {
		return []string{r.code, words.Number(r.confirmed), words.Number(r.possible), words.Number(r.confirmed + r.possible), words.Number(r.cleared)}
	}}
	list := grid.New([]grid.Column{{Title: words.T("Residence"), Width: 180, Grow: true, Show: country}, {Title: words.T("Customers, confirmed"), Width: 160, Look: grid.Number},
		{Title: words.T("Customers, possible"), Width: 160, Look: grid.Number}, {Title: words.T("Sum"), Width: 120, Look: grid.Number}, {Title: words.T("Customers, cleared"), Width: 160, Look: grid.Number}}, rows)
	list.Empty = words.T("Nobody on this list.")
	list.OnOpen = func(row int64) {
		if r, ok := rows.At(row); ok && r.code != "" {
			w.visit(visit{page: "customers", only: r.code})
		}
	}
	w.copies(list)
	head := w.head(words.T("Duties"), words.T("how many customers of which country, for every notice; no legal advice"), nil)
	page := kit.Column(kit.Gap, head)
	if !w.summary.Scoped && w.summary.Sessions[string(analysis.Attacker)] > 0 {
		page.Add(w.replayBanner())
	}
	page.Add(kit.Panel(words.T("Customers by residence"), words.T("double click lists them"), list))
	return page
}

// residences adds the counts up by country, the most affected first; unknown is a line of its own.
func residences(counts []app.Count) []residence {
	index := map[string]int{}
	var out []residence
	for _, c := range counts {
		i, ok := index[c.Residence]
		if !ok {
			i = len(out)
			index[c.Residence] = i
			out = append(out, residence{code: c.Residence})
		}
		switch analysis.List(c.List) {
		case analysis.Confirmed:
			out[i].confirmed += c.N
		case analysis.Possible:
			out[i].possible += c.N
		case analysis.Cleared:
			out[i].cleared += c.N
		}
	}
	slices.SortStableFunc(out, func(a, b residence) int {
		return cmp.Compare(b.confirmed+b.possible, a.confirmed+a.possible)
	})
	return out
}
