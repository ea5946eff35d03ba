package ui

import (
	"context"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// suggested is what belongs to the sessions marked so far, and what speaks against the marks.
type suggested struct {
	found    []app.Suggestion
	warnings []app.Warning
}

// suggest asks which other sessions share rare traits with those marked.
func (w *Window) suggest() {
	var s suggested
	w.run(words.T("Comparing sessions"), func(ctx context.Context, _ progressFunc) (err error) {
		s.found, s.warnings, err = w.c.Suggest(ctx)
		return err
	}, func() { w.offer(s) }, nil)
}

// offer shows the suggestions with their reasons; those chosen are marked, one step of the journal each.
func (w *Window) offer(s suggested) {
	rows := &grid.Rows[app.Suggestion]{All: s.found, Cells: w.suggestionCells}
	list := grid.New([]grid.Column{
		{Title: words.T("Strength"), Width: 110, Look: grid.Pill, Tone: strengthTone, Show: func(s string) string { return words.Of("strength", s) }},
		{Title: words.T("Score"), Width: 80, Look: grid.Meter, Tone: scoreTone}, {Title: words.T("Account"), Width: 170}, {Title: words.T("What they share"), Width: 380, Grow: true},
	}, rows)
	list.Empty = words.T("No other session shares a rare trait with those marked.")
	body := kit.Column(kit.Gap, kit.Small(words.T("Choose the sessions to mark; shift selects several.")), kit.Least(860, 260, list))
	for _, warning := range s.warnings[:min(3, len(s.warnings))] {
		body.Objects = append([]fyne.CanvasObject{banner(kit.Amber, "alert", inWords(warning.Words, warning.WordsKo), nil)}, body.Objects...)
	}
	w.copies(list)
	if strong := leadingStrong(s.found); strong > 0 {
		list.Select(0, false)
		list.Select(strong-1, true)
	}
	d := w.confirm(words.T("Sessions that belong to those marked"), words.T("Mark the chosen"), body, func() {
		if from, to, chosen := list.Selected(); chosen {
			w.accept(s.found[from : to+1])
		} else {
			w.note(words.T("Nothing was chosen."))
		}
	})
	d.Resize(fyne.NewSize(920, 420))
	w.win.Canvas().Focus(list)
}

// leadingStrong is how many suggestions from the first on are strong: those are chosen to begin with.
func leadingStrong(found []app.Suggestion) (n int64) {
	for _, s := range found {
		if s.Strength != session.Strong {
			break
		}
		n++
	}
	return n
}

func (w *Window) suggestionCells(s app.Suggestion) []string {
	shared := make([]string, len(s.Shared))
	for i, t := range s.Shared {
		shared[i] = inWords(t.Words, t.WordsKo)
	}
	return []string{string(s.Strength), strconv.Itoa(int(s.Score)), s.Account, strings.Join(shared, " · ")}
}

// inWords is a sentence that comes in two languages.
func inWords(english, korean string) string {
	if words.Current() == "ko" && korean != "" {
		return korean
	}
	return english
}

func strengthTone(value string) kit.Tone {
	return map[string]kit.Tone{string(session.Strong): kit.Red, string(session.Moderate): kit.Amber}[value]
}

// accept marks suggested sessions.
func (w *Window) accept(chosen []app.Suggestion) {
	w.run(words.T("Marking sessions"), func(ctx context.Context, _ progressFunc) error {
		for _, s := range chosen {
			if _, err := w.c.Accept(ctx, s); err != nil {
				return err
			}
		}
		return nil
	}, func() {
		w.refresh(func() { w.note(words.N("%s sessions marked %s", int64(len(chosen)), words.Of("verdict", "attacker"))) })
	}, nil)
}
