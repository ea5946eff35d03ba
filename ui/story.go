package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// storyPage tells the case in order of time, and answers what could have been seen earlier, or stopped.
func (w *Window) storyPage() fyne.CanvasObject {
	head := w.head(words.T("Story"), words.T("what the attacker did when, when it could have been seen, and what would have stopped it"), nil)
	place := waiting()
	fetch(w.ctx, w, func(ctx context.Context) (app.Story, error) { return w.c.Story(ctx, app.StoryOptions{}) }, func(s app.Story) {
		if s.First.IsZero() {
			fill(place, container.NewVBox(banner(kit.Amber, "flag", words.T("Nothing to tell yet: no session is marked as the attacker's."), kit.Primary("sessions", words.T("Review sessions"), func() { w.Show("sessions") }))))
			return
		}
		fill(place, w.told(s))
	})
	return kit.Column(kit.Gap, head, place)
}

func (w *Window) told(s app.Story) fyne.CanvasObject {
	noticed, remark := "–", words.T("no date known, see Duties")
	if len(s.Delays) > 0 {
		noticed, remark = span(s.Delays[0].After), words.Of("clock", s.Delays[0].Name)
	}
	knock := words.T("no failed login before")
	if !s.FirstKnock.IsZero() {
		knock = words.F("first failed login %s", w.format(s.FirstKnock, "01-02 15:04"))
	}
	figures := kit.Row([]float32{1, 1, 1, 1, 1},
		kit.Figure(words.T("First action"), w.format(s.First, "01-02 15:04"), knock, kit.Muted, nil),
		kit.Figure(words.T("Last action"), w.format(s.Last, "01-02 15:04"), w.info.Timezone, kit.Muted, nil),
		kit.Figure(words.T("Dwell time"), span(s.Dwell), words.T("from first to last action"), kit.Muted, nil),
		kit.Figure(words.T("Until somebody noticed"), noticed, remark, kit.Muted, func() { w.Show("duties") }),
		kit.Figure(words.T("Without second factor"), words.Number(int64(len(s.NoSecondFactor))), words.T("logins of the attacker"), kit.Danger, nil))
	chosen := hint(words.T("Choose a line of the story."))
	answers := kit.Tabs(w.part, func(key string) { w.part = key },
		kit.Tab{Key: "lines", Label: words.T("Log lines"), Content: func() fyne.CanvasObject { return chosen }},
		kit.Tab{Key: "rules", Label: words.T("Seen by rules"), Content: func() fyne.CanvasObject { return w.firedGrid(s.Rules) }},
		kit.Tab{Key: "factor", Label: words.T("Second factor"), Content: func() fyne.CanvasObject { return w.entryGrid(s.NoSecondFactor) }},
		kit.Tab{Key: "delays", Label: words.T("Delays"), Content: func() fyne.CanvasObject { return w.delays(s.Delays) }},
		kit.Tab{Key: "whatif", Label: words.T("What if"), Content: w.whatIf})
	lines := w.storyLines(s.Lines, func(l session.Line) { fill(chosen, w.storyTrail(l)) })
	return kit.Split([]float32{0, 1}, figures, kit.Row([]float32{54, 46}, kit.Panel(words.T("What happened"), words.N("%s lines", int64(len(s.Lines))), kit.Least(10, 200, lines)), kit.Card(answers)))
}

// storyTrail is a line of the story at its whole length, and the log lines that show it.
func (w *Window) storyTrail(l session.Line) fyne.CanvasObject {
	return container.NewBorder(kit.Pad(kit.Value(sentence(inWords(l.Words, l.WordsKo))), 0, 6, 0, 0), nil, nil, nil,
		w.trail(func(ctx context.Context, p app.Listing) ([]app.Event, error) { return w.c.EventsByID(ctx, l.Events, p) }))
}

func (w *Window) storyLines(lines []session.Line, chosen func(session.Line)) fyne.CanvasObject {
	rows := &grid.Rows[session.Line]{All: lines, Cells: func(l session.Line) []string {
		account, _, _ := strings.Cut(l.Account, "@")
		return []string{w.format(l.At, "01-02 15:04"), account, l.What, inWords(l.Words, l.WordsKo)}
	}}
	list := grid.New([]grid.Column{{Title: words.T("Time"), Width: 88}, {Title: words.T("Account"), Width: 92},
		{Title: words.T("Action"), Width: 106, Look: grid.Pill, Tone: storyTone, Show: func(s string) string { return words.Of("story", s) }}, {Title: words.T("In words"), Width: 150, Grow: true}}, rows)
	list.OnSelect = func(row int64) {
		if l, ok := rows.At(row); ok {
			chosen(l)
		}
	}
	w.copies(list)
	list.Select(0, false)
	return list
}

func storyTone(what string) kit.Tone {
	return map[string]kit.Tone{"knock": kit.Amber, "login": kit.Amber, "recon": kit.Amber, "read": kit.Red, "view": kit.Red, "export": kit.Red, "bulk": kit.Red, "deleted": kit.Red}[what]
}

func (w *Window) firedGrid(rules []session.Fired) fyne.CanvasObject {
	rows := &grid.Rows[session.Fired]{All: rules, Cells: func(f session.Fired) []string {
		return []string{w.format(f.At, "01-02 15:04"), words.Number(f.RowsAfter), inWords(f.Words, f.WordsKo)}
	}}
	list := grid.New([]grid.Column{{Title: words.T("Time"), Width: 88}, {Title: words.T("Rows read after"), Width: 104, Look: grid.Number}, {Title: words.T("What would have been reported"), Width: 180, Grow: true}}, rows)
	list.Empty = words.T("No rule would have spoken.")
	list.OnOpen = func(row int64) {
		if f, ok := rows.At(row); ok {
			w.showParagraph(strings.ReplaceAll(f.Rule, "_", " "), inWords(f.Words, f.WordsKo))
		}
	}
	w.copies(list)
	return list
}

func (w *Window) entryGrid(entries []session.Entry) fyne.CanvasObject {
	rows := &grid.Rows[session.Entry]{All: entries, Cells: func(e session.Entry) []string {
		return []string{w.format(e.At, "01-02 15:04"), e.Account, e.Address, e.Method}
	}}
	list := grid.New([]grid.Column{{Title: words.T("Time"), Width: 88}, {Title: words.T("Account"), Width: 130, Grow: true}, {Title: words.T("Address"), Width: 104}, {Title: words.T("Method"), Width: 90, Grow: true}}, rows)
	list.Empty = words.T("Every login of the attacker had a second factor, or none is logged.")
	w.copies(list)
	return list
}

func (w *Window) delays(list []session.Delay) fyne.CanvasObject {
	if len(list) == 0 {
		return kit.Stack(6, kit.Small(words.T("No date is known on which somebody noticed.")), kit.Line(0, kit.Link(words.T("give the dates"), func() { w.Show("duties") })))
	}
	facts := make([]kit.Fact, len(list))
	for i, d := range list {
		facts[i] = kit.Fact{Name: span(d.After), Value: words.Of("clock", d.Name) + " · " + w.minute(d.At)}
	}
	return scrolled(kit.Facts(90, facts...))
}

// whatIf asks what an allow-list of addresses, or a limit of rows, would have stopped.
func (w *Window) whatIf() fyne.CanvasObject {
	ranges, limit, answer := kit.Field(), kit.Field(), hint("")
	ranges.SetPlaceHolder("211.40.0.0/16, 10.0.0.0/8")
	limit.SetPlaceHolder("2000")
	ask := func() { w.answerWhatIf(ranges.Text, limit.Text, answer) }
	ranges.OnSubmitted, limit.OnSubmitted = func(string) { ask() }, func(string) { ask() }
	form := kit.Stack(4, kit.Small(words.T("Had only these addresses been let in")), ranges, kit.Space(1, 4),
		kit.Small(words.T("Had no session been allowed to read more rows than")), limit, kit.Space(1, 6), kit.Line(0, kit.Secondary("search", words.T("What would have been stopped?"), ask)), kit.Space(1, 6))
	return container.NewBorder(form, nil, nil, nil, answer)
}

func (w *Window) answerWhatIf(ranges, limit string, place *fyne.Container) {
	allowed, err := app.ParseRanges(ranges)
	if err != nil {
		w.fail(err)
		return
	}
	most, err := typedNumber(limit)
	if err != nil {
		w.fail(err)
		return
	}
	o := app.StoryOptions{Allowed: allowed}
	if most != nil {
		o.RowsLimit = *most
	}
	fetch(w.ctx, w, func(ctx context.Context) (app.Story, error) { return w.c.Story(ctx, o) }, func(s app.Story) {
		fill(place, scrolled(kit.Stack(12, stopped(words.T("The allow-list"), s.AllowList), stopped(words.T("The limit"), s.Limit))))
	})
}

// stopped says what a measure would have stopped, and whom it would have hit besides.
func stopped(name string, x session.WhatIf) fyne.CanvasObject {
	if !x.Asked {
		return kit.Small(words.F("%s was not asked about.", name))
	}
	of := func(n, all int64) string { return words.F("%s of %s", words.Number(n), words.Number(all)) }
	return kit.Stack(6, kit.Strong(name), kit.Facts(190, kit.Fact{Name: words.T("Attacker sessions stopped"), Value: of(x.Sessions, x.OfSessions)},
		kit.Fact{Name: words.T("Events stopped"), Value: of(x.Events, x.OfEvents)}, kit.Fact{Name: words.T("Rows stopped"), Value: of(x.Rows, x.OfRows)},
		kit.Fact{Name: words.T("Other sessions hit too"), Value: of(x.Legitimate, x.OfLegitimate)}))
}
