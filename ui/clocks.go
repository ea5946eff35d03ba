package ui

import (
	"cmp"
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"github.com/breachscope/breachscope/analysis/duty"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// mostClocks is how many deadlines the overview shows.
const mostClocks = 5

// clocksPanel shows the next deadlines, counting down; those of rules that nobody has verified are grey.
func (w *Window) clocksPanel() fyne.CanvasObject {
	place := waiting()
	fetch(w.ctx, w, func(ctx context.Context) ([]duty.Duty, error) {
		f, err := w.c.Facts(ctx)
		if err != nil {
			return nil, err
		}
		f.Now = time.Now()
		return w.c.Duties(ctx, f)
	}, func(all []duty.Duty) {
		due := running(all)
		show := func() { fill(place, w.clocks(due, time.Now())) }
		show()
		go everyMinute(w.ctx, show)
	})
	return kit.Panel(words.T("Deadlines"), words.T("time left"), place, kit.Link(words.T("all"), func() { w.Show("duties") }))
}

// running are the duties with a deadline that are not done, the next first.
func running(all []duty.Duty) []duty.Duty {
	due := slices.DeleteFunc(slices.Clone(all), func(d duty.Duty) bool {
		return d.Due.IsZero() || !d.Done.IsZero() || d.State == duty.NotDue
	})
	slices.SortStableFunc(due, func(a, b duty.Duty) int {
		return cmp.Or(a.Due.From.Compare(b.Due.From), cmp.Compare(a.ID, b.ID))
	})
	return due
}

func (w *Window) clocks(due []duty.Duty, now time.Time) fyne.CanvasObject {
	if len(due) == 0 {
		return kit.Stack(6, kit.Value(words.T("No clock runs: no date is given, or nothing is due.")), kit.Line(0, kit.Link(words.T("give the dates"), func() { w.Show("duties") })))
	}
	lines := kit.Stack(6)
	for _, d := range due[:min(mostClocks, len(due))] {
		rest := left(d, now)
		t := overdue(rest)
		if !d.Alarm {
			t = kit.Neutral
		}
		lines.Add(kit.Beside(76, kit.Line(0, kit.Write(rest, 12.5, t.Fore(), true)), kit.Fit(7, kit.Write(words.Say(d.Jurisdiction.Name), 12.5, kit.Text, false), kit.Small(words.Of("audience", d.Audience)))))
	}
	return lines
}

// everyMinute does something on the main goroutine until the page is left.
func everyMinute(ctx context.Context, do func()) {
	minute := time.NewTicker(time.Minute)
	defer minute.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-minute.C:
			kit.Do(func() {
				if ctx.Err() == nil {
					do()
				}
			})
		}
	}
}
