package replay

import (
	"fmt"
	"slices"
	"time"

	"github.com/breachscope/breachscope/analysis"
)

// Most rows are left alone while a thief is at work: every question of the time finds them in the same state. That state is
// worked out once, when tables are laid out, so that questions compare a small number instead of several times.

// window is a time in which questions were asked.
type window struct {
	number int
	period
}

// windowLength is how far the questions of one window may lie apart.
const windowLength = 7 * 24 * time.Hour

// phase is what a row was like all through a window.
type phase int

const (
	phaseMoved  phase = iota // it was created, edited or exported in it, or its times are not known
	phaseUnborn              // not created before the end
	phaseBinned              // in the recycle bin
	phaseAsIs                // there, as the snapshot shows it
	phaseEdited              // there, but edited afterwards
)

// openWindows parts the questions, which are in order of time, into windows.
func (d *derivation) openWindows(questions []*question) {
	for number := 0; len(questions) > 0; number++ {
		n := slices.IndexFunc(questions, func(q *question) bool { return q.at.Sub(questions[0].at) > windowLength })
		if n < 0 {
			n = len(questions)
		}
		w := &window{number, period{from: questions[0].at.Add(d.clock)}}
		for _, q := range questions[:n] {
			q.window = w
			if end := q.until.Add(d.clock); end.After(w.to) {
				w.to = end
			}
		}
		questions = questions[n:]
	}
}

// phased says whether the rows of a table have phases: each is there once, and the table was not exported in the window.
func (r *reader) phased(t *table) bool {
	return r.window != nil && !t.versions && (t.several || t.taken.Before(r.window.from) || !t.taken.Before(r.window.to))
}

// phase is the SQL of the phase of an end's row, NULL where there is none; ok is false where a table has none.
func (r *reader) phase(e end) (value string, ok bool) {
	t := e.table
	if !r.phased(t) {
		return "", false
	}
	if len(e.path) > 0 { // of these it is worked out
		if f, ok := t.field(t.modified); ok {
			r.column(e, f, asMoment)
		}
		if t.several {
			r.column(e, field{}, asTaken)
		}
	}
	return e.alias + "." + r.needs.phase(e.root, e.path, r.window), true
}

// phase adds the column of a phase.
func (n needs) phase(t *table, path []hop, w *window) string {
	if n[t] == nil {
		n[t] = map[string]need{}
	}
	name := analysis.Quote(fmt.Sprintf("%s phase %d", trail(path), w.number))
	n[t][name] = need{as: asPhase, path: path, window: w}
	return name
}

// phaseOf is the SQL of a phase over the columns of a state.
func phaseOf(root *table, c need) string {
	t, created, modified, deleted, taken := root, "created", "modified", "deleted", "taken"
	if len(c.path) > 0 { // whether a parent row was there already is nobody's question
		t = c.path[len(c.path)-1].to
		created, modified, deleted, taken = "NULL::TIMESTAMP", "NULL::TIMESTAMP", "false", alongName(c.path, field{}, asTaken)
		if f, ok := t.field(t.modified); ok {
			modified = alongName(c.path, f, asMoment)
		}
	}
	w := c.window
	moved := []string{inside(created, w), inside(modified, w), fmt.Sprintf("(%s AND %s IS NULL)", deleted, modified)}
	edited := fmt.Sprintf("coalesce(%s > %s, true)", modified, instant(w.from))
	switch {
	case t.several:
		moved = append(moved, fmt.Sprintf("coalesce(%[1]s >= %[2]s AND %[1]s < %[3]s, false)", taken, instant(w.from), instant(w.to)))
		edited = or(edited, fmt.Sprintf("coalesce(%s < %s, false)", taken, instant(w.from)))
	case !t.taken.IsZero() && t.taken.Before(w.from):
		edited = "true"
	}
	binned := fmt.Sprintf("(%s AND %s <= %s)", deleted, modified, instant(w.from))
	moved = append(moved, and(binned, edited))
	value := fmt.Sprintf("CASE WHEN %s THEN %d WHEN %s > %s THEN %d WHEN %s THEN %d WHEN %s THEN %d ELSE %d END",
		or(moved...), phaseMoved, created, instant(w.to), phaseUnborn, binned, phaseBinned, edited, phaseEdited, phaseAsIs)
	if len(c.path) > 0 {
		value = fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN %s END", alongName(c.path, field{}, asRecord), value)
	}
	return "CAST(" + value + " AS UTINYINT)"
}

// inside is whether a change lies after the beginning of a window and not after its end: some of its moments see it, others not.
func inside(column string, w *window) string {
	return fmt.Sprintf("coalesce(%[1]s > %[2]s AND %[1]s <= %[3]s, false)", column, instant(w.from), instant(w.to))
}
