package ui

import (
	"context"
	"strconv"
	"strings"

	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// compared is one property of two sessions.
type compared struct{ name, one, other string }

func (c compared) cells() []string {
	state := "differs"
	if c.one == c.other {
		state = "same"
	}
	return []string{c.name, state, c.one, c.other}
}

// compare sets two sessions side by side.
func (w *Window) compare(one, other app.Session) {
	type found struct{ one, other []app.Finding }
	fetch(w.ctx, w, func(ctx context.Context) (f found, err error) {
		if f.one, err = w.c.Findings(ctx, one.ID); err != nil {
			return f, err
		}
		f.other, err = w.c.Findings(ctx, other.ID)
		return f, err
	}, func(f found) {
		rows := &grid.Rows[compared]{All: append(w.properties(one, other), findingsOf(f.one, f.other)...), Cells: compared.cells}
		list := grid.New([]grid.Column{{Title: words.T("Property"), Width: 150}, {Title: "", Width: 84, Look: grid.Pill, Tone: differsTone, Show: func(s string) string { return words.Of("compared", s) }},
			{Title: one.SessionID[:8], Width: 270, Grow: true}, {Title: other.SessionID[:8], Width: 270, Grow: true}}, rows)
		w.copies(list)
		w.tell(words.T("Two sessions side by side"), kit.Least(880, 480, list))
	})
}

func differsTone(s string) kit.Tone {
	if s == "differs" {
		return kit.Amber
	}
	return kit.Neutral
}

func (w *Window) properties(a, b app.Session) []compared {
	return []compared{
		{words.T("Account"), a.Account, b.Account}, {words.T("Verdict"), words.Of("verdict", string(a.Verdict)), words.Of("verdict", string(b.Verdict))},
		{words.T("Score"), strconv.Itoa(int(a.Score)), strconv.Itoa(int(b.Score))}, {words.T("Kind"), words.Of("session", a.Kind), words.Of("session", b.Kind)},
		{words.T("Started"), w.moment(a.Started), w.moment(b.Started)}, {words.T("Duration"), duration(a.Started, a.Ended), duration(b.Started, b.Ended)},
		{words.T("Address"), listed(a.Addresses), listed(b.Addresses)}, {words.T("Country"), countries(a.Countries), countries(b.Countries)},
		{words.T("Client"), strings.Join(clientWords(a.Agents), ", "), strings.Join(clientWords(b.Agents), ", ")}, {words.T("App"), strings.Join(distinct(a.Apps), ", "), strings.Join(distinct(b.Apps), ", ")},
		{words.T("Login key"), a.LoginKey, b.LoginKey}, {words.T("Session keys"), listed(a.SessionKeys), listed(b.SessionKeys)},
		{words.T("Events"), words.Number(a.Events), words.Number(b.Events)}, {words.T("Rows"), words.Number(a.Rows), words.Number(b.Rows)},
		{words.T("Volume"), words.Bytes(a.Bytes), words.Bytes(b.Bytes)}, {words.T("Ended by"), words.Of("ended", a.EndedBy), words.Of("ended", b.EndedBy)},
	}
}

// findingsOf sets the findings of two sessions side by side, rule by rule.
func findingsOf(one, other []app.Finding) (list []compared) {
	index := map[string]int{}
	for _, f := range one {
		index[f.Rule] = len(list)
		list = append(list, compared{name: strings.ReplaceAll(f.Rule, "_", " "), one: weighed(f)})
	}
	for _, f := range other {
		if i, ok := index[f.Rule]; ok {
			list[i].other = weighed(f)
			continue
		}
		list = append(list, compared{name: strings.ReplaceAll(f.Rule, "_", " "), other: weighed(f)})
	}
	return list
}

// weighed is a finding with its weight in the score.
func weighed(f app.Finding) string {
	return "+" + strconv.FormatFloat(f.Weight, 'f', -1, 64) + " " + inWords(f.Words, f.WordsKo)
}
