package replay

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/soql"
)

// derivation is one run of Derive.
type derivation struct {
	db       analysis.Engine
	settings analysis.Settings
	progress analysis.Progress
	sessions map[int32]who
	schemas  map[string]*schema // by organisation
	needs    map[string]needs
	last     int32 // id of the last question
	grounds  map[ground]int32
	versions map[string]bool // by object that comes from several files: some record is in more than one
	widths   map[*table]widths
	censuses []*census
	short    map[*table]int64 // rows some question returned and the snapshot lacks
	jobs     map[string]jobFacts
	purged   map[string]int64 // by object: records only logs name
	laidOut  []string         // relations made for this run
	sharing
	corrections
}

// who is a session with what its account says about the running user.
type who struct {
	id, organisation, user, zone, locale string
	gap                                  bool
	from, to                             time.Time
}

// Derive empties and refills analysis.record, query, query_event, query_field and access: what the sessions with the
// verdict attacker asked for, and which records of the snapshot that touched.
func Derive(ctx context.Context, db analysis.Engine, settings analysis.Settings, progress analysis.Progress) error {
	d := &derivation{db: db, settings: settings, progress: progress, schemas: map[string]*schema{}, needs: map[string]needs{}, widths: map[*table]widths{}, versions: map[string]bool{}, short: map[*table]int64{}}
	if err := d.derive(ctx); err != nil {
		return fmt.Errorf("replaying what was asked: %w", err)
	}
	return nil
}

func (d *derivation) derive(ctx context.Context) error {
	if err := run(ctx, d.db, "forget"); err != nil {
		return err
	}
	if err := d.spell(ctx); err != nil {
		return err
	}
	d.progress.Tell(analysis.Step{Name: "numbering records"})
	if err := d.numberRecords(ctx); err != nil {
		return err
	}
	if err := d.readSessions(ctx); err != nil {
		return err
	}
	var err error
	if d.corrections, err = d.readCorrections(ctx); err != nil {
		return fmt.Errorf("reading corrections: %w", err)
	}
	if err := d.namedRecords(ctx); err != nil {
		return err
	}
	questions, err := d.questions(ctx)
	if err != nil {
		return err
	}
	if err := d.answer(ctx, questions); err != nil {
		return err
	}
	if err := d.gaps(ctx); err != nil {
		return err
	}
	if err := run(ctx, d.db, "exclude"); err != nil {
		return err
	}
	return d.clear(ctx)
}

// namedRecords writes the accesses to records that the log names: opened, fetched, or with a file that hangs on them.
func (d *derivation) namedRecords(ctx context.Context) error {
	d.progress.Tell(analysis.Step{Name: "opened and fetched records"})
	if err := d.readNaming(ctx); err != nil {
		return err
	}
	if err := run(ctx, d.db, "staged"); err != nil {
		return err
	}
	if err := d.singles(ctx); err != nil {
		return err
	}
	if err := d.followFiles(ctx); err != nil {
		return fmt.Errorf("files: %w", err)
	}
	if err := run(ctx, d.db, "grounds"); err != nil {
		return err
	}
	if err := d.readGrounds(ctx); err != nil {
		return fmt.Errorf("reading grounds: %w", err)
	}
	return nil
}

// readSessions reads the attacker sessions with account, zone and locale.
func (d *derivation) readSessions(ctx context.Context) error {
	rows, err := d.db.QueryContext(ctx, statement("sessions"))
	if err != nil {
		return err
	}
	defer rows.Close()
	d.sessions = map[int32]who{}
	for rows.Next() {
		var id int32
		var w who
		var from, to sql.NullTime
		if err := rows.Scan(&id, &w.id, &w.organisation, &w.user, &w.zone, &w.locale, &w.gap, &from, &to); err != nil {
			return err
		}
		w.from, w.to = from.Time, to.Time
		d.sessions[id] = w
	}
	return rows.Err()
}

func (d *derivation) schema(ctx context.Context, organisation string) (*schema, error) {
	if s, ok := d.schemas[organisation]; ok {
		return s, nil
	}
	s, err := readSchema(ctx, d.db, organisation)
	if err != nil {
		return nil, err
	}
	for _, t := range s.tables {
		t.versions = d.versions[t.object]
	}
	d.schemas[organisation], d.needs[organisation] = s, needs{}
	return s, nil
}

// questions puts together what each session asked for in words.
func (d *derivation) questions(ctx context.Context) ([]*question, error) {
	mentions, err := d.readMentions(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading what was asked: %w", err)
	}
	definitions, err := readDefinitions(ctx, d.db)
	if err != nil {
		return nil, err
	}
	if d.jobs, err = d.readJobs(ctx, mentions); err != nil {
		return nil, err
	}
	var all []*question
	for len(mentions) > 0 {
		end := slices.IndexFunc(mentions, func(m mention) bool { return m.session != mentions[0].session })
		if end < 0 {
			end = len(mentions)
		}
		asked, err := d.askedIn(ctx, mentions[:end], definitions)
		if err != nil {
			return nil, err
		}
		all, mentions = append(all, asked...), mentions[end:]
	}
	adopt(all)
	adoptJobs(all)
	all = append(all, d.added...)
	slices.SortStableFunc(all, func(a, b *question) int { return a.at.Compare(b.at) })
	if err := d.lastID(ctx); err != nil {
		return nil, err
	}
	for _, q := range all {
		d.last++
		q.id = d.last
		if q.query == nil && q.unread == "" && q.text != "" && q.carrier == analysis.SOQL {
			q.parse()
		}
	}
	return all, nil
}

// askedIn puts together what one session asked for in words.
func (d *derivation) askedIn(ctx context.Context, own []mention, definitions *definitions) ([]*question, error) {
	organisation := d.sessions[own[0].session].organisation
	s, err := d.schema(ctx, organisation)
	if err != nil {
		return nil, err
	}
	pages := paging{}
	if pages.gaps, err = d.readGaps(ctx, organisation); err != nil {
		return nil, err
	}
	asked := queries(own)
	pages.seePages(asked)
	found, asked := jobs(own, asked, d.jobs)
	for _, q := range asked {
		q.parse()
		q.broken = pages.partial(q)
	}
	if err := definitions.readNames(ctx, d.db, s); err != nil {
		return nil, err
	}
	related := relatedLists(own, s)
	for _, q := range related {
		q.broken = pages.partial(q)
	}
	all := slices.Concat(asked, found, reports(own, definitions, s), d.fetches(own, s), listViews(own, definitions, s), searches(own), related)
	return append(all, requests(own, all, s)...), nil
}

// lastID finds the highest query id in use.
func (d *derivation) lastID(ctx context.Context) error {
	return d.db.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM analysis.query").Scan(&d.last)
}

func (q *question) parse() {
	if q.text == "" {
		return
	}
	tree, err := soql.Parse(q.text)
	if err != nil {
		q.unread = "the text cannot be read: " + err.Error()
		q.object = first(q.object, objectOf(q.text))
		return
	}
	q.query = tree
	q.object = tree.Object()
	q.all = q.all || tree.AllRows
	if len(tree.Lenient) > 0 {
		q.note = strings.TrimPrefix(q.note+"; the text deviates from the language: "+strings.Join(tree.Lenient, ", "), "; ")
	}
}

// reader opens the replay of a question.
func (d *derivation) reader(ctx context.Context, q *question) (*reader, error) {
	w := d.sessions[q.session]
	s, err := d.schema(ctx, w.organisation)
	if err != nil {
		return nil, err
	}
	ran := cmp.Or(q.ran, q)
	at := ran.at.Add(d.clock)
	return &reader{schema: s, needs: needs{}, at: at, asOf: at, window: ran.window, until: ran.until.Add(d.clock), all: q.all, user: w.user, without: d.files, flat: true,
		calendar: newCalendar(w.zone, d.settings.Timezone, w.locale, d.settings.FiscalStart)}, nil
}

// answer plans all questions, lays out the states of the tables they read, and runs them.
func (d *derivation) answer(ctx context.Context, questions []*question) error {
	d.openWindows(questions)
	plans := make([]*plan, len(questions))
	for i, q := range questions {
		var err error
		if plans[i], err = d.plan(ctx, q); err != nil {
			return err
		}
	}
	if err := d.layOut(ctx); err != nil {
		return err
	}
	if err := d.shareAll(ctx, questions, plans); err != nil {
		return err
	}
	for i, q := range questions {
		d.progress.Tell(analysis.Step{Name: "replaying", Done: int64(i), Total: int64(len(questions))})
		if err := d.one(ctx, q, plans[i]); err != nil {
			return fmt.Errorf("query %q: %w", q.text, err)
		}
	}
	return nil
}

// plan plans a question with all that hangs on it, and notes which columns that reads; nil where it has no query.
func (d *derivation) plan(ctx context.Context, q *question) (*plan, error) {
	if q.carrier == analysis.Search || q.carrier == analysis.SOSL {
		if err := d.look(ctx, q); err != nil {
			return nil, err
		}
		for _, s := range q.sought {
			if s.plan != nil {
				d.needs[s.plan.schema.organisation].merge(s.plan.needs)
			}
		}
	}
	if q.query == nil {
		return nil, nil
	}
	r, err := d.reader(ctx, q)
	if err != nil {
		return nil, err
	}
	p := r.newPlan(q.query)
	p.register()
	d.takeCensus(q, p)
	if contestable(p) { // the other reading may read more
		strict := *r
		strict.strict, strict.ctes = true, nil
		strict.newPlan(q.query).register()
	}
	for _, tree := range q.linked {
		own, err := d.reader(ctx, q)
		if err != nil {
			return nil, err
		}
		l := own.newPlan(tree)
		l.register()
		d.needs[own.schema.organisation].merge(own.needs)
		q.beside = append(q.beside, l)
	}
	d.needs[r.schema.organisation].merge(r.needs)
	return p, nil
}

// register lets a plan name every column it will read.
func (p *plan) register() {
	if p.table == nil {
		return
	}
	p.rows()
	for _, c := range p.children {
		c.below("hit", true)
		c.register()
	}
}

// layOut writes the state of each table some question reads.
func (d *derivation) layOut(ctx context.Context) error {
	for _, organisation := range sortedKeys(d.schemas) {
		s := d.schemas[organisation]
		for t, columns := range d.needs[organisation] {
			d.progress.Tell(analysis.Step{Name: "laying out " + t.object})
			if err := d.layTable(ctx, s.laid(t), s.state(t, columns, true)); err != nil {
				return fmt.Errorf("laying out %s: %w", t.object, err)
			}
			if err := d.part(ctx, s.laid(t), s.relation(t)); err != nil {
				return fmt.Errorf("parting %s: %w", t.object, err)
			}
			if err := d.stir(ctx, s, t, columns); err != nil {
				return fmt.Errorf("laying out what moved of %s: %w", t.object, err)
			}
		}
	}
	return nil
}

func (d *derivation) layTable(ctx context.Context, name, rows string) error {
	d.laidOut = append(d.laidOut, "TABLE temp."+name)
	return d.exec(ctx, "CREATE OR REPLACE TEMP TABLE "+name+" AS "+rows)
}

func (d *derivation) layView(ctx context.Context, name, rows string) error {
	d.laidOut = append(d.laidOut, "VIEW temp."+name)
	return d.exec(ctx, "CREATE OR REPLACE TEMP VIEW "+name+" AS "+rows)
}

// partSize is how many rows are worth a core.
const partSize = 100_000

// part makes a view of a table of records that is read in as many parts as there are cores: the engine reads a table by one
// core until its transaction is committed.
func (d *derivation) part(ctx context.Context, laid, view string) error {
	var least, most, rows, cores sql.NullInt64
	err := d.db.QueryRowContext(ctx, "SELECT min(rec), max(rec), count(*), current_setting('threads') FROM "+laid).Scan(&least, &most, &rows, &cores)
	if err != nil {
		return err
	}
	parts := []string{"FROM " + laid}
	if n := min(rows.Int64/partSize, cores.Int64); n > 1 {
		parts = nil
		width := (most.Int64-least.Int64)/n + 1
		for from := least.Int64; from <= most.Int64; from += width {
			parts = append(parts, fmt.Sprintf("FROM %s WHERE rec >= %d AND rec < %d", laid, from, from+width))
		}
	}
	return d.layView(ctx, view, strings.Join(parts, " UNION ALL "))
}

// clear drops the states.
func (d *derivation) clear(ctx context.Context) error {
	for _, relation := range d.laidOut {
		if err := d.exec(ctx, "DROP "+relation); err != nil {
			return err
		}
	}
	return run(ctx, d.db, "tidy")
}

// queryID names a question by its content.
func (d *derivation) queryID(q *question) string {
	text := fmt.Sprintf("%s\x00%d\x00%s\x00%s", d.sessions[q.session].id, q.at.UnixMicro(), q.carrier, q.text+q.job)
	return uuid.NewSHA1(namespace, []byte(text)).String()
}

// namespace of the identifiers of queries.
var namespace = uuid.MustParse("6d0f7a52-3a0b-5f0e-9d55-7d0f0c1f2b7a")
