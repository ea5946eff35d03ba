package replay

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

// Thieves ask the same again and again. Rows nothing happened to while they asked (none created, edited or exported between
// the first question and the last) look the same at every moment of theirs, so which of them a condition lets through is
// found once, kept once, and shared by all questions with that condition, whatever fields they showed and however many rows
// they took. What each question finds for itself are the few rows that were touched in between.

// sharing is what questions share.
type sharing struct {
	answers map[string]*answer // by the rows, as SQL
	lots    int32              // number of the last lot
	naming  map[int64]bool     // events that name records
}

// answer is a set of rows, or with their parents, that questions share: analysis.answer.
type answer struct {
	id                 int32
	plan               *plan // of the steady rows
	certain, uncertain int64
	first, last        int32 // of the lots made with it
}

// Parts of an answer, as stored.
const (
	partCertain   = 1
	partUncertain = 2
)

// shareable says whether the rows of a question follow from its condition alone, row by row.
func (d *derivation) shareable(q *question, p *plan) bool {
	tree := p.query
	whole := tree.Limit == nil || *tree.Limit > 0 && !p.ordered
	if !whole || tree.Offset != nil || q.refused != "" || tree.IsCount() || tree.Aggregated() || len(p.children) > 0 || len(q.beside) > 0 || q.outer || d.names(q) {
		return false
	}
	if len(p.ctes) > 0 || len(p.source.joins) > 0 || p.table.versions || strings.ContainsAny(p.where, termStart+termEnd) {
		return false
	}
	return !slices.ContainsFunc(append(p.watched, p.source.here()), func(e end) bool { return !p.phased(e.table) })
}

// names says whether the log names records a question returned.
func (d *derivation) names(q *question) bool {
	return slices.ContainsFunc(q.naming(), func(event int64) bool { return d.naming[event] })
}

// readNaming reads which events name records.
func (d *derivation) readNaming(ctx context.Context) error {
	rows, err := d.db.QueryContext(ctx, "SELECT DISTINCT event FROM names")
	if err != nil {
		return err
	}
	defer rows.Close()
	d.naming = map[int64]bool{}
	for rows.Next() {
		var event int64
		if err := rows.Scan(&event); err != nil {
			return err
		}
		d.naming[event] = true
	}
	return rows.Err()
}

// shared is what a question shares, found or still to be found; nil where it shares nothing.
func (d *derivation) shared(ctx context.Context, q *question, p *plan) (a *answer, known bool, err error) {
	if !d.shareable(q, p) {
		return nil, true, nil
	}
	r, err := d.reader(ctx, q)
	if err != nil {
		return nil, false, err
	}
	r.steady, r.strict = true, p.strict
	same := r.newPlan(q.query)
	rows := same.matches(same.left())
	if a, known = d.answers[rows]; !known {
		a = &answer{id: int32(len(d.answers) + 1), plan: same}
		d.answers[rows] = a
	}
	return a, known, nil
}

// share is the answer among steady rows, nil where a question shares nothing.
func (d *derivation) share(ctx context.Context, q *question, p *plan) (*answer, error) {
	if p.settled {
		return p.shares, nil
	}
	a, known, err := d.shared(ctx, q, p)
	if known || err != nil {
		return a, err
	}
	return a, d.sift(ctx, []*answer{a})
}

// shareAll finds beforehand what the questions share, many answers in one pass over a table.
func (d *derivation) shareAll(ctx context.Context, questions []*question, plans []*plan) error {
	d.answers = map[string]*answer{}
	batches := map[string][]*answer{}
	for i, q := range questions {
		if plans[i] == nil || plans[i].table == nil {
			continue
		}
		a, known, err := d.shared(ctx, q, plans[i])
		if err != nil {
			return err
		}
		plans[i].shares, plans[i].settled = a, true
		if !known {
			among := a.plan.among()
			batches[among] = append(batches[among], a)
		}
	}
	var done int64
	for _, among := range sortedKeys(batches) {
		for batch := range slices.Chunk(batches[among], batchSize) {
			d.progress.Tell(analysis.Step{Name: "finding what queries share", Done: done, Total: int64(len(d.answers))})
			if err := d.sift(ctx, batch); err != nil {
				return fmt.Errorf("finding what queries share: %w", err)
			}
			done += int64(len(batch))
		}
	}
	return nil
}

// matches is the SQL of the rows of a plan as far as others may share it: rec, sure, one column per parent.
func (p *plan) matches(also string) string {
	return p.chosen(append([]string{p.source.alias + ".rec AS rec", p.where + " AS sure"}, p.parentColumns()...), also)
}

func (p *plan) parentColumns() (columns []string) {
	for _, x := range p.parents {
		columns = append(columns, x.value+" AS "+x.column)
	}
	return columns
}

// among is the SQL of the rows a shared answer is found among, before any condition.
func (p *plan) among() string {
	columns := strings.Join(append([]string{p.source.alias + ".rec AS rec"}, p.parentColumns()...), ", ")
	return fmt.Sprintf("%s{marks} FROM (SELECT *{terms} FROM %s) %s", columns, p.source.text(), p.source.alias)
}

// left is SQL for the rows that were left alone while the questions were asked, with the parents that matter.
func (p *plan) left() string { return p.term(and(p.phases(">", true)...)) }

// moved is SQL for all others.
func (p *plan) moved() string { return or(p.phases("=", false)...) }

// phases compares the phases of a row and of the parents that matter with that of a moved row; none is where there is none.
func (p *plan) phases(op string, none bool) []string {
	own, _ := p.phase(p.source.here())
	list := []string{fmt.Sprintf("%s %s %d", own, op, phaseMoved)}
	for _, e := range p.watched {
		phase, _ := p.phase(e)
		list = append(list, fmt.Sprintf("coalesce(%s %s %d, %t)", phase, op, phaseMoved, none))
	}
	return list
}

// upset says whether rows beyond doubt, in relation hit, lead to a record that an answer holds as doubtful.
func (d *derivation) upset(ctx context.Context, p *plan, a *answer) (upset bool, err error) {
	if a == nil || a.uncertain == 0 || len(p.parents) == 0 {
		return false, nil
	}
	sure := fmt.Sprintf("(SELECT unnest(%s) AS rec FROM hit WHERE sure)", p.records())
	err = d.db.QueryRowContext(ctx, "SELECT count(*) > 0 FROM ("+a.holds(sure, fmt.Sprintf("a.part = %d", partUncertain))+")").Scan(&upset)
	return upset, err
}

// holds is SQL for those of some records, numbered rec in a relation, that parts of an answer hold.
func (a *answer) holds(relation, condition string) string {
	return fmt.Sprintf(`SELECT l.record FROM (SELECT * FROM analysis.lot WHERE lot BETWEEN %d AND %d AND record IN (SELECT rec FROM %s)) l
	JOIN analysis.answer a USING (lot) WHERE a.answer = %d AND %s`, a.first, a.last, relation, a.id, condition)
}

// records is SQL for the list of records a row of a plan stands for: its own and its parents'.
func (p *plan) records() string {
	records := []string{"rec"}
	for _, x := range p.parents {
		records = append(records, x.column)
	}
	return "[" + strings.Join(records, ", ") + "]"
}

// touchShared writes what an answer rests on for one question.
func (d *derivation) touchShared(ctx context.Context, q *question, a *answer, decided decision) error {
	write := func(part, rows int64, grade analysis.Grade, why string) error {
		if rows == 0 || grade == "" {
			return nil
		}
		ground, err := d.ground(ctx, grade, why)
		if err != nil {
			return err
		}
		return d.exec(ctx, "INSERT INTO analysis.query_answer VALUES (?, ?, ?, ?)", q.id, a.id, part, ground)
	}
	if err := write(partCertain, a.certain, decided.sure, decided.whySure); err != nil {
		return err
	}
	return write(partUncertain, a.uncertain, decided.unsure, decided.whyUnsure)
}
