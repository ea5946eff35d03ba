package session_test

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app/casefile"
)

// A small office: two colleagues, an admin; addresses at home, at the office (two of one network), on a telephone, abroad
// and one that says nothing; agents by their numbers.
const office = `
INSERT INTO evidence.file SELECT i, 'x' || i, kind, '', 0, kind, '', '00D000000000001', '', '', 'UTC', NULL, 0, 0, 0, 0, 0, NULL, NULL, TIMESTAMP '2026-01-01', 'loaded', ''
  FROM (VALUES (1, 'salesforce.elf.Login'), (2, 'salesforce.elf.RestApi'), (3, 'salesforce.elf.LightningPageView'), (4, 'salesforce.elf.UniqueQuery'),
    (5, 'salesforce.elf.ApiTotalUsage'), (6, 'salesforce.elf.LoginAs'), (7, 'salesforce.elf.Search'), (8, 'salesforce.loginhistory'), (9, 'okta.systemlog'), (10, 'salesforce.setupaudit')) t(i, kind);
INSERT INTO analysis.account SELECT i, '00D000000000001', '00500000000000' || i, 'user' || i || '@example.org', 'User ' || i, '', 'employee', CASE i WHEN 3 THEN 'Asia/Kolkata' ELSE 'Asia/Seoul' END, '' FROM range(1, 4) t(i);
INSERT INTO analysis.address (id, address, public, network, country, asn, holder, class) VALUES (1, '121.1.1.1', true, '121.1.1.0/24', 'KR', 4766, 'Korea Telecom', ''), (2, '210.2.2.2', true, '210.2.2.0/24', 'KR', 9318, 'SK Broadband', ''),
  (3, '210.2.2.3', true, '210.2.2.0/24', 'KR', 9318, 'SK Broadband', ''), (4, '193.4.4.4', true, '193.4.4.0/24', 'FI', 50304, 'Blix', 'hosting'), (5, 'Salesforce.com IP', false, '', '', NULL, '', ''), (6, '10.0.0.8', false, '', '', NULL, '', '');
INSERT INTO analysis.agent VALUES (1, 'Chrome on a Mac', 'Chrome', '', 'Chromium', 140, 'macOS', false, false), (2, 'Chrome on Linux', 'Chrome', '', 'Chromium', 124, 'Linux', false, false),
  (3, '13140000', 'Chrome', '', 'Chromium', 140, '', false, true), (4, 'Safari on a telephone', 'Safari', '', 'WebKit', 18, 'iOS', true, false);
INSERT INTO analysis.login SELECT i, '00D000000000001', 'login' || i FROM range(1, 10) t(i);
INSERT INTO analysis.token SELECT i, '00D000000000001', 'session' || i FROM range(1, 10) t(i);
`

// row is an event in short; zero means NULL.
type row struct {
	file                                  int
	minute                                float64
	action                                string
	account, address, agent, login, token int
	request, text                         string
	delegate                              int
}

func number(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

// laddered derives the sessions of some rows and tells, per event, "session how certain" with sessions numbered from 1.
func laddered(t *testing.T, rows []row) (*casefile.Case, []string) {
	t.Helper()
	ctx := context.Background()
	c, err := casefile.Create(ctx, filepath.Join(t.TempDir(), "office"+casefile.Extension), casefile.Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	err = c.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, office); err != nil {
			return err
		}
		for i, r := range rows {
			_, err := tx.ExecContext(ctx, `INSERT INTO analysis.event SELECT $1, $2, $1, (SELECT kind FROM evidence.file WHERE id = $2), TIMESTAMP '2026-03-03 01:00:00' + INTERVAL 1 MILLISECOND * $3,
				$4, $5, $6, $7, NULL, $8, $9, $10, NULL, NULL, NULL, NULL, $11, NULL, NULL, NULL, NULL, NULL, NULL, NULL, $12`,
				i+1, r.file, int64(r.minute*60000), r.action, number(r.account), number(r.address), number(r.agent), number(r.login), number(r.token), r.request, r.text, number(r.delegate))
			if err != nil {
				return err
			}
		}
		return session.Derive(ctx, tx, analysis.Settings{Timezone: "Asia/Seoul"}, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, placesOf(t, c, len(rows))
}

func placesOf(t *testing.T, c *casefile.Case, n int) []string {
	places := make([]string, n)
	read(t, c, func(db analysis.Engine) error {
		rows, err := db.QueryContext(context.Background(), "SELECT event, string_agg(session || CASE WHEN certain THEN '' ELSE '?' END, ' ' ORDER BY session) FROM analysis.attribution GROUP BY event")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var event int
			var place string
			if err := rows.Scan(&event, &place); err != nil {
				return err
			}
			places[event-1] = place
		}
		return rows.Err()
	})
	return places
}

func ask(t *testing.T, c *casefile.Case, query string) (answer string) {
	t.Helper()
	read(t, c, func(db analysis.Engine) error {
		return db.QueryRowContext(context.Background(), "SELECT coalesce(string_agg(v, '; '), '') FROM ("+query+") t(v)").Scan(&answer)
	})
	return answer
}

func TestLadder(t *testing.T) {
	for _, c := range []struct {
		name string
		rows []row
		want string // session of each row; "?" uncertain
		ask  string
		says string
	}{
		{"one login, two session keys, one session", []row{
			{1, 0, "login", 1, 1, 1, 1, 0, "", "", 0}, {3, 1, "page", 1, 1, 1, 1, 1, "", "", 0}, {3, 90, "page", 1, 1, 1, 1, 2, "", "", 0}}, "1,1,1", "", ""},
		{"the platform's own address and a numeric code are no other client", []row{
			{3, 0, "page", 1, 1, 1, 1, 1, "", "", 0}, {2, 1, "query", 1, 5, 3, 1, 1, "", "", 0}, {3, 2, "page", 1, 1, 1, 1, 1, "", "", 0}}, "1,1,1",
			"SELECT count(*) FROM analysis.segment", "1"},
		{"a move with the same client is a segment", []row{
			{3, 0, "page", 1, 1, 1, 1, 1, "", "", 0}, {3, 60, "page", 1, 2, 1, 1, 1, "", "", 0}, {3, 61, "page", 1, 3, 1, 1, 1, "", "", 0}}, "1,1,1",
			"SELECT segment || ':' || events FROM analysis.segment ORDER BY 1", "0:1; 1:1; 2:1"},
		{"another address and client is another session, and the one that came second took it over", []row{
			{1, 0, "login", 1, 1, 1, 1, 0, "", "", 0}, {3, 1, "page", 1, 1, 1, 1, 1, "", "", 0}, {3, 5, "page", 1, 4, 2, 1, 1, "", "", 0}, {3, 6, "page", 1, 1, 1, 1, 1, "", "", 0}}, "1,1,2,1",
			"SELECT id FROM analysis.session WHERE hijack", "2"},
		{"another country is another session, whatever the client says it is", []row{
			{1, 0, "login", 1, 1, 1, 1, 0, "", "", 0}, {3, 5, "page", 1, 4, 1, 1, 1, "", "", 0}}, "1,2", "", ""},
		{"a row without an address goes by its request, else to all who were at work", []row{
			{1, 0, "login", 1, 1, 1, 1, 0, "", "", 0}, {2, 1, "query", 1, 4, 2, 1, 1, "R1", "", 0}, {3, 1.1, "page", 1, 1, 1, 1, 1, "R2", "", 0},
			{4, 1.2, "query", 0, 0, 0, 1, 1, "R1", "SELECT Id FROM Contact", 0}, {4, 1.3, "query", 0, 0, 0, 1, 1, "R9", "SELECT Id FROM Case", 0}}, "1,2,1,2,1? 2?", "", ""},
		{"a row of an account that no client under the shared key is known to be is not lost", []row{
			{1, 0, "login", 1, 1, 1, 1, 0, "", "", 0}, {2, 1, "query", 1, 4, 2, 1, 1, "R1", "", 0}, {3, 1.1, "page", 1, 1, 1, 1, 1, "R2", "", 0},
			{4, 1.3, "query", 2, 0, 0, 1, 1, "R9", "SELECT Id FROM Case", 0}}, "1,2,1,1? 2?", "", ""},
		{"hours are those of the account's own clock, where it differs by half an hour too", []row{
			{1, 45, "login", 3, 1, 1, 1, 0, "", "", 0}}, "1", "SELECT local_hour FROM analysis.trait", "7"},
		{"a row without keys goes by its request, or by account, address and time", []row{
			{2, 0, "query", 1, 1, 0, 1, 1, "R1", "", 0}, {5, 0.01, "other", 1, 1, 0, 0, 0, "R1", "", 0}, {2, 10, "query", 1, 1, 0, 1, 1, "R2", "", 0}, {5, 5, "other", 1, 1, 0, 0, 0, "R7", "", 0},
			{5, 5, "other", 1, 4, 0, 0, 0, "R8", "", 0}}, "1,1,1,1,2", "SELECT how FROM analysis.attribution ORDER BY event", "login key; request; login key; account, address and time; account, client and time"},
		{"keys stand in one log, the address in another of the same request: it is the thief's in the shared session", []row{
			{1, 0, "login", 1, 1, 1, 1, 0, "", "", 0}, {3, 1, "page", 1, 1, 1, 1, 1, "", "", 0}, {3, 5, "page", 1, 4, 2, 1, 1, "", "", 0}, {3, 60, "page", 1, 1, 1, 1, 1, "", "", 0},
			{2, 60.1, "query", 1, 4, 3, 0, 0, "R1", "", 0}, {4, 60.1, "query", 0, 0, 0, 1, 1, "R1", "SELECT Id FROM Contact", 0}}, "1,1,2,1,2,2", "", ""},
		{"rows tied to a session by their request show how long it was at work", []row{
			{1, 0, "login", 1, 4, 1, 1, 0, "", "", 0}, {2, 100, "query", 1, 4, 0, 0, 0, "R1", "", 0}, {4, 100, "query", 0, 0, 0, 1, 1, "R1", "SELECT Id FROM Contact", 0},
			{2, 100.1, "query", 1, 4, 0, 0, 0, "R2", "", 0}, {5, 50, "other", 1, 4, 0, 0, 0, "R3", "", 0}}, "1,1,1,1,1", "", ""},
		{"a request id somebody else set is no tie", []row{
			{2, 0, "query", 1, 1, 0, 1, 1, "R1", "", 0}, {5, 0.01, "other", 2, 4, 0, 0, 0, "R1", "", 0}}, "1,2", "", ""},
		{"a search belongs to the session with a screen", []row{
			{3, 0, "page", 1, 1, 1, 1, 1, "", "", 0}, {2, 0, "query", 1, 4, 2, 2, 2, "", "", 0}, {2, 9, "query", 1, 4, 2, 2, 2, "", "", 0}, {3, 9, "page", 1, 1, 1, 1, 1, "", "", 0}, {7, 4, "search", 1, 0, 0, 0, 0, "", "", 0}}, "1,2,2,1,1", "", ""},
		{"two logs of one login", []row{
			{1, 0, "login", 1, 1, 1, 1, 0, "", "", 0}, {8, 0.02, "login", 1, 1, 0, 0, 0, "", "", 0}, {8, 3, "login", 1, 1, 0, 0, 0, "", "", 0}}, "1,1,1", "SELECT how FROM analysis.attribution WHERE event > 1 ORDER BY event", "login; account, address and time"},
		{"the identity provider's login opens the CRM session", []row{
			{9, 0, "login", 1, 1, 1, 0, 0, "", "", 0}, {1, 0.5, "login", 1, 1, 1, 1, 0, "", "", 0}}, "1,1", "SELECT how FROM analysis.attribution ORDER BY event LIMIT 1", "identity provider"},
		{"so does one that the provider has a session key of its own for", []row{
			{9, 0, "login", 1, 1, 1, 0, 7, "", "", 0}, {1, 0.5, "login", 1, 1, 1, 1, 0, "", "", 0}, {3, 1, "page", 1, 1, 1, 1, 1, "", "", 0}, {9, 30, "other", 1, 1, 1, 0, 7, "", "", 0}}, "1,1,1,2",
			"SELECT how FROM analysis.attribution ORDER BY event LIMIT 1", "identity provider"},
		{"a login at the provider that opened no session here stays the provider's", []row{
			{9, 0, "login", 1, 4, 2, 0, 7, "", "", 0}, {1, 0.5, "login", 1, 1, 1, 1, 0, "", "", 0}, {9, 20, "login", 1, 1, 1, 0, 8, "", "", 0}}, "1,2,3", "", ""},
		{"what the CRM logs is never part of a session at the provider", []row{
			{9, 0, "login", 1, 1, 1, 0, 7, "", "", 0}, {5, 5, "other", 1, 1, 0, 0, 0, "", "", 0}, {5, 6, "other", 1, 0, 0, 0, 0, "", "", 0}}, "1,2,3", "", ""},
		{"a token nobody saw issued is a session, and its use after a refresh stays in it", []row{
			{2, 0, "query", 1, 4, 2, 0, 3, "", "", 0}, {2, 30, "query", 1, 4, 2, 0, 3, "", "", 0}, {2, 600, "query", 1, 4, 2, 0, 3, "", "", 0}}, "1,1,1",
			"SELECT kind || ' ' || events || ' ' || (login IS NULL) FROM analysis.session", "api 3 true"},
		{"a refresh token gives new sessions of the same client, one per session key", []row{
			{1, 0, "login", 1, 4, 2, 1, 0, "", "", 0}, {2, 1, "query", 1, 4, 2, 1, 1, "", "", 0}, {2, 130, "query", 1, 4, 2, 1, 2, "", "", 0}, {2, 300, "query", 1, 4, 2, 0, 2, "", "", 0}}, "1,1,1,1",
			"SELECT len(tokens) FROM analysis.session", "2"},
		{"blank, private and the platform's own addresses cut no segment", []row{
			{3, 0, "page", 1, 1, 1, 1, 1, "", "", 0}, {3, 1, "page", 1, 0, 1, 1, 1, "", "", 0}, {3, 2, "page", 1, 5, 1, 1, 1, "", "", 0}, {3, 3, "page", 1, 6, 1, 1, 1, "", "", 0}, {3, 4, "page", 1, 1, 0, 1, 1, "", "", 0}}, "1,1,1,1,1",
			"SELECT segment || ':' || events FROM analysis.segment", "0:5"},
		{"back and forth between two holders' networks under one key is two clients with the same agent", []row{
			{3, 0, "page", 1, 1, 1, 1, 1, "", "", 0}, {3, 1, "page", 1, 2, 1, 1, 1, "", "", 0}, {3, 2, "page", 1, 1, 1, 1, 1, "", "", 0}, {3, 3, "page", 1, 2, 1, 1, 1, "", "", 0}, {3, 4, "page", 1, 1, 1, 1, 1, "", "", 0}}, "1,2,1,2,1",
			"SELECT id FROM analysis.session WHERE hijack", "2"},
		{"a logout ends a session", []row{
			{1, 0, "login", 1, 1, 1, 1, 0, "", "", 0}, {3, 9, "logout", 1, 1, 1, 1, 1, "", "", 0}, {3, 999, "page", 2, 2, 1, 2, 2, "", "", 0}}, "1,1,2",
			"SELECT ended_by FROM analysis.session ORDER BY id", "logout; end of the logs"},
		{"silence ends a session, unless the logs end first", []row{
			{3, 0, "page", 1, 1, 1, 1, 1, "", "", 0}, {3, 999, "page", 2, 2, 1, 2, 2, "", "", 0}}, "1,2", "SELECT ended_by FROM analysis.session ORDER BY id", "silence; end of the logs"},
		{"a revocation ends a session, when the audit trail tells of the account within the hour", []row{
			{3, 0, "page", 1, 1, 1, 1, 1, "", "", 0}, {3, 0, "page", 3, 2, 1, 3, 3, "", "", 0}, {10, 20, "setup", 2, 0, 0, 0, 0, "", "Froze user user1@example.org", 0}, {3, 999, "page", 2, 2, 1, 2, 2, "", "", 0}}, "1,2,3,4",
			"SELECT ended_by FROM analysis.session WHERE id <> 3 ORDER BY id", "revocation; silence; end of the logs"},
		{"what is done as somebody else is the admin's", []row{
			{6, 0, "loginas", 1, 1, 0, 1, 1, "", "", 3}, {3, 1, "page", 1, 1, 1, 1, 1, "", "", 0}}, "1,1", "SELECT account || ' ' || kind FROM analysis.session", "3 login-as"},
		{"a stolen admin acts for another: rows under that name and without a key, from where he is, are the admin's session's", []row{
			{1, 0, "login", 1, 1, 1, 1, 0, "", "", 0}, {1, 1, "login", 3, 4, 2, 5, 0, "", "", 0}, {6, 2, "loginas", 1, 4, 2, 6, 6, "", "", 3}, {3, 3, "page", 1, 4, 2, 6, 6, "", "", 0},
			{3, 3.5, "page", 1, 1, 1, 1, 1, "", "", 0}, {5, 4, "other", 1, 4, 0, 0, 0, "", "", 0}, {5, 4.5, "other", 1, 1, 0, 0, 0, "", "", 0}, {3, 5, "page", 1, 4, 2, 6, 6, "", "", 0}, {3, 6, "page", 1, 1, 1, 1, 1, "", "", 0}},
			"1,2,3,3,1,3,1,3,1", "SELECT account || ' ' || kind FROM analysis.session ORDER BY id", "1 browser; 3 browser; 3 login-as"},
		{"acting for another without a login key goes by the session key", []row{
			{6, 0, "loginas", 1, 4, 2, 0, 6, "", "", 3}, {3, 1, "page", 1, 4, 2, 0, 6, "", "", 0}}, "1,1", "SELECT account || ' ' || kind FROM analysis.session", "3 login-as"},
		{"owner and thief behind one address under one key, each with a browser", []row{
			{1, 0, "login", 1, 1, 1, 1, 0, "", "", 0}, {3, 1, "page", 1, 1, 1, 1, 1, "", "", 0}, {3, 2, "page", 1, 1, 2, 1, 1, "", "", 0}, {3, 3, "page", 1, 1, 1, 1, 1, "", "", 0},
			{3, 4, "page", 1, 1, 2, 1, 1, "", "", 0}, {2, 5, "query", 1, 1, 0, 1, 1, "", "", 0}, {3, 6, "page", 1, 1, 1, 1, 1, "", "", 0}}, "1,1,2,1,2,1? 2?,1",
			"SELECT id FROM analysis.session WHERE hijack", "2"},
		{"one who changes to another browser and stays with it is one", []row{
			{3, 1, "page", 1, 1, 1, 1, 1, "", "", 0}, {3, 2, "page", 1, 1, 1, 1, 1, "", "", 0}, {3, 3, "page", 1, 1, 2, 1, 1, "", "", 0}, {3, 4, "page", 1, 1, 2, 1, 1, "", "", 0}}, "1,1,1,1",
			"SELECT count(*) FROM analysis.segment", "2"},
		{"the provider's clock is minutes ahead or behind: the login it opened is guessed", []row{
			{9, 4, "login", 1, 4, 2, 0, 0, "", "", 0}, {1, 0.5, "login", 1, 4, 2, 1, 0, "", "", 0}, {9, 20, "login", 1, 1, 1, 0, 7, "", "", 0}, {1, 30, "login", 1, 1, 1, 2, 0, "", "", 0}},
			"1?,1,2?,2", "SELECT how FROM analysis.attribution ORDER BY event", "identity provider, clocks apart; login key; identity provider, clocks apart; login key"},
		{"nothing is guessed where the CRM login has its own at the provider, or the address is another", []row{
			{9, 0, "login", 1, 4, 2, 0, 7, "", "", 0}, {1, 0.5, "login", 1, 4, 2, 1, 0, "", "", 0}, {9, 9, "login", 1, 4, 2, 0, 8, "", "", 0}, {9, 3, "login", 1, 1, 1, 0, 9, "", "", 0}}, "1,1,3,2", "", ""},
		{"a session key that was logged out is at work again: a finding with its rows", []row{
			{1, 0, "login", 1, 1, 1, 1, 0, "", "", 0}, {3, 9, "logout", 1, 1, 1, 1, 1, "", "", 0}, {3, 12, "page", 1, 1, 1, 1, 1, "", "", 0}, {3, 40, "page", 1, 1, 1, 1, 1, "", "", 0}, {3, 41, "page", 1, 1, 1, 1, 2, "", "", 0}}, "1,1,1,1,1",
			"SELECT rule || ' ' || events::VARCHAR FROM analysis.finding WHERE rule LIKE 'key-%'", "key-after-logout [4]"},
		{"a session key at work after days of silence: a finding with its row; a new key of the same login is none", []row{
			{1, 0, "login", 1, 1, 1, 1, 0, "", "", 0}, {3, 9, "page", 1, 1, 1, 1, 1, "", "", 0}, {3, 3000, "page", 1, 1, 1, 1, 1, "", "", 0}, {3, 3010, "page", 1, 1, 1, 1, 2, "", "", 0}}, "1,1,1,1",
			"SELECT rule || ' ' || events::VARCHAR FROM analysis.finding WHERE rule LIKE 'key-%'", "key-woken [3]"},
		{"failed logins by account and address", []row{
			{1, 0, "failed", 1, 4, 1, 0, 0, "", "", 0}, {8, 0, "failed", 1, 4, 0, 0, 0, "", "", 0}, {1, 600, "failed", 1, 4, 1, 0, 0, "", "", 0}, {1, 1, "failed", 2, 4, 1, 0, 0, "", "", 0}}, "1,1,1,2",
			"SELECT kind || ' ' || failed FROM analysis.session ORDER BY id", "failed 2; failed 1"},
		{"without any key two hours of silence end a session", []row{
			{5, 0, "other", 1, 1, 0, 0, 0, "", "", 0}, {5, 100, "other", 1, 1, 0, 0, 0, "", "", 0}, {5, 230, "other", 1, 1, 0, 0, 0, "", "", 0}}, "1,1,2", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			kase, places := laddered(t, c.rows)
			if got := strings.Join(places, ","); got != c.want {
				t.Errorf("rows belong to %s, want %s", got, c.want)
			}
			if c.ask != "" {
				if got := ask(t, kase, c.ask); got != c.says {
					t.Errorf("%s: %q, want %q", c.ask, got, c.says)
				}
			}
		})
	}
}

func TestSameRowsGiveTheSameIds(t *testing.T) {
	rows := []row{{1, 0, "login", 1, 1, 1, 1, 0, "", "", 0}, {3, 5, "page", 1, 4, 2, 1, 1, "", "", 0}, {5, 7, "other", 2, 2, 0, 0, 0, "", "", 0}}
	query := "SELECT session_id || ' ' || id FROM analysis.session ORDER BY id"
	one, _ := laddered(t, rows)
	other, _ := laddered(t, rows)
	if a, b := ask(t, one, query), ask(t, other, query); a != b || a == "" {
		t.Errorf("%q, then %q", a, b)
	}
	if n := ask(t, one, "SELECT count(*) FROM analysis.session WHERE NOT regexp_full_match(session_id, '[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}')"); n != "0" {
		t.Errorf("%s ids are no UUIDv5", n)
	}
}

// Owner and thief at once under one account, by every order the rows may stand in: two sessions, each with its own rows.
func TestOwnerAndThiefArePartedWhateverTheOrderOfRows(t *testing.T) {
	rows := []row{{1, 0, "login", 1, 1, 1, 1, 0, "", "", 0}, {3, 1, "page", 1, 1, 1, 1, 1, "", "", 0}, {3, 2, "page", 1, 4, 2, 1, 1, "", "", 0},
		{2, 3, "query", 1, 4, 2, 1, 1, "R1", "", 0}, {4, 3, "query", 0, 0, 0, 1, 1, "R1", "SELECT Id FROM Contact", 0}, {3, 4, "page", 1, 1, 1, 1, 1, "", "", 0}}
	thiefs := []bool{false, false, true, true, true, false}
	random := rand.New(rand.NewPCG(1, 2))
	for range 4 {
		order := random.Perm(len(rows))
		shuffled := make([]row, len(rows))
		for to, from := range order {
			shuffled[to] = rows[from]
		}
		c, places := laddered(t, shuffled)
		for to, from := range order {
			if want := map[bool]string{false: "1", true: "2"}[thiefs[from]]; places[to] != want {
				t.Errorf("order %v: row %d belongs to %s, want %s", order, from, places[to], want)
			}
		}
		if got := ask(t, c, "SELECT id FROM analysis.session WHERE hijack"); got != "2" {
			t.Errorf("order %v: session %s took it over", order, got)
		}
	}
}
