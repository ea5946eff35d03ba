package main

import "fmt"

const (
	domain       = "maison-velmorin.example"
	organisation = "Maison Velmorin (invented)"
	windowsUA    = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36"
	macUA        = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36"
	edgeUA       = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36 Edg/%[1]d.0.0.0"
	phoneUA      = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Mobile/15E148 Safari/604.1"
	linuxUA      = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
	nightUA      = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36"
)

var orgID = newID("00D", 4_211_907)

// employee is one account of the CRM.
type employee struct {
	id, login, last, first, profile, department string
	ip, agent                                   string // the usual workplace
	paris                                       bool
	active                                      bool
}

// What the story needs of particular employees, as places in the staff list.
const (
	visitor     = 3  // talked on the telephone into authorising an app (A)
	sleeper     = 11 // password stolen, visited at night (B)
	neighbour   = 17 // session stolen while she works (C)
	bystander   = 23 // password stolen, nothing read (D)
	traveller   = 27 // on holiday abroad
	nightOwl    = 31 // exports a report at two in the morning, rightly
	admin       = 40
	assisted    = 42 // the admin logs in as her
	posService  = 0  // of the services
	dataService = 1
	autoService = 2
)

var (
	staffLast  = [][2]string{{"남", "nam"}, {"도", "do"}, {"명", "myeong"}, {"봉", "bong"}, {"선", "seon"}, {"어", "eo"}, {"진", "jin"}, {"탁", "tak"}, {"표", "pyo"}, {"함", "ham"}}
	staffFirst = [][2]string{{"겨울", "gyeoul"}, {"노을", "noeul"}, {"단비", "danbi"}, {"리안", "rian"}, {"바다", "bada"}, {"사랑", "sarang"}, {"여울", "yeoul"}, {"이든", "ideun"}, {"초롱", "chorong"}, {"푸름", "pureum"}}
	offices    = []string{"121.78.140.20", "121.78.141.5", "222.110.63.9", "175.118.12.77"}
)

// newStaff lists n employees and, after them, three service accounts.
func newStaff(seed uint64, n int) []*employee {
	staff := make([]*employee, 0, n+3)
	for i := range n {
		staff = append(staff, newEmployee(newRandom(seed, ofStaff, uint64(i)), i))
	}
	for i, s := range [][2]string{{"svc-pos", "52.79.18.44"}, {"svc-cdp", "13.36.201.8"}, {"autoproc", "Salesforce.com IP"}} {
		staff = append(staff, &employee{id: newID("005", 900_000+i), login: s[0] + "@" + domain, last: s[0], profile: "Integration", department: "IT", ip: s[1], active: true})
	}
	return staff
}

func newEmployee(r *random, i int) *employee {
	last, first := staffLast[i%len(staffLast)], staffFirst[(i/len(staffLast)+i)%len(staffFirst)]
	suffix := ""
	if i >= 100 {
		suffix = itoa(i)
	}
	e := &employee{id: newID("005", 700_000+i*3), last: last[0], first: first[0], login: fmt.Sprintf("%s.%s%s@%s", first[1], last[1], suffix, domain),
		profile: "Boutique Advisor", department: pick(r, boutiques), ip: pick(r, offices), active: i%29 != 28}
	e.agent = fmt.Sprintf(pick(r, []string{windowsUA, macUA, edgeUA}), 143+r.intn(4))
	switch {
	case i == admin:
		e.profile, e.department, e.ip = "System Administrator", "IT", offices[0]
	case i%10 == 3:
		e.profile = "Boutique Manager"
	case i%10 == 9:
		e.profile, e.department, e.ip, e.paris = "Headquarters", "CRM Paris", "185.60.14."+itoa(10+i%40), true
	}
	return e
}

// timezone is the zone of the user's own profile.
func (e *employee) timezone() (zone, locale string) {
	if e.paris {
		return "Europe/Paris", "fr_FR"
	}
	return "Asia/Seoul", "ko_KR"
}

// session is one login of one account as one client used it, and what the logs then say of it.
type session struct {
	id, login, app, kind, note string
	user                       *employee
	keys                       []string
	ip, agent                  string
	tls, cipher                string
	attacker, decoy, silent    bool // silent: no Login row of its own
	first, last                int64
	events                     int
	page                       string // device session of the browser
	pages                      int
	previous                   string // id of the page before
}

func newSession(r *random, e *employee, keys int) *session {
	s := &session{user: e, login: r.text(base64, 16), ip: e.ip, agent: e.agent, app: "Browser", kind: "ui", page: r.text(hexDigits, 40), tls: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384"}
	for range keys {
		s.keys = append(s.keys, r.text(base64, 16))
	}
	return s
}

// saw notes that a log row of this session was written.
func (s *session) saw(at int64) {
	if s.events == 0 || at < s.first {
		s.first = at
	}
	s.last = max(s.last, at)
	s.events++
}

// key is the session key at a share of the session's way.
func (s *session) key(done, total int) string {
	if len(s.keys) == 0 {
		return ""
	}
	return s.keys[min(done*len(s.keys)/max(total, 1), len(s.keys)-1)]
}
