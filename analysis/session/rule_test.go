package session_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/breachscope/breachscope/analysis/session"
)

func TestEveryRuleSpeaksTwoLanguages(t *testing.T) {
	rules, err := session.LoadRules()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		if r.Words["en"] == "" || r.Words["ko"] == "" || r.Weight <= 0 || r.Severity == "" {
			t.Errorf("rule %s lacks words, weight or severity", r.ID)
		}
	}
}

func TestInvestigatorsRuleTakesThePlaceOfOurs(t *testing.T) {
	own := fstest.MapFS{"mine.yaml": {Data: []byte("rules:\n- {id: tor, severity: low, weight: 1, when: \"class = 'tor'\", words: {en: Tor}}\n")}}
	ours, err := session.LoadRules()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := session.LoadRules(own)
	if err != nil {
		t.Fatal(err)
	}
	if len(rules) != len(ours) {
		t.Errorf("%d rules, want %d", len(rules), len(ours))
	}
	for _, r := range rules {
		if r.ID == "tor" && r.Weight != 1 {
			t.Errorf("our rule stayed: %+v", r)
		}
	}
}

const sigma = `title: Password spray
id: 1b6f
level: high
logsource: {product: okta, service: okta}
detection:
  failed:
    eventtype|startswith: user.session
    outcome.result: FAILURE
  robots:
    client.userAgent.rawUserAgent|contains: [python, curl]
  condition: failed and not (1 of robots*)
`

func TestSigmaRuleBecomesAConditionOverLogRows(t *testing.T) {
	rules, err := session.LoadRules(fstest.MapFS{"okta.yml": {Data: []byte(sigma)}})
	if err != nil {
		t.Fatal(err)
	}
	r := rules[len(rules)-1]
	for _, part := range []string{"starts_with(kind, 'okta.')", "starts_with(lower(coalesce((method)", "'failure'", "NOT", "'python'"} {
		if !strings.Contains(r.Event, part) {
			t.Errorf("%s is missing in %s", part, r.Event)
		}
	}
}

func TestOneSigmaRuleThatCannotBeTranslatedDoesNotKeepTheOthersOut(t *testing.T) {
	folder := fstest.MapFS{"a.yml": {Data: []byte(sigma)}}
	for name, change := range map[string][2]string{
		"field": {"outcome.result", "threat.level"}, "product": {"product: okta", "product: windows"}, "timeframe": {"  condition", "  timeframe: 5m\n  condition"},
		"modifier": {"|startswith", "|cidr"}, "count": {"of robots*)", "of robots*) | count() > 5"}, "name": {"failed and", "refused and"},
	} {
		folder[name+".yml"] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(sigma, change[0], change[1]))}
	}
	rules, refused, err := session.ReadRules(folder)
	if err != nil || len(rules) != 1 || len(refused) != 6 {
		t.Fatalf("%d rules, refused %v, error %v", len(rules), refused, err)
	}
	for _, r := range refused {
		if !strings.Contains(r.Why, "Password spray") {
			t.Errorf("%s does not name the rule: %s", r.File, r.Why)
		}
	}
}

func TestSigmaRuleOfAnUnknownFieldIsRefusedByName(t *testing.T) {
	_, err := session.LoadRules(fstest.MapFS{"x.yml": {Data: []byte(strings.ReplaceAll(sigma, "outcome.result", "threat.level"))}})
	if err == nil || !strings.Contains(err.Error(), "threat.level") {
		t.Errorf("error %v does not name the field", err)
	}
}
