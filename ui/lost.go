package ui

import (
	"strconv"

	"fyne.io/fyne/v2"

	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// fadedBanner says that verdicts do not mean all that they meant when they were given; nil when they do.
func (w *Window) fadedBanner() fyne.CanvasObject {
	n := int64(len(w.summary.Faded))
	if n == 0 {
		return nil
	}
	return banner(kit.Amber, "alert", words.N("%s verdicts fit fewer sessions than when they were given: evidence has changed since.", n),
		kit.Secondary("", words.T("Show"), w.showFaded))
}

func (w *Window) showFaded() {
	rows := &grid.Rows[app.Faded]{All: w.summary.Faded, Cells: func(f app.Faded) []string {
		return []string{strconv.FormatInt(f.Entry, 10), string(f.Verdict), f.Reason, words.Number(int64(f.Was)), words.Number(int64(f.Now))}
	}}
	list := grid.New([]grid.Column{{Title: words.T("No."), Width: 46, Look: grid.Number},
		{Title: words.T("Verdict"), Width: 108, Look: grid.Pill, Tone: verdictTone, Show: func(s string) string { return words.Of("verdict", s) }},
		{Title: words.T("Reason"), Width: 220, Grow: true}, {Title: words.T("Sessions then"), Width: 90, Look: grid.Number}, {Title: words.T("Sessions now"), Width: 90, Look: grid.Number}}, rows)
	w.copies(list)
	w.tell(words.T("Verdicts that fit fewer sessions"), kit.Column(kit.Gap, kit.Small(words.T("Look at these sessions again, and judge them anew where needed.")), kit.Least(720, 240, list)))
}

// idleBanner says that corrections have no effect; nil when all have.
func (w *Window) idleBanner() fyne.CanvasObject {
	n := int64(len(w.summary.Idle))
	if n == 0 {
		return nil
	}
	return banner(kit.Amber, "alert", words.N("%s corrections have no effect as things stand.", n), kit.Secondary("", words.T("Show"), w.showCorrections))
}

// addTo adds what there is to a page.
func addTo(page *fyne.Container, parts ...fyne.CanvasObject) {
	for _, p := range parts {
		if p != nil {
			page.Add(p)
		}
	}
}
