package session_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app/casefile"
)

// Rules as they are published for the three products, in our own words. What the logs cannot tell is said.
var published = map[string]struct{ rule, row, other, refused string }{
	"okta": {`title: New admin role
logsource: {product: okta, service: okta}
detection:
  selection: {eventType: [group.privilege.grant, user.account.privilege.grant]}
  condition: selection
level: medium`, `'okta.systemlog' AS kind, 'user.account.privilege.grant' AS method`, `'okta.systemlog' AS kind, 'user.session.start' AS method`, ""},
	"okta proxy": {`title: Through a proxy
logsource: {product: okta, service: okta}
detection:
  selection: {eventtype: user.session.start, securityContext.isProxy: 'true'}
  condition: selection`, "", "", "securityContext.isProxy"},
	"entra": {`title: Wrong passwords of one app
logsource: {product: azure, service: signinlogs}
detection:
  selection: {ResultType: 50126, AppDisplayName|contains: salesforce}
  filter: {Location: KR}
  condition: selection and not filter
level: high`, `'entra.signin' AS kind, '50126' AS status, 'Salesforce' AS app, 'NL' AS country`, `'entra.signin' AS kind, '50126' AS status, 'Salesforce' AS app, 'KR' AS country`, ""},
	"entra audit": {`title: Consent to an app
logsource: {product: azure, service: auditlogs}
detection:
  selection: {properties.message: Consent to application}
  condition: selection`, `'entra.audit' AS kind, 'Consent to application' AS text`, `'entra.signin' AS kind, 'Consent to application' AS text`, ""},
	"entra risk": {`title: Impossible travel
logsource: {product: azure, service: riskdetection}
detection:
  selection: {riskEventType: impossibleTravel}
  condition: selection`, "", "", "riskdetection"},
	"salesforce": {`title: Export of contacts by a script
logsource: {product: salesforce, service: eventlogfile}
detection:
  call: {EVENT_TYPE: RestApi, ROWS_PROCESSED|gte: 2000}
  tool: {USER_AGENT|startswith: [python, curl/]}
  condition: all of them
level: high`, `'salesforce.elf.RestApi' AS kind, 5000 AS rows, 'python-requests/2.32' AS agent`, `'salesforce.elf.RestApi' AS kind, 5 AS rows, 'python-requests/2.32' AS agent`, ""},
}

func TestPublishedSigmaRules(t *testing.T) {
	c, err := casefile.Create(t.Context(), filepath.Join(t.TempDir(), "sigma"+casefile.Extension), casefile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for name, k := range published {
		rules, refused, err := session.ReadRules(fstest.MapFS{"x.yml": {Data: []byte(k.rule)}})
		if err != nil {
			t.Fatal(err)
		}
		if k.refused != "" {
			if len(rules) != 0 || len(refused) != 1 || !strings.Contains(refused[0].Why, k.refused) {
				t.Errorf("%s: %d rules, refused %v, want one for %s", name, len(rules), refused, k.refused)
			}
			continue
		}
		if len(rules) != 1 || len(refused) != 0 {
			t.Errorf("%s: refused %v", name, refused)
			continue
		}
		if !fires(t, c, rules[0], k.row) || fires(t, c, rules[0], k.other) {
			t.Errorf("%s does not tell %s from %s: %s", name, k.row, k.other, rules[0].Event)
		}
	}
}

// fires says whether the condition of a rule holds for a log row.
func fires(t *testing.T, c *casefile.Case, r session.Rule, row string) (fires bool) {
	t.Helper()
	err := c.Write(context.Background(), func(tx *sql.Tx) error {
		statement := "SELECT count(*) > 0 FROM (FROM (FROM analysis.log_row WHERE false) UNION ALL BY NAME SELECT " + row + ") WHERE " + r.Event
		return errors.Join(tx.QueryRowContext(t.Context(), statement).Scan(&fires), errUndo)
	})
	if !errors.Is(err, errUndo) || strings.Contains(err.Error(), "\n") {
		t.Fatal(err)
	}
	return fires
}

var errUndo = errors.New("only asked")
