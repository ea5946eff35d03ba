package main

import "container/heap"

// actor is someone whose next act falls at a moment; act does it and says whether there will be another.
type actor interface {
	when() int64
	act(l *logs) bool
}

// stage plays all actors in the order of time. Only their states are in memory, never their rows.
type stage []actor

func (s stage) Len() int           { return len(s) }
func (s stage) Less(i, j int) bool { return s[i].when() < s[j].when() }
func (s stage) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *stage) Push(x any)        { *s = append(*s, x.(actor)) }
func (s *stage) Pop() any {
	old := *s
	last := old[len(old)-1]
	*s = old[:len(old)-1]
	return last
}

func (s stage) play(l *logs) {
	heap.Init(&s)
	for len(s) > 0 && l.fail == nil {
		if s[0].act(l) {
			heap.Fix(&s, 0)
			continue
		}
		heap.Pop(&s)
	}
}

// script is an actor whose acts were written down beforehand, in the order of time.
type script struct{ steps []step }

type step struct {
	at int64
	do func(l *logs)
}

func (s *script) add(at int64, do func(l *logs)) { s.steps = append(s.steps, step{at, do}) }
func (s *script) when() int64                    { return s.steps[0].at }
func (s *script) act(l *logs) bool {
	s.steps[0].do(l)
	s.steps = s.steps[1:]
	return len(s.steps) > 0
}

// visit is one employee at work in the browser.
type visit struct {
	*session
	r        *random
	at, end  int64
	total    int
	done     int
	clients  int
	signedIn bool
	busy     bool // at work while the thief is in the same account
}

func (v *visit) when() int64 { return v.at }

func (v *visit) act(l *logs) bool {
	switch {
	case !v.signedIn:
		v.signedIn = true
		l.signIn(v.session, v.at, v.r, "LOGIN_NO_ERROR")
		v.at += 4 * second
	case v.done < v.total:
		v.work(l, v.session.key(v.done, v.total))
		v.done++
		v.at += v.r.between(3*second, 2*max(4*second, (v.end-v.at)/int64(v.total-v.done+1)))
	default:
		if v.r.chance(60) {
			l.signOut(v.session, v.at+minute, v.r)
		}
		return false
	}
	return true
}

// work is one step of an ordinary day: mostly records of single clients.
func (v *visit) work(l *logs, key string) {
	id := v.client()
	switch x := v.r.intn(100); {
	case v.done == 0:
		l.page(v.session, v.at, key, "", "", "/lightning/page/home", v.r)
	case x < 8:
		l.listPage(v.session, v.at, key, myList.id, v.r)
	case x < 10:
		l.runReport(v.session, v.at, key, pick(v.r, []string{appointments.id, quarterly.id}), 20+v.r.intn(90), 2, "", v.r)
	case x < 22:
		land := landOf(v.r.intn(1000))
		l.find(v.session, v.at-4*second, pick(v.r, land.surnames), id, v.r)
		fallthrough
	default:
		l.recordPage(v.session, v.at, key, "Contact", id, v.r)
	}
}

// client is the contact id of someone who was a client before the week began.
func (v *visit) client() string { return knownContact(v.r, v.clients) }

func knownContact(r *random, clients int) string {
	return newID(contact.prefix, 3_000_000+4*r.intn(max(1, clients*93/100)))
}

// machine is a service or an app on a telephone that fetches single records.
type machine struct {
	*session
	r        *random
	at, gap  int64
	left     int
	clients  int
	keyless  float64
	appID    string
	signedIn bool
}

func (m *machine) when() int64 { return m.at }

func (m *machine) act(l *logs) bool {
	if !m.signedIn {
		m.signedIn = true
		l.signIn(m.session, m.at, m.r, "LOGIN_NO_ERROR")
		m.at += second
		return m.left > 0
	}
	id := knownContact(m.r, m.clients)
	l.rest(m.session, m.at, m.session.key(1, 1), call{method: "GET", path: "/sobjects/Contact/" + id, object: "Contact", rows: 1, columns: len(contact.columns),
		bytes: 1340, code: 200, app: m.app, appID: m.appID, api: "59.0", keyless: m.r.chance(m.keyless)}, m.r)
	m.left--
	m.at += m.r.between(m.gap/3+1, m.gap*5/3+2)
	return m.left > 0
}

// traffic is the ordinary week of the house: about `events` rows.
type traffic struct {
	seed    uint64
	staff   []*employee
	clients int
	events  int
	cast    stage
	visits  []*visit
	all     []*session // every session, in the order they were planned
	decoys  []*session
	copies  []*session // of the data platform, one a night
}

func (t *traffic) plan() {
	for i, e := range t.staff[:len(t.staff)-3] {
		for d := range 7 {
			t.dayOf(i, e, d)
		}
	}
	// A page leaves 2.64 rows on average, a visit 1.6 more; a quarter of all rows are the services'.
	pages := max(2, (t.events*76-120_000)/(264*max(1, len(t.visits)))-1) // whole numbers: the same on every machine
	for _, v := range t.visits {
		v.total = max(1, pages/2+v.r.intn(pages+1))
		if v.busy {
			v.total += 36
		}
		t.cast = append(t.cast, v)
	}
	t.services()
}

// dayOf plans what one employee does on a day of the week.
func (t *traffic) dayOf(i int, e *employee, d int) {
	r := newRandom(t.seed, ofSession, uint64(i), uint64(d))
	if !e.active || i == traveller || (!working(i, d) && r.chance(25)) {
		return
	}
	from := logsFrom + int64(d)*day + r.between(0, 2*hour)
	if e.paris {
		from += 8 * hour
	}
	until := from + 6*hour + r.between(0, 3*hour)
	v := t.visit(e, r, 1+r.intn(2), from, min(until, logsTo-20*minute))
	v.busy = i == neighbour && d == 4 || i == visitor && d == 2
	if i == neighbour && d == 4 { // the day her session is stolen
		v.session.keys = v.session.keys[:1]
		v.at, v.end = logsFrom+4*day+12*minute, logsFrom+4*day+8*hour+30*minute
	}
	if r.chance(30) && !e.paris {
		t.telephone(e, r, from+3*hour)
	}
}

// working: those the story is about are at work on the days it happens.
func working(i, d int) bool {
	return i == visitor && d == 2 || i == neighbour && d == 4 || i == sleeper || i == bystander && d == 3
}

func (t *traffic) visit(e *employee, r *random, keys int, from, until int64) *visit {
	s := newSession(r, e, keys)
	v := &visit{session: s, r: r, at: from, end: until, clients: t.clients}
	t.visits = append(t.visits, v)
	t.all = append(t.all, s)
	return v
}

const telephoneApp = "Atelier Clienteling"

var telephoneAppID = newID("0H4", 5_501)

func (t *traffic) telephone(e *employee, r *random, at int64) {
	s := newSession(r, e, 1)
	s.kind, s.app, s.agent, s.ip = "oauth", telephoneApp, phoneUA, "39.7.28."+itoa(2+r.intn(250))
	t.all = append(t.all, s)
	t.cast = append(t.cast, &machine{session: s, r: r, at: at, gap: 90 * second, left: 2 + r.intn(5), clients: t.clients, appID: telephoneAppID})
}

// services: the till fetches single clients round the clock, the data platform everything at night, the platform itself
// signs in without anybody.
func (t *traffic) services() {
	n := len(t.staff) - 3
	pos, data, auto := t.staff[n+posService], t.staff[n+dataService], t.staff[n+autoService]
	gets := max(20, t.events*12/100/7)
	for d := range int64(7) {
		r := newRandom(t.seed, ofService, uint64(d))
		s := newSession(r, pos, 1)
		s.kind, s.app, s.agent, s.tls, s.cipher = "service", "Till Connector", "till-connector/4.1", "TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384"
		t.all = append(t.all, s)
		t.cast = append(t.cast, &machine{session: s, r: r, at: logsFrom + d*day + 900, gap: (day - minute) / int64(gets), left: gets, clients: t.clients, keyless: 6})
		t.nightly(data, newRandom(t.seed, ofService, 100+uint64(d)), logsFrom+d*day+17*hour+2*minute)
	}
	t.system(auto)
}

func (t *traffic) system(auto *employee) {
	r := newRandom(t.seed, ofService, 999)
	s := &session{user: auto, kind: "system", ip: auto.ip}
	sc := &script{}
	for at := logsFrom + 2*minute + 22; at < logsTo; at += 30 * minute {
		sc.add(at, func(l *logs) { l.signIn(s, at, r, "LOGIN_NO_ERROR") })
	}
	t.cast = append(t.cast, sc)
}

const platformQuery = "SELECT Id, Name, Email, MobilePhone, MailingCountry, Tier__c, LastModifiedDate FROM Contact WHERE Tier__c != null"

// nightly is the bulk copy of the data platform.
func (t *traffic) nightly(e *employee, r *random, at int64) {
	s := newSession(r, e, 1)
	s.kind, s.app, s.agent = "service", "Paris Data Platform", "paris-dp/2.0 (Apache-HttpClient/5.3)"
	t.all, t.copies = append(t.all, s), append(t.copies, s)
	job := newID("750", 50_000+int(at/day)%1000)
	sc := &script{}
	sc.add(at, func(l *logs) {
		l.signIn(s, at, r, "LOGIN_NO_ERROR")
		l.bulk(s, at+2*second, job, "UploadComplete", "query", "Contact", 0, r)
		l.unique(s, at+3*second, s.keys[0], "soql", platformQuery, "", r)
		l.bulk(s, at+6*second, job, "InProgress", "query", "Contact", 0, r)
		l.bulk(s, at+70*second, job, "JobComplete", "query", "Contact", t.clients*45/100, r)
		l.rest(s, at+72*second, s.keys[0], call{method: "GET", path: "/jobs/query/" + job + "/results", rows: -1, bytes: 140 * t.clients, code: 200, app: s.app, api: "60.0"}, r)
	})
	t.cast = append(t.cast, sc)
}

// platformEvents are the real-time events of the platform's query in the first of the exported periods: two batches, the
// total repeated, both lists of ids cut.
func (t *traffic) platformEvents() []apiEvent {
	s := t.copies[2]
	total := t.clients * 45 / 100
	var ids []string
	for i := range min(total, 2000) {
		ids = append(ids, newID(contact.prefix, 3_000_000+4*i))
	}
	at := logsFrom + 2*day + 17*hour + 3*minute + 51*second + 402
	e := apiEvent{s: s, at: at, object: "Contact", text: platformQuery, operation: "Query", version: "60.0", processed: total, returned: len(ids), records: recordsJSON(contact, ids), request: "SLB:5f0c1d7733a94b60a8e2c7b1d90e4f66"}
	events := []apiEvent{e}
	if total > 2000 {
		e.at, e.operation, e.returned = at+3*second, "QueryMore", min(2000, total-2000)
		events = append(events, e)
	}
	return events
}
