package replay

import (
	"context"
	"fmt"
	"slices"
	"strings"
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
		for name, as := range map[string]form{t.created: asMoment, t.modified: asMoment, t.deleted: asBool} {
			r.stamp(e, name, "", as)
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
	name := phaseName(path, w)
	n[t][name] = need{as: asPhase, path: path, window: w}
	return name
}

// stirred names the few rows of a table that moved in a window, or whose parents did.
func (s *schema) stirred(t *table, w *window) string { return s.inWindow("stirred", t, w) }

// left names the others.
func (s *schema) left(t *table, w *window) string { return s.inWindow("left", t, w) }

func (s *schema) inWindow(what string, t *table, w *window) string {
	return analysis.Quote(strings.TrimSpace(fmt.Sprintf("%s %s %d %s", what, t.object, w.number, s.organisation)))
}

// stir parts a table, for every window, into these two.
func (d *derivation) stir(ctx context.Context, s *schema, t *table, columns map[string]need) error {
	moved, windows := map[*window][]string{}, map[int]*window{}
	var parents []string
	for _, name := range sortedKeys(columns) {
		switch c := columns[name]; c.as {
		case asPhase:
			moved[c.window] = append(moved[c.window], fmt.Sprintf("coalesce(%s = %d, false)", name, phaseMoved))
			windows[c.window.number] = c.window
		case asRecord:
			parents = append(parents, name)
		}
	}
	for _, number := range sortedKeys(windows) {
		w := windows[number]
		if err := d.stirSiblings(ctx, s.laid(t), columns, parents, w, or(moved[w]...)); err != nil {
			return err
		}
		if err := d.layTable(ctx, s.stirred(t, w), fmt.Sprintf("FROM %s WHERE %s", s.laid(t), or(moved[w]...))); err != nil {
			return err
		}
		if err := d.layView(ctx, s.left(t, w), fmt.Sprintf("FROM %s WHERE NOT %s", s.relation(t), or(moved[w]...))); err != nil {
			return err
		}
	}
	return nil
}

// family is how many rows with one parent are few.
const family = 100

// stirSiblings counts rows that have a parent in common with one that moved among those that did, where they are few: the
// parent may be in an answer for the one or for the other, so that a question had better look at all of them.
func (d *derivation) stirSiblings(ctx context.Context, state string, columns map[string]need, parents []string, w *window, moved string) error {
	phase := phaseName(nil, w)
	if _, ok := columns[phase]; !ok {
		return nil
	}
	for _, p := range parents {
		err := d.exec(ctx, fmt.Sprintf(`UPDATE %[1]s SET %[2]s = %[3]d WHERE %[2]s <> %[3]d AND %[4]s IN (
	SELECT %[4]s FROM %[1]s WHERE %[4]s IN (SELECT %[4]s FROM %[1]s WHERE %[5]s) GROUP BY ALL HAVING count(*) <= %[6]d)`,
			state, phase, phaseMoved, p, moved, family))
		if err != nil {
			return err
		}
	}
	return nil
}

func phaseName(path []hop, w *window) string {
	return analysis.Quote(fmt.Sprintf("%s phase %d", trail(path), w.number))
}

// phaseOf is the SQL of a phase over the columns of a state.
func phaseOf(root *table, c need) string {
	t, created, modified, deleted, taken := root, "created", "modified", "deleted", "taken"
	if len(c.path) > 0 {
		t, taken = c.path[len(c.path)-1].to, alongName(c.path, field{}, asTaken)
		stamp := func(name string, as form, none string) string {
			if f, ok := t.field(name); ok {
				return alongName(c.path, f, as)
			}
			return none
		}
		created, modified = stamp(t.created, asMoment, "NULL::TIMESTAMP"), stamp(t.modified, asMoment, "NULL::TIMESTAMP")
		deleted = stamp(t.deleted, asBool, "false")
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
	if len(c.path) > 0 { // a parent that was not there all the time is for each question to look at
		moved = append(moved, fmt.Sprintf("coalesce(%s > %s, false)", created, instant(w.from)), fmt.Sprintf("(%s AND %s <= %s)", deleted, modified, instant(w.to)))
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
