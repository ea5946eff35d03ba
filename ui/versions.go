package ui

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/person"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// freeze keeps the lists as they are under a number.
func (w *Window) freeze() {
	w.ask(words.T("Freeze the lists"), words.T("Freeze"), 480, nil, w.Freeze)
}

// Freeze keeps the lists under the next number and shows the versions there are.
func (w *Window) Freeze(reason string) {
	number := 0
	w.run(words.T("Freezing the lists"), func(ctx context.Context, _ progressFunc) (err error) {
		number, err = w.c.Freeze(ctx, reason)
		return err
	}, func() {
		w.part = "versions"
		w.visit(visit{page: "customers"})
		w.note(words.F("The lists are frozen as version %d.", number))
	}, nil)
}

// versions shows what was frozen, and what changed between two versions.
func (w *Window) versions() fyne.CanvasObject {
	place := waiting()
	fetch(w.ctx, w, w.c.Versions, func(list []app.ListVersion) { fill(place, w.versionPane(list)) })
	return place
}

func (w *Window) versionPane(versions []app.ListVersion) fyne.CanvasObject {
	slices.Reverse(versions)
	rows := &grid.Rows[app.ListVersion]{All: versions, Cells: func(v app.ListVersion) []string {
		return []string{strconv.Itoa(v.Number), w.moment(v.At), words.Number(v.Persons), listedNonEmpty(v.Incident, v.Reason)}
	}}
	list := grid.New([]grid.Column{{Title: words.T("No."), Width: 46, Look: grid.Number}, {Title: words.T("Time"), Width: 146},
		{Title: words.T("Customers"), Width: 84, Look: grid.Number}, {Title: words.T("Reason"), Width: 200, Grow: true}}, rows)
	list.Empty = words.T("Nothing has been frozen yet.")
	w.copies(list)
	changes := hint(words.T("Select two versions, the second with Shift, to see what changed between them."))
	list.OnSelect = func(int64) {
		if from, to, ok := list.Selected(); ok && from < to {
			w.compareVersions(changes, versions[to].Number, versions[from].Number)
		}
	}
	if len(versions) > 1 {
		list.Select(1, false)
		list.Select(0, true)
	}
	earlier := kit.Link(words.T("take the list of an earlier incident…"), w.askEarlier)
	head := container.NewBorder(nil, nil, nil, earlier, kit.Fit(0, kit.Small(words.T("frozen lists, and those of earlier incidents"))))
	return kit.Split([]float32{2, 3}, kit.Column(4, head, kit.Least(10, 120, list)), kit.Least(10, 160, changes))
}

// askEarlier asks for the list of persons that an earlier incident's export holds, and what that incident is called.
func (w *Window) askEarlier() {
	w.chooseFiles(words.T("affected-people.csv of an earlier incident"), func(paths []string) {
		name := kit.Field()
		items := []*widget.FormItem{widget.NewFormItem(words.T("File"), kit.Value(paths[0])), widget.NewFormItem(words.T("Incident"), name)}
		d := w.fillIn(words.T("List of an earlier incident"), words.T("Keep"), 520, items, name, func() { w.Earlier(paths[0], strings.TrimSpace(name.Text)) })
		name.OnSubmitted = func(string) { d.Submit() }
	})
}

// Earlier keeps the list of an earlier incident, so that who is affected again shows.
func (w *Window) Earlier(path, incident string) {
	w.run(words.T("Writing the journal"), func(ctx context.Context, _ progressFunc) error {
		_, err := w.c.Earlier(ctx, path, incident)
		return err
	}, func() { w.refresh(nil) }, nil)
}

// compareVersions lists what became of the persons between two versions.
func (w *Window) compareVersions(place *fyne.Container, from, to int) {
	var counts map[string]int64
	read := func(ctx context.Context, offset, limit int64) ([]app.ListChange, int64, error) {
		n, list, err := w.c.Changes(ctx, from, to, app.Listing{Offset: offset, Limit: limit})
		return list, sum(n), err
	}
	source := pages(w.ctx, w, read, func(c app.ListChange) []string {
		return []string{c.What, c.PersonID, string(c.OldList), string(c.NewList), string(c.OldGrade), string(c.NewGrade), strings.Join(c.More, ", "), strings.Join(c.Less, ", ")}
	})
	listWord, gradeWord := func(s string) string { return words.Of("list", s) }, func(s string) string { return words.Of("grade", s) }
	list := grid.New([]grid.Column{{Title: words.T("Change"), Width: 84, Look: grid.Pill, Tone: changeTone, Show: func(s string) string { return words.Of("change", s) }},
		{Title: "ID", Width: 90, Grow: true}, {Title: words.T("List before"), Width: 88, Look: grid.Pill, Tone: tone, Show: listWord}, {Title: words.T("List now"), Width: 88, Look: grid.Pill, Tone: tone, Show: listWord},
		{Title: words.T("Grade before"), Width: 84, Show: gradeWord}, {Title: words.T("Grade now"), Width: 80, Show: gradeWord},
		{Title: words.T("More fields"), Width: 80, Grow: true}, {Title: words.T("Fewer fields"), Width: 80}}, source)
	list.Empty = words.T("The two versions name the same persons for the same reasons.")
	w.copies(list)
	grid.Follow(list, source, w.fail)
	head := kit.Line(8, kit.Strong(words.F("From version %d to %d", from, to)))
	fetch(w.ctx, w, func(ctx context.Context) (_ bool, err error) {
		counts, _, err = w.c.Changes(ctx, from, to, app.Listing{Limit: 1})
		return true, err
	}, func(bool) {
		for _, what := range []string{"added", "removed", "moved", "regraded", "fields"} {
			if n := counts[what]; n > 0 {
				head.Add(kit.Chip(words.Of("change", what)+" "+words.Number(n), changeTone(what)))
			}
		}
		head.Refresh()
	})
	fill(place, container.NewBorder(kit.Pad(head, 0, 4, 0, 0), nil, nil, nil, list))
}

func changeTone(what string) kit.Tone {
	return map[string]kit.Tone{"added": kit.Red, "removed": kit.Green, "moved": kit.Amber, "regraded": kit.Amber}[what]
}

// combinations shows how many natural persons had which categories exposed together, by residence.
func (w *Window) combinations() fyne.CanvasObject {
	place := waiting()
	fetch(w.ctx, w, w.c.Combinations, func(all []person.Combination) {
		fill(place, w.combinationGrid(pivot(all)))
	})
	return place
}

// mostResidences is how many residences have a column of their own.
const mostResidences = 6

// matrix is the combinations with a column for each of the most frequent residences.
type matrix struct {
	residences []string
	rows       []combined
}

// combined is one line: how many persons in all, by residence, and elsewhere.
type combined struct {
	list       string
	categories []string
	total      int64
	by         map[string]int64
}

func pivot(all []person.Combination) (m matrix) {
	totals, index := map[string]int64{}, map[string]int{}
	for _, c := range all {
		if c.List == analysis.Cleared {
			continue
		}
		key := string(c.List) + ";" + strings.Join(c.Categories, ";")
		i, ok := index[key]
		if !ok {
			i = len(m.rows)
			index[key] = i
			m.rows = append(m.rows, combined{list: string(c.List), categories: c.Categories, by: map[string]int64{}})
		}
		m.rows[i].total += c.Persons
		m.rows[i].by[c.Residence] += c.Persons
		if totals[c.Residence] == 0 {
			m.residences = append(m.residences, c.Residence)
		}
		totals[c.Residence] += c.Persons
	}
	slices.SortStableFunc(m.rows, func(a, b combined) int { return int(b.total - a.total) })
	slices.SortStableFunc(m.residences, func(a, b string) int { return int(totals[b] - totals[a]) })
	m.residences = m.residences[:min(mostResidences, len(m.residences))]
	return m
}

// cells of one line; the persons of residences without a column stand under "all others".
func (m matrix) cells(c combined) []string {
	cells := []string{c.list, strings.Join(c.categories, ";"), words.Number(c.total)}
	rest := c.total
	for _, r := range m.residences {
		rest -= c.by[r]
		cells = append(cells, some(c.by[r]))
	}
	return append(cells, some(rest))
}

// some is a number, nothing for none.
func some(n int64) string {
	if n == 0 {
		return ""
	}
	return words.Number(n)
}

func (w *Window) combinationGrid(m matrix) fyne.CanvasObject {
	rows := &grid.Rows[combined]{All: m.rows, Cells: m.cells}
	columns := []grid.Column{{Title: words.T("List"), Width: 104, Look: grid.Pill, Tone: tone, Show: func(s string) string { return words.Of("list", s) }},
		{Title: words.T("Exposed together"), Width: 180, Grow: true, Show: func(s string) string { return spelled("category", s) }},
		{Title: words.T("Persons"), Width: 66, Look: grid.Number}}
	for _, r := range m.residences {
		columns = append(columns, grid.Column{Title: firstOf(country(r), 13), Width: 84, Look: grid.Number})
	}
	columns = append(columns, grid.Column{Title: words.T("all others"), Width: 66, Look: grid.Number})
	list := grid.New(columns, rows)
	list.Empty = words.T("Nobody on this list.")
	w.copies(list)
	return kit.Column(6, kit.Small(words.T("natural persons on the lists by the exact combination of categories, and where they live")), list)
}
