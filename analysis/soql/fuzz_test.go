package soql_test

import (
	"testing"

	"github.com/breachscope/breachscope/analysis/soql"
)

// What parses is printed and read again as an equal tree; what does not is an
// error inside the text. Nothing panics.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"SELECT Id, Name n, Owner.Name FROM Account a WHERE Name LIKE 'x\\%%' AND (NOT Id IN ('1', null)) ORDER BY Name DESC NULLS LAST LIMIT 5 OFFSET 2;",
		"SELECT COUNT() FROM Case -- all\nWHERE A = 1 AND B = 2 OR C > 2025-08-14T00:17:51.120+02:00",
		"SELECT Id, (SELECT Id FROM Account.Contacts LIMIT 1) c, TYPEOF What WHEN Account THEN Phone ELSE Name END FROM Event",
		"SELECT toLabel(Status), DISTANCE(L__c, GEOLOCATION(1, -2.5), 'km') d FROM Lead WHERE Id IN (SELECT LeadId FROM Task WHERE D = LAST_N_DAYS:30)",
		"SELECT A, COUNT(Id) FROM B USING SCOPE mine WITH DATA CATEGORY G__c AT (x, y) WITH USER_MODE GROUP BY ROLLUP(A) HAVING SUM(C) > USD5.5 FOR VIEW UPDATE TRACKING",
		"SELECT Id FROM A WHERE Id >= 001300000000000 AND Id < 00130000000132G AND B INCLUDES ('a;b') AND T = 01:00:00Z FOR UPDATE ALL ROWS",
		"SELECT FIELDS(ALL) FROM A WHERE Id IN :new Map<Id, X>(y).keySet() AND B = :c[0].d AND E = '\\u00e9\\n\\'' /* c */ LIMIT :n",
		"SELECT Id FROM UserProfileFeed WITH UserId = 'x'",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := soql.Parse(text)
		if err != nil {
			checkPosition(t, text, err)
			soql.Objects(text)
			return
		}
		checkRoundTrip(t, q)
	})
}

func FuzzParseSOSL(f *testing.F) {
	for _, text := range []string{
		`FIND {("Joe S*" OR jo?n) AND NOT (b c) \{1\+1\}} IN NAME FIELDS RETURNING Lead(Id, toLabel(S) s WHERE A = 1 USING ListView = Recent ORDER BY B LIMIT 1 OFFSET 2), Contact`,
		`FIND {x-y} WITH NETWORK IN ('a', 'b') WITH SNIPPET(target_length = 120) WITH SPELL_CORRECTION = FALSE LIMIT 5 UPDATE TRACKING`,
		`FIND 'it\'s' WITH DATA CATEGORY G__c AT x WITH DIVISION = 'Global' // end`,
		`find { a and not b or "not" }`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := soql.ParseSOSL(text)
		if err != nil {
			checkPosition(t, text, err)
			return
		}
		checkSearchRoundTrip(t, s)
	})
}
