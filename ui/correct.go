package ui

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// correctMenu offers what the investigator can change of the replay.
func (w *Window) correctMenu(at fyne.Position) {
	w.menuAt(at, fyne.NewMenuItem(words.T("Add a query of my own…"), w.addQuery), fyne.NewMenuItem(words.T("Set the logs' clock right…"), w.setClock),
		fyne.NewMenuItem(words.T("Leave a customer file out…"), w.leaveFileOut))
}

// reasonEntry asks for the reason of a step.
func reasonEntry() *kit.Entry {
	e := kit.Field()
	e.SetPlaceHolder(words.T("why, in a sentence; it goes into the journal"))
	return e
}

// ask shows a form whose last line is the reason; done is told it. What else is needed is read by done.
func (w *Window) ask(title, button string, width float32, items []*widget.FormItem, done func(reason string)) {
	reason := reasonEntry()
	items = append(items, widget.NewFormItem(words.T("Reason"), reason))
	d := w.fillIn(title, button, width, items, firstEmpty(items), func() { done(strings.TrimSpace(reason.Text)) })
	reason.OnSubmitted = func(string) { d.Submit() }
}

// firstEmpty is the first field of a form that nothing stands in.
func firstEmpty(items []*widget.FormItem) fyne.Focusable {
	for _, item := range items {
		if e, ok := item.Widget.(*kit.Entry); ok && e.Text == "" {
			return e
		}
	}
	return nil
}

// declare takes a query out of the replay, or in again.
func (w *Window) declare(q app.Query) {
	kind, title := "exclude", words.T("Leave this query out")
	if q.Excluded {
		kind, title = "include", words.T("Take this query in again")
	}
	item := widget.NewFormItem(words.T("Query"), kit.Value(firstOf(w.asks(q.Carrier, q.Text), 300)))
	w.ask(title, words.T("Correct"), 560, []*widget.FormItem{item}, func(reason string) {
		w.Correct(app.Correction{Kind: kind, Query: q.QueryID, Reason: reason})
	})
}

func firstOf(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// mostOffered bounds the sessions offered to choose from.
const mostOffered = 500

// addQuery asks for a query that the logs do not show, and the session that asked it.
func (w *Window) addQuery() {
	fetch(w.ctx, w, func(ctx context.Context) ([]app.Session, error) {
		list, _, err := w.c.Sessions(ctx, app.Listing{Only: string(analysis.Attacker), Limit: mostOffered})
		return list, err
	}, func(list []app.Session) {
		if len(list) == 0 {
			w.fail(&app.Problem{What: words.T("no session is marked as the attacker's"), Do: words.T("mark the session that asked the query first")})
			return
		}
		w.addQueryTo(list)
	})
}

func (w *Window) addQueryTo(list []app.Session) {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = fmt.Sprintf("%s · %s · %s", w.minute(s.Started), s.Account, s.SessionID[:8])
	}
	at, text, rows := kit.Field(), kit.Lines(), kit.Field()
	at.Validator = func(s string) error { _, err := w.typedTime(s); return err }
	session := kit.NewChoice(names)
	session.OnChanged = func(string) { at.SetText(w.moment(list[session.SelectedIndex()].Started)) }
	session.SetSelectedIndex(0)
	text.SetPlaceHolder("SELECT Id, Name, Email FROM Contact WHERE …")
	text.Wrapping = fyne.TextWrapWord
	text.SetMinRowsVisible(4)
	rows.SetPlaceHolder(words.T("empty when not known"))
	rows.Validator = func(s string) error { _, err := typedNumber(s); return err }
	items := []*widget.FormItem{widget.NewFormItem(words.T("Session"), kit.Chooser(session)), widget.NewFormItem(words.T("Time"), at),
		widget.NewFormItem("SOQL", text), widget.NewFormItem(words.T("Rows that came back"), rows)}
	w.ask(words.T("Add a query of my own"), words.T("Correct"), 640, items, func(reason string) {
		moment, err := w.typedTime(at.Text)
		if err != nil {
			w.fail(err)
			return
		}
		n, _ := typedNumber(rows.Text) // checked while it was typed
		w.Correct(app.Correction{Kind: "add", Session: list[session.SelectedIndex()].SessionID, At: moment, Text: text.Text, Rows: n, Reason: reason})
	})
}

// typedNumber reads a whole number, signed or not; nil: none was typed.
func typedNumber(s string) (*int64, error) {
	s = strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(s, ",", ""), "−", "-"))
	if s == "" {
		return nil, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return nil, &app.Problem{What: words.F("%q is no whole number", s), Do: words.T("write it in digits"), Cause: err}
	}
	return &n, nil
}

// setClock asks by how much the logs' clock differs from that of the customer tables.
func (w *Window) setClock() {
	seconds := kit.Field()
	seconds.SetPlaceHolder("-90")
	seconds.Validator = func(s string) error {
		n, err := typedNumber(s)
		if err == nil && n == nil {
			err = errors.New(words.T("write it in digits"))
		}
		return err
	}
	items := []*widget.FormItem{widget.NewFormItem(words.T("Seconds to add to the logs' times"), seconds)}
	w.ask(words.T("Set the logs' clock right"), words.T("Correct"), 520, items, func(reason string) {
		if n, err := typedNumber(seconds.Text); err == nil && n != nil {
			w.Correct(app.Correction{Kind: "clock", Seconds: *n, Reason: reason})
		}
	})
}

// leaveFileOut asks which customer file the replay should not look at.
func (w *Window) leaveFileOut() {
	fetch(w.ctx, w, w.c.Evidence, func(files []app.Evidence) {
		var tables []app.Evidence
		var names []string
		for _, f := range files {
			if f.Object != "" && f.Loaded > 0 {
				tables, names = append(tables, f), append(names, words.F("%s (table %s, %s rows)", f.Name, f.Object, words.Number(f.Loaded)))
			}
		}
		if len(tables) == 0 {
			w.fail(&app.Problem{What: words.T("the case holds no customer table"), Do: words.T("add the exported tables on the page Evidence")})
			return
		}
		choice := kit.NewChoice(names)
		choice.SetSelectedIndex(0)
		w.ask(words.T("Leave a customer file out"), words.T("Correct"), 560, []*widget.FormItem{widget.NewFormItem(words.T("File"), kit.Chooser(choice))}, func(reason string) {
			table := tables[choice.SelectedIndex()]
			w.Correct(app.Correction{Kind: "snapshot", File: table.SHA256, Name: table.Name, Reason: reason})
		})
	})
}

// Correct changes the replay, derives the lists again and shows what that changed.
func (w *Window) Correct(k app.Correction) {
	var d app.Difference
	w.run(words.T("Correcting the replay"), func(ctx context.Context, p progressFunc) (err error) {
		d, err = w.c.Correct(ctx, k, p)
		return err
	}, func() { w.refresh(func() { w.showDifference(d) }) }, nil)
}

// showDifference says which records came on the lists, left them, or are graded otherwise now.
func (w *Window) showDifference(d app.Difference) {
	rows := &grid.Rows[changed]{Cells: changed.cells}
	for _, c := range d.Changes {
		rows.All = append(rows.All, changed{c.Object, c.RecordID, string(c.ListBefore), string(c.Before), string(c.ListNow), string(c.Now)})
	}
	listWord := func(s string) string { return words.Of("list", s) }
	gradeWord := func(s string) string { return words.Of("grade", s) }
	list := grid.New([]grid.Column{{Title: words.T("Object"), Width: 90}, {Title: words.T("Record"), Width: 160, Grow: true},
		{Title: words.T("List before"), Width: 110, Look: grid.Pill, Tone: tone, Show: listWord}, {Title: words.T("Grade before"), Width: 110, Show: gradeWord},
		{Title: words.T("List now"), Width: 110, Look: grid.Pill, Tone: tone, Show: listWord}, {Title: words.T("Grade now"), Width: 110, Show: gradeWord}}, rows)
	list.Empty = words.T("The lists are as they were.")
	w.copies(list)
	total := d.Added + d.Removed + d.Regraded
	counts := kit.Line(8, kit.Chip(words.N("%s added", d.Added), kit.Red), kit.Chip(words.N("%s removed", d.Removed), kit.Green), kit.Chip(words.N("%s regraded", d.Regraded), kit.Amber))
	body := kit.Column(kit.Gap, counts)
	if d.Idle != "" {
		body = kit.Column(kit.Gap, withoutEffect(d.Idle))
	}
	if n := int64(len(d.Changes)); n < total {
		body.Add(kit.Small(words.F("The first %s of %s changed records.", words.Number(n), words.Number(total))))
	}
	body.Add(kit.Least(720, 280, list))
	ask := kit.Ask(w.win, words.T("What the correction changed"), body, words.T("Take it back"), words.T("Keep it"), func() {})
	ask.OnNo = w.takeBack
	ask.Show()
}

// withoutEffect says that a correction has none, and why.
func withoutEffect(why string) fyne.CanvasObject {
	return kit.Stack(6, banner(kit.Amber, "alert", words.T("The correction has no effect as things stand."), nil), kit.Value(explained(why)))
}

// changed is one record of a difference.
type changed struct{ object, record, listBefore, before, listNow, now string }

func (c changed) cells() []string {
	return []string{c.object, c.record, c.listBefore, c.before, c.listNow, c.now}
}

// takeBack undoes the last correction and replays without it.
func (w *Window) takeBack() {
	w.run(words.T("Taking the correction back"), func(ctx context.Context, p progressFunc) error {
		if _, err := w.c.Undo(ctx); err != nil {
			return err
		}
		_, err := w.c.Scope(ctx, p)
		return err
	}, func() { w.refresh(func() { w.note(words.T("The correction was taken back.")) }) }, nil)
}

// showCorrections lists what has been corrected and counts.
func (w *Window) showCorrections() {
	idle := map[int64]string{}
	for _, i := range w.summary.Idle {
		idle[i.Entry] = i.Why
	}
	fetch(w.ctx, w, w.c.Corrections, func(kept []app.Kept) {
		rows := &grid.Rows[app.Kept]{All: kept, Cells: func(k app.Kept) []string { return w.correctionCells(k, idle[k.Entry]) }}
		list := grid.New([]grid.Column{{Title: words.T("No."), Width: 46, Look: grid.Number}, {Title: words.T("Time"), Width: 140}, {Title: words.T("Correction"), Width: 150, Show: func(s string) string { return words.Of("correction", s) }},
			{Title: words.T("What exactly"), Width: 220, Grow: true}, {Title: words.T("Reason"), Width: 180, Grow: true},
			{Title: words.T("Effect"), Width: 90, Look: grid.Pill, Tone: effectTone, Show: func(s string) string { return words.Of("effect", s) }}, {Title: words.T("Why without effect"), Width: 160, Grow: true, Show: words.Say}}, rows)
		list.Empty = words.T("Nothing has been corrected.")
		w.copies(list)
		w.tell(words.T("Corrections that count"), kit.Least(1000, 280, list))
	})
}

func (w *Window) correctionCells(k app.Kept, idle string) []string {
	effect := "applied"
	if idle != "" {
		effect = "idle"
	}
	return []string{strconv.FormatInt(k.Entry, 10), w.moment(k.Made), k.Kind, w.corrected(k.Correction), k.Reason, effect, idle}
}

func effectTone(s string) kit.Tone {
	if s == "idle" {
		return kit.Amber
	}
	return kit.Green
}

// corrected is what a correction is about.
func (w *Window) corrected(k app.Correction) string {
	switch k.Kind {
	case "add":
		return w.query(strings.Join(strings.Fields(k.Text), " "))
	case "clock":
		return words.N("%s seconds", k.Seconds)
	case "snapshot":
		return k.File
	case "apart":
		return strings.Join(k.Records, " – ")
	}
	return k.Query
}
