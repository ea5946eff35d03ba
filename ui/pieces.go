package ui

import (
	"cmp"
	"github.com/breachscope/breachscope/analysis/event"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/breachscope/breachscope/ui/chart"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// waiting is a place that something will come to.
func waiting() *fyne.Container { return hint(words.T("Reading…")) }

// hint is a place with a remark in it until something is put there.
func hint(s string) *fyne.Container { return container.NewStack(container.NewVBox(kit.Small(s))) }

// fill puts what has come into its place.
func fill(place *fyne.Container, o fyne.CanvasObject) {
	place.Objects = []fyne.CanvasObject{o}
	place.Refresh()
}

// scrolled puts a column of text into a pane that scrolls, beside its scroll bar rather than under it.
func scrolled(o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewVScroll(kit.Pad(o, 0, 8, 0, 12))
}

// orNothing is a ranking, or a dash where there is nothing to rank.
func orNothing(entries []chart.Entry) fyne.CanvasObject {
	if len(entries) == 0 {
		return kit.Small(words.T("Nothing yet."))
	}
	return chart.Ranking(entries)
}

// topEntries are the six largest of what was counted in two parts; the rest is one line of its own, so that the lines
// add up to the whole.
func topEntries(order []string, parts map[string][2]int64, name func(string) string, to func(string) func()) []chart.Entry {
	slices.SortStableFunc(order, func(a, b string) int {
		return cmp.Compare(parts[b][0]+parts[b][1], parts[a][0]+parts[a][1])
	})
	var entries []chart.Entry
	var rest [2]int64
	for i, k := range order {
		p := parts[k]
		if i >= 5 && len(order) > 6 {
			rest[0], rest[1] = rest[0]+p[0], rest[1]+p[1]
			continue
		}
		entries = append(entries, entryOf(name(k), p, to(k)))
	}
	if rest != [2]int64{} {
		entries = append(entries, entryOf(words.T("all others"), rest, nil))
	}
	return entries
}

func entryOf(name string, p [2]int64, onTap func()) chart.Entry {
	return chart.Entry{Name: name, Value: words.Number(p[0] + p[1]), OnTap: onTap,
		Parts: []chart.Part{{Value: float64(p[0]), Tone: kit.Red}, {Value: float64(p[1]), Tone: kit.Amber}}}
}

// duration is the span between two times, "" when one is missing.
func duration(from, to time.Time) string {
	if from.IsZero() || to.IsZero() {
		return ""
	}
	return span(to.Sub(from))
}

// span writes a span of time in its two largest units; one below zero has a minus.
func span(d time.Duration) string {
	sign, text := "", ""
	if d < 0 {
		sign, d = "−", -d
	}
	hours, minutes := int(d.Hours()), int(d.Minutes())
	switch {
	case d >= 48*time.Hour:
		text = words.F("%dd %dh", hours/24, hours%24)
	case d >= time.Hour:
		text = words.F("%dh %02dm", hours, minutes%60)
	case d >= time.Minute:
		text = words.F("%dm", minutes)
	default:
		text = words.F("%ds", int(d.Seconds()))
	}
	return sign + text
}

// country is the name of a country by its ISO code, in the language of the window.
func country(code string) string {
	if code == "" || code == "unknown" {
		return words.T("unknown")
	}
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	if name := display.Regions(language.Make(words.Current())).Name(region); name != "" {
		return name
	}
	return code
}

// shortKind leaves the vendor's name out of a kind.
func shortKind(kind string) string {
	if i := strings.LastIndexByte(kind, '.'); i >= 0 {
		return kind[i+1:]
	}
	return kind
}

// shortKinds does so for several, joined with ';'.
func shortKinds(kinds string) string {
	parts := strings.Split(kinds, ";")
	for i, k := range parts {
		parts[i] = shortKind(k)
	}
	return strings.Join(parts, ", ")
}

// listed shows values that are joined with ';' one after another.
func listed(s string) string { return strings.ReplaceAll(s, ";", ", ") }

// distinct are the values that are joined with ';', each once: several ids may bear one name.
func distinct(s string) (list []string) {
	for _, value := range strings.Split(s, ";") {
		if !slices.Contains(list, value) {
			list = append(list, value)
		}
	}
	return list
}

// clients are the user agents of a session. They are joined with ';', but within one a ';' has a space after it.
func clients(s string) (list []string) {
	for _, part := range strings.Split(s, ";") {
		if n := len(list); n > 0 && strings.HasPrefix(part, " ") {
			list[n-1] += ";" + part
			continue
		}
		list = append(list, part)
	}
	return list
}

// clientWords names the clients of a session. What a log writes where it knows no client, as "9999", is said to be that; the
// platform's codes stand behind their meaning, as they are written in the log.
func clientWords(raw string) (list []string) {
	var silent []string
	for _, text := range clients(raw) {
		switch a := event.ReadAgent(text); {
		case text == "":
		case a.Family == "":
			silent = append(silent, text)
		case a.Code && a.Words() != text:
			list = append(list, a.Words()+" ("+text+")")
		default:
			list = append(list, text)
		}
	}
	if len(silent) > 0 {
		list = append(list, words.F("no information about the client (%s)", strings.Join(silent, ", ")))
	}
	return list
}

// spelled is listed with each value in words.
func spelled(set, s string) string {
	if s == "" {
		return ""
	}
	parts := strings.Split(s, ";")
	for i, p := range parts {
		parts[i] = words.Of(set, p)
	}
	return strings.Join(parts, ", ")
}

// chooseFirst selects the first row as soon as it is there, so that what it rests on is one step away.
func chooseFirst[T any](list *grid.Grid, source *grid.Pages[T]) {
	chooseAgain(list, source, grid.Place{})
}

// chooseAgain goes back to a place of the list before, as soon as there are rows.
func chooseAgain[T any](list *grid.Grid, source *grid.Pages[T], at grid.Place) {
	loaded, first := source.Loaded, true
	source.Loaded = func() {
		loaded()
		if first && source.Len() > 0 {
			first = false
			list.Return(at)
		}
	}
}
