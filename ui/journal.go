package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/duty"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// journalPage lists every step taken on the case, newest first.
func (w *Window) journalPage() fyne.CanvasObject {
	detail := hint(words.T("Choose a step."))
	var named map[string]string
	rows := &grid.Rows[app.Entry]{Cells: func(e app.Entry) []string {
		return []string{strconv.FormatInt(e.Seq, 10), w.moment(e.At), e.Action, w.stepTold(e, named), e.Actor}
	}}
	list := grid.New([]grid.Column{{Title: words.T("No."), Width: 44, Look: grid.Number}, {Title: words.T("Time"), Width: 146},
		{Title: words.T("Step"), Width: 118, Show: func(s string) string { return words.Of("journal", s) }}, {Title: words.T("What exactly"), Width: 240, Grow: true}, {Title: words.T("By"), Width: 90}}, rows)
	list.OnSelect = func(row int64) {
		if e, ok := rows.At(row); ok {
			fill(detail, scrolled(w.entryFacts(e, w.stepTold(e, named))))
		}
	}
	w.copies(list)
	w.list = list
	fetch(w.ctx, w, func(ctx context.Context) (entries []app.Entry, err error) {
		if named, err = w.namedSessions(ctx); err != nil {
			return nil, err
		}
		return w.c.Journal(ctx)
	}, func(entries []app.Entry) {
		slices.Reverse(entries)
		rows.All = entries
		list.Reset()
		list.Select(0, false)
	})
	head := w.head(words.T("Journal"), words.T("every step, each bound to the one before by its hash"), nil, kit.Secondary("undo", words.T("Undo the last verdict"), w.undo))
	return kit.Column(kit.Gap, head, kit.Row([]float32{66, 34}, kit.Panel(words.T("Steps"), "", list), kit.Panel(words.T("Step"), "", detail)))
}

func (w *Window) entryFacts(e app.Entry, what string) fyne.CanvasObject {
	var full bytes.Buffer
	if err := json.Indent(&full, e.Arguments, "", "  "); err != nil {
		full.Write(e.Arguments)
	}
	return kit.Stack(8, kit.Facts(92, kit.Fact{Name: words.T("Step"), Value: words.Of("journal", e.Action)}, kit.Fact{Name: words.T("What exactly"), Value: what}, kit.Fact{Name: words.T("Time"), Value: w.moment(e.At)},
		kit.Fact{Name: words.T("By"), Value: e.Actor}, kit.Fact{Name: words.T("Previous"), Value: e.Previous}, kit.Fact{Name: words.T("Hash"), Value: e.Hash}),
		kit.Hairline(), kit.Value(full.String()))
}

// sessionsNamed bounds how many judged sessions the journal calls by account and time.
const sessionsNamed = 5000

// namedSessions calls the sessions judged now by account and start, by their ids.
func (w *Window) namedSessions(ctx context.Context) (map[string]string, error) {
	named := map[string]string{}
	for _, verdict := range []analysis.Verdict{analysis.Attacker, analysis.Legitimate, analysis.Undetermined} {
		list, _, err := w.c.Sessions(ctx, app.Listing{Only: string(verdict), Limit: sessionsNamed})
		if err != nil {
			return nil, err
		}
		for _, s := range list {
			named[s.SessionID] = s.Account + " " + w.minute(s.Started)
		}
	}
	return named, nil
}

// stepTold says in one line what a step was.
func (w *Window) stepTold(e app.Entry, named map[string]string) string {
	tell := map[string]func([]byte, map[string]string) (string, error){"mark": w.toldMark, "add": toldAddition, "scope": toldScope, "correct": w.toldCorrection, "facts": w.toldFacts}[e.Action]
	if tell != nil {
		if s, err := tell(e.Arguments, named); err == nil {
			return s
		}
	}
	return brief(e.Arguments)
}

// toldMark says of a verdict what it was, on how many sessions, and what pointed at them.
func (w *Window) toldMark(arguments []byte, named map[string]string) (string, error) {
	var m app.Mark
	err := json.Unmarshal(arguments, &m)
	return strings.Join([]string{words.Of("verdict", string(m.Verdict)), words.N("%s sessions", int64(m.Sessions)), pointed(m.Indicator, named), w.reasoned(m.Reason)}, " · "), err
}

// toldAddition says of an import how many files and rows it brought, and how it was told to take them.
func toldAddition(arguments []byte, _ map[string]string) (string, error) {
	var a struct {
		Files []struct {
			Read     int64 `json:"rows_read"`
			Loaded   int64 `json:"rows_loaded"`
			Rejected int64 `json:"rows_rejected"`
		}
		Kind, Timezone, Encoding, Dates, Map string
		SnapshotAt                           string `json:"snapshot_at"`
	}
	err := json.Unmarshal(arguments, &a)
	var read, loaded, rejected int64
	for _, f := range a.Files {
		read, loaded, rejected = read+f.Read, loaded+f.Loaded, rejected+f.Rejected
	}
	parts := []string{words.N("%s files", int64(len(a.Files))), words.N("%s rows read", read), words.N("%s loaded", loaded)}
	if rejected > 0 {
		parts = append(parts, words.N("%s rejected", rejected))
	}
	for name, value := range map[string]string{"Kind": a.Kind, "Time zone": a.Timezone, "Encoding": a.Encoding, "Dates": a.Dates, "Exported at": a.SnapshotAt} {
		if value != "" {
			parts = append(parts, words.T(name)+": "+value)
		}
	}
	slices.Sort(parts[3:])
	if a.Map != "" {
		parts = append(parts, words.T("mapped by hand"))
	}
	return strings.Join(parts, " · "), err
}

// toldScope says of a replay how many queries it ran and how many customers came on the lists.
func toldScope(arguments []byte, _ map[string]string) (string, error) {
	var t struct {
		Queries map[string]int64
		People  []app.Count
	}
	err := json.Unmarshal(arguments, &t)
	return strings.Join([]string{words.N("%s queries", sum(t.Queries)), words.N("%s customers confirmed", app.Total(t.People, string(analysis.Confirmed), "")),
		words.N("%s possible", app.Total(t.People, string(analysis.Possible), ""))}, " · "), err
}

// toldCorrection says of a correction what it changes, and why.
func (w *Window) toldCorrection(arguments []byte, _ map[string]string) (string, error) {
	var k app.Correction
	err := json.Unmarshal(arguments, &k)
	return listedNonEmpty(words.Of("correction", k.Kind), w.corrected(k), k.Reason), err
}

// toldFacts says which dates and answers were given.
func (w *Window) toldFacts(arguments []byte, _ map[string]string) (string, error) {
	var f duty.Facts
	err := json.Unmarshal(arguments, &f)
	var parts []string
	for _, clock := range duty.Clocks {
		if m := f.Dates[clock]; !m.IsZero() {
			parts = append(parts, words.Of("clock", string(clock))+": "+w.minute(m.From))
		}
	}
	for _, q := range duty.Questions {
		if a := f.Answers[q.Name]; a == duty.Yes || a == duty.No {
			parts = append(parts, words.T(q.Words)+" "+words.T(string(a)))
		}
	}
	if len(f.Done) > 0 {
		parts = append(parts, words.N("%s duties done", int64(len(f.Done))))
	}
	return strings.Join(parts, " · "), err
}

// pointed is an indicator in words.
func pointed(i session.Indicator, named map[string]string) string {
	var parts []string
	add := func(text, value string) {
		if value != "" {
			parts = append(parts, words.F(text, value))
		}
	}
	id := i.Session
	if name := named[id]; name != "" {
		id = name
	} else if len(id) > 8 {
		id = id[:8] + "…"
	}
	add("session %s", id)
	add("address %s", i.Address)
	add("account %s", i.Account)
	add("app %s", i.App)
	add("client %s", i.Agent)
	add("session key %s", i.SessionKey)
	add("from %s", spelledTime(i.From))
	add("until %s", spelledTime(i.To))
	return strings.Join(parts, ", ")
}

// spelledTime is a bound of an indicator, in UTC as it was typed into the journal; "" where there is none.
func spelledTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05") + " UTC"
}

// brief says in one line what a step was told: its plain values, and of lists how long they are.
func brief(arguments []byte) string {
	var value any
	if json.Unmarshal(arguments, &value) != nil {
		return string(arguments)
	}
	return strings.Join(plain("", value), " · ")
}

func plain(name string, value any) (parts []string) {
	switch v := value.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			parts = append(parts, plain(words.Of("argument", key), v[key])...)
		}
	case []any:
		parts = append(parts, fmt.Sprintf("%s: %d", name, len(v)))
	case nil:
	default:
		if s := fmt.Sprint(v); s != "" {
			parts = append(parts, name+": "+s)
		}
	}
	return parts
}
