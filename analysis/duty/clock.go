package duty

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Clock names the fact from which a deadline runs. Each has its own date; none stands in for another.
type Clock string

const (
	Occurred        Clock = "occurred"         // the breach happened
	Suspected       Clock = "suspected"        // a breach was suspected
	Aware           Clock = "aware"            // the organisation knew of it
	Grounds         Clock = "grounds"          // it had reasonable grounds to believe it
	Assessed        Clock = "assessed"         // it found that the breach has to be notified, or whom it affects
	Discovered      Clock = "discovered"       // it discovered or learnt of it
	Handled         Clock = "handled"          // the incident was dealt with
	AuthorityTold   Clock = "authority_told"   // the authority was told
	IndividualsTold Clock = "individuals_told" // the individuals were told
)

// Clocks are all of them, in the order in which they come to pass.
var Clocks = []Clock{Occurred, Suspected, Aware, Grounds, Assessed, Discovered, Handled, AuthorityTold, IndividualsTold}

// Moment is a time known to lie between From and To: one instant, or a whole day when only the date is known.
type Moment struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// IsZero: nothing is known.
func (m Moment) IsZero() bool { return m.From.IsZero() }

// ParseMoment reads a date, or a date with a time of day, in a time zone; a time with a zone of its own keeps that.
func ParseMoment(text string, zone *time.Location) (Moment, error) {
	text = strings.TrimSpace(text)
	if t, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return Moment{t, t.AddDate(0, 0, 1)}, nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return Moment{t, t}, nil
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return Moment{t, t}, nil
		}
	}
	return Moment{}, &NotADate{text}
}

// NotADate: a text that says no moment.
type NotADate struct{ Text string }

func (e *NotADate) Error() string { return fmt.Sprintf("%q is no date", e.Text) }

// Remedy says what to do about it.
func (e *NotADate) Remedy() string { return "write it as 2025-05-07 or 2025-05-07 14:30" }

// after is the moment an amount of hours, days or business days later. Business days leave out Saturday and Sunday;
// public holidays are not known.
func (m Moment) after(amount int, unit string) Moment {
	return Moment{later(m.From, amount, unit), later(m.To, amount, unit)}
}

func later(t time.Time, amount int, unit string) time.Time {
	switch unit {
	case "hours":
		return t.Add(time.Duration(amount) * time.Hour)
	case "days":
		return t.AddDate(0, 0, amount)
	}
	for amount > 0 {
		t = t.AddDate(0, 0, 1)
		if t.Weekday() != time.Saturday && t.Weekday() != time.Sunday {
			amount--
		}
	}
	return t
}

// State is how a duty stands against its deadline.
type State string

const (
	NotTimed     State = "not timed"     // no number is fixed
	NoDate       State = "no date"       // the fact from which the clock runs has no date
	Running      State = "running"       // not done, the deadline is ahead
	OnTime       State = "on time"       // done before the deadline at its earliest
	Late         State = "late"          // done, or not yet done, after the deadline at its latest
	Undetermined State = "undetermined"  // the dates are too coarse to tell
	Open         State = "not done"      // not known to be done, and no time to judge it by was given
	NotDue       State = "not triggered" // no duty
)

// Lateness is by how much a deadline was missed, at least and at most. Days are of 24 hours.
type Lateness struct {
	Least time.Duration `json:"least_ns"`
	Most  time.Duration `json:"most_ns"`
}

// Days rounds to the days that counsel speaks of.
func (l Lateness) Days() (least, most int) {
	return int(math.Round(l.Least.Hours() / 24)), int(math.Round(l.Most.Hours() / 24))
}

// judge compares what was done, or now when nothing was, with a deadline.
func judge(due, done Moment, now time.Time) (State, Lateness) {
	acted := done
	if done.IsZero() {
		if now.IsZero() {
			return Open, Lateness{}
		}
		acted = Moment{now, now}
	}
	late := Lateness{max(acted.From.Sub(due.To), 0), max(acted.To.Sub(due.From), 0)}
	switch {
	case acted.From.After(due.To):
		return Late, late
	case acted.To.After(due.From):
		return Undetermined, late
	case done.IsZero():
		return Running, Lateness{}
	}
	return OnTime, Lateness{}
}
