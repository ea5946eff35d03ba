package main

// Things that look bad and are not, and attempts that led nowhere.

// planDecoys adds the harmless oddities of the week.
func (t *traffic) planDecoys() {
	t.holiday()
	t.lateExport()
	t.adminTools()
	t.impersonation()
	t.scanner()
}

func (t *traffic) decoy(s *session, note string) *session {
	s.decoy, s.note = true, note
	t.decoys = append(t.decoys, s)
	return s
}

// holiday: an employee reads on her telephone from a hotel abroad.
func (t *traffic) holiday() {
	for d := range int64(3) {
		r := newRandom(t.seed, ofSession, 9001, uint64(d))
		s := t.decoy(newSession(r, t.staff[traveller], 2), "staff on holiday abroad, browser of a telephone")
		s.ip, s.agent = "110.164.22.9", phoneUA
		from := logsFrom + (1+d)*day + 11*hour + r.between(0, hour)
		v := &visit{session: s, r: r, at: from, end: from + 50*minute, total: 6 + r.intn(6), clients: t.clients}
		t.cast = append(t.cast, v)
	}
}

// lateExport: the quarterly mailing is exported at two in the morning from home.
func (t *traffic) lateExport() {
	r := newRandom(t.seed, ofSession, 9010)
	s := t.decoy(newSession(r, t.staff[nightOwl], 1), "quarterly mailing, exported at two in the morning from home, rightly")
	s.ip = "58.123.77.201"
	at := moment(11, 16, 51, 3, 400)
	sc := &script{}
	sc.add(at, func(l *logs) {
		l.signIn(s, at, r, "LOGIN_NO_ERROR")
		l.page(s, at+8*second, s.keys[0], "Report", quarterly.id, recordPath("Report", quarterly.id), r)
		l.runReport(s, at+20*second, s.keys[0], quarterly.id, t.clients*40/100, 3, "", r)
		l.exportReport(s, at+4*minute, quarterly.id, quarterly.exportText(), r)
		l.runReport(s, at+4*minute+600, s.keys[0], quarterly.id, t.clients*40/100, 3, "E", r)
		l.signOut(s, at+20*minute, r)
	})
	t.cast = append(t.cast, sc)
}

// adminTools: the administrator uses the vendor's own loader over SOAP.
func (t *traffic) adminTools() {
	r := newRandom(t.seed, ofSession, 9020)
	s := t.decoy(newSession(r, t.staff[admin], 1), "administrator with the vendor's own loader")
	s.kind, s.app, s.agent = "oauth", "Dataloader Partner", "Java/21.0.2"
	at := moment(11, 2, 7, 30, 12)
	sc := &script{}
	sc.add(at, func(l *logs) {
		l.signIn(s, at, r, "LOGIN_NO_ERROR")
		l.soap(s, at+3*second, "describeGlobal", "", "", 0, r)
		l.soap(s, at+5*second, "describeSObject", "Case", "", 0, r)
		l.soap(s, at+8*second, "query", "Case", "Select Id, CaseNumber, Status from Case where Status = 'Escalated'", t.clients*7/100, r)
	})
	t.cast = append(t.cast, sc)
}

func (l *logs) soap(s *session, at int64, method, object, text string, rows int, r *random) {
	l.begin(soapAPI, s, at, s.keys[0], r)
	l.set("URI", "Api")
	l.set("API_TYPE", "P")
	l.set("API_VERSION", "60.0")
	l.set("CLIENT_NAME", "DataLoaderPartnerUI/")
	l.set("METHOD_NAME", method)
	l.set("ENTITY_NAME", object)
	if text != "" {
		l.set("ROWS_PROCESSED", itoa(rows))
	}
	l.set("REQUEST_SIZE", "900")
	l.set("RESPONSE_SIZE", itoa(1200+rows*90))
	l.set("QUERY", text)
	l.end()
}

// impersonation: the administrator logs in as a colleague to help her.
func (t *traffic) impersonation() {
	r := newRandom(t.seed, ofSession, 9030)
	s := t.decoy(newSession(r, t.staff[assisted], 1), "administrator logged in as a colleague")
	by := t.staff[admin]
	s.kind, s.ip, s.agent, s.silent = "login as", by.ip, by.agent, true
	at := moment(11, 6, 2, 11, 700)
	sc := &script{}
	sc.add(at, func(l *logs) {
		l.begin(loginAs, s, at, s.keys[0], r)
		l.set("URI", "/visualforce/session")
		l.set("DELEGATED_USER_NAME", by.login)
		l.set("DELEGATED_USER_ID", by.id[:15])
		l.set("DELEGATED_USER_ID_DERIVED", by.id)
		l.end()
		l.page(s, at+5*second, s.keys[0], "", "", "/lightning/page/home", r)
		l.recordPage(s, at+40*second, s.keys[0], "Contact", knownContact(r, t.clients), r)
	})
	t.cast = append(t.cast, sc)
}

const scannerIP, scannerTries = "192.88.99.41", 160

// scanner: a machine on the internet tries one word on a few names and never gets in.
func (t *traffic) scanner() {
	r := newRandom(t.seed, ofSession, 9040)
	sc := &script{}
	for i := range scannerTries {
		s := &session{user: t.staff[34+i%4], kind: "ui", app: "Browser", ip: scannerIP, agent: "Mozilla/5.0 zgrab/0.x", tls: "TLSv1.2", cipher: "ECDHE-RSA-AES128-GCM-SHA256"}
		at := moment(14, 4, 0, 0, 0) + int64(i)*97*second + r.between(0, 9*second)
		sc.add(at, func(l *logs) { l.signIn(s, at, r, "LOGIN_ERROR_INVALID_PASSWORD") })
	}
	t.cast = append(t.cast, sc)
}
