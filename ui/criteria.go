package ui

import (
	"context"
	"encoding/csv"
	"os"
	"regexp"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/breachscope/breachscope/analysis/event"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// The investigator's own knowledge by which sessions are judged: networks she knows, and rules over those of the program.

// criteriaMenu offers both.
func (w *Window) criteriaMenu(at fyne.Position) {
	w.menuAt(at, fyne.NewMenuItem(words.T("Own networks…"), w.ownNetworks), fyne.NewMenuItem(words.T("Rules…"), w.showRules))
}

// networksHeader is the first line of a file of networks.
const networksHeader = "range,name,class\n"

// ownNetworks shows the networks of the investigator as lines she can edit.
func (w *Window) ownNetworks() {
	fetch(w.ctx, w, w.c.Networks, func(list []app.Network) {
		lines := kit.Lines()
		lines.SetPlaceHolder("203.0.113.0/24,Head office,office\n198.51.100.7,VPN Seoul,vpn")
		lines.SetText(networkLines(list))
		read := kit.Link(words.T("read from a file"), func() {
			w.chooseFiles(words.T("Own networks"), func(paths []string) {
				text, err := os.ReadFile(paths[0])
				if err != nil {
					w.fail(err)
					return
				}
				lines.SetText(strings.TrimPrefix(strings.ReplaceAll(strings.TrimPrefix(string(text), "\ufeff"), "\r\n", "\n"), networksHeader))
			})
		})
		hint := kit.Value(words.T("One a line: range, name, and office, vpn or allow-list. Sessions from there count as from home; the story's allow-list asks about them."))
		body := container.NewBorder(kit.Stack(6, hint, kit.Line(0, read)), nil, nil, nil, kit.Least(620, 220, lines))
		w.confirm(words.T("Own networks"), words.T("Keep"), body, func() { w.keepNetworks(lines.Text) })
	})
}

func networkLines(list []app.Network) string {
	var b strings.Builder
	lines := csv.NewWriter(&b)
	for _, n := range list {
		_ = lines.Write([]string{n.Range.String(), n.Name, n.Class}) // into memory
	}
	lines.Flush()
	return b.String()
}

// keepNetworks makes the lines the networks of the case and derives the sessions again.
func (w *Window) keepNetworks(text string) {
	list, err := event.LoadNetworks(strings.NewReader(networksHeader + strings.TrimSpace(text) + "\n"))
	if err != nil {
		w.fail(&app.Problem{What: err.Error(), Do: words.T("write one range a line as 203.0.113.0/24,Head office,office"), Cause: err})
		return
	}
	w.run(words.T("Deriving the sessions again"), func(ctx context.Context, p progressFunc) error { return w.c.SetNetworks(ctx, list, p) },
		func() { w.refresh(func() { w.note(words.N("%s networks known", int64(len(list)))) }) }, nil)
}

// showRules lists the rules in force, and takes a folder of the investigator's own.
func (w *Window) showRules() {
	fetch(w.ctx, w, w.c.Rules, func(rules []app.Rule) {
		rows := &grid.Rows[app.Rule]{All: rules, Cells: func(r app.Rule) []string {
			return []string{r.Severity, strconv.FormatFloat(r.Weight, 'f', -1, 64), ruleWords(r), r.ID}
		}}
		list := grid.New([]grid.Column{{Title: words.T("Severity"), Width: 92, Look: grid.Pill, Tone: severityTone, Show: func(s string) string { return words.Of("severity", s) }},
			{Title: words.T("Weight"), Width: 60, Look: grid.Number}, {Title: words.T("In words"), Width: 420, Grow: true}, {Title: "ID", Width: 160}}, rows)
		list.OnOpen = func(row int64) {
			if r, ok := rows.At(row); ok {
				w.showParagraph(r.ID, listedNonEmpty(ruleWords(r), r.When, r.Event, strings.Join(r.References, ", ")))
			}
		}
		w.copies(list)
		var d *kit.Dialog
		links := kit.Line(16, kit.Link(words.T("load a folder of my own…"), func() { d.Hide(); w.loadRules() }),
			kit.Link(words.T("only the program's"), func() { d.Hide(); w.keepRules(nil) }))
		head := container.NewBorder(nil, nil, nil, links, kit.Fit(0, kit.Small(words.T("what makes a session suspicious; the weights add up to the score"))))
		d = w.tell(words.T("Rules"), container.NewBorder(kit.Pad(head, 0, 6, 0, 0), nil, nil, nil, kit.Least(880, 400, list)))
	})
}

var finding = regexp.MustCompile(`\{[^{}]+\}`)

// ruleWords is what a rule says, with the name of what it finds in the place of each finding.
func ruleWords(r app.Rule) string {
	return finding.ReplaceAllStringFunc(inWords(r.Words["en"], r.Words["ko"]), func(found string) string {
		return "‹" + words.Of("trait", strings.Trim(found, "{}")) + "›"
	})
}

func severityTone(s string) kit.Tone {
	return map[string]kit.Tone{"critical": kit.Red, "high": kit.Red, "medium": kit.Amber}[s]
}

// loadRules takes the rules of a folder, and says which of them it cannot take whole.
func (w *Window) loadRules() {
	w.chooseFolder(words.T("Folder of rules"), func(path string) {
		rules, refused, err := app.LoadRules(path)
		if err != nil {
			w.fail(err)
			return
		}
		w.offerRules(rules, refused)
	})
}

func (w *Window) offerRules(rules []app.Rule, refused []app.RefusedRule) {
	lines := []string{words.N("%s rules are taken over those of the program.", int64(len(rules)))}
	if len(refused) > 0 {
		lines = append(lines, "", words.N("%s rules cannot be translated whole and stay out:", int64(len(refused))))
	}
	for _, r := range refused {
		lines = append(lines, "· "+r.File+": "+r.Why)
	}
	w.confirm(words.T("Own rules"), words.T("Use them"), kit.Least(640, 160, scrolled(kit.Value(strings.Join(lines, "\n")))), func() { w.keepRules(rules) })
}

// keepRules judges the sessions by these rules over the program's own.
func (w *Window) keepRules(rules []app.Rule) {
	w.run(words.T("Deriving the sessions again"), func(ctx context.Context, p progressFunc) error { return w.c.SetRules(ctx, rules, p) },
		func() { w.refresh(func() { w.note(words.N("%s rules of your own", int64(len(rules)))) }) }, nil)
}
