package session_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app/casefile"
)

// ordinary is a session of an employee at home in the office, of whom no rule has anything to say.
const ordinary = `account_kind: employee; kind: browser; local_hour: 10; address: 121.1.1.1; network: 121.1.1.0/24; country: KR; holder: Korea Telecom; class: ; given: ;
	agent: Chrome on Windows; family: Chrome; program: false; mobile: false; app: ; app_accounts: 0; own_sessions: 20; own_network: 20; own_agent: 20; own_app: 0; own_hour: 9; own_api: 0;
	home_country: KR; home_holder: true; settled: true; network_homes: 50; holder_homes: 50; country_homes: 50; network_accounts: 60; agent_accounts: 40; failed_before: 0; sprayed: 0; in_vain: 0;
	abroad: false; hijack: false; login: true; mfa: otp; mfa_usual: 0.9; rows: 100; rows_own: 100; rows_usual: 100; records: 3; described: 0; counted: 0; sampled: 0; queries: 0; exports: 0;
	own_exports: 0; jobs: 0; jobs_deleted: 0; objects_new: 0; app_installed: 0; changed: 0; known_before: true; ioc_address: ; ioc_network: ; ioc_agent: ; ioc_agent_confidence: ; ioc_app: ; ioc_query: ;
	after_logout: 0; woken: 0`

// each rule with what makes it speak of an ordinary session, and what of that makes it silent again.
var ruleTable = map[string]struct{ speaks, silent string }{
	"shared-session":             {"hijack: true; own_agent: 0", "own_agent: 1"},
	"shared-session-same-client": {"hijack: true", "own_agent: 0"},
	"key-after-logout":           {"after_logout: 2", "after_logout: 0"},
	"key-woken":                  {"woken: 1", "account_kind: integration"},
	"tor":                        {"class: tor; home_holder: false", "home_holder: true"},
	"vpn":                        {"class: vpn; home_holder: false; holder_homes: 0", "holder_homes: 1"},
	"hosting":                    {"class: hosting; home_holder: false; holder_homes: 0", "class: "},
	"hosting-known":              {"class: hosting; home_holder: false; own_network: 0", "own_network: 1"},
	"rented-home":                {"class: vpn; network_homes: 0; holder_homes: 0", "account_kind: integration"},
	"country-unknown":            {"country: NL; country_homes: 0", "given: office"},
	"country-new":                {"country: JP", "home_country: "},
	"network-left":               {"own_network: 0; network_homes: 0", "mobile: true"},
	"network-new":                {"settled: false; own_network: 0; network_homes: 0", "given: vpn"},
	"travel":                     {"abroad: true; country: JP", "country: KR"},
	"spraying":                   {"sprayed: 8; in_vain: 6; network_homes: 0; home_holder: false", "in_vain: 3"},
	"failed-before":              {"failed_before: 2; network_homes: 0; own_network: 0; home_holder: false", "own_network: 9"},
	"no-second-factor":           {"mfa: ", "mfa_usual: 0.1"},
	"app-just-allowed":           {"app: Loader; app_installed: 1; app_accounts: 1", "app_accounts: 9"},
	"account-changed":            {"changed: 1", "changed: 0"},
	"app-rare":                   {"app: Loader; app_accounts: 1", "account_kind: admin"},
	"program":                    {"program: true; own_agent: 0; agent_accounts: 1", "agent_accounts: 5"},
	"agent-new":                  {"own_agent: 0", "own_sessions: 1"},
	"agent-rare":                 {"agent_accounts: 1; own_agent: 3", "own_agent: 19"},
	"api-new":                    {"kind: api; queries: 2", "own_api: 1"},
	"hour":                       {"local_hour: 3; own_hour: 0", "own_hour: 1"},
	"reconnaissance":             {"counted: 2; described: 1", "described: 0"},
	"counting":                   {"counted: 1", "account_kind: integration"},
	"volume":                     {"rows: 5000; rows_own: 100", "rows_usual: 6000"},
	"volume-large":               {"rows: 60000; rows_own: 20000; rows_usual: 90000", "rows_own: 40000"},
	"one-by-one":                 {"records: 50; kind: api", "kind: browser"},
	"export":                     {"exports: 1", "own_exports: 1"},
	"job-deleted":                {"jobs_deleted: 1", "account_kind: integration"},
	"job-deleted-integration":    {"jobs_deleted: 1; account_kind: integration; own_network: 0; network_homes: 1", "own_network: 1"},
	"objects-new":                {"objects_new: 2; kind: api", "own_sessions: 2"},
	"published-address":          {"ioc_address: 121.1.1.1 (UNC)", "ioc_address: "},
	"published-network":          {"ioc_network: 121.1.1.7 (UNC); home_holder: false; holder_homes: 0", "home_holder: true"},
	"published-app":              {"ioc_app: My Ticket Portal (UNC)", "ioc_app: "},
	"published-agent":            {"ioc_agent: python (UNC); ioc_agent_confidence: high", "ioc_agent_confidence: medium"},
	"published-query":            {"ioc_query: SELECT (UNC)", "ioc_query: "},
}

func TestEveryRuleSpeaksAndIsSilent(t *testing.T) {
	rules, err := session.LoadRules()
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	c, err := casefile.Create(ctx, filepath.Join(t.TempDir(), "rules"+casefile.Extension), casefile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	err = c.Write(ctx, func(tx *sql.Tx) error {
		for _, r := range rules {
			k, known := ruleTable[r.ID]
			if !known {
				t.Errorf("nothing shows when rule %s speaks", r.ID)
				continue
			}
			if says := found(t, tx, r, ordinary); len(says) != 0 {
				t.Errorf("rule %s speaks of an ordinary session: %s", r.ID, says)
			}
			if says := found(t, tx, r, ordinary, k.speaks); len(says) != 1 || strings.Contains(says[0], "?") || strings.HasSuffix(says[0], "[]") {
				t.Errorf("rule %s of %s: %q", r.ID, k.speaks, says)
			}
			if says := found(t, tx, r, ordinary, k.speaks, k.silent); len(says) != 0 {
				t.Errorf("rule %s speaks of %s; %s: %s", r.ID, k.speaks, k.silent, says)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(rules) != len(ruleTable) {
		t.Errorf("%d rules, %d in the table", len(rules), len(ruleTable))
	}
}

// found is what a rule says of one session with these traits, and the rows it names.
func found(t *testing.T, tx *sql.Tx, r session.Rule, traits ...string) (says []string) {
	t.Helper()
	columns, values := traitRow(traits...)
	for _, statement := range []string{"DELETE FROM analysis.trait", "DELETE FROM analysis.proof", "DELETE FROM analysis.finding",
		"INSERT INTO analysis.trait (session, account, started_at, " + columns + ") VALUES (1, 1, TIMESTAMP '2026-03-03 01:00:00', " + values + ")",
		"INSERT INTO analysis.proof VALUES (1, [1], [2], [3], [4], [5], [6], [7], [8], [9])"} {
		if _, err := tx.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%v in %s", err, statement)
		}
	}
	if _, err := tx.ExecContext(t.Context(), r.SQL(), r.ID, r.Weight); err != nil {
		t.Fatalf("rule %s: %v", r.ID, err)
	}
	rows, err := tx.QueryContext(t.Context(), "SELECT words || ' / ' || words_ko || ' ' || events::VARCHAR FROM analysis.finding")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		says = append(says, s)
	}
	return says
}

// traitRow reads "column: value; …", later ones taking the place of earlier ones.
func traitRow(texts ...string) (columns, values string) {
	at := map[string]int{}
	var names, given []string
	for _, text := range texts {
		for _, pair := range strings.Split(text, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(pair), ":")
			i, known := at[name]
			if !known {
				i, at[name] = len(names), len(names)
				names, given = append(names, name), append(given, "")
			}
			given[i] = analysis.Literal(strings.TrimSpace(value))
		}
	}
	return strings.Join(names, ", "), strings.Join(given, ", ")
}
