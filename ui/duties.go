package ui

import (
	"context"
	"maps"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/duty"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// dutiesView is the page of deadlines: the dates they run from, what each law demands, and how it stands now.
type dutiesView struct {
	w      *Window
	facts  duty.Facts
	rows   *grid.Rows[duty.Duty]
	list   *grid.Grid
	detail *fyne.Container
	form   *fyne.Container
	dates  map[duty.Clock]*kit.Entry
	yesno  map[string]*kit.Choice
	system *kit.Entry // number of records the system holds
}

func (w *Window) dutiesPage() fyne.CanvasObject {
	v := &dutiesView{w: w, detail: hint(words.T("Choose a duty.")), form: waiting()}
	v.makeList()
	fetch(w.ctx, w, w.c.Facts, func(f duty.Facts) {
		v.facts = f
		fill(v.form, v.makeForm())
		v.assess()
	})
	go everyMinute(w.ctx, v.list.Refresh)
	head := w.head(words.T("Duties"), words.F("No legal advice: published rules held against the facts of the case. Law table %s.", duty.Version()), nil,
		kit.Primary("check", words.T("Keep these dates"), v.keep))
	page := kit.Column(kit.Gap, head)
	if !w.summary.Scoped && w.summary.Sessions[string(analysis.Attacker)] > 0 {
		page.Add(w.replayBanner())
	}
	right := kit.Tabs(w.part, func(key string) { w.part = key },
		kit.Tab{Key: "duties", Label: words.T("Whom to tell, and by when"), Content: func() fyne.CanvasObject {
			return kit.Split([]float32{1, 1}, kit.Column(4, kit.Small(words.T("rules not marked as sourced raise no alarm")), kit.Least(10, 150, v.list)), kit.Least(10, 150, v.detail))
		}},
		kit.Tab{Key: "borders", Label: words.T("Across borders"), Content: w.borders})
	page.Add(kit.Row([]float32{28, 72}, kit.Panel(words.T("When the clocks start"), "", v.form), kit.Card(right)))
	return page
}

// makeForm asks for the dates that clocks run from and for what the laws' conditions ask.
func (v *dutiesView) makeForm() fyne.CanvasObject {
	v.dates, v.yesno = map[duty.Clock]*kit.Entry{}, map[string]*kit.Choice{}
	lines := kit.Stack(5)
	for _, clock := range duty.Clocks {
		e := kit.Field()
		e.SetPlaceHolder("2026-01-09 14:30")
		e.SetText(v.typed(v.facts.Dates[clock]))
		e.Validator = func(s string) error { _, err := v.parse(s); return err }
		e.OnSubmitted = func(string) { v.keep() }
		v.dates[clock] = e
		lines.Add(kit.Stack(1, kit.Note(words.Of("clock", string(clock))), e))
	}
	lines.Add(kit.Space(1, 4))
	for _, q := range duty.Questions {
		choice := kit.NewChoice([]string{words.T("unknown"), words.T("yes"), words.T("no")})
		choice.SetSelectedIndex(map[duty.Answer]int{duty.Yes: 1, duty.No: 2}[v.facts.Answers[q.Name]])
		v.yesno[q.Name] = choice
		lines.Add(kit.Stack(3, kit.Value(words.T(q.Words)), kit.Chooser(choice)))
	}
	v.system = kit.Field()
	v.system.SetPlaceHolder(words.T("empty when not known"))
	if n := v.facts.SystemRecords; n > 0 {
		v.system.SetText(words.Number(n))
	}
	v.system.Validator = func(s string) error { _, err := typedNumber(s); return err }
	v.system.OnSubmitted = func(string) { v.keep() }
	lines.Add(kit.Stack(0, kit.Value(words.T("How many records of persons does the system hold in all?")), v.system))
	return scrolled(lines)
}

func (v *dutiesView) parse(s string) (duty.Moment, error) {
	if strings.TrimSpace(s) == "" {
		return duty.Moment{}, nil
	}
	return duty.ParseMoment(s, v.w.zone)
}

// typed is a moment as it would be typed.
func (v *dutiesView) typed(m duty.Moment) string {
	switch {
	case m.IsZero():
		return ""
	case m.To.Sub(m.From) > 20*time.Hour:
		return v.w.format(m.From, time.DateOnly)
	}
	return v.w.minute(m.From)
}

// keep journals the form and assesses the duties again.
func (v *dutiesView) keep() {
	if f, err := v.filledIn(); err != nil {
		v.w.fail(err)
	} else {
		v.write(f)
	}
}

// filledIn is what the form says.
func (v *dutiesView) filledIn() (duty.Facts, error) {
	f := duty.Facts{Dates: map[duty.Clock]duty.Moment{}, Answers: map[string]duty.Answer{}, Done: maps.Clone(v.facts.Done)}
	for clock, e := range v.dates {
		m, err := v.parse(e.Text)
		if err != nil {
			return f, err
		}
		if !m.IsZero() {
			f.Dates[clock] = m
		}
	}
	for name, choice := range v.yesno {
		f.Answers[name] = []duty.Answer{duty.Unknown, duty.Yes, duty.No}[max(0, choice.SelectedIndex())]
	}
	n, err := typedNumber(v.system.Text)
	if n != nil {
		f.SystemRecords = max(0, *n)
	}
	return f, err
}

// done keeps when a duty was done; the empty text takes it back.
func (v *dutiesView) done(id, text string) {
	f, err := v.filledIn()
	if err != nil {
		v.w.fail(err)
		return
	}
	m, err := v.parse(text)
	if err != nil {
		v.w.fail(err)
		return
	}
	if f.Done == nil {
		f.Done = map[string]duty.Moment{}
	}
	if f.Done[id] = m; m.IsZero() {
		delete(f.Done, id)
	}
	v.write(f)
}

func (v *dutiesView) write(f duty.Facts) {
	v.w.run(words.T("Writing the journal"), func(ctx context.Context, _ progressFunc) error { return v.w.c.SetFacts(ctx, f) }, func() {
		v.facts = f
		v.assess()
	}, nil)
}

func (v *dutiesView) assess() {
	f := v.facts
	f.Now = time.Now()
	fetch(v.w.ctx, v.w, func(ctx context.Context) ([]duty.Duty, error) { return v.w.c.Duties(ctx, f) }, func(duties []duty.Duty) {
		before, _, _ := v.list.Selected()
		v.rows.All, v.list.Empty = duties, words.T("No law of the table protects anybody on the lists.")
		v.list.Reset()
		if len(duties) > 0 {
			v.list.Select(before, false)
		}
	})
}

func (v *dutiesView) makeList() {
	v.rows = &grid.Rows[duty.Duty]{Cells: v.cells}
	v.list = grid.New([]grid.Column{
		{Title: words.T("Law of"), Width: 130, Grow: true}, {Title: words.T("Whom"), Width: 92, Show: func(s string) string { return words.Of("audience", s) }},
		{Title: words.T("Due"), Width: 100}, {Title: words.T("Time left"), Width: 72, Look: grid.Number, Tone: overdue},
		{Title: words.T("How it stands"), Width: 84, Look: grid.Pill, Tone: dutyTone, Show: func(s string) string { return words.Of("duty", s) }},
		{Title: words.T("Rule"), Width: 84, Look: grid.Pill, Tone: dutyTone, Show: func(s string) string { return words.Of("certainty", s) }},
		{Title: words.T("Customers"), Width: 72, Look: grid.Number},
	}, v.rows)
	v.list.OnSelect = func(row int64) {
		if d, ok := v.rows.At(row); ok {
			fill(v.detail, scrolled(v.dutyFacts(d)))
		}
	}
	v.w.copies(v.list)
	v.w.list = v.list
}

func (v *dutiesView) cells(d duty.Duty) []string {
	return []string{words.Say(d.Jurisdiction.Name), d.Audience, blank(v.w.minute(d.Due.From)), left(d, time.Now()), string(d.State), string(d.Certainty),
		words.Number(d.People.Confirmed.Likely + d.People.Possible.Likely)}
}

// left is the time until a deadline that runs, or since it was missed (with a minus).
func left(d duty.Duty, now time.Time) string {
	if d.Due.IsZero() || !d.Done.IsZero() || d.State == duty.NotDue {
		return ""
	}
	return span(d.Due.From.Sub(now))
}

func overdue(cell string) kit.Tone {
	if strings.HasPrefix(cell, "−") {
		return kit.Red
	}
	return kit.Amber
}

// dutyTone colours the state of a duty, and the certainty of its rule.
func dutyTone(value string) kit.Tone {
	return map[string]kit.Tone{string(duty.Late): kit.Red, string(duty.Running): kit.Amber, string(duty.Undetermined): kit.Amber, string(duty.Open): kit.Amber, string(duty.NoDate): kit.Amber,
		string(duty.OnTime): kit.Green, string(duty.Sourced): kit.Green, string(duty.Conflict): kit.Red}[value]
}

// dutyFacts says what a duty demands, why, and what its notice has to contain.
func (v *dutiesView) dutyFacts(d duty.Duty) fyne.CanvasObject {
	contents := make([]string, len(d.Contents))
	for i, item := range d.Contents {
		text := item.English
		if words.Current() == "ko" && item.Korean != "" {
			text = item.Korean
		}
		value := words.Say(item.Value)
		if value == "" {
			value = words.T("to be filled in")
		}
		contents[i] = "· " + text + ": " + value
	}
	name := kit.Fit(8, kit.Strong(words.Say(d.Jurisdiction.Name)+" · "+words.Say(d.What)), kit.Chip(words.Of("duty", string(d.State)), dutyTone(string(d.State))),
		kit.Chip(words.Of("certainty", string(d.Certainty)), dutyTone(string(d.Certainty))))
	return kit.Stack(8, container.NewBorder(nil, nil, nil, v.doneInput(d), name), kit.Facts(130,
		kit.Fact{Name: words.T("Whom"), Value: words.Say(d.Recipient)}, kit.Fact{Name: words.T("Deadline"), Value: words.Say(d.Wording)},
		kit.Fact{Name: words.T("Clock runs from"), Value: listedNonEmpty(words.Of("clock", string(d.Clock)), v.typed(d.ClockAt))},
		kit.Fact{Name: words.T("Why"), Value: spoken(d.Why)}, kit.Fact{Name: words.T("Law"), Value: words.Say(d.Jurisdiction.Statute)},
		kit.Fact{Name: words.T("Rule"), Value: words.T(certaintyWords[d.Certainty])}, kit.Fact{Name: words.T("Source"), Value: listedNonEmpty(d.Jurisdiction.Source, d.Jurisdiction.CheckedOn)},
		kit.Fact{Name: words.T("Customers"), Value: peopleOf(d)}, kit.Fact{Name: words.T("Has to contain"), Value: strings.Join(contents, "\n")}))
}

// certaintyWords say how far a rule of the law table can be relied on.
var certaintyWords = map[duty.Certainty]string{
	duty.Sourced: "Its source was read.", duty.Memory: "It stands in the table from memory and has to be verified before anybody relies on it.",
	duty.Draft: "It is not in force, or not known to be.", duty.Conflict: "Sources disagree about it.",
}

// spoken is a list of explanations, one a line.
func spoken(list []string) string {
	lines := make([]string, len(list))
	for i, s := range list {
		lines[i] = words.Say(s)
	}
	return strings.Join(lines, "\n")
}

// peopleOf counts whom a duty concerns, on each list.
func peopleOf(d duty.Duty) string {
	return words.F("%s confirmed, %s possible", words.Number(d.People.Confirmed.Likely), words.Number(d.People.Possible.Likely))
}

// doneInput asks when a duty was done.
func (v *dutiesView) doneInput(d duty.Duty) fyne.CanvasObject {
	e := kit.Field()
	e.SetPlaceHolder(words.T("when it was done"))
	e.SetText(v.typed(d.Done))
	e.Validator = func(s string) error { _, err := v.parse(s); return err }
	e.OnSubmitted = func(s string) { v.done(d.ID, s) }
	return kit.Line(6, kit.Small(words.T("Done")), kit.Fixed(170, e), kit.Secondary("check", words.T("Keep"), func() { v.done(d.ID, e.Text) }))
}
