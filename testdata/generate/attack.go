package main

import "sort"

const thiefApp = "Partner Data Viewer"

var thiefAppID = newID("0H4", 9_107)

// sight is one record opened on a page or fetched by its id.
type sight struct {
	id, session, carrier string
	record               *record
	at                   int64
}

// failure is a login of the thief that did not succeed.
type failure struct {
	At      string `json:"at"`
	Account string `json:"account_id"`
	IP      string `json:"ip"`
	By      string `json:"by"`
}

// attack is everything the thief does.
type attack struct {
	seed     uint64
	r        *random
	staff    []*employee
	clients  *clients
	queries  []*query
	sessions map[string]*session
	order    []string
	sights   []sight
	failures []failure
	events   []apiEvent
	script   script
	picked   map[string]bool
	style    style
}

func newAttack(o options, staff []*employee, c *clients, qs []*query) *attack {
	a := &attack{seed: o.seed, style: o.style, r: newRandom(o.seed, ofAttack), staff: staff, clients: c, queries: qs, sessions: map[string]*session{}, picked: map[string]bool{}}
	a.session("A1", staff[visitor], "oauth", o.style.first, "Java/21.0.4", thiefApp, "connected app authorised by the manager who was called; she is at work in Seoul at the same time", 1)
	a.session("A2", staff[visitor], "refresh", o.style.second, "python-requests/2.32.3", thiefApp, "same consent by refresh token, new address and client; across UTC midnight", 1)
	a.session("B1s", staff[sleeper], "ui", o.style.night, nightUA, "Browser", "stolen password, night in Korea, same network as the first wave", 2)
	a.session("B2s", staff[sleeper], "ui", o.style.night, nightUA, "Browser", "the same again a day later", 1)
	a.session("C1", staff[neighbour], "ui", o.style.exit, linuxUA, "Browser", "hijacked: the keys of the employee's own session, other address and client, no Login row of its own", 1)
	a.session("D1", staff[bystander], "ui", o.style.empty, nightUA, "Browser", "stolen password, home page only: no client was touched", 1)
	return a
}

func (a *attack) session(id string, e *employee, kind, ip, agent, app, note string, keys int) {
	s := newSession(a.r, e, keys)
	s.id, s.kind, s.ip, s.agent, s.app, s.note, s.attacker = id, kind, ip, agent, app, note, true
	if app == thiefApp {
		s.tls, s.cipher = "TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384"
	}
	a.sessions[id], a.order = s, append(a.order, id)
}

// hijack lets C1 use the keys of the session its owner is working in.
func (a *attack) hijack(owner *session) {
	s := a.sessions["C1"]
	s.login, s.keys, s.silent = owner.login, owner.keys, true
}

// plan writes the script once it is known what every query brings.
func (a *attack) plan(lost []*record) {
	a.spray()
	a.reconnaissance()
	for _, q := range a.queries {
		a.ask(q)
	}
	a.night(lost)
	a.stolenSession()
	a.emptyHanded()
	sort.SliceStable(a.script.steps, func(i, j int) bool { return a.script.steps[i].at < a.script.steps[j].at })
	sort.SliceStable(a.sights, func(i, j int) bool { return a.sights[i].at < a.sights[j].at })
}

// spray tries one password on many accounts; one of them is let in days later.
func (a *attack) spray() {
	at := moment(10, 17, 3, 20, 114)
	from := a.style.spray()
	for i := range 26 {
		e := a.staff[(i*7+sleeper)%57]
		s := &session{user: e, kind: "ui", app: "Browser", ip: from[i%len(from)], agent: nightUA, tls: "TLSv1.2", cipher: "ECDHE-RSA-AES256-GCM-SHA384"}
		status := "LOGIN_ERROR_INVALID_PASSWORD"
		if i == 19 {
			status = "LOGIN_ERROR_PASSWORD_LOCKOUT"
		}
		when := at
		a.script.add(when, func(l *logs) { l.signIn(s, when, a.r, status) })
		a.failures = append(a.failures, failure{iso(when), e.id, s.ip, "attacker"})
		at += a.r.between(90*second, 4*minute)
	}
}

func (a *attack) in(id string, at int64) {
	s := a.sessions[id]
	a.script.add(at, func(l *logs) { l.signIn(s, at, a.r, "LOGIN_NO_ERROR") })
}

// reconnaissance: what is there, and how much of it.
func (a *attack) reconnaissance() {
	s := a.sessions["A1"]
	a.in("A1", moment(11, 5, 31, 10, 480))
	for i, path := range []string{"/sobjects", "/limits", "/sobjects/Contact/describe", "/sobjects/Order/describe", "/sobjects/Asset/describe"} {
		at := moment(11, 5, 31, 12, 90) + int64(i)*23*second
		object := ""
		if i > 1 {
			object = [...]string{"Contact", "Order", "Asset"}[i-2]
		}
		a.script.add(at, func(l *logs) { l.rest(s, at, s.keys[0], a.call("GET", path, object, -1, 0, 88_000), a.r) })
	}
	at := moment(11, 8, 21, 50, 77) // inside the missing hour
	a.script.add(at, func(l *logs) {
		l.rest(s, at, s.keys[0], a.call("GET", "/sobjects/Contact/describe", "Contact", -1, 0, 103_000), a.r)
	})
	a.in("A2", moment(11, 23, 28, 55, 33))
}

func (a *attack) call(method, path, object string, rows, columns, bytes int) call {
	return call{method: method, path: path, object: object, rows: rows, columns: columns, bytes: bytes, code: 200, app: thiefApp, appID: thiefAppID, api: "62.0"}
}

// ask puts one query into the script, by the way it was asked.
func (a *attack) ask(q *query) {
	s := a.sessions[q.session]
	switch q.carrier {
	case "rest":
		a.script.add(q.at, func(l *logs) { a.restQuery(l, s, q) })
	case "bulk2":
		a.bulkQuery(s, q)
	case "listview":
		a.script.add(q.at-900, func(l *logs) { l.listPage(s, q.at-900, s.key(1, 1), q.text, a.r) })
	case "report_csv":
		a.csvReport(s, q)
	case "report_xlsx":
		a.script.add(q.at-minute, func(l *logs) {
			l.page(s, q.at-90*second, s.keys[0], "Report", q.text, recordPath("Report", q.text), a.r)
			l.runReport(s, q.at-minute, s.keys[0], q.text, q.found.rows, len(q.fields), "", a.r)
			l.runReport(s, q.at, s.keys[0], q.text, q.found.rows, len(q.fields), "X", a.r)
		})
		a.in(q.session, q.at-2*minute)
	}
}

// restQuery writes a query and the pages it took, 2000 rows each or what the thief asked for.
func (a *attack) restQuery(l *logs, s *session, q *query) {
	rows, page := q.returned(), 2000
	if q.fetched > 0 {
		page = 200
	}
	if a.style.childrenCounted {
		rows += q.found.children
	}
	if q.recon {
		rows = q.count(len(a.staff))
		page = rows
	}
	columns := len(q.fields) + len(q.parentFields) + 1
	c := a.call("GET", "/query", entity(q), min(rows, page), columns, 90+min(rows, page)*182)
	c.query, c.unique = q.text, q.text
	if q.recon {
		c.columns, c.bytes = 0, 90
	}
	if s.id == "C1" { // a browser's session, no app
		c.app, c.appID = "", ""
	}
	a.remember(s, q, l.rest(s, q.at, s.keys[0], c, a.r), rows)
	at := q.at
	for done := page; done < rows; done += page {
		at += a.r.between(second, 4*second)
		more := a.call("GET", "/query/"+newID("01g", 66_000)+"-"+itoa(done), entity(q), min(page, rows-done), columns, 90+min(page, rows-done)*182)
		more.app, more.appID = c.app, c.appID
		l.rest(s, at, s.keys[0], more, a.r)
	}
}

func entity(q *query) string {
	if q.object == nil {
		return "User"
	}
	return q.object.name
}

// count is the answer of a COUNT() query.
func (q *query) count(staff int) int {
	if q.object == nil {
		return staff
	}
	return q.found.records
}

// remember keeps the real-time event of a query asked while events were stored.
func (a *attack) remember(s *session, q *query, request string, rows int) {
	e := apiEvent{s: s, at: q.at, object: entity(q), text: q.text, operation: "Query", request: request, version: "62.0", processed: rows, returned: rows}
	switch {
	case q.named == cutNames:
		e.records = recordsJSON(q.object, q.found.kept)
	case q.named != 0:
		e.records = recordIDsJSON(q.found.kept)
	}
	a.events = append(a.events, e)
}

// bulkQuery creates a job, waits for it, fetches the result, and deletes the third job to cover the track.
func (a *attack) bulkQuery(s *session, q *query) {
	key := s.keys[0]
	path := "/jobs/query/" + q.job
	a.script.add(q.at, func(l *logs) {
		l.rest(s, q.at, key, a.call("POST", "/jobs/query", "", -1, 0, 410), a.r)
		l.bulk(s, q.at+40, q.job, "UploadComplete", q.operation, q.object.name, 0, a.r)
		l.unique(s, q.at+1100, key, "soql", q.text, "", a.r)
		l.bulk(s, q.at+4900, q.job, "InProgress", q.operation, q.object.name, 0, a.r)
		l.rest(s, q.at+75*second, key, a.call("GET", path, "", -1, 0, 480), a.r)
	})
	a.script.add(q.done, func(l *logs) {
		l.bulk(s, q.done, q.job, "JobComplete", q.operation, q.object.name, q.found.rows, a.r)
		l.rest(s, q.done+2*second, key, a.call("GET", path+"/results", "", -1, 0, 140*q.found.rows), a.r)
		if q.id == "B3" {
			gone := a.call("DELETE", path, "", -1, 0, 0)
			gone.code = 204
			l.rest(s, q.done+21*second, key, gone, a.r)
			l.bulk(s, q.done+21*second+60, q.job, "Deleted", q.operation, q.object.name, 0, a.r)
		}
	})
}

// csvReport runs a report, changes it on the run page and exports what it then shows.
func (a *attack) csvReport(s *session, q *query) {
	a.script.add(q.at-2*minute, func(l *logs) {
		key := s.key(1, 1)
		l.page(s, q.at-2*minute-5*second, key, "Report", q.text, recordPath("Report", q.text), a.r)
		l.runReport(s, q.at-40*second, key, q.text, q.found.rows, len(q.fields), "", a.r)
		l.exportReport(s, q.at, q.text, salonChanged.exportText(), a.r)
		l.runReport(s, q.at+600, key, q.text, q.found.rows, len(q.fields), "E", a.r)
	})
}

// target picks a record that exists at a moment, of a contact (or one of its cases) not opened before.
func (a *attack) target(at int64, ofCases bool) *record {
	for range 10_000 {
		h := a.clients.household(a.r.intn(max(1, a.clients.count*93/100)))
		r := h.contacts[0]
		if ofCases && len(h.cases) > 0 {
			r = h.cases[0]
		}
		if (ofCases == (r.object == cases)) && (view{at: at}).exists(r) && !a.picked[r.id] {
			a.picked[r.id] = true
			return r
		}
	}
	return nil
}

// open views one record; every fifth is searched for first.
func (a *attack) open(s *session, at int64, r *record, done, total int) {
	if r == nil {
		return
	}
	a.sights = append(a.sights, sight{"V" + itoa(1000 + len(a.sights))[1:], s.id, "page", r, at})
	key := s.key(done, total)
	a.script.add(at, func(l *logs) {
		if done%5 == 1 {
			l.find(s, at-5*second, pick(a.r, countries[0].surnames), r.id, a.r)
		}
		l.recordPage(s, at, key, r.object.name, r.id, a.r)
	})
}

// night: B walks through the screens, one record after another, one of which will be deleted for good.
func (a *attack) night(lost []*record) {
	s := a.sessions["B1s"]
	at := moment(12, 16, 12, 8, 50)
	a.in("B1s", at)
	a.script.add(at+5*second, func(l *logs) { l.page(s, at+5*second, s.keys[0], "", "", "/lightning/page/home", a.r) })
	next := at + minute
	for i := range 28 {
		r := a.target(next, i%6 == 5)
		if i == 9 && len(lost) > 0 && (view{at: next}).exists(lost[0]) {
			r = lost[0]
		}
		a.open(s, next, r, i, 40)
		next += a.r.between(25*second, 80*second)
	}
}

// stolenSession: C works in a tab of her own while the owner works in hers.
func (a *attack) stolenSession() {
	s := a.sessions["C1"]
	at := moment(13, 2, 40, 5, 640)
	a.script.add(at, func(l *logs) { l.page(s, at, s.keys[0], "", "", "/lightning/page/home", a.r) })
	next := at + 70*second
	for i := range 6 {
		a.open(s, next, a.target(next, false), i, 6)
		next += a.r.between(20*second, 70*second)
	}
	for i := range 24 {
		r := a.target(next, false)
		if r == nil {
			break
		}
		a.fetch(s, next, r, i%8 == 3)
		next += a.r.between(2*second, 9*second)
	}
}

// fetch gets one record by its id over the API; some rows carry no keys, some the short form of the id.
func (a *attack) fetch(s *session, at int64, r *record, keyless bool) {
	a.sights = append(a.sights, sight{"G" + itoa(1000 + len(a.sights))[1:], s.id, "get", r, at})
	id := r.id
	if a.r.chance(40) {
		id = id[:15]
	}
	a.script.add(at, func(l *logs) {
		c := a.call("GET", "/sobjects/Contact/"+id, "Contact", 1, len(contact.columns), 1500)
		c.app, c.appID, c.keyless = "", "", keyless
		l.rest(s, at, s.keys[0], c, a.r)
	})
}

// emptyHanded: D gets in, sees the home page and leaves.
func (a *attack) emptyHanded() {
	s := a.sessions["D1"]
	at := moment(12, 19, 10, 2, 18)
	a.in("D1", at)
	a.script.add(at+40*second, func(l *logs) {
		l.page(s, at+40*second, s.keys[0], "", "", "/lightning/page/home", a.r)
		l.signOut(s, at+2*minute, a.r)
	})
}
