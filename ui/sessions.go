package ui

import (
	"context"
	"math"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/chart"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/lanes"
	"github.com/breachscope/breachscope/ui/words"
)

// sessionsView is the page on which sessions are judged: a time line of every account, the list, and what is known of
// the chosen session.
type sessionsView struct {
	w       *Window
	lanes   *lanes.Lanes
	brush   *chart.Brush
	counted *fyne.Container // remark of the time line
	frame   *fyne.Container // laid out anew when the number of lanes has changed
	list    *grid.Grid
	source  *grid.Pages[app.Session]
	detail  *fyne.Container
	chosen  app.Session
	pinned  app.Session // to be compared with the next one chosen
	sort    string
	down    bool
	renewal *time.Timer
	partial bool // the time line does not hold every segment
	at      grid.Place
	stretch [2]int64 // of the time line, from the page before; zero for all of it
}

// spansShown bounds the segments on the time line at one time; those with the highest scores come first.
const spansShown = 20_000

func (w *Window) sessionsPage() fyne.CanvasObject {
	v := &sessionsView{w: w, sort: "score", down: true, detail: hint(words.T("Choose a session.")), counted: container.NewStack(kit.Small(""))}
	v.resume(w.judged)
	v.makeBrush()
	v.makeLanes()
	v.makeList()
	w.judged = v
	s := w.summary
	remark := words.F("keys: %s attacker, %s legitimate, %s undetermined", "A", "L", "U")
	head := w.head(words.T("Sessions"), remark, nil, w.searchBox(words.T("Account, address, client, key"), func(text string) {
		w.visit(visit{page: "sessions", only: w.at.only, search: text, pick: w.at.pick})
	}), w.menuOf("gear", words.T("Criteria"), w.criteriaMenu), kit.Secondary("undo", words.T("Undo"), w.undo), kit.Secondary("flag", words.T("Suggest"), w.suggest), kit.Primary("play", words.T("Replay queries"), w.replay))
	page := kit.Column(kit.Gap, head)
	if !s.Scoped && s.Sessions[string(analysis.Attacker)] > 0 && sum(s.Queries) > 0 {
		page.Add(w.replayBanner())
	}
	addTo(page, w.fadedBanner())
	tools := kit.Line(4, kit.Quiet("minus", func() { v.lanes.TypedRune('-') }), kit.Quiet("plus", func() { v.lanes.TypedRune('+') }), kit.Quiet("fit", v.lanes.Fit))
	page.Add(container.NewHScroll(w.facets()))
	v.frame = container.NewStack()
	line := kit.Panel(words.T("Time line"), words.T("drag over the bars to choose a stretch; below, the wheel zooms and dragging moves"), kit.Column(4, v.brush, v.lanes), v.counted, tools)
	below := kit.Row([]float32{70, 30}, kit.Headed(kit.Slide(6, v.filters()...), kit.Least(10, 150, v.list)), kit.Panel(words.T("Session"), "", v.detail))
	v.frame.Objects = []fyne.CanvasObject{kit.Split([]float32{0, 1}, line, below)}
	page.Add(v.frame)
	return page
}

// resume goes on where the investigator was before the page was drawn anew: nobody wants to begin at the top again after
// every verdict.
func (v *sessionsView) resume(before *sessionsView) {
	if before == nil {
		return
	}
	v.sort, v.down, v.at = before.sort, before.down, before.list.Place()
	if !before.lanes.Whole() {
		v.stretch[0], v.stretch[1] = before.lanes.Shown()
	}
}

// filters are the verdicts with their counts; the chosen one is lit.
func (v *sessionsView) filters() []fyne.CanvasObject {
	w := v.w
	chips := []fyne.CanvasObject{kit.Filter(words.T("all"), words.Number(sum(w.summary.Sessions)), kit.Neutral, w.at.only == "", func() {
		w.visit(visit{page: "sessions", search: w.at.search, pick: w.at.pick})
	})}
	for _, verdict := range []analysis.Verdict{analysis.Attacker, analysis.Undetermined, analysis.Legitimate, analysis.Unreviewed} {
		only := string(verdict)
		chips = append(chips, kit.Filter(words.Of("verdict", only), words.Number(w.summary.Sessions[only]), tone(only), w.at.only == only, func() {
			w.visit(visit{page: "sessions", only: only, search: w.at.search, pick: w.at.pick})
		}))
	}
	return chips
}

func (v *sessionsView) makeList() {
	w := v.w
	v.source = pages(w.ctx, w, func(ctx context.Context, from, limit int64) ([]app.Session, int64, error) {
		l := w.listing()
		l.Sort, l.Down, l.Offset, l.Limit = v.sort, v.down, from, limit
		return w.c.Sessions(ctx, l)
	}, w.sessionCells)
	v.list = grid.New([]grid.Column{
		{Key: "verdict", Title: words.T("Verdict"), Width: 84, Look: grid.Pill, Tone: verdictTone, Show: func(s string) string { return words.Of("verdict", s) }},
		{Key: "score", Title: words.T("Score"), Width: 72, Look: grid.Meter, Tone: scoreTone},
		{Key: "account", Title: words.T("Account"), Width: 80, Grow: true}, {Key: "started", Title: words.T("Started"), Width: 88},
		{Title: words.T("Duration"), Width: 74, Look: grid.Number}, {Key: "ip", Title: words.T("Address"), Width: 100},
		{Key: "rows", Title: words.T("Rows"), Width: 56, Look: grid.Number}, {Key: "events", Title: words.T("Events"), Width: 56, Look: grid.Number},
	}, v.source)
	v.list.SortedBy(v.sort, v.down)
	v.list.Empty = words.T("No session fits.")
	v.list.OnSort = func(key string, down bool) {
		v.sort, v.down = key, down
		v.source.Reset()
		v.list.Reset()
	}
	v.list.OnSelect = func(row int64) {
		if s, ok := v.source.At(row); ok {
			v.show(s)
			v.lanes.Select(int(s.ID))
		}
	}
	v.list.OnKey = func(letter rune, from, to int64) { v.key(letter, from, to) }
	v.list.OnMenu = func(_ int64, at fyne.Position) { v.menu(at) }
	w.copies(v.list)
	w.list = v.list
	grid.Follow(v.list, v.source, w.fail)
	chooseAgain(v.list, v.source, v.at)
}

func (w *Window) sessionCells(s app.Session) []string {
	return []string{string(s.Verdict), strconv.Itoa(int(math.Round(s.Score))), s.Account, w.format(s.Started, "01-02 15:04"), duration(s.Started, s.Ended), listed(s.Addresses),
		words.Number(s.Rows), words.Number(s.Events)}
}

// makeLanes reads the time line; when it is too full for all segments, zooming in reads those of the stretch shown.
func (v *sessionsView) makeLanes() {
	w := v.w
	v.lanes = lanes.New(nil)
	v.lanes.Zone, v.lanes.Most = w.zone, 6
	v.lanes.OnKey = func(letter rune) { v.mark(letter, []app.Session{v.chosen}) }
	v.lanes.OnSelect = func(session int) {
		fetch(w.ctx, w, func(ctx context.Context) (app.Session, error) { return w.c.Session(ctx, int32(session)) }, v.show)
	}
	from, to := w.logged()
	v.readSpans(from, to, false)
	v.lanes.OnRange = func(from, to int64) {
		v.markBrush(from, to)
		if !v.partial {
			return
		}
		if v.renewal != nil {
			v.renewal.Stop()
		}
		v.renewal = time.AfterFunc(250*time.Millisecond, func() {
			kit.Do(func() { v.readSpans(time.Unix(from, 0).UTC(), time.Unix(to, 0).UTC(), true) })
		})
	}
}

func (v *sessionsView) readSpans(from, to time.Time, keep bool) {
	w := v.w
	fetch(w.ctx, w, func(ctx context.Context) ([]app.Span, error) {
		l := w.listing()
		l.Limit = spansShown
		return w.c.Spans(ctx, from, to.Add(time.Second), l)
	}, func(spans []app.Span) {
		all := len(spans) < spansShown
		if first, last := w.logged(); !all { // the others lie anywhere in the logs
			v.lanes.Extent = [2]int64{first.Unix(), last.Unix()}
		}
		v.lanes.Tip = func(i int) string { return w.spanTip(spans[i]) }
		v.lanes.Put(lanesOf(spans), keep)
		v.partial = v.partial || !all // from now on another stretch is read anew
		remark := words.N("%s segments", int64(len(spans)))
		if !all {
			remark = words.F("%s segments with the highest scores; zoom in for the rest", words.Number(spansShown))
		}
		fill(v.counted, kit.Small(remark))
		if !keep {
			v.frame.Refresh()
		}
		if v.stretch != [2]int64{} {
			v.lanes.Window(v.stretch[0], v.stretch[1])
			v.stretch = [2]int64{}
		}
		if v.chosen.ID != 0 {
			v.lanes.Select(int(v.chosen.ID))
		}
	})
}

// lanesOf makes one lane an account, in the order in which the spans come: the most suspicious account on top.
func lanesOf(spans []app.Span) []lanes.Lane {
	var out []lanes.Lane
	index := map[string]int{}
	for place, s := range spans {
		i, ok := index[s.Account]
		if !ok {
			i = len(out)
			index[s.Account] = i
			name, note, _ := strings.Cut(s.Account, "@")
			if note != "" {
				note = "@" + note
			}
			out = append(out, lanes.Lane{Name: name, Note: note})
		}
		out[i].Bars = append(out[i].Bars, lanes.Bar{From: s.From.Unix(), To: s.To.Unix(), Tone: tone(string(s.Verdict)), Group: int(s.Session), Index: place})
	}
	return out
}

// spanTip is what the pointer on a segment tells: the verdict on its session, and what is of the segment alone.
func (w *Window) spanTip(s app.Span) string {
	judged := words.Of("verdict", string(s.Verdict)) + " · " + words.F("score %d", int(s.Score))
	return judged + " · " + words.N("%s events", s.Events) + "\n" + w.minute(s.From) + " – " + w.format(s.To, "15:04") + "\n" + s.Client
}

// show puts a session into the detail pane, beside the one pinned before.
func (v *sessionsView) show(s app.Session) {
	v.chosen = s
	if v.pinned.ID != 0 && v.pinned.ID != s.ID {
		v.w.compare(v.pinned, s)
		v.pinned = app.Session{}
	}
	w := v.w
	buttons := kit.Slide(6, v.verdictButton("A", analysis.Attacker), v.verdictButton("L", analysis.Legitimate), v.verdictButton("U", analysis.Undetermined))
	name := s.Person
	if name == "" {
		name = s.Account
	}
	compare := kit.Link(words.T("compare"), func() {
		v.pinned = s
		w.note(words.T("Now choose the session to compare it with."))
	})
	line := kit.Fit(8, kit.Strong(name), kit.Chip(words.Of("verdict", string(s.Verdict)), verdictTone(string(s.Verdict))))
	head := kit.Stack(8, container.NewBorder(nil, nil, nil, compare, line), buttons)
	tabs := kit.Tabs(w.tab, func(key string) { w.tab = key },
		kit.Tab{Key: "facts", Label: words.T("Session"), Content: func() fyne.CanvasObject { return scrolled(w.sessionFacts(s)) }},
		kit.Tab{Key: "findings", Label: words.T("Findings"), Content: func() fyne.CanvasObject { return w.findingList(s) }},
		kit.Tab{Key: "lines", Label: words.N("Log lines (%s)", s.Events), Content: func() fyne.CanvasObject {
			return w.trail(func(ctx context.Context, l app.Listing) ([]app.Event, error) { return w.c.Events(ctx, s.ID, l) })
		}})
	fill(v.detail, container.NewBorder(kit.Pad(head, 0, 8, 0, 0), nil, nil, nil, tabs))
}

// findingList says what the score of a session is made of, weightiest first.
func (w *Window) findingList(s app.Session) fyne.CanvasObject {
	place := waiting()
	fetch(w.ctx, w, func(ctx context.Context) ([]app.Finding, error) { return w.c.Findings(ctx, s.ID) }, func(list []app.Finding) {
		lines := kit.Stack(10)
		for _, f := range list {
			weight := kit.Chip("+"+strconv.FormatFloat(f.Weight, 'f', -1, 64), scoreTone(strconv.Itoa(int(f.Weight*4))))
			rule := strings.ReplaceAll(f.Rule, "_", " ") + " · " + words.N("%s log rows", f.Events)
			lines.Add(kit.Beside(48, container.NewVBox(kit.Line(0, weight)), kit.Stack(0, kit.Value(inWords(f.Words, f.WordsKo)), kit.Caption(rule))))
		}
		if len(list) == 0 {
			lines.Add(kit.Small(words.T("No rule speaks against this session.")))
		}
		fill(place, scrolled(lines))
	})
	return place
}

func (v *sessionsView) verdictButton(key string, verdict analysis.Verdict) fyne.CanvasObject {
	label := words.Of("verdict", string(verdict)) + "  " + key
	return kit.Secondary("", label, func() { v.mark([]rune(key)[0], []app.Session{v.chosen}) })
}

func (w *Window) sessionFacts(s app.Session) fyne.CanvasObject {
	facts := []kit.Fact{
		{Name: words.T("Score"), Value: strconv.Itoa(int(math.Round(s.Score))) + " / 100"},
		{Name: words.T("Verdict"), Value: w.reasoned(s.Judgement)}, {Name: words.T("Account"), Value: s.Account},
		{Name: words.T("Time"), Value: w.moment(s.Started) + " – " + w.moment(s.Ended)}, {Name: words.T("Ended by"), Value: words.Of("ended", s.EndedBy)},
		{Name: words.T("Address"), Value: listedNonEmpty(listed(s.Addresses), listed(s.Countries))}, {Name: words.T("Client"), Value: strings.Join(clientWords(s.Agents), "\n")},
		{Name: words.T("App"), Value: strings.Join(distinct(s.Apps), ", ")}, {Name: words.T("Volume"), Value: strings.Join([]string{words.N("%s events", s.Events), words.N("%s rows", s.Rows), words.Bytes(s.Bytes)}, " · ")},
		{Name: words.T("Attribution"), Value: inferred(s)}, {Name: words.T("Notes"), Value: listedNonEmpty(when(s.Hijack, words.T("two clients at the same time under one key")), when(s.Gap, words.T("a gap in the logs lies in this session")))},
		{Name: words.T("Login key"), Value: s.LoginKey}, {Name: words.T("Session keys"), Value: strings.ReplaceAll(s.SessionKeys, ";", "\n")}, {Name: "ID", Value: s.SessionID},
	}
	return kit.Facts(92, facts...)
}

func when(yes bool, s string) string {
	if yes {
		return s
	}
	return ""
}

// inferred says how many rows carry no key and were attributed by other means.
func inferred(s app.Session) string {
	if s.Inferred == 0 {
		return words.T("every row carries the session's key")
	}
	return words.F("%s of %s rows attributed without a key", words.Number(s.Inferred), words.Number(s.Events))
}
