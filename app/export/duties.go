package export

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/duty"
)

// noAdvice is said once on every page that speaks of laws.
const noAdvice = "No legal advice: a table of published rules, held against the facts of the case. Counsel decides. Rules that are not marked as sourced still have to be verified and raise no alarm."

// duties is the sheet of what laws demand on these facts.
func (w *writer) duties(ctx context.Context, db analysis.Engine, book *workbook) (err error) {
	if w.due, err = duty.Assess(ctx, db, w.Facts); err != nil {
		return fmt.Errorf("assessing duties: %w", err)
	}
	g := book.page("Duties")
	g.widen(24, 24, 34, 14, 28, 22, 24, 12, 20, 60)
	g.title("Duties")
	g.warning(noAdvice)
	g.lead("Law table " + duty.Version() + ". A clock runs from one named fact; a date without an hour makes the deadline a span. Times are those of " + w.zone().String() + ".")
	law, err := w.lawOf(ctx, db)
	if err != nil {
		return fmt.Errorf("assessing duties: %w", err)
	}
	g.warning(law)
	g.section("Whom to tell, and by when")
	w.deadlines(g)
	g.section("What each notice has to contain")
	w.contents(g)
	return g.end()
}

// lawOf says which day's law is held against the case, and why that day's.
func (w *writer) lawOf(ctx context.Context, db analysis.Engine) (string, error) {
	day, clock, err := duty.Day(ctx, db, w.Facts)
	if err != nil {
		return "", err
	}
	unset := "No date is set on which the organisation became aware: clocks that run from it have no deadline here. "
	switch {
	case clock == duty.Aware:
		return "The law is that of " + day.Format(w.tongue.date()) + ", the day on which the organisation became aware.", nil
	case clock != "":
		return unset + "The law is that of " + day.Format(w.tongue.date()) + ", the date given for \"" + string(clock) + "\".", nil
	case !day.IsZero():
		return unset + "The law is that of " + day.Format(w.tongue.date()) + ", the last day of the logs (UTC), since no other date is given either.", nil
	}
	return unset + "The law is the newest in the table, since no other date is given either and no log has a time.", nil
}

func (w *writer) deadlines(g *page) {
	var rows [][]any
	for _, d := range w.due {
		rows = append(rows, []any{d.Jurisdiction.Name, audience(d), d.What, triggered(d.Triggered), string(d.Clock) + ": " + w.span(d.ClockAt, "no date given"),
			w.span(d.Due, named(d.Wording, "no number is fixed")), state(d), string(d.Certainty), english.Sprintf("%d confirmed, %d possible", d.People.Confirmed.Likely, d.People.Possible.Likely),
			told(strings.Join(append(w.tongue.each(d.Why), w.tongue.say("Law:")+" "+w.tongue.say(d.Jurisdiction.Statute)), "; "))})
	}
	g.grid([]string{"Law of", "Whom", "What", "Triggered", "Clock runs from", "Deadline", "How it stands", "The rule is", "Persons", "Why"}, rows, false)
}

// contents lists, duty by duty, what has to be said, and what of it the case can say.
func (w *writer) contents(g *page) {
	var rows [][]any
	for _, d := range w.due {
		if d.State == duty.NotDue {
			continue
		}
		for _, i := range d.Contents {
			rows = append(rows, []any{d.Jurisdiction.Name, audience(d), w.tongue.item(i),
				map[bool]string{true: "known", false: "open"}[i.Value != ""], named(i.Value, openMark+"to be filled in"+closeMark)})
		}
	}
	g.grid([]string{"Law of", "Whom", "What has to be said", "Known to the case", "As the case has it"}, rows, false)
}

// item is what has to be said, in the words of the law table.
func (t *tongue) item(i duty.Item) string {
	if t.code == "ko" && i.Korean != "" {
		return i.Korean
	}
	return i.English
}

func audience(d duty.Duty) string {
	if d.Audience == "authority" {
		return d.Audience + ": " + d.Recipient
	}
	return d.Recipient
}

func triggered(a duty.Answer) string {
	switch a {
	case duty.Yes:
		return "yes"
	case duty.No:
		return "no"
	}
	return "cannot be said yet"
}

// state is how a duty stands, with the delay where there is one.
func state(d duty.Duty) string {
	text := string(d.State)
	if d.State == duty.Late {
		least, most := d.Late.Days()
		text += fmt.Sprintf(" by %d to %d days", least, most)
	}
	return text
}

// zone is the clock of the organisation.
func (w *writer) zone() *time.Location {
	zone, err := time.LoadLocation(w.manifest.Timezone)
	if err != nil || w.manifest.Timezone == "" {
		return time.UTC
	}
	return zone
}

// span is a moment in words, or otherwise when there is none.
func (w *writer) span(m duty.Moment, otherwise string) string {
	const form = "2006-01-02 15:04"
	from, to := m.From.In(w.zone()), m.To.In(w.zone())
	switch {
	case m.IsZero():
		return otherwise
	case from.Equal(to):
		return from.Format(form)
	case from.Format("15:04") == "00:00" && to.Equal(from.AddDate(0, 0, 1)):
		return from.Format(time.DateOnly)
	}
	return from.Format(form) + " to " + to.Format(form)
}

// alarms says which deadlines of sourced rules are open, "" when none is.
func (w *writer) alarms() string {
	var open []string
	for _, d := range w.due {
		if d.Alarm {
			open = append(open, fmt.Sprintf("%s, %s: %s (%s)", d.Jurisdiction.Name, d.Audience, w.span(d.Due, d.Wording), state(d)))
		}
	}
	if len(open) == 0 {
		return ""
	}
	return strings.Join(open, "; ") + ". The sheet Duties has the reasons; it is no legal advice."
}
