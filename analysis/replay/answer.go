package replay

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

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
	case p.table == nil:
		return d.absent(q, p), nil
	case q.query.Aggregated():
		return d.grouped(ctx, q, p)
	}
	return d.replay(ctx, q, p)
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

// unread is a question that is not understood: every record of its object could have been returned.
func (d *derivation) unread(ctx context.Context, q *question) (result, error) {
	why := q.unread
	if why == "" {
		why = q.textless()
	}
	r := result{outcome: analysis.NotUnderstood, why: why}
	touched, err := d.reachable(ctx, q, why)
	if touched > 0 {
		r.replayed = &touched
		r.why += fmt.Sprintf("; every record of %s is within reach", q.object)
	}
	return r, err
}

// reachable writes an access to every record of the question's objects that existed.
func (d *derivation) reachable(ctx context.Context, q *question, why string) (int64, error) {
	var sum int64
	ground, err := d.ground(ctx, analysis.Reachable, why)
	if err != nil {
		return 0, err
	}
	s, err := d.schema(ctx, d.sessions[q.session].organisation)
	if err != nil {
		return 0, err
	}
	for _, object := range strings.FieldsFunc(q.object, listed) {
		t := s.table(object)
		if t == nil {
			continue
		}
		existed := t.existed(q.at, q.until, q.all)
		done, err := d.db.ExecContext(ctx, fmt.Sprintf(`INSERT INTO analysis.touch SELECT ?, r.id, ? FROM analysis.record r
			JOIN snapshot.%s t ON t."file" = r.file AND t."line" = r.line WHERE r.object = ? AND %s`, analysis.Quote(t.object), existed), q.id, ground, t.object)
		if err != nil {
			return 0, err
		}
		n, _ := done.RowsAffected()
		sum += n
		if _, err := d.db.ExecContext(ctx, "INSERT INTO analysis.query_field VALUES (?, ?, '*')", q.id, t.object); err != nil {
			return 0, err
		}
	}
	return sum, nil
}

// existed is SQL that holds for rows of the snapshot table t that may have existed, outside the recycle bin unless all.
func (t *table) existed(at, until time.Time, all bool) string {
	var conditions []string
	if t.created != "" {
		conditions = append(conditions, fmt.Sprintf("coalesce(%s <= %s, true)", moment("t."+analysis.Quote(t.created)), instant(until)))
	}
	if t.deleted != "" && t.modified != "" && !all {
		conditions = append(conditions, fmt.Sprintf("NOT (%s AND coalesce(%s <= %s, false))", asBool.reading("t."+analysis.Quote(t.deleted)), moment("t."+analysis.Quote(t.modified)), instant(at)))
	}
	return and(conditions...)
}

// replay runs a question and grades its rows.
func (d *derivation) replay(ctx context.Context, q *question, p *plan) (result, error) {
	f, err := d.find(ctx, q, p)
	if err != nil {
		return result{}, err
	}
	decided := f.decide()
	if contestable(p) && f.logged != nil && *f.logged < f.certain {
		other, err := d.strictly(ctx, q)
		if err != nil {
			return result{}, err
		}
		if other != nil {
			p, f = other.plan, other.found
			decided = f.decide()
		} else if _, err := d.find(ctx, q, p); err != nil {
			return result{}, err
		}
	} else if contestable(p) && f.cut {
		if err := d.eitherWay(ctx, q, p, &f); err != nil {
			return result{}, err
		}
		decided = f.decide()
	}
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
	return r, d.touchLinked(ctx, q, p, decided)
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

// touchLinked writes the accesses to rows of linked tables: known as well as the rows they hang on.
func (d *derivation) touchLinked(ctx context.Context, q *question, p *plan, decided decision) error {
	for _, l := range q.beside {
		if l.table == nil {
			continue
		}
		sure := analysis.Bounded
		if decided.sure == analysis.Replayed && decided.outcome == analysis.Matches && p.query.Limit == nil {
			sure = analysis.Replayed
		}
		const why = "it is linked to a record the query returned, or may have returned"
		certain, err := d.ground(ctx, sure, why)
		if err != nil {
			return err
		}
		perhaps, err := d.ground(ctx, analysis.Bounded, why)
		if err != nil {
			return err
		}
		err = d.exec(ctx, `INSERT INTO analysis.touch SELECT ?, rec, CASE WHEN sure THEN ?::INTEGER ELSE ?::INTEGER END
			FROM (`+l.rows()+`) h WHERE NOT EXISTS (FROM analysis.touch a WHERE a.query = ? AND a.record = h.rec)`, q.id, certain, perhaps, q.id)
		if err != nil {
			return fmt.Errorf("linked %s: %w", l.object, err)
		}
		if err := d.showFields(ctx, q, l); err != nil {
			return err
		}
	}
	return nil
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

func contestable(p *plan) bool { return p.contested && !p.strict }

// reading is a plan with what it found.
type reading struct {
	plan  *plan
	found found
}

// strictly runs a question again in the contested reading, in which a negated comparison passes over empty values. It
// counts when it agrees with the log and the other cannot: the log counted fewer rows than that is sure of.
func (d *derivation) strictly(ctx context.Context, q *question) (*reading, error) {
	r, err := d.reader(ctx, q)
	if err != nil {
		return nil, err
	}
	r.strict = true
	p := r.newPlan(q.query)
	f, err := d.find(ctx, q, p)
	if err != nil {
		return nil, err
	}
	if f.decide().outcome != analysis.Matches {
		return nil, nil
	}
	f.contested = "; the count of the log shows that negated comparisons passed over empty values"
	return &reading{p, f}, nil
}

// eitherWay leaves open what depends on the reading where the count cannot decide: a LIMIT in a known order cuts both
// answers to as many rows.
func (d *derivation) eitherWay(ctx context.Context, q *question, p *plan, f *found) error {
	if err := d.exec(ctx, "CREATE OR REPLACE TEMP TABLE plainly AS FROM hit"); err != nil {
		return err
	}
	r, err := d.reader(ctx, q)
	if err != nil {
		return err
	}
	r.strict = true
	if _, err := d.find(ctx, q, r.newPlan(q.query)); err != nil {
		return err
	}
	err = d.exec(ctx, `CREATE OR REPLACE TEMP TABLE hit AS
SELECT a.* REPLACE (CASE WHEN a.sure AND b.sure THEN true END AS sure) FROM plainly a LEFT JOIN hit b ON b.rec = a.rec
UNION ALL SELECT b.* REPLACE (NULL::BOOLEAN AS sure) FROM hit b WHERE b.rec NOT IN (SELECT rec FROM plainly)`)
	if err != nil {
		return err
	}
	before := f.certain
	if err := d.count(ctx, "hit", &f.certain, &f.uncertain); err != nil {
		return err
	}
	if f.certain < before {
		p.leaves("a negated comparison may or may not hold for empty values")
	}
	f.extra, f.extraUncertain = 0, 0
	return d.below(ctx, p, "hit", true, f)
}

// find runs a question into relation hit, children into hit_0, hit_1 …, and counts. Rows shared with other questions are
// counted, not in hit.
func (d *derivation) find(ctx context.Context, q *question, p *plan) (found, error) {
	f := found{logged: q.logged(), ambiguous: !q.sure(), doubt: q.doubt, broken: q.broken}
	var err error
	if f.shared, err = d.share(ctx, q, p); err != nil {
		return f, err
	}
	if d.cutEarly(q, p) {
		err = d.findPlaces(ctx, q, p, &f)
	} else {
		err = d.findAll(ctx, q, p, &f)
	}
	if err != nil {
		return f, err
	}
	for _, c := range p.children {
		if c.capped {
			missing, err := d.gone(ctx, q, c, 1)
			if err != nil {
				return f, err
			}
			c.gone = missing.rows
		}
	}
	if err := d.below(ctx, p, "hit", true, &f); err != nil || !q.outer {
		return f, err
	}
	return f, d.joined(ctx, &f)
}

// findAll runs a question into relation hit.
func (d *derivation) findAll(ctx context.Context, q *question, p *plan, f *found) error {
	if err := d.hit(ctx, q, p, f); err != nil {
		return err
	}
	if err := d.overlay(ctx, q, p, f); err != nil {
		return err
	}
	if err := d.count(ctx, "hit", &f.certain, &f.uncertain); err != nil {
		return err
	}
	if f.shared != nil {
		f.certain, f.uncertain = f.certain+f.shared.certain, f.uncertain+f.shared.uncertain
	}
	return d.limited(ctx, q, p, f, "hit")
}

// hit writes relation hit: the rows of a question but for those shared.
func (d *derivation) hit(ctx context.Context, q *question, p *plan, f *found) error {
	var also []string
	if f.shared != nil {
		also = append(also, p.moved())
	}
	if err := d.exec(ctx, "CREATE OR REPLACE TEMP TABLE hit AS SELECT * EXCLUDE (id) FROM ("+p.rows(also...)+")"); err != nil {
		return err
	}
	upset, err := d.upset(ctx, p, f.shared)
	if !upset || err != nil {
		return err
	}
	f.shared = nil
	return d.hit(ctx, q, p, f)
}

// cutEarly says whether a LIMIT in a known order leaves so few rows that the others need not be written down.
func (d *derivation) cutEarly(q *question, p *plan) bool {
	return p.ordered && len(p.keys) > 0 && p.query.Limit != nil && len(p.ctes) == 0 && !d.names(q)
}

// findPlaces is findAll for those.
func (d *derivation) findPlaces(ctx context.Context, q *question, p *plan, f *found) error {
	if err := d.exec(ctx, "CREATE OR REPLACE TEMP VIEW matched AS SELECT * EXCLUDE (id) FROM ("+p.rows()+")"); err != nil {
		return err
	}
	if err := d.count(ctx, "matched", &f.certain, &f.uncertain); err != nil {
		return err
	}
	return d.limited(ctx, q, p, f, "matched")
}

// settle takes the rows the count leaves out from the answer, and with them what hangs on them.
func (d *derivation) settle(ctx context.Context, q *question, p *plan, f *found) error {
	if len(p.children) == 0 {
		return nil
	}
	if err := d.exec(ctx, "DELETE FROM hit WHERE sure IS NOT true"); err != nil {
		return err
	}
	f.extra, f.extraUncertain = 0, 0
	if err := d.below(ctx, p, "hit", false, f); err != nil || !q.outer {
		return err
	}
	f.extra, f.extraUncertain = 0, 0 // counted among the rows
	return nil
}

// joined counts the rows of a report that shows rows of one object with those of another that hang on them, and alone
// where there are none.
func (d *derivation) joined(ctx context.Context, f *found) error {
	f.extra, f.extraUncertain = 0, 0
	var most int64
	err := d.db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM hit_0 WHERE sure) + (SELECT count(*) FROM hit WHERE sure AND rec NOT IN (SELECT up FROM hit_0 WHERE up IS NOT NULL)),
		(SELECT count(*) FROM hit_0) + (SELECT count(*) FROM hit WHERE rec NOT IN (SELECT up FROM hit_0 WHERE sure))`).Scan(&f.certain, &most)
	f.uncertain = most - f.certain
	return err
}

func (d *derivation) exec(ctx context.Context, statement string, args ...any) error {
	_, err := d.db.ExecContext(ctx, statement, args...)
	return err
}

// naming lists the events about a question that may name the records it returned.
func (q *question) naming() (events []int64) {
	for _, m := range q.mentions {
		if m.source == "ApiEvent" || m.source == "ReportEvent" || m.source == "ListViewEvent" || m.source == auditSource {
			events = append(events, m.event)
		}
	}
	return events
}

// overlay makes rows certain that the log names, and counts the records of the object it names.
func (d *derivation) overlay(ctx context.Context, q *question, p *plan, f *found) error {
	events := q.naming()
	if len(events) == 0 {
		return nil
	}
	err := d.exec(ctx, "CREATE OR REPLACE TEMP TABLE told AS SELECT DISTINCT n.rec, r.object FROM names n JOIN analysis.record r ON r.id = n.rec WHERE n.event IN (SELECT unnest(?::BIGINT[]))", events)
	if err != nil {
		return err
	}
	if err := d.db.QueryRowContext(ctx, "SELECT count(*) FROM told WHERE object = ?", p.object).Scan(&f.named); err != nil {
		return err
	}
	if f.named == 0 {
		return nil
	}
	if err := d.exec(ctx, "UPDATE hit SET sure = true WHERE rec IN (SELECT rec FROM told)"); err != nil || !f.complete() {
		return err
	}
	return d.exec(ctx, "DELETE FROM hit WHERE rec NOT IN (SELECT rec FROM told)")
}

func (d *derivation) count(ctx context.Context, hit string, certain, uncertain *int64) error {
	return d.db.QueryRowContext(ctx, "SELECT count(*) FILTER (sure), count(*) FILTER (sure IS NULL) FROM "+hit).Scan(certain, uncertain)
}

// limited makes relation hit of the rows that matched, cut by LIMIT and OFFSET where the order asked for tells which rows
// they let through.
func (d *derivation) limited(ctx context.Context, q *question, p *plan, f *found, matched string) error {
	tree := p.query
	if tree.Limit == nil && tree.Offset == nil || tree.GroupBy != nil { // those cut groups
		return nil
	}
	limit, offset := int64(1)<<40, int64(0)
	if tree.Limit != nil {
		limit = *tree.Limit
		f.limit = &limit
	}
	if tree.Offset != nil {
		offset = *tree.Offset
	}
	var err error
	if limit > 0 {
		if f.gone, err = d.gone(ctx, q, p, min(offset+limit, f.certain+f.uncertain)); err != nil {
			return err
		}
	}
	most := f.certain + f.uncertain + f.gone.rows
	switch none := limit == 0 || offset > 0 && offset >= most && f.logged == nil; {
	case none:
		return d.become(ctx, f, "FROM "+matched+" WHERE false")
	case most <= limit && offset == 0, f.named > 0, f.logged != nil && *f.logged < limit && offset == 0:
		return d.become(ctx, nil, "FROM "+matched)
	case p.ordered && len(p.keys) > 0:
		f.cut = true
		return d.become(ctx, f, p.cut(matched, limit, offset, f.gone.rows))
	case offset > 0: // any of the rows may have been passed over
		return d.become(ctx, f, "SELECT * REPLACE (NULL::BOOLEAN AS sure) FROM "+matched)
	}
	return d.become(ctx, nil, "FROM "+matched)
}

// become makes relation hit of other rows, and counts them anew when told so.
func (d *derivation) become(ctx context.Context, f *found, rows string) error {
	if rows == "FROM hit" {
		return nil
	}
	if err := d.exec(ctx, "CREATE OR REPLACE TEMP TABLE hit AS "+rows); err != nil || f == nil {
		return err
	}
	return d.count(ctx, "hit", &f.certain, &f.uncertain)
}

// below runs the child queries on the rows found, and on those gone since where orphans are taken in. These do not count.
func (d *derivation) below(ctx context.Context, p *plan, hit string, orphans bool, f *found) error {
	for i, c := range p.children {
		name := fmt.Sprintf("%s_%d", hit, i)
		if err := d.exec(ctx, "CREATE OR REPLACE TEMP TABLE "+name+" AS SELECT * EXCLUDE (id) FROM ("+c.below(hit, orphans)+")"); err != nil {
			return err
		}
		var certain, uncertain int64
		if err := d.count(ctx, name+" WHERE up IS NOT NULL", &certain, &uncertain); err != nil {
			return err
		}
		f.extra, f.extraUncertain = f.extra+certain, f.extraUncertain+uncertain
		if err := d.below(ctx, c, name, false, f); err != nil {
			return err
		}
	}
	return nil
}

// touch writes the accesses of a question: its rows, their parents, their children, and the records a log names.
func (d *derivation) touch(ctx context.Context, q *question, p *plan, shared *answer, decided decision) error {
	var parts []string
	hits(p, "hit", false, &parts)
	sure, unsure := decided.sure, decided.unsure
	if decided.outcome == analysis.RecordedRows { // only what hangs on the records named was returned
		sure, decided.whySure = analysis.Replayed, "it hangs on a record the log names as returned"
	}
	rank := func(g analysis.Grade) string {
		if g == "" {
			return "NULL"
		}
		return fmt.Sprint(g.Rank())
	}
	var hanging analysis.Grade
	if len(p.children) > 0 { // the count of the rows does not tell which of their child rows came along
		hanging = cmp.Or(unsure, analysis.Bounded)
	}
	ranked := fmt.Sprintf("SELECT rec, CASE WHEN sure THEN %s WHEN child THEN %s ELSE %s END AS rank, coalesce(sure, false) AS sure, child FROM (%s)",
		rank(sure), rank(hanging), rank(unsure), strings.Join(parts, " UNION ALL "))
	if len(q.naming()) > 0 {
		ranked += fmt.Sprintf(" UNION ALL SELECT rec, %d, true, false FROM told", d.told(q).Rank())
		parts = append(parts, "told")
	}
	if len(parts) > 1 { // a record may have been touched in several ways: the best counts
		ranked = "SELECT rec, min(rank) AS rank, bool_or(sure) AS sure, bool_and(child) AS child FROM (" + ranked + ") WHERE rec IS NOT NULL AND rank IS NOT NULL GROUP BY rec"
	}
	numbered, err := d.numbered(ctx, q, decided, sure, unsure, hanging)
	if err != nil {
		return err
	}
	if shared != nil {
		if err := d.touchShared(ctx, q, shared, decided); err != nil {
			return err
		}
		if len(p.parents) > 0 { // rows of others may lead to the same
			ranked = fmt.Sprintf("SELECT r.* FROM (%s) r ANTI JOIN (SELECT record FROM analysis.answer WHERE answer = %d) a ON a.record = r.rec", ranked, shared.id)
		}
	}
	if err := d.exec(ctx, "INSERT INTO analysis.touch SELECT ?, rec, "+numbered+" FROM ("+ranked+") WHERE rank IS NOT NULL", q.id); err != nil {
		return err
	}
	return d.showFields(ctx, q, p)
}

// told is the grade of records a log names: recorded, unless the log row may be another session's.
func (d *derivation) told(q *question) analysis.Grade {
	if q.sure() {
		return analysis.Recorded
	}
	return analysis.Bounded
}

// hits lists the columns of records a question touched. Of a recorded question only rows the log names are in hit.
func hits(p *plan, hit string, child bool, parts *[]string) {
	*parts = append(*parts, fmt.Sprintf("SELECT rec, sure, %t AS child FROM %s", child, hit))
	for _, x := range p.parents {
		*parts = append(*parts, fmt.Sprintf("SELECT %s, sure, %t FROM %s", x.column, child, hit))
	}
	for i, c := range p.children {
		hits(c, fmt.Sprintf("%s_%d", hit, i), true, parts)
	}
}

// showFields writes which fields of which objects a question showed.
func (d *derivation) showFields(ctx context.Context, q *question, p *plan) error {
	var objects, fields []string
	for _, s := range p.everything() {
		objects, fields = append(objects, s.object), append(fields, s.field)
	}
	if len(fields) == 0 {
		return nil
	}
	return d.exec(ctx, "INSERT INTO analysis.query_field SELECT DISTINCT ?, unnest(?::VARCHAR[]), unnest(?::VARCHAR[])", q.id, objects, fields)
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
	act := string(q.act)
	if r.outcome == analysis.CountOnly {
		act = ""
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
		q.id, d.queryID(q), q.session, q.at, string(q.carrier), q.text, object, fields, act, q.logged(), q.bytes(),
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
		var objects []string
		for _, name := range sortedKeys(s.tables) {
			if o := s.tables[name].object; o != "User" {
				objects = append(objects, o)
			}
		}
		d.last++
		q := &question{id: d.last, session: id, carrier: analysis.SOQL, act: analysis.Acquired, at: w.from, until: w.to,
			text: "(gap in the logs)", object: strings.Join(objects, ";"), unread: "the logs of this session have a gap that no other log covers",
			mentions: []mention{{certain: true}}}
		if err := d.one(ctx, q, nil); err != nil {
			return err
		}
	}
	return nil
}
