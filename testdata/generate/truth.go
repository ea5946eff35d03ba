package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// account of one session in the truth.
type sessionTruth struct {
	ID       string   `json:"id"`
	Account  string   `json:"account_id"`
	Name     string   `json:"account_name"`
	Login    string   `json:"login_key"`
	Keys     []string `json:"session_keys"`
	IPs      []string `json:"ips"`
	Agents   []string `json:"user_agents"`
	App      string   `json:"app"`
	Kind     string   `json:"kind"`
	Attacker bool     `json:"attacker"`
	First    string   `json:"first_at"`
	Last     string   `json:"last_at"`
	Events   int      `json:"events"`
	Note     string   `json:"note"`
}

func (s *session) truth(id string) sessionTruth {
	return sessionTruth{id, s.user.id, s.user.login, s.login, s.keys, []string{s.ip}, []string{s.agent}, s.app, s.kind, s.attacker, iso(s.first), iso(s.last), s.events, s.note}
}

// queryTruth is one query in the truth.
type queryTruth struct {
	ID         string         `json:"id"`
	Session    string         `json:"session"`
	At         string         `json:"at"`
	Carrier    string         `json:"carrier"`
	Text       string         `json:"text"`
	Object     string         `json:"object"`
	Recon      bool           `json:"recon"`
	Act        string         `json:"act"`
	Fields     []string       `json:"fields"`
	Logged     *int           `json:"rows_logged"`
	Rows       *int           `json:"rows"`
	Children   int            `json:"child_rows"`
	Matching   *int           `json:"matching"`
	Determined bool           `json:"determined"`
	Note       string         `json:"note"`
	Job        *string        `json:"job"`
	Taken      map[string]int `json:"taken,omitempty"`
	Confirmed  map[string]int `json:"ideal_confirmed,omitempty"`
	Possible   map[string]int `json:"ideal_possible,omitempty"`
	Certain    int            `json:"certain"`
	Replay     []int          `json:"replay_rows,omitempty"`
}

// recordTruth is one affected record in the truth.
type recordTruth struct {
	Object    string   `json:"object"`
	ID        string   `json:"id"`
	Person    string   `json:"person"`
	Taken     bool     `json:"taken,omitempty"`
	Ideal     string   `json:"ideal"`
	Act       *string  `json:"act,omitempty"`
	Fields    int      `json:"fields"`
	Min       int      `json:"fields_min"`
	Max       int      `json:"fields_max"`
	Scored    bool     `json:"fields_scored,omitempty"`
	Gone      *bool    `json:"in_snapshot,omitempty"`
	Named     bool     `json:"named_in_logs,omitempty"`
	Sessions  []string `json:"sessions,omitempty"`
	TakenBy   []string `json:"taken_by,omitempty"`
	Confirmed []string `json:"confirmed_by,omitempty"`
	Possible  []string `json:"possible_by,omitempty"`
	First     *string  `json:"first_at"`
	Last      *string  `json:"last_at,omitempty"`
}

type personTruth struct {
	Taken     bool   `json:"taken"`
	Ideal     string `json:"ideal"`
	Residence string `json:"residence"`
	From      string `json:"residence_from"`
	Kind      string `json:"kind"`
}

type pairTruth struct {
	A          string `json:"a"`
	B          string `json:"b"`
	How        string `json:"how"`
	Detectable bool   `json:"detectable"`
}

// teller tells what happened to every client: the second pass. The long lists go to parts on disk, so that its memory
// does not grow with the number of clients.
type teller struct {
	attack    *attack
	sights    map[string][]sight
	sets      map[string]int
	setList   []string
	parts     map[string]*part
	ambiguous [][2]string
	traps     map[string]any
	counts    map[string]int
	taken     map[string]int // persons by country
	ideal     map[string]int
	perQuery  map[string]*[3]map[string]int
}

// part is a JSON list or map that grows in a file of its own.
type part struct {
	file  *os.File
	out   *bufio.Writer
	empty bool
}

func newTeller(dir string, a *attack) (*teller, error) {
	t := &teller{attack: a, sights: map[string][]sight{}, sets: map[string]int{}, parts: map[string]*part{}, traps: map[string]any{}, counts: map[string]int{}, taken: map[string]int{}, ideal: map[string]int{}, perQuery: map[string]*[3]map[string]int{}}
	for _, s := range a.sights {
		t.sights[s.record.id] = append(t.sights[s.record.id], s)
	}
	for _, name := range []string{"records", "persons", "person_of_contact", "duplicate_pairs"} {
		f, err := os.Create(filepath.Join(dir, ".part-"+name))
		if err != nil {
			return nil, err
		}
		t.parts[name] = &part{file: f, out: bufio.NewWriterSize(f, 1<<16), empty: true}
	}
	return t, nil
}

// add appends one value, with its key when the part is a map.
func (p *part) add(key string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if !p.empty {
		p.out.WriteString(",\n")
	}
	p.empty = false
	if key != "" {
		p.out.WriteString(`"` + key + `": `)
	}
	_, err = p.out.Write(text)
	return err
}

// set gives the number of a set of fields.
func (t *teller) set(fields map[string]bool) int {
	names := make([]string, 0, len(fields))
	for f := range fields {
		names = append(names, f)
	}
	sort.Strings(names)
	key := strings.Join(names, ";")
	n, ok := t.sets[key]
	if !ok {
		n = len(t.setList)
		t.sets[key], t.setList = n, append(t.setList, key)
	}
	return n
}

// fate collects everything that touched one record.
type fate struct {
	r                                 *record
	truth                             recordTruth
	fields, least, most               map[string]bool
	taken, confirmed                  []int64 // times
	last                              int64
	acquired, takenAcquired, possible bool
}

func (t *teller) tell(c *clients) error {
	for i := range c.count {
		if err := t.household(c.household(i)); err != nil {
			return err
		}
	}
	return nil
}

func (t *teller) household(h *household) error {
	fates := map[*record]*fate{}
	var met []*fate
	of := func(r *record) *fate {
		if fates[r] == nil {
			fates[r] = &fate{r: r, fields: map[string]bool{}, least: map[string]bool{}, most: map[string]bool{}}
			met = append(met, fates[r])
		}
		return fates[r]
	}
	for _, q := range t.attack.queries {
		t.query(q, h, of)
	}
	for _, o := range objects {
		for _, r := range h.of(o) {
			for _, s := range t.sights[r.id] {
				t.seen(of(r), s)
			}
		}
	}
	persons := map[string]*personTruth{}
	for _, f := range met {
		if err := t.record(f, persons); err != nil {
			return err
		}
	}
	return t.people(h, persons)
}

// query spreads the standing of every record to the record, its parent and its children.
func (t *teller) query(q *query, h *household, of func(*record) *fate) {
	if q.recon {
		return
	}
	touched := map[*record]standing{}
	parents := map[*record]standing{}
	for _, r := range h.of(q.object) {
		s := q.stands(h, r)
		if !s.taken && !s.confirmed && !s.possible {
			continue
		}
		touched[r] = s
		t.touch(of(r), q, s, q.fields)
		if p := r.contact; q.parent != nil && p != nil {
			b := parents[p]
			parents[p] = standing{b.taken || s.taken, b.confirmed || s.confirmed, b.possible || s.possible}
		}
	}
	for _, p := range h.contacts { // in order, so that the truth is the same each time
		if s, ok := parents[p]; ok {
			t.touch(of(p), q, s, q.parentFields)
		}
	}
	if q.childFields != nil {
		t.children(q, h, touched, of)
	}
	if q.id == "Q1" || q.id == "QG" {
		t.moved(q, h)
	}
}

func (t *teller) children(q *query, h *household, touched map[*record]standing, of func(*record) *fate) {
	then, reader := view{at: q.at}, view{at: q.at, ideal: true}
	for _, child := range h.assets {
		s, ok := touched[child.contact]
		if !ok {
			continue
		}
		s.taken = s.taken && then.exists(child)
		s.confirmed = s.confirmed && reader.exists(child)
		s.possible = s.possible && reader.exists(child)
		if s.taken || s.confirmed || s.possible {
			t.touch(of(child), q, s, q.childFields)
		}
	}
}

// moved notes clients whom later edits moved out of a query or into it: the traps of a careless replay.
func (t *teller) moved(q *query, h *household) {
	then, now := view{at: q.at}, view{at: snapshotAt}
	for _, r := range h.contacts {
		if r.edited == 0 || r.purged || !then.exists(r) {
			continue
		}
		was, is := q.matches(then, h, r) == yes, q.matches(now, h, r) == yes
		switch {
		case was && !is:
			t.trap(strings.ToLower(q.id)+"_moved_out", r.id)
		case is && !was:
			t.trap(strings.ToLower(q.id)+"_moved_in", r.id)
		}
	}
}

func (t *teller) trap(name, id string) {
	list, _ := t.traps[name].([]string)
	if len(list) < 60 {
		t.traps[name] = append(list, id)
	}
}

// touch adds one query to the fate of a record.
func (t *teller) touch(f *fate, q *query, s standing, fields []string) {
	t.tally(q, f.r, s)
	last := max(q.at, q.done)
	if s.taken {
		f.truth.TakenBy = append(f.truth.TakenBy, q.id)
		f.truth.Sessions = appendNew(f.truth.Sessions, q.session)
		f.taken, f.last = append(f.taken, q.at), max(f.last, last)
		f.takenAcquired = f.takenAcquired || !q.viewed
		f.collect(f.fields, view{at: q.at}, fields, false)
	}
	if s.confirmed {
		f.truth.Confirmed = append(f.truth.Confirmed, q.id)
		f.confirmed = append(f.confirmed, q.at)
		f.acquired = f.acquired || !q.viewed
		f.truth.Named = f.truth.Named || q.found.inEvent[f.r.id]
		f.collect(f.least, view{at: q.at, ideal: true}, fields, false)
	}
	if s.possible && !s.confirmed {
		f.truth.Possible = append(f.truth.Possible, q.id)
		f.possible = true
	}
	if s.confirmed || s.possible {
		f.collect(f.most, view{at: q.at, ideal: true}, fields, true)
	}
}

// collect adds the fields that were not empty; generous takes those nobody can know as well.
func (f *fate) collect(into map[string]bool, v view, fields []string, generous bool) {
	for _, name := range fields {
		value, known := v.value(f.r, f.r.object.column(name))
		known = known && !(v.ideal && f.r.purged)
		if !isIgnored[name] && (known && value != "" || !known && generous) {
			into[name] = true
		}
	}
}

// seen adds a page or a fetch to the fate of a record: the log itself names it.
func (t *teller) seen(f *fate, s sight) {
	f.truth.TakenBy = append(f.truth.TakenBy, s.id)
	f.truth.Confirmed = append(f.truth.Confirmed, s.id)
	f.truth.Sessions = appendNew(f.truth.Sessions, s.session)
	f.truth.Named = true
	f.taken, f.confirmed, f.last = append(f.taken, s.at), append(f.confirmed, s.at), max(f.last, s.at)
	f.collect(f.fields, view{at: s.at}, f.r.object.columns, false)
	f.collect(f.most, view{at: s.at, ideal: true}, f.r.object.columns, true)
	if s.carrier == "get" {
		f.acquired, f.takenAcquired = true, true
		f.collect(f.least, view{at: s.at, ideal: true}, f.r.object.columns, false)
	}
	t.counts["records_viewed_or_fetched_one_by_one"]++
}

func appendNew(list []string, s string) []string {
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}

// tally counts per query and object, for those who read the truth.
func (t *teller) tally(q *query, r *record, s standing) {
	c := t.perQuery[q.id]
	if c == nil {
		c = &[3]map[string]int{{}, {}, {}}
		t.perQuery[q.id] = c
	}
	for i, is := range []bool{s.taken, s.confirmed, s.confirmed || s.possible} {
		if is {
			c[i][r.object.name]++
		}
	}
}

// record writes the fate of one record and lets its person share it.
func (t *teller) record(f *fate, persons map[string]*personTruth) error {
	x := &f.truth
	x.Object, x.ID, x.Person, x.Taken = f.r.object.name, f.r.id, f.r.person, len(f.taken) > 0
	switch {
	case len(f.confirmed) > 0:
		x.Ideal = "confirmed"
	case f.possible:
		x.Ideal = "possible"
	default:
		x.Ideal = "unknowable"
	}
	if x.Taken {
		act := "viewed"
		if f.takenAcquired {
			act = "acquired"
		}
		last := iso(f.last)
		x.Act, x.Last = &act, &last
	}
	x.Scored = x.Ideal == "confirmed" && f.acquired
	x.Fields, x.Min, x.Max = t.set(f.fields), t.set(f.least), t.set(f.most)
	if f.r.purged {
		gone := false
		x.Gone = &gone
		if f.r.object == contact && x.Taken {
			t.trap(map[bool]string{true: "named_then_purged", false: "taken_then_purged"}[x.Named], x.ID)
		}
	}
	x.First = earliest(f.confirmed, f.taken)
	t.countRecord(f)
	share(persons, f)
	return t.parts["records"].add("", x)
}

func earliest(lists ...[]int64) *string {
	for _, list := range lists {
		if len(list) > 0 {
			first := list[0]
			for _, at := range list {
				first = min(first, at)
			}
			s := iso(first)
			return &s
		}
	}
	return nil
}

func (t *teller) countRecord(f *fate) {
	name := map[*object]string{contact: "contacts"}[f.r.object]
	for _, what := range []string{"records", name} {
		if what == "" {
			continue
		}
		if f.truth.Taken {
			t.counts[what+"_taken"]++
		}
		switch f.truth.Ideal {
		case "confirmed":
			t.counts[what+"_ideal_confirmed"]++
		case "possible":
			t.counts[what+"_ideal_possible_only"]++
		case "unknowable":
			t.counts[what+"_unknowable"]++
		}
	}
}

var rank = map[string]int{"": 0, "unknowable": 1, "possible": 2, "confirmed": 3}

func share(persons map[string]*personTruth, f *fate) {
	p := persons[f.r.person]
	if p == nil {
		p = &personTruth{Kind: map[bool]string{true: "entity", false: "person"}[f.r.person[0] == 'E']}
		persons[f.r.person] = p
	}
	p.Taken = p.Taken || f.truth.Taken
	if rank[f.truth.Ideal] > rank[p.Ideal] {
		p.Ideal = f.truth.Ideal
	}
}

// people writes the persons of a household, who their contacts are and which contacts belong together.
func (t *teller) people(h *household, persons map[string]*personTruth) error {
	var inSnapshot []*record
	for _, r := range h.contacts {
		if r.purged {
			continue
		}
		inSnapshot = append(inSnapshot, r)
		if err := t.parts["person_of_contact"].add(r.id, r.person); err != nil {
			return err
		}
	}
	told := map[string]bool{}
	for _, r := range h.contacts {
		p := persons[r.person]
		if p == nil || told[r.person] {
			continue
		}
		told[r.person] = true
		p.Residence, p.From = residence(r.person, inSnapshot)
		t.countPerson(p)
		if err := t.parts["persons"].add(r.person, p); err != nil {
			return err
		}
	}
	if len(inSnapshot) < 2 {
		return nil
	}
	if a, b := inSnapshot[0], inSnapshot[1]; h.pair == "shared" {
		t.ambiguous = append(t.ambiguous, [2]string{a.id, b.id})
	} else {
		return t.parts["duplicate_pairs"].add("", pairTruth{a.id, b.id, h.pair, true})
	}
	return nil
}

// residence is the country of a person as far as the records tell it: the address, else the number.
func residence(person string, contacts []*record) (country, from string) {
	for _, r := range contacts {
		if c := countryOf(r.get("MailingCountry")); r.person == person && c != "" {
			if country != "" && c != country {
				return country, "conflict"
			}
			country, from = c, "MailingCountry"
		}
	}
	if country != "" {
		return country, from
	}
	for _, r := range contacts {
		for _, p := range countries {
			if r.person == person && strings.HasPrefix(r.get("MobilePhone"), p.dial) {
				return p.code, "phone"
			}
		}
	}
	return "KR", "none"
}

func (t *teller) countPerson(p *personTruth) {
	if p.Kind == "entity" {
		if p.Ideal == "confirmed" {
			t.counts["entities_confirmed"]++
		}
		return
	}
	if p.Taken {
		t.counts["persons_taken"]++
		t.taken[p.Residence]++
	}
	switch p.Ideal {
	case "confirmed":
		t.counts["persons_ideal_confirmed"]++
		t.ideal[p.Residence]++
	case "possible":
		t.counts["persons_ideal_possible_only"]++
	}
}

// copyTo puts a part into the truth and removes its file.
func (p *part) copyTo(w io.Writer) error {
	if err := p.out.Flush(); err != nil {
		return err
	}
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if _, err := io.Copy(w, p.file); err != nil {
		return err
	}
	if err := p.file.Close(); err != nil {
		return err
	}
	return os.Remove(p.file.Name())
}
