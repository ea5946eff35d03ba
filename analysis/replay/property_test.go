package replay_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/replay"
	"github.com/breachscope/breachscope/analysis/scope"
)

// conditions of every kind, to be put together at random.
var conditions = []string{
	"Tier__c = 'Gold'", "Tier__c != 'gold'", "Email = null", "Email != null", "Spend__c > 50", "Spend__c <= 100", "LastName LIKE '%a%'",
	"CreatedDate = YESTERDAY", "CreatedDate < TODAY", "Likes__c INCLUDES ('Bags')", "Likes__c EXCLUDES ('Hats')", "Account.Name LIKE 'a%'",
	"Id IN (SELECT ContactId FROM Asset WHERE Price > 1000)", "Id NOT IN (SELECT ContactId FROM Asset WHERE PurchaseDate = THIS_MONTH)",
	"Vip__c = true", "Tier__c NOT IN ('Silver', 'Bronze')", "Nowhere__c = 1", "CustomerNumber__c > 'C003'", "Birthdate < 1995-01-01", "Account.Parent.Name = null",
}

func random(r *rand.Rand, depth int) string {
	if depth == 0 || r.IntN(3) == 0 {
		return conditions[r.IntN(len(conditions))]
	}
	a, b := random(r, depth-1), random(r, depth-1)
	switch r.IntN(3) {
	case 0:
		return "(" + a + " AND " + b + ")"
	case 1:
		return "(" + a + " OR " + b + ")"
	}
	return "(NOT " + a + ")"
}

// sets parts an answer of asks into what is certain and what is uncertain.
func sets(answer string) (sure, unsure []string) {
	answer, _, _ = strings.Cut(answer, "!")
	a, b, _ := strings.Cut(answer, "?")
	return strings.Fields(a), strings.Fields(b)
}

func within(part, whole []string) bool {
	return !slices.ContainsFunc(part, func(x string) bool { return !slices.Contains(whole, x) })
}

func TestLawsOfFilters(t *testing.T) {
	w := boutique(t)
	r := rand.New(rand.NewPCG(1, 2))
	everyone, _ := sets(w.asks("SELECT Id FROM Contact", now))
	for range 25 {
		a, b := random(r, 2), random(r, 2)
		ask := func(where string, options ...string) (sure, all []string) {
			sure, unsure := sets(w.asks("SELECT Id FROM Contact WHERE "+where, now, options...))
			return sure, append(slices.Clone(sure), unsure...)
		}
		sureA, allA := ask(a)
		sureBoth, allBoth := ask("(" + a + ") AND (" + b + ")")
		if !within(sureBoth, sureA) || !within(allBoth, allA) {
			t.Errorf("adding a condition gave more rows: %s AND %s", a, b)
		}
		sureEither, allEither := ask("(" + a + ") OR (" + b + ")")
		if !within(sureA, sureEither) || !within(allA, allEither) {
			t.Errorf("an alternative gave fewer rows: %s OR %s", a, b)
		}
		sureNot, allNot := ask("(NOT " + a + ")")
		if len(sureA)+len(allNot) != len(everyone) || len(sureNot)+len(allA) != len(everyone) {
			t.Errorf("a condition and its negation do not part the records: %s", a)
		}
		sureTwice, allTwice := ask("(NOT (NOT " + a + "))")
		if !slices.Equal(sureTwice, sureA) || !slices.Equal(allTwice, allA) {
			t.Errorf("negating twice changed the rows: %s", a)
		}
		if strict, _ := ask("("+a+") AND Tier__c = 'Gold'", "strict"); !strings.Contains(a, "!") && !strings.Contains(a, "NOT") && !strings.Contains(a, "EXCLUDES") {
			if plain, _ := ask("(" + a + ") AND Tier__c = 'Gold'"); !slices.Equal(strict, plain) {
				t.Errorf("the two readings differ without a negation: %s", a)
			}
		}
	}
}

func TestCorrections(t *testing.T) {
	w := boutique(t)
	yesterday := "SELECT Id FROM Contact WHERE CreatedDate = YESTERDAY"
	w.logs(rest(yesterday, 2, 0), rest("SELECT Id FROM User", 2, minute))
	w.derive()
	var queryID string
	w.write(func(tx *sql.Tx) error {
		if err := scope.Remember(w.Context(), tx); err != nil {
			return err
		}
		return tx.QueryRowContext(w.Context(), "SELECT query_id FROM analysis.query WHERE object = 'User'").Scan(&queryID)
	})
	w.exec(`INSERT INTO analysis.correction (kind, query_id, reason, entry) VALUES ('exclude', ?, 'run by the backup', 1)`, queryID)
	w.exec(`INSERT INTO analysis.correction (kind, session, "at", text, rows, reason, entry) VALUES ('add', 1, ?, 'SELECT Id FROM Contact WHERE CreatedDate = TODAY', 1, 'from the script', 2)`, now)
	if got := len(w.derive()); got != 3 {
		t.Errorf("%d queries, want the two logged and the one added", got)
	}
	w.write(func(tx *sql.Tx) error {
		d, err := scope.Compare(w.Context(), tx, 10)
		if d.Added != 1 || d.Removed != 2 || d.Regraded != 0 || len(d.Changes) != 3 {
			t.Errorf("the difference is %+v", d)
		}
		return err
	})
	// on a clock nine hours behind nothing had been created the day before
	w.exec(`INSERT INTO analysis.correction (kind, seconds, reason, entry) VALUES ('clock', -32400, 'the logs are in local time', 3)`)
	if got, want := w.derive()[0], "soql 2/0 subset e1"; got != want {
		t.Errorf("with another clock: %s, want %s", got, want)
	}
}

func (w *world) write(do func(tx *sql.Tx) error) {
	w.Helper()
	if err := w.file.Write(w.Context(), do); err != nil {
		w.Fatal(err)
	}
}

func TestDerivingTwiceGivesTheSame(t *testing.T) {
	w := boutique(t)
	w.logs(rest("SELECT Id, Account.Name FROM Contact WHERE Tier__c = 'Gold'", 3, 0), get("/services/data/v61.0/sobjects/Contact/"+id("003", 1), minute, id("003", 1)))
	all := func() (text string) {
		w.derive()
		w.write(func(tx *sql.Tx) error {
			return tx.QueryRowContext(w.Context(), `SELECT (SELECT string_agg(q::VARCHAR, chr(10) ORDER BY id) FROM analysis.query q) || (SELECT string_agg(a::VARCHAR, chr(10) ORDER BY query, record) FROM analysis.access a)
				|| (SELECT string_agg(e::VARCHAR, chr(10) ORDER BY record) FROM analysis.exposure e)`).Scan(&text)
		})
		return text
	}
	if a, b := all(), all(); a != b {
		t.Errorf("deriving twice differs:\n%s\n%s", a, b)
	}
}

func TestWhyARecordIsListed(t *testing.T) {
	w := boutique(t)
	gold := "SELECT Id, Tier__c, Email FROM Contact WHERE Tier__c = 'Gold'"
	w.logs(rest(gold, 3, 0), get("/services/data/v61.0/sobjects/Contact/"+id("003", 2), minute, id("003", 2)))
	w.derive()
	w.write(func(tx *sql.Tx) error {
		reasons, err := scope.Why(w.Context(), tx, id("003", 2)[:15])
		if err != nil {
			return err
		}
		var got []string
		for _, r := range reasons {
			got = append(got, fmt.Sprintf("%s %s %s %v %v %v", r.Carrier, r.Grade, r.Act, r.Fields, r.SessionID, r.Lines))
		}
		want := []string{"record recorded acquired [*] session-1 [{User.csv 3}]", "soql replayed acquired [Email Id Tier__c] session-1 [{User.csv 2}]"}
		if !slices.Equal(got, want) {
			t.Errorf("got %q\nwant %q", got, want)
		}
		var fields string
		if err := tx.QueryRowContext(w.Context(), "SELECT array_to_string(fields, ';') FROM analysis.exposure e JOIN analysis.record r ON r.id = e.record WHERE r.record_id = ?", id("003", 1)).Scan(&fields); err != nil {
			return err
		}
		if fields != "Email;Id;Tier__c" {
			t.Errorf("fields %s", fields)
		}
		return nil
	})
}

func TestExplain(t *testing.T) {
	w := boutique(t)
	err := w.file.Read(w.Context(), func(db analysis.Engine) error {
		x, err := replay.Explain(w.Context(), db, analysis.Settings{Timezone: "Asia/Seoul"}, "SELECT Id, Account.Name FROM Contact WHERE Tier__c != 'Gold' LIMIT 3", now, "")
		if err != nil {
			return err
		}
		if x.Certain != 2 || x.Unsure != 2 || x.Object != "Contact" || !slices.Equal(x.Fields, []string{"Id", "Account.Name"}) || !strings.Contains(x.Why, "LIMIT 3") {
			t.Errorf("%+v", x)
		}
		if x, err = replay.Explain(w.Context(), db, analysis.Settings{}, "SELECT FIELDS(CUSTOM) FROM Contact LIMIT 200", now, ""); err != nil || strings.Join(x.Fields, " ") != "Tier__c Likes__c Spend__c Vip__c Ref__c CustomerNumber__c" {
			t.Errorf("the custom fields are %v %v", x.Fields, err)
		}
		if _, err := replay.Explain(w.Context(), db, analysis.Settings{}, "SELECT FROM", now, ""); err == nil {
			t.Error("a text that cannot be read was explained")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
