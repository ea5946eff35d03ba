package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/breachscope/breachscope/analysis/duty"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// borders shows what crossed borders: what the attacker reached, what everybody else reads, and the questions that a
// finding on transfers abroad has asked.
func (w *Window) borders() fyne.CanvasObject {
	place := waiting()
	fetch(w.ctx, w, w.c.Borders, func(b duty.Border) { fill(place, w.borderPane(b)) })
	return place
}

func (w *Window) borderPane(b duty.Border) fyne.CanvasObject {
	axes := make([]fyne.CanvasObject, len(b.Axes))
	for i, a := range b.Axes {
		axes[i] = axisCard(a)
	}
	remark := kit.Small(words.T("Questions that an authority asked of others, for people to answer; the counts are of residents of mainland China."))
	weights := make([]float32, len(axes))
	for i := range weights {
		weights[i] = 1
	}
	flows := kit.Row([]float32{54, 46}, titled(words.T("Reached by the attacker"), w.takenGrid(b.Taken)), titled(words.T("Read by everybody else"), w.usualGrid(b.Usual)))
	return kit.Column(8, kit.Fit(0, remark), kit.Row(weights, axes...), flows)
}

// titled is a title over something that takes the rest.
func titled(title string, body fyne.CanvasObject) fyne.CanvasObject {
	return container.NewBorder(kit.Pad(kit.Title(title), 4, 4, 0, 0), nil, nil, nil, kit.Least(10, 150, body))
}

// axisCard is one question with the counts beside it.
func axisCard(a duty.Axis) fyne.CanvasObject {
	count := func(n int64, label string, t kit.Tone) fyne.CanvasObject {
		return kit.Stack(0, kit.Write(words.Number(n), 16, t.Fore(), true), kit.Caption(label))
	}
	counts := kit.Row([]float32{1, 1, 1}, count(a.Residents, words.T("residents"), kit.Neutral), count(a.Affected, words.T("affected"), kit.Amber), count(a.Abroad, words.T("from abroad"), kit.Red))
	body := kit.Stack(5, kit.Strong(words.Say(a.Statute)), kit.Value(words.T(a.Question)), counts, kit.Pad(kit.Value(words.Say(a.Outcome)), 2, 0, 0, 0))
	return container.NewStack(kit.Framed(kit.Surface, kit.Edge, 8), kit.Pad(body, 8, 8, 10, 10))
}

// countries names several countries, joined with ';'.
func countries(codes string) string {
	parts := strings.Split(codes, ";")
	for i, c := range parts {
		parts[i] = country(c)
	}
	return strings.Join(parts, ", ")
}

func (w *Window) takenGrid(taken []duty.Taken) fyne.CanvasObject {
	rows := &grid.Rows[duty.Taken]{All: taken, Cells: func(t duty.Taken) []string {
		return []string{country(t.Residence), countries(t.Client), t.Account, words.Number(t.Persons), words.Number(t.Accesses)}
	}}
	g := grid.New([]grid.Column{{Title: words.T("Residence"), Width: 80, Grow: true}, {Title: words.T("Client in"), Width: 80, Grow: true}, accountColumn(),
		{Title: words.T("Persons"), Width: 60, Look: grid.Number}, {Title: words.T("Accesses"), Width: 66, Look: grid.Number}}, rows)
	g.Empty = words.T("Nothing was reached.")
	w.copies(g)
	return g
}

func (w *Window) usualGrid(usual []duty.Usual) fyne.CanvasObject {
	rows := &grid.Rows[duty.Usual]{All: usual, Cells: func(u duty.Usual) []string {
		return []string{countries(u.Client), u.Account, words.Number(u.Sessions), words.Number(u.Rows)}
	}}
	g := grid.New([]grid.Column{{Title: words.T("Client in"), Width: 100, Grow: true}, accountColumn(),
		{Title: words.T("Sessions"), Width: 66, Look: grid.Number}, {Title: words.T("Rows"), Width: 60, Look: grid.Number}}, rows)
	g.Empty = words.T("Nothing yet.")
	w.copies(g)
	return g
}

func accountColumn() grid.Column {
	return grid.Column{Title: words.T("Account"), Width: 78, Show: func(s string) string { return words.Of("account", s) }}
}
