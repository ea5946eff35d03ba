package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// fetch reads something off the main goroutine and shows it, unless the investigator has gone elsewhere meanwhile.
func fetch[T any](ctx context.Context, w *Window, read func(context.Context) (T, error), show func(T)) {
	w.reads.Go(func() {
		if ctx.Err() != nil {
			return
		}
		got, err := read(ctx)
		kit.Do(func() {
			switch {
			case ctx.Err() != nil:
			case err != nil:
				w.fail(err)
			default:
				show(got)
			}
		})
	})
}

// pages is a grid's source over one of the case's lists; it counts as reading as long as a page is under way.
func pages[T any](ctx context.Context, w *Window, load grid.Load[T], cells func(T) []string) *grid.Pages[T] {
	return grid.NewPages(ctx, &w.reads, func(ctx context.Context, from, limit int64) ([]T, int64, error) {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		return load(ctx, from, limit)
	}, cells)
}

type progressFunc = analysis.Progress

// run does a long step: off the main goroutine, with its progress on screen and a way to stop it. done runs after
// success; failed may deal with an error by returning true.
func (w *Window) run(title string, do func(context.Context, progressFunc) error, done func(), failed func(error) bool) {
	ctx, cancel := context.WithCancel(context.Background())
	p := newProgress(title, cancel, w.win)
	w.running++
	w.steps.Go(func() {
		err := do(ctx, p.tell)
		p.finish()
		kit.Do(func() {
			p.dialog.Hide()
			w.running--
			cancel()
			switch {
			case err != nil && failed != nil && failed(err):
			case err != nil:
				w.fail(err)
			case done != nil:
				done()
			}
		})
	})
}

// progress is the dialog of a long step. Steps may be reported as often as the work likes; the screen follows ten times
// a second.
type progress struct {
	dialog  *kit.Dialog
	bar     *widget.ProgressBar
	name    *widget.Label
	detail  *widget.Label
	stop    chan struct{}
	started time.Time

	mu   sync.Mutex
	last analysis.Step
}

func newProgress(title string, cancel context.CancelFunc, win fyne.Window) *progress {
	p := &progress{bar: widget.NewProgressBar(), name: widget.NewLabel(words.T("Starting…")), detail: widget.NewLabel(" "),
		stop: make(chan struct{}), started: time.Now()}
	p.bar.TextFormatter = func() string { return "" } // white on the pale part nobody could read it
	p.name.Truncation, p.detail.Importance = fyne.TextTruncateEllipsis, widget.LowImportance
	button := kit.Plain(words.T("Cancel"), nil)
	button.OnTapped = func() {
		button.Disable()
		p.name.SetText(words.T("Stopping; the case stays as it was…"))
		cancel()
	}
	p.dialog = kit.NewDialog(win, title, kit.Least(460, 10, kit.Stack(2, kit.Pad(p.name, 0, 0, -7, -7), p.bar, kit.Pad(p.detail, 0, 0, -7, -7))), kit.Outline(button))
	p.dialog.Show()
	go p.follow()
	return p
}

func (p *progress) tell(s analysis.Step) {
	p.mu.Lock()
	p.last = s
	p.mu.Unlock()
}

func (p *progress) finish() { close(p.stop) }

func (p *progress) follow() {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	var shown analysis.Step
	for {
		select {
		case <-p.stop:
			return
		case <-tick.C:
			p.mu.Lock()
			s := p.last
			p.mu.Unlock()
			if s != shown {
				shown = s
				kit.Do(func() { p.show(s) })
			}
		}
	}
}

func (p *progress) show(s analysis.Step) {
	name := stepWords(s.Name)
	if s.File != "" {
		name += " · " + s.File
	}
	p.name.SetText(name)
	if s.Total > 0 {
		p.bar.SetValue(float64(s.Done) / float64(s.Total))
	}
	p.detail.SetText(strings.Join(amounts(s, time.Since(p.started)), " · "))
}

// stepWords says what a step does; some name the table they are at.
func stepWords(name string) string {
	for _, begins := range []string{"fields of ", "laying out ", "Collecting ", "Writing "} {
		if rest, ok := strings.CutPrefix(name, begins); ok && !words.Has("step."+name) {
			return fmt.Sprintf(words.Of("step", begins+"%s"), rest)
		}
	}
	return words.Of("step", name)
}

// amounts says how far a step has come: bytes of a file, rows, time.
func amounts(s analysis.Step, elapsed time.Duration) (parts []string) {
	if s.File != "" && s.Total > 0 {
		parts = append(parts, words.F("%s of %s", words.Bytes(s.Done), words.Bytes(s.Total)))
	} else if s.Total > 0 {
		parts = append(parts, words.F("%s of %s", words.Number(s.Done), words.Number(s.Total)))
	}
	if s.Rows > 0 {
		parts = append(parts, words.N("%s rows", s.Rows))
	}
	return append(parts, span(elapsed))
}

// fail tells what happened and what to do about it. A step that was cancelled is no failure.
func (w *Window) fail(err error) {
	if errors.Is(err, context.Canceled) {
		w.note(words.T("Cancelled. The case is as it was before."))
		return
	}
	p := app.Explain(err)
	what, whole := happened(p)
	body := kit.Stack(10, kit.Emphasis(what), kit.Value(explained(p.Do)))
	if whole != "" {
		body.Add(kit.Note(whole))
	}
	w.tell(words.T("That did not work"), kit.Least(480, 10, body))
}

// happened is what a problem is in the language of the window, and the whole of its error where that says more. What failed is
// known to be translated; of what was being done when it failed only the whole tells.
func happened(p app.Problem) (what, whole string) {
	what = p.What
	if p.Cause != nil && p.Cause.Error() != what {
		whole = p.Cause.Error()
	}
	var known interface {
		error
		Remedy() string
	}
	if errors.As(p.Cause, &known) && words.Say(what) == what {
		if inner := words.Say(known.Error()); inner != known.Error() {
			return sentence(inner), what
		}
	}
	return explained(what), whole
}

// explained is what the analysis says of something, as a sentence of the window's language.
func explained(english string) string { return sentence(words.Say(english)) }

// command is written small wherever it stands.
const command = "breachscope-cli"

// sentence begins with a capital letter and ends with a full stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	if first := []rune(s); !strings.HasPrefix(s, command) {
		s = strings.ToUpper(string(first[0])) + string(first[1:])
	}
	if !strings.ContainsAny(s[len(s)-1:], ".!?") {
		s += "."
	}
	return s
}
