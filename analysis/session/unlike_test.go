package session_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app/casefile"
)

// town is an organisation at work for eight weeks, written by hand: twenty-eight staff at one office and their homes, an admin, an
// integration that runs at night; and what looks odd and is not. Thieves of different habits come to it in the tests.
type town struct {
	addresses, agents, events []string
	places, tools             map[string]int
	logins                    int
	kinds                     []string
	random                    *rand.Rand
	thief                     map[int]bool // logins of the thief
	onlyLogins                bool         // nothing but the log of logins was kept
}

// visit is one session: who, when (minutes after the first Monday, office time), from where, with what, and what for.
type visit struct {
	account  int
	minute   int
	address  string // "address country asn holder/class"
	agent    string // "family system"
	app      string
	login    bool
	mfa      string
	deeds    []deed
	thief    bool
	noLogin  bool     // a token that nobody saw issued
	rotate   []string // addresses its requests come from in turn, in place of the one
	failures int
}

type deed struct {
	kind, action, object, text string
	rows, times                int
}

const (
	officeNet  = "121.1.1.1 KR 4766 Korea Telecom/"
	nightlyNet = "52.79.1.9 KR 16509 Amazon/hosting"
	windows    = "Chrome Windows"
	day        = 24 * 60
)

func home(i int) string {
	return fmt.Sprintf("210.%d.%d.%d KR %d SK Broadband/", 100+i%20, i, i+10, []int{9318, 17858, 4766}[i%3])
}

func pages(n int) deed { return deed{"LightningPageView", "page", "Contact", "", 0, n} }
func records(n int) deed {
	return deed{"LightningPageView", "record", "Contact", "", 0, n}
}
func queries(n, rows int) deed {
	return deed{"RestApi", "query", "Contact", "SELECT Id, Name, Email, MobilePhone FROM Contact WHERE Region__c = 'x'", rows, n}
}
func counts(n int) deed {
	return deed{"RestApi", "query", "Contact", "SELECT COUNT() FROM Contact", 1, n}
}
func describes(n int) deed {
	return deed{"RestApi", "describe", "Contact", "", 0, n}
}
func exports(n, rows int) deed { return deed{"ReportExport", "report", "Contact", "", rows, n} }
func reports(n, rows int) deed { return deed{"Report", "report", "Contact", "", rows, n} }

func newTown() *town {
	t := &town{places: map[string]int{}, tools: map[string]int{}, random: rand.New(rand.NewPCG(7, 7)), thief: map[int]bool{}}
	t.kinds = []string{"Login", "RestApi", "LightningPageView", "ReportExport", "Report"}
	for week := range 8 {
		for d := range 5 {
			for who := 1; who <= 28; who++ {
				t.workday(who, (week*7+d)*day)
			}
		}
		for d := range 7 { // the nightly integration
			t.visits(visit{account: 41, minute: (week*7+d)*day + 2*60 + t.random.IntN(20), address: nightlyNet, agent: "Java ", app: "ERP Sync", noLogin: true, deeds: []deed{queries(6, 900+t.random.IntN(300))}})
		}
	}
	t.decoys()
	return t
}

// workday is one day of a member of staff: the office, and sometimes an evening at home or a look at the telephone.
func (t *town) workday(who, midnight int) {
	if t.random.IntN(2) == 0 { // at customers' all day
		return
	}
	t.visits(visit{account: who, minute: midnight + 8*60 + t.random.IntN(120), address: officeNet, agent: tool(who), login: true, mfa: "otp",
		deeds: []deed{pages(2 + t.random.IntN(4)), records(1 + t.random.IntN(3)), reports(t.random.IntN(2), 50+t.random.IntN(200))}})
	if t.random.IntN(5) == 0 {
		t.visits(visit{account: who, minute: midnight + 19*60 + t.random.IntN(120), address: home(who), agent: tool(who), login: true, mfa: "otp", deeds: []deed{pages(4), records(2)}})
	}
	if who%3 == 0 && t.random.IntN(6) == 0 {
		t.visits(visit{account: who, minute: midnight + 12*60 + t.random.IntN(60), address: fmt.Sprintf("223.62.%d.%d KR 9644 SK Telecom/mobile", t.random.IntN(200), 1+t.random.IntN(200)), agent: "Safari iOS", login: true, mfa: "otp", deeds: []deed{pages(3)}})
	}
}

func tool(who int) string {
	if who%4 == 0 {
		return "Chrome macOS"
	}
	return windows
}

// decoys are what looks like a thief and is none.
func (t *town) decoys() {
	for d := range 5 { // a manager on holiday abroad
		t.visits(visit{account: 5, minute: (21+d)*day + 16*60, address: "124.9.8.7 JP 2516 KDDI/", agent: tool(5), login: true, mfa: "otp", deeds: []deed{pages(5), records(3)}})
	}
	// marketing exports at two in the night, before a campaign
	t.visits(visit{account: 6, minute: 17*day + 2*60, address: home(6), agent: tool(6), login: true, mfa: "otp", deeds: []deed{pages(4), exports(2, 9000)}})
	// a scanner that never gets in
	for who := 1; who <= 12; who++ {
		t.visits(visit{account: who, minute: 9*day + 3*60 + who, address: "45.9.9.9 NL 49870 Alsycon/hosting", agent: "curl ", failures: 3})
	}
	// a new telephone, of a maker nobody else has
	for d := range 3 {
		t.visits(visit{account: 7, minute: (30+d)*day + 13*60, address: fmt.Sprintf("223.62.33.%d KR 9644 SK Telecom/mobile", 9+d), agent: "Samsung Internet Android", login: true, mfa: "otp", deeds: []deed{pages(3)}})
	}
	// a new joiner, at home from the first day
	for d := range 9 {
		t.visits(visit{account: 42, minute: (40+d)*day + 9*60, address: home(42), agent: "Firefox Windows", login: true, mfa: "otp", deeds: []deed{pages(9), records(4)}})
	}
	// the office's line is replaced in the last week, and five people try the new VPN of the firm
	for who := 1; who <= 28; who++ {
		t.visits(visit{account: who, minute: 56*day + 9*60 + who, address: "61.33.1.2 KR 3786 LG Dacom/", agent: tool(who), login: true, mfa: "otp", failures: who % 2, deeds: []deed{pages(8), records(4)}})
	}
	for who := 10; who <= 14; who++ {
		for d := range 3 {
			t.visits(visit{account: who, minute: (57+d)*day + 9*60 + who, address: "13.125.7.7 KR 16509 Amazon/hosting", agent: tool(who), login: true, mfa: "otp", deeds: []deed{pages(8), records(4)}})
		}
	}
	// eight more are not enrolled for it yet, and are refused
	for who := 15; who <= 22; who++ {
		t.visits(visit{account: who, minute: 58*day + 9*60 + who, address: "13.125.7.7 KR 16509 Amazon/hosting", agent: tool(who), failures: 2})
	}
	// in the neighbourhood of a colleague's home sits one who guesses at many accounts, and never gets in
	for who := 14; who <= 26; who++ {
		t.visits(visit{account: who, minute: 31*day + 4*60 + who, address: "210.113.13.200 KR 17858 SK Broadband/", agent: windows, failures: 1})
	}
	// a clerk on a journey, with a new telephone of her own and a foreign carrier
	for d := range 3 {
		t.visits(visit{account: 11, minute: (36+d)*day + 5*60, address: fmt.Sprintf("92.40.7.%d GB 206067 Three UK/mobile", 20+d), agent: "Safari iOS", login: true, mfa: "otp", deeds: []deed{pages(3), records(2)}})
	}
	// a colleague whose home has the newer kind of address, another one every day
	for d := range 6 {
		t.visits(visit{account: 17, minute: (34+d)*day + 20*60, address: fmt.Sprintf("2001:e60:88%02x:7::5 KR 4766 Korea Telecom/", d), agent: tool(17), login: true, mfa: "otp", deeds: []deed{pages(4)}})
	}
	// an admin's data loader, once
	t.visits(visit{account: 43, minute: 33*day + 11*60, address: officeNet, agent: "Data Loader ", app: "Data Loader", login: true, mfa: "otp", deeds: []deed{describes(3), queries(2, 20000)}})
	for d := range 20 {
		t.visits(visit{account: 43, minute: (2*d+1)*day + 10*60, address: officeNet, agent: windows, login: true, mfa: "otp", deeds: []deed{pages(5)}})
	}
}

func literal(parts ...string) string {
	for i, p := range parts {
		parts[i] = analysis.Literal(p)
	}
	return strings.Join(parts, ", ")
}

func (t *town) address(text string) int {
	if id, known := t.places[text]; known {
		return id
	}
	f := strings.SplitN(text, " ", 4)
	holder, class, _ := strings.Cut(f[3], "/")
	id := len(t.places) + 1
	t.places[text] = id
	network := f[0][:max(strings.LastIndexByte(f[0], '.'), 0)] + ".0/24"
	if strings.Contains(f[0], ":") {
		network = strings.Join(strings.Split(f[0], ":")[:3], ":") + "::/48"
	}
	t.addresses = append(t.addresses, fmt.Sprintf("(%d, %s, true, %s, %s, %s)", id, literal(f[0]), literal(network, f[1]), f[2], literal(holder, class)))
	return id
}

func (t *town) agent(text string) int {
	if id, known := t.tools[text]; known {
		return id
	}
	id := len(t.tools) + 1
	t.tools[text] = id
	family, system, _ := strings.Cut(text, " ")
	if i := strings.LastIndexByte(text, ' '); i > 0 {
		family, system = text[:i], text[i+1:]
	}
	t.agents = append(t.agents, fmt.Sprintf("(%d, %s, %t, false)", id, literal(text+" 1", family, text, family, system), system == "iOS" || system == "Android"))
	return id
}

var townApps = []string{"ERP Sync", "Data Loader", "Mail Assistant", "Sales Chat"}

func (t *town) visits(list ...visit) {
	for _, v := range list {
		t.logins++
		key := fmt.Sprint(t.logins)
		if v.thief {
			t.thief[t.logins] = true
		}
		if v.noLogin {
			key = "NULL"
		}
		at := v.minute * 60
		for range v.failures {
			t.event("Login", "failed", at, v, "NULL", "NULL", deed{})
			at += 2
		}
		if v.failures > 0 && len(v.deeds) == 0 {
			continue
		}
		if v.login {
			t.event("Login", "login", at, v, key, fmt.Sprint(t.logins), deed{})
		}
		for _, d := range v.deeds {
			for range d.times {
				at += 20 + t.random.IntN(60)
				if len(v.rotate) > 0 {
					v.address = v.rotate[at%len(v.rotate)]
				}
				t.event(d.kind, d.action, at, v, key, fmt.Sprint(t.logins), d)
			}
		}
	}
}

func (t *town) event(kind, action string, second int, v visit, login, token string, d deed) {
	if t.onlyLogins && kind != "Login" {
		return
	}
	app, record, mfa := "NULL", "NULL", "NULL"
	if i := slices.Index(townApps, v.app); i >= 0 {
		app = fmt.Sprint(i + 1)
	}
	if d.action == "record" {
		record = literal(fmt.Sprintf("003000000000%03dAAA", t.random.IntN(900)))
	}
	if action == "login" && v.mfa != "" {
		mfa = literal(v.mfa)
	}
	text := "NULL"
	if d.text != "" {
		text = literal(d.text)
	}
	id := len(t.events) + 1
	t.events = append(t.events, fmt.Sprintf("(%d, %d, %d, 'salesforce.elf.%s', TIMESTAMP '2026-03-01 15:00:00' + INTERVAL 1 SECOND * %d, '%s', %d, %d, %d, %s, %s, %s, NULL, NULL, NULL, %s, %s, %s, NULL, %d, NULL, NULL, %s, NULL, NULL, NULL)",
		id, slices.Index(t.kinds, kind)+1, id, kind, second, action, v.account, t.address(v.address), t.agent(v.agent), app, login, token, literal(d.object), record, text, d.rows, mfa))
}

// open writes the town into a case and derives its sessions.
func (t *town) open(tb testing.TB) *casefile.Case {
	tb.Helper()
	ctx := context.Background()
	c, err := casefile.Create(ctx, filepath.Join(tb.TempDir(), "town"+casefile.Extension), casefile.Options{Readers: 1})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { c.Close() })
	statements := []string{
		`INSERT INTO analysis.account SELECT i, '00D000000000001', '005' || i, 'user' || i || '@example.org', 'User ' || i, '', CASE i WHEN 41 THEN 'integration' WHEN 44 THEN 'integration' WHEN 43 THEN 'admin' ELSE 'employee' END, 'Asia/Seoul', '' FROM range(1, 45) t(i)`,
		`INSERT INTO analysis.address (id, address, public, network, country, asn, holder, class) VALUES ` + strings.Join(t.addresses, ","),
		`INSERT INTO analysis.agent (id, agent, family, words, engine, system, mobile, code) VALUES ` + strings.Join(t.agents, ","),
		fmt.Sprintf(`INSERT INTO analysis.login SELECT i, '00D000000000001', 'L' || i FROM range(1, %d) t(i)`, t.logins+1),
		fmt.Sprintf(`INSERT INTO analysis.token SELECT i, '00D000000000001', 'T' || i FROM range(1, %d) t(i)`, t.logins+1),
	}
	for i, k := range t.kinds {
		statements = append(statements, fmt.Sprintf(`INSERT INTO evidence.file SELECT %d, 'x%d', 'salesforce.elf.%s', '', 0, 'salesforce.elf.%s', '', '00D000000000001', '', '', 'UTC', NULL, 0, 0, 0, 0, 0, NULL, NULL, TIMESTAMP '2026-01-01', 'loaded', ''`, i+1, i+1, k, k))
	}
	for i, a := range townApps {
		statements = append(statements, fmt.Sprintf(`INSERT INTO analysis.app VALUES (%d, '0H4%d', '%s')`, i+1, i, a))
	}
	for rows := range slices.Chunk(t.events, 2000) {
		statements = append(statements, `INSERT INTO analysis.event VALUES `+strings.Join(rows, ","))
	}
	err = c.Write(ctx, func(tx *sql.Tx) error {
		for _, s := range statements {
			if _, err := tx.ExecContext(ctx, s); err != nil {
				return fmt.Errorf("%w in %.80s", err, s)
			}
		}
		return session.Derive(ctx, tx, analysis.Settings{Timezone: "Asia/Seoul"}, nil)
	})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// scored is a session of the town with what is true of it.
type scored struct {
	id      int32
	account int
	score   float64
	kind    string
	thief   bool
	reasons string
}

func (t *town) scores(tb *testing.T, c *casefile.Case) (list []scored) {
	tb.Helper()
	read(tb, c, func(db analysis.Engine) error {
		rows, err := db.QueryContext(context.Background(), "SELECT id, coalesce(account, 0), score, kind, coalesce(login, tokens[1], 0), reasons FROM analysis.session ORDER BY id")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var s scored
			var key int
			if err := rows.Scan(&s.id, &s.account, &s.score, &s.kind, &key, &s.reasons); err != nil {
				return err
			}
			s.thief = t.thief[key]
			list = append(list, s)
		}
		return rows.Err()
	})
	return list
}

// area under the curve: how often a session of the thief ranks above another, ties counting half.
func area(list []scored) float64 {
	above, pairs := 0.0, 0.0
	for _, a := range list {
		for _, b := range list {
			if a.thief && !b.thief {
				pairs++
				if a.score > b.score {
					above++
				} else if a.score == b.score {
					above += 0.5
				}
			}
		}
	}
	return above / pairs
}

// thieves by what is peculiar to them. The first of their sessions is what the investigator is told of.
var thieves = []struct {
	name string
	come func(t *town)
}{
	{"one session only", func(t *town) {
		t.visits(visit{account: 9, minute: 50*day + 4*60, address: "193.138.7.8 SE 39351 31173 Services/vpn", agent: "Firefox Linux", login: true, thief: true, deeds: []deed{pages(6), exports(3, 30000)}})
	}},
	{"residential proxies in the victim's country", func(t *town) {
		for i, who := range []int{8, 16, 23, 27} {
			t.visits(visit{account: who, minute: (48+i)*day + 15*60, address: fmt.Sprintf("175.%d.4.%d KR %d Korea Telecom/", 200+i, 20+i, []int{4766, 9318}[i%2]), agent: "Firefox Linux", login: true, thief: true,
				deeds: []deed{pages(5), records(60), exports(2, 4000)}})
		}
	}},
	{"the API with a stolen token, no login", func(t *town) {
		for i := range 5 {
			t.visits(visit{account: 41, minute: (45+i)*day + 13*60 + 7*i, address: fmt.Sprintf("44.2%d.9.9 US 14618 Amazon/hosting", i), agent: "aiohttp ", app: "ERP Sync", noLogin: true, thief: true,
				deeds: []deed{describes(6), counts(4), queries(9, 2000)}})
		}
	}},
	{"office hours, little at a time, over weeks", func(t *town) {
		for i := range 9 {
			t.visits(visit{account: 12, minute: (20+4*i)*day + 14*60, address: fmt.Sprintf("146.70.%d.5 KR 9009 M247/vpn", 30+i%2), agent: windows, login: true, thief: true,
				deeds: []deed{pages(4), records(9)}})
		}
	}},
	{"behind the office's own address, with a computer of his own", func(t *town) {
		for i, who := range []int{3, 18, 27} {
			t.visits(visit{account: who, minute: (49+i)*day + 12*60, address: officeNet, agent: "Firefox Linux", login: true, thief: true,
				deeds: []deed{pages(5), records(80), exports(2, 6000)}})
		}
	}},
	{"twenty accounts from one range", func(t *town) {
		for who := 9; who < 29; who++ {
			t.visits(visit{account: who, minute: 52*day + 3*60 + 9*who, address: fmt.Sprintf("185.220.101.%d DE 60729 Foundation/tor", who), agent: "Firefox Windows", login: true, thief: true, failures: 1,
				deeds: []deed{pages(5), records(12)}})
		}
	}},
	{"few of many passwords guessed from one range of the victims' own carrier, with their own client", func(t *town) {
		for who := 1; who <= 10; who++ {
			t.visits(visit{account: who, minute: 43*day + 2*60 + 3*who, address: "121.190.7.7 KR 4766 Korea Telecom/", agent: windows, failures: 1})
		}
		for i, who := range []int{11, 11, 13} {
			t.visits(visit{account: who, minute: (45+i)*day + 60 + i, address: fmt.Sprintf("121.190.7.%d KR 4766 Korea Telecom/", 9+2*i), agent: windows, login: true, thief: true, deeds: []deed{pages(2)}})
		}
	}},
	{"an account nobody else uses", func(t *town) {
		for i := range 6 {
			t.visits(visit{account: 40, minute: (44+i)*day + 11*60, address: fmt.Sprintf("185.65.134.%d SE 39351 31173 Services/vpn", 160+i), agent: "Firefox Linux", login: true, thief: true, deeds: []deed{pages(4), records(20)}})
		}
	}},
	{"there before the logs begin, and more often than the owner", func(t *town) {
		for i := range 50 {
			t.visits(visit{account: 13, minute: i*day + 13*60 + 5, address: fmt.Sprintf("146.70.44.%d NL 9009 M247/vpn", 5+i%3), agent: "Firefox Linux", login: true, thief: true, deeds: []deed{pages(4), records(15)}})
		}
	}},
	{"the integration's token beside it, in the same cloud with the same client", func(t *town) {
		for i := range 5 {
			t.visits(visit{account: 41, minute: (44+i)*day + 14*60, address: fmt.Sprintf("3.35.%d.9 KR 16509 Amazon/hosting", 40+i), agent: "Java ", app: "ERP Sync", noLogin: true, thief: true, deeds: []deed{describes(4), counts(3), queries(9, 4000)}})
		}
	}},
	{"tokens of a vendor that itself comes from networks of two carriers", func(t *town) {
		for i := range 120 {
			from := []string{"52.7.131.22 US 14618 Amazon/hosting", "54.208.99.140 US 14618 Amazon/hosting", "3.225.18.77 US 16509 Amazon/hosting"}[i%3]
			t.visits(visit{account: 44, minute: i*12*60 + 4*60, address: from, agent: "Vendor ", app: "Sales Chat", login: true, deeds: []deed{queries(6, 1)}})
		}
		t.visits(visit{account: 44, minute: 41*day + 17*60, address: "185.220.100.25 DE 60729 Foundation/tor", agent: "python-requests ", app: "Sales Chat", login: true, thief: true, deeds: []deed{describes(2), counts(5)}})
		for i, from := range []string{"167.99.188.4 CA 14061 DigitalOcean/hosting", "208.68.37.14 US 14061 DigitalOcean/hosting"} {
			t.visits(visit{account: 44, minute: (44+i)*day + 3*60, address: from, agent: "aiohttp ", app: "Sales Chat", login: true, thief: true, deeds: []deed{queries(9, 4000)}})
		}
	}},
	{"another network for every request", func(t *town) {
		var proxies []string
		for i := range 12 {
			proxies = append(proxies, fmt.Sprintf("%d.%d.4.%d %s %d Carrier %d/", 60+11*i, 9+i, 20+i, []string{"US", "BR", "ID", "TR"}[i%4], 7000+i, i))
		}
		for i, who := range []int{2, 19} {
			t.visits(visit{account: who, minute: (47+i)*day + 22*60, address: proxies[i], rotate: proxies, agent: "Firefox Linux", login: true, thief: true, deeds: []deed{pages(4), records(40)}})
		}
	}},
	{"the newer kind of address, another one every time", func(t *town) {
		for i, who := range []int{3, 21, 24} {
			t.visits(visit{account: who, minute: (46+i)*day + 15*60, address: fmt.Sprintf("2a03:1b20:1:f0%02d::%d SE 39351 31173 Services/vpn", i, 5+i), agent: "Firefox Linux", login: true, thief: true, deeds: []deed{pages(4), records(30)}})
		}
	}},
	{"exports of reports through the screen, nothing else", func(t *town) {
		for i, who := range []int{6, 25} {
			t.visits(visit{account: who, minute: (49+i)*day + 10*60, address: fmt.Sprintf("89.187.%d.4 JP 60068 Datacamp/hosting", 160+i), agent: windows, login: true, thief: true, deeds: []deed{exports(4, 9000)}})
		}
	}},
	{"the data loader with a refresh token", func(t *town) {
		for i, who := range []int{20, 20, 28} {
			t.visits(visit{account: who, minute: (45+i)*day + 9*60, address: fmt.Sprintf("23.94.%d.7 US 36352 ColoCrossing/hosting", 30+i), agent: "Data Loader ", app: "Data Loader", noLogin: true, thief: true, deeds: []deed{describes(2), queries(6, 20000)}})
		}
	}},
	{"nothing but logins was logged", func(t *town) {
		t.onlyLogins = true
		for i, who := range []int{4, 10, 22} {
			t.visits(visit{account: who, minute: (50+i)*day + 15*60, address: fmt.Sprintf("146.70.51.%d NL 9009 M247/vpn", 7+i), agent: "Firefox Linux", login: true, thief: true, deeds: []deed{pages(5)}})
		}
	}},
	{"a new app and bulk through it", func(t *town) {
		for i, who := range []int{4, 22} {
			t.visits(visit{account: who, minute: (51+i)*day + 10*60, address: fmt.Sprintf("104.28.9.%d US 13335 Cloudflare/vpn", i+3), agent: "python-requests ", app: "Mail Assistant", noLogin: true, thief: true,
				deeds: []deed{describes(2), counts(3), queries(12, 2000)}})
		}
	}},
}

func TestThievesUnlikeEachOther(t *testing.T) {
	for _, c := range thieves {
		t.Run(c.name, func(t *testing.T) {
			town := newTown()
			c.come(town)
			kase := town.open(t)
			list := town.scores(t, kase)
			if auc := area(list); auc < 0.98 {
				t.Errorf("area under the curve %.4f", auc)
			}
			slices.SortStableFunc(list, func(a, b scored) int { return int(b.score - a.score) })
			for i, s := range list {
				if testing.Verbose() && (s.thief || i < 8) {
					t.Logf("session %d account %d %v score %.0f %s", s.id, s.account, s.thief, s.score, s.reasons)
				}
			}
			town.follow(t, kase, list)
		})
	}
}

// follow marks the first session of the thief and accepts every strong suggestion.
func (t *town) follow(tb *testing.T, c *casefile.Case, list []scored) {
	tb.Helper()
	ctx := context.Background()
	slices.SortFunc(list, func(a, b scored) int { return int(a.id - b.id) })
	first := list[slices.IndexFunc(list, func(s scored) bool { return s.thief })]
	held := map[int32]bool{first.id: true}
	err := c.Write(ctx, func(tx *sql.Tx) error {
		found, err := mark(ctx, tx, []int32{first.id}, func() ([]session.Suggestion, error) { return session.Suggest(ctx, tx) })
		for _, s := range found {
			if s.Strength == session.Strong {
				held[s.Session] = true
			}
			if testing.Verbose() {
				tb.Logf("suggested %d %s %s", s.Session, s.Strength, s.Shared[0].Words)
			}
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	for _, s := range list {
		if s.thief && !held[s.id] {
			tb.Errorf("session %d of the thief was not found (score %.0f: %s)", s.id, s.score, s.reasons)
		}
		if !s.thief && held[s.id] {
			tb.Errorf("session %d is marked and not the thief's (score %.0f: %s)", s.id, s.score, s.reasons)
		}
	}
}
