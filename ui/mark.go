package ui

import (
	"context"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// verdictKeys are the letters that judge; the Korean letters on the same keys judge too.
var verdictKeys = map[rune]analysis.Verdict{
	'a': analysis.Attacker, 'l': analysis.Legitimate, 'u': analysis.Undetermined,
	'ㅁ': analysis.Attacker, 'ㅣ': analysis.Legitimate, 'ㅕ': analysis.Undetermined,
}

// key judges the selected rows of the list.
func (v *sessionsView) key(letter rune, from, to int64) {
	if verdictKeys[unicode.ToLower(letter)] == "" {
		return
	}
	w := v.w
	fetch(w.ctx, w, func(ctx context.Context) ([]app.Session, error) {
		l := w.listing()
		l.Sort, l.Down, l.Offset, l.Limit = v.sort, v.down, from, to-from+1
		list, _, err := w.c.Sessions(ctx, l)
		return list, err
	}, func(list []app.Session) { v.mark(letter, list) })
}

// mark asks for the reason of a verdict and for how far it reaches, and journals it.
func (v *sessionsView) mark(letter rune, chosen []app.Session) {
	verdict := verdictKeys[unicode.ToLower(letter)]
	if verdict == "" || len(chosen) == 0 || chosen[0].ID == 0 {
		return
	}
	w := v.w
	reason := kit.Field()
	reason.SetPlaceHolder(words.T("why, in a sentence; it goes into the journal"))
	reason.SetText(w.reason)
	reach, indicators := reaches(chosen)
	choice := kit.NewOneOf(reach)
	title := words.F("Verdict: %s", words.Of("verdict", string(verdict)))
	d := w.confirm(title, words.T("Mark"), kit.Least(500, 10, kit.Stack(6, reason, choice.View)), func() {
		w.reason = strings.TrimSpace(reason.Text)
		w.judge(verdict, w.reason, indicators[reach[choice.Chosen]])
	})
	reason.OnSubmitted = func(string) { d.Submit() }
	w.win.Canvas().Focus(reason)
}

// reaches are the ways a verdict on the chosen sessions can be meant, the narrowest first.
func reaches(chosen []app.Session) (labels []string, indicators map[string][]session.Indicator) {
	indicators = map[string][]session.Indicator{}
	add := func(label string, list ...session.Indicator) {
		labels = append(labels, label)
		indicators[label] = list
	}
	exact := make([]session.Indicator, len(chosen))
	for i, s := range chosen {
		exact[i] = session.Indicator{Session: s.SessionID}
	}
	add(words.N("these %s sessions", int64(len(chosen))), exact...)
	if len(chosen) > 1 {
		return labels, indicators
	}
	s := chosen[0]
	for _, address := range strings.Split(s.Addresses, ";") {
		if address != "" && len(labels) < 4 {
			add(words.F("every session from %s", address), session.Indicator{Address: address})
		}
	}
	return labels, indicators
}

// judge journals a verdict for every indicator and shows the lists anew.
func (w *Window) judge(verdict analysis.Verdict, reason string, indicators []session.Indicator) {
	marked := 0
	w.run(words.T("Marking sessions"), func(ctx context.Context, _ progressFunc) error {
		for _, i := range indicators {
			m, err := w.c.Mark(ctx, app.Mark{Verdict: verdict, Indicator: i, Reason: reason})
			if err != nil {
				return err
			}
			marked += m.Sessions
		}
		return nil
	}, func() {
		w.refresh(func() {
			w.note(words.N("%s sessions marked %s", int64(marked), words.Of("verdict", string(verdict))))
		})
	}, nil)
}

// undo takes the last verdict back.
func (w *Window) undo() {
	w.run(words.T("Taking the last verdict back"), func(ctx context.Context, _ progressFunc) error {
		_, err := w.c.Undo(ctx)
		return err
	}, func() { w.refresh(func() { w.note(words.T("The last verdict was taken back.")) }) }, nil)
}

// menu offers the verdicts at the pointer.
func (v *sessionsView) menu(at fyne.Position) {
	from, to, ok := v.list.Selected()
	if !ok {
		return
	}
	item := func(letter rune) *fyne.MenuItem {
		return fyne.NewMenuItem(words.F("Mark as %s", words.Of("verdict", string(verdictKeys[letter]))), func() { v.key(letter, from, to) })
	}
	items := []*fyne.MenuItem{item('a'), item('l'), item('u'), fyne.NewMenuItemSeparator()}
	one, known := v.source.At(from)
	other, too := v.source.At(to)
	if known && too && from < to {
		items = append(items, fyne.NewMenuItem(words.T("Compare the first and the last of them"), func() { v.w.compare(one, other) }))
	}
	if known && one.Verdict == analysis.Attacker {
		items = append(items, fyne.NewMenuItem(words.T("Add a query of my own…"), func() { v.w.addQueryTo([]app.Session{one}) }))
	}
	v.w.menuAt(at, items...)
}
