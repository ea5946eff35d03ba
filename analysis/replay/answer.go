package replay

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

// singles writes the records opened or fetched one by one.
func (d *derivation) singles(ctx context.Context) error {
	for _, s := range strings.Split(statement("singles"), ";\n") {
		var args []any
		if strings.TrimSpace(s) == "" {
			continue
		}
		if strings.Contains(s, "?)") {
			args = []any{strings.ToUpper(hex.EncodeToString(namespace[:]))}
		}
		if err := d.exec(ctx, s, args...); err != nil {
			return fmt.Errorf("records opened one by one: %w", err)
		}
	}
	return nil
}

// result is the row of analysis.query a question becomes.
type result struct {
	outcome                           analysis.Outcome
	certain, replayed, extra, missing *int64
	why, sql                          string
	size
}

// one answers one question and writes what it touched.
func (d *derivation) one(ctx context.Context, q *question, p *plan) error {
	r, err := d.result(ctx, q, p)
	if err != nil {
		return err
	}
	if q.note != "" {
		r.why += "; " + q.note
	}
	return d.write(ctx, q, p, r)
}

func (d *derivation) result(ctx context.Context, q *question, p *plan) (result, error) {
	switch {
	case q.refused != "":
		return result{outcome: analysis.CountOnly, why: q.refused}, nil
	case q.carrier == analysis.Search || q.carrier == analysis.SOSL:
		return d.search(ctx, q)
	case q.query == nil:
		return d.unread(ctx, q)
	case q.query.IsCount():
		return result{outcome: analysis.CountOnly, why: "only a number was returned, no record"}, nil
	case p.table == nil && q.tooling():
		return result{outcome: analysis.CountOnly, why: "the Tooling API returned descriptions of the system itself, not customers' data"}, nil
	case p.table == nil:
		return d.absent(q, p), nil
	case q.query.Aggregated():
		return d.grouped(ctx, q, p)
	}
	return d.replay(ctx, q, p)
}

// tooling says whether a question went to the Tooling API.
func (q *question) tooling() bool {
	return slices.ContainsFunc(q.mentions, func(m mention) bool { return strings.Contains(fold(m.target), "/tooling/") })
}

// absent is a question about an object the snapshot lacks.
func (d *derivation) absent(q *question, p *plan) result {
	r := result{outcome: analysis.NoCount, why: fmt.Sprintf("the snapshot holds no %s: its records cannot be named", p.object)}
	if logged := q.logged(); logged != nil {
		none := int64(0)
		r.outcome, r.replayed, r.missing = analysis.Subset, &none, logged
	}
	return r
}

// unread is a question that is not understood: every record of its object could have been returned, unless the log names
// all that were.
func (d *derivation) unread(ctx context.Context, q *question) (result, error) {
	why := q.unread
	if why == "" {
		why = q.textless()
	}
	named, whole, err := d.onlyNamed(ctx, q)
	if whole || err != nil {
		return result{outcome: analysis.RecordedRows, replayed: &named, why: fmt.Sprintf("the log names the %d records returned; %s", named, why)}, err
	}
	r := result{outcome: analysis.NotUnderstood, why: why}
	of := q.object
	s, err := d.schema(ctx, d.sessions[q.session].organisation)
	if err != nil {
		return r, err
	}
	if of == "" {
		q.object, of = strings.Join(s.objects(), ";"), "every object"
	} else if strings.HasPrefix(of, "01I") {
		q.object, of = strings.Join(s.customs(), ";"), "every custom object"
	}
	touched, err := d.reachable(ctx, q, why)
	if touched += named; touched > 0 {
		r.replayed = &touched
		r.why += fmt.Sprintf("; every record of %s is within reach", of)
	} else if s.table(of) == nil {
		r.why += fmt.Sprintf("; the snapshot holds no %s: its records cannot be named", of)
	}
	return r, err
}

// onlyNamed writes accesses to the records a log names among those returned, and says whether those were all: as many of
// each object asked for as the log counted rows. Ids of other objects, as those of owners, prove nothing.
func (d *derivation) onlyNamed(ctx context.Context, q *question) (named int64, whole bool, err error) {
	events := q.naming()
	if len(events) == 0 {
		return 0, false, nil
	}
	const told = "FROM names n JOIN analysis.record r ON r.id = n.rec WHERE n.event IN (SELECT unnest(?::BIGINT[]))"
	var least int64
	err = d.db.QueryRowContext(ctx, `WITH counted AS (SELECT lower(r.object) AS object, count(DISTINCT n.rec) AS n `+told+` GROUP BY ALL)
		SELECT coalesce(max(n), 0), coalesce((SELECT min(coalesce(c.n, 0)) FROM (SELECT unnest(?::VARCHAR[]) AS object) o LEFT JOIN counted c USING (object)), 0) FROM counted`,
		events, strings.FieldsFunc(fold(q.object), listed)).Scan(&named, &least)
	if err != nil || named == 0 {
		return 0, false, err
	}
	ground, err := d.ground(ctx, d.told(q), whyNamed)
	if err != nil {
		return 0, false, err
	}
	if err := d.exec(ctx, "INSERT INTO analysis.touch SELECT DISTINCT ?::INTEGER, n.rec, ?::INTEGER "+told, q.id, ground, events); err != nil {
		return 0, false, err
	}
	err = d.showNamed(ctx, q, events)
	logged := q.logged()
	return named, logged != nil && least > 0 && least >= *logged, err
}

// replay runs a question and grades its rows.
func (d *derivation) replay(ctx context.Context, q *question, p *plan) (result, error) {
	f, err := d.find(ctx, q, p)
	if err != nil {
		return result{}, err
	}
	if p, f, err = d.read(ctx, q, p, f); err != nil {
		return result{}, err
	}
	decided := f.decide()
	if decided.unsure == "" {
		if err := d.settle(ctx, q, p, &f); err != nil {
			return result{}, err
		}
	}
	p.explainGaps(&decided)
	d.falls(p, decided.missing)
	r := result{outcome: decided.outcome, certain: &f.certain, replayed: &decided.replayed, extra: new(int64), missing: decided.missing, why: decided.why}
	*r.extra = f.extra + f.extraUncertain
	if r.sql, err = d.spelledOut(ctx, q, p); err != nil {
		return r, err
	}
	var apart string
	if r.size, apart, err = d.measure(ctx, q, p, decided.replayed); err != nil {
		return r, err
	}
	r.why += apart
	if err := d.touch(ctx, q, p, f.shared, decided); err != nil {
		return r, err
	}
	if err := d.letIn(ctx, q, p, &f, &r); err != nil {
		return r, err
	}
	return r, d.touchLinked(ctx, q, p, decided)
}

// read settles in which reading of empty values a question is answered, or leaves open what depends on it.
func (d *derivation) read(ctx context.Context, q *question, p *plan, f found) (*plan, found, error) {
	switch {
	case !contestable(p):
	case f.logged != nil && *f.logged < f.certain:
		other, err := d.strictly(ctx, q)
		if err != nil {
			return p, f, err
		}
		if other != nil {
			return other.plan, other.found, nil
		}
		_, err = d.find(ctx, q, p) // the rows are those of the other reading still
		return p, f, err
	case f.cut:
		err := d.eitherWay(ctx, q, p, &f)
		return p, f, err
	}
	return p, f, nil
}

// spelledOut is the SQL of a plan that runs by itself, without what is worked out beforehand.
func (d *derivation) spelledOut(ctx context.Context, q *question, p *plan) (string, error) {
	r, err := d.reader(ctx, q)
	if err != nil {
		return "", err
	}
	r.window, r.strict = nil, p.strict
	plain := r.newPlan(q.query)
	plain.register()
	return plain.standalone(true), nil
}

// explainGaps says what of the question the snapshot could not answer. A clause that is not understood makes the
// question not understood: what it leaves open is within reach, no more.
func (p *plan) explainGaps(decided *decision) {
	if len(p.lacking) > 0 {
		decided.why += "; the snapshot lacks " + strings.Join(p.lacking, ", ")
	}
	if len(p.texts) > 0 && p.query.Limit != nil {
		decided.why += "; sorted by the text " + strings.Join(p.texts, ", ") + ", whose order depends on the language"
	}
	if len(p.openly) > 0 {
		decided.why += "; " + strings.Join(p.openly, ", ")
		decided.whyUnsure += ", or it depends on a rule nobody documents: " + strings.Join(p.openly, ", ")
	}
	if len(p.unclear) > 0 {
		decided.outcome = analysis.NotUnderstood
		decided.why += "; not understood: " + strings.Join(p.unclear, ", ")
		if decided.unsure == analysis.Bounded {
			decided.unsure, decided.whyUnsure = analysis.Reachable, "part of the query is not understood: "+strings.Join(p.unclear, ", ")
		}
	}
}

// gather makes a relation of rows that all cores find: into a table itself, the engine would put one part of a union after
// the other.
func (d *derivation) gather(ctx context.Context, name, rows string) error {
	return d.exec(ctx, "CREATE OR REPLACE TEMP TABLE "+name+" AS WITH found AS MATERIALIZED ("+rows+") FROM found")
}

func (d *derivation) exec(ctx context.Context, statement string, args ...any) error {
	_, err := d.db.ExecContext(ctx, statement, args...)
	return err
}

// everything is all that a plan and its children show.
func (p *plan) everything() []shown {
	all := slices.Clone(p.shown)
	for _, c := range p.children {
		for _, s := range c.everything() {
			if !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	return all
}

// standalone is the SQL of a plan that runs on the case file by itself. identified says that records are numbered.
func (p *plan) standalone(identified bool) string {
	var definitions []string
	for t, columns := range p.needs {
		definitions = append(definitions, p.schema.relation(t)+" AS ("+p.schema.state(t, columns, identified)+")")
	}
	slices.Sort(definitions)
	rows := p.rows()
	if rest, ok := strings.CutPrefix(rows, "WITH "); ok {
		return "WITH " + strings.Join(definitions, ",\n") + ",\n" + rest
	}
	return "WITH " + strings.Join(definitions, ",\n") + "\n" + rows
}

// write stores a question with its events.
func (d *derivation) write(ctx context.Context, q *question, p *plan, r result) error {
	act, logged := string(q.act), q.logged()
	if r.outcome == analysis.CountOnly { // what the log counted are no rows of records
		if act = ""; logged != nil && *logged > 0 {
			r.why += fmt.Sprintf("; the log counted %d", *logged)
		}
		logged = nil
	}
	object, fields := q.object, []string{}
	if p != nil {
		object = p.object
		for _, s := range p.everything() {
			if s.object == p.object {
				fields = append(fields, s.field)
			} else {
				fields = append(fields, s.object+"."+s.field)
			}
		}
	}
	err := d.exec(ctx, `INSERT INTO analysis.query VALUES (?, ?, ?, ?, ?, ?, ?, ?::VARCHAR[], ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, false, ?, ?, ?)`,
		q.id, d.queryID(q), q.session, q.at, string(q.carrier), q.text, object, fields, act, logged, q.bytes(),
		r.certain, r.replayed, r.extra, r.missing, string(r.outcome), r.why, r.sql, q.sure(), r.columnsLogged, r.columnsReplayed, r.bytesEstimated)
	if err != nil {
		return err
	}
	var events []int64
	for _, m := range q.mentions {
		events = append(events, m.event)
	}
	return d.exec(ctx, "INSERT INTO analysis.query_event SELECT DISTINCT ?, unnest(?::BIGINT[])", q.id, events)
}

// gaps writes what an uncovered gap in the logs of a session leaves open: every record the account could read.
func (d *derivation) gaps(ctx context.Context) error {
	for _, id := range sortedKeys(d.sessions) {
		w := d.sessions[id]
		if !w.gap {
			continue
		}
		s, err := d.schema(ctx, w.organisation)
		if err != nil {
			return err
		}
		d.last++
		q := &question{id: d.last, session: id, carrier: analysis.SOQL, act: analysis.Acquired, at: w.from, until: w.to,
			text: "(gap in the logs)", object: strings.Join(s.objects(), ";"), unread: "the logs of this session have a gap that no other log covers",
			mentions: []mention{{certain: true}}}
		if err := d.one(ctx, q, nil); err != nil {
			return err
		}
	}
	return nil
}
