package soql_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/analysis/soql"
)

const account = "SELECT Id FROM Account WHERE "

// Where parsers and people go wrong. An empty canonical form means that the
// query is refused; lenient names what must be reported as forgiven.
func TestPitfalls(t *testing.T) {
	for _, c := range []struct{ text, canonical, lenient string }{
		{account + "A=1 AND B=2 OR C=3", account + "(A = 1 AND B = 2) OR C = 3", soql.LenientMixed},
		{account + "A=1 OR B=2 AND C=3 OR D=4", account + "A = 1 OR (B = 2 AND C = 3) OR D = 4", soql.LenientMixed},
		{account + "(A=1 AND B=2) OR C=3", account + "(A = 1 AND B = 2) OR C = 3", ""},
		{account + "A=1 AND NOT B=2", "", ""},
		{account + "A=1 OR NOT B=2", "", ""},
		{account + "NOT A=1 AND B=2", "", ""},
		{account + "(NOT A=1 AND B=2)", "", ""},
		{account + "NOT NOT A=1", "", ""},
		{account + "A=1 AND (NOT B=2)", account + "A = 1 AND (NOT B = 2)", ""},
		{account + "NOT (A=1 AND B=2)", account + "NOT (A = 1 AND B = 2)", ""},
		{account + "((NOT (((A=1)))))", account + "NOT A = 1", ""},
		{account + "Name NOT LIKE 'x%'", "", ""},
		{account + "(NOT Name LIKE 'x%')", account + "NOT Name LIKE 'x%'", ""},
		{account + "Name IN 'a'", "", ""},
		{account + "Name LIKE ('a','b')", "", ""},
		{account + "Name LIKE 5", "", ""},
		{account + "Name IN ()", "", ""},
		{account + "Name IN ('a',)", "", ""},
		{account + "Name = ('a')", "", ""},
		{account + "Name = (SELECT Id FROM Contact)", "", ""},
		{account + "Name not  in ('a', null, 1)", account + "Name NOT IN ('a', NULL, 1)", ""},
		{account + "Parts__c INCLUDES 'a'", "", ""},
		{account + "Parts__c INCLUDES (1)", "", ""},
		{account + "Parts__c includes ('a;b','c')", account + "Parts__c INCLUDES ('a;b', 'c')", ""},
		{"SELECT Id AS x FROM Account", "", ""},
		{"SELECT Id x FROM Account", "SELECT Id x FROM Account", ""},
		{"SELECT Id FROM Account AS a", "SELECT Id FROM Account a", ""},
		{"SELECT Id FROM Account AS", "", ""},
		{"SELECT DISTINCT Id FROM Account", "SELECT DISTINCT Id FROM Account", ""},
		{"SELECT Order, Name FROM OrderItem", "SELECT Order, Name FROM OrderItem", ""},
		{"SELECT Group.Name FROM GroupMember", "SELECT Group.Name FROM GroupMember", ""},
		{"SELECT Id FROM Order", "SELECT Id FROM Order", ""},
		{"SELECT Id FROM Group", "SELECT Id FROM Group", ""},
		{"SELECT Id FROM Order ORDER BY Name", "SELECT Id FROM Order ORDER BY Name", ""},
		{"SELECT Id FROM Account OFFSET", "SELECT Id FROM Account OFFSET", ""},
		{"SELECT Id FROM Account OFFSET 3 LIMIT 2", "", ""},
		{"SELECT Id FROM Account LIMIT 5 ORDER BY Name", "", ""},
		{"SELECT Id FROM Account ORDER BY Name WHERE A = 1", "", ""},
		{"SELECT Id FROM Account WITH USER_MODE WHERE A = 1", "", ""},
		{"SELECT Id FROM Account WHERE A = 1 WHERE B = 2", "", ""},
		{"SELECT Id FROM Account LIMIT 0", "SELECT Id FROM Account LIMIT 0", ""},
		{"SELECT Id FROM Account LIMIT -1", "", ""},
		{"SELECT Id FROM Account LIMIT 1.5", "", ""},
		{"SELECT Id FROM Account LIMIT 99999999999999999999", "", ""},
		{"SELECT Id FROM Account;", "SELECT Id FROM Account", soql.LenientSemicolon},
		{"SELECT Id FROM Account; SELECT Id FROM Contact", "", ""},
		{"SELECT Id -- all\nFROM Account", "SELECT Id FROM Account", soql.LenientComment},
		{"SELECT Id /* all */ FROM Account", "SELECT Id FROM Account", soql.LenientComment},
		{account + "A = 1 // OR B = 2", account + "A = 1", soql.LenientTail},
		{account + `Name = "x"`, "", ""},
		{account + "Name = 'two\nlines'", account + `Name = 'two\nlines'`, soql.LenientNewline},
		{"SELECT Id FROM Account FOR UPDATE", "SELECT Id FROM Account FOR UPDATE", soql.LenientForUpdate},
		{"SELECT Id FROM Account ALL ROWS", "SELECT Id FROM Account ALL ROWS", soql.LenientAllRows},
		{account + "Name LIKE :('%' + s + '%') AND Id IN :new Set<Id>{a, b}", account + "Name LIKE :('%' + s + '%') AND Id IN :new Set<Id>{a, b}", soql.LenientBind},
		{account + "Name = :(a", "", ""},
		{account + "Id IN :ids LIMIT :n", account + "Id IN :ids LIMIT :n", soql.LenientBind},
		{"SELECT COUNT(), Id FROM Account", "", ""},
		{"SELECT Id, COUNT() FROM Account", "", ""},
		{"SELECT COUNT() FROM Account ORDER BY COUNT()", "", ""},
		{"SELECT COUNT() FROM Account ORDER BY Name", "", ""},
		{"SELECT Name FROM Account GROUP BY Name ORDER BY COUNT()", "", ""},
		{"SELECT COUNT() FROM Account LIMIT 5", "SELECT COUNT() FROM Account LIMIT 5", ""},
		{"SELECT MAX(CreatedDate) FROM Account LIMIT 1", "", ""},
		{"SELECT FORMAT(MAX(CreatedDate)) FROM Account LIMIT 1", "", ""},
		{"SELECT Name FROM Account HAVING COUNT(Id) > 1", "", ""},
		{account + "Id IN (SELECT AccountId FROM Contact LIMIT 5)", "", ""},
		{account + "Id IN (SELECT AccountId FROM Contact ORDER BY Name)", "", ""},
		{account + "Id IN (SELECT AccountId FROM Contact OFFSET 5)", "", ""},
		{account + "Id IN (SELECT AccountId, Id FROM Contact)", "", ""},
		{account + "Id IN (SELECT COUNT() FROM Contact)", "", ""},
		{account + "Id IN (SELECT COUNT(Id) FROM Contact)", "", ""},
		{account + "Id IN (SELECT TYPEOF Owner WHEN User THEN Id END FROM Contact)", "", ""},
		{account + "Id INCLUDES (SELECT AccountId FROM Contact)", "", ""},
		{account + "FORMULA('EndDate - StartDate') > 10", account + "FORMULA('EndDate - StartDate') > 10", ""},
		{account + "Id >= 001300000000000 AND Id < 00130000000132G", account + "Id >= 001300000000000 AND Id < 00130000000132G", soql.LenientID},
		{account + "Id >= a0X30000000000G", account + "Id >= a0X30000000000G", soql.LenientID},
		{account + "ParentId > 001300000000000AAA", account + "ParentId > 001300000000000AAA", soql.LenientID},
		{account + "Amount > 100000000000000", account + "Amount > 100000000000000", ""},
		{account + "Name > 00130000000132G", "", ""},
		{account + "Amount > USD-500", "", ""},
		{account + "Amount > usd500.01", account + "Amount > USD500.01", ""},
		{account + "Amount > USD 500", "", ""},
		{account + "Amount > 5.", "", ""},
		{account + "Amount > .5 AND B = -.5", account + "Amount > .5 AND B = -.5", ""},
		{account + "Amount > 1e5", "", ""},
		{account + "Amount > +5.0", account + "Amount > +5.0", ""},
		{account + "A <> 5", account + "A != 5", ""},
		{account + "A = B", "", ""},
		{account + "5 = A", "", ""},
		{account + "COUNT(Id) > 1", "", ""},
		{account + "FORMAT(MAX(Amount)) > 1", "", ""},
		{"SELECT CALENDAR_YEAR() FROM Account", "", ""},
		{"SELECT COUNT(Id, Name) FROM Account", "", ""},
		{"SELECT GROUPING(A, B) FROM Account GROUP BY ROLLUP(A, B)", "", ""},
		{"SELECT A FROM Account GROUP BY A, ROLLUP(B)", "", ""},
		{"SELECT A FROM Account GROUP BY COUNT(Id)", "", ""},
		{"SELECT SHOUT(Name) FROM Account", "", ""},
		{"SELECT Contact..Name FROM Contact", "", ""},
		{"SELECT a.b.c.d.e.f FROM X", "SELECT a.b.c.d.e.f FROM X", ""},
		{"SELECT a.b.c.d.e.f.g FROM X", "", ""},
		{"SELECT x.b.c.d.e.f.g FROM X x", "SELECT x.b.c.d.e.f.g FROM X x", ""},
		{"SELECT Id FROM Contact c, c.Account a WHERE a.Name = 'x'", "SELECT Id FROM Contact c, c.Account a WHERE a.Name = 'x'", ""},
		{"SELECT Id FROM UserProfileFeed WITH UserId='005D0000001AamR' ORDER BY Id DESC NULLS LAST, Name",
			"SELECT Id FROM UserProfileFeed WITH UserId = '005D0000001AamR' ORDER BY Id DESC NULLS LAST, Name", ""},
		{"SELECT Id FROM Account WITH RecordVisibilityContext (maxDescriptorPerRecord=100, supportsDomains=true)",
			"SELECT Id FROM Account WITH RecordVisibilityContext(maxDescriptorPerRecord = 100, supportsDomains = TRUE)", ""},
		{"SELECT Id FROM Account WITH RecordVisibilityContext", "", ""},
		{"SELECT Id FROM FAQ__kav WITH DATA CATEGORY G__c AT (a__c,b__c) AND P__c BELOW c__c FOR VIEW UPDATE viewstat , tracking",
			"SELECT Id FROM FAQ__kav WITH DATA CATEGORY G__c AT (a__c, b__c) AND P__c BELOW c__c FOR VIEW UPDATE VIEWSTAT, TRACKING", ""},
		{"SELECT TYPEOF What WHEN Account THEN Phone, Owner.Name ELSE Name END, Id FROM Event",
			"SELECT TYPEOF What WHEN Account THEN Phone, Owner.Name ELSE Name END, Id FROM Event", ""},
		{"SELECT TYPEOF What END FROM Event", "", ""},
		{"SELECT TYPEOF What WHEN Account THEN FORMAT(Id) END FROM Event", "", ""},
		{"SELECT FIELDS(custom) FROM Account", "SELECT FIELDS(CUSTOM) FROM Account", ""},
		{"SELECT Id,(SELECT Id FROM Account.Contacts c LIMIT 5 OFFSET 2) kids FROM Account", "SELECT Id, (SELECT Id FROM Account.Contacts c LIMIT 5 OFFSET 2) kids FROM Account", ""},
		{"SELECT DISTANCE(GEOLOCATION(1,2), L__c, 'km') FROM W__c", "", ""},
		{"SELECT DISTANCE(L__c, M__c, 'km') d FROM W__c", "SELECT DISTANCE(L__c, M__c, 'km') d FROM W__c", ""},
		{"SELECT Id FROM Account USING SCOPE team", "SELECT Id FROM Account USING SCOPE team", ""},
		{"SELECT Id FROM Account USING team", "", ""},
		{"SELECT Id FROM", "", ""},
		{"", "", ""},
	} {
		q, err := soql.Parse(c.text)
		if c.canonical == "" {
			if err == nil {
				t.Errorf("taken for valid: %s\nread as %s", c.text, q)
			} else {
				checkPosition(t, c.text, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("refused: %s\n%v", c.text, err)
			continue
		}
		if s := q.String(); s != c.canonical {
			t.Errorf("%s\n got %s\nwant %s", c.text, s, c.canonical)
		}
		if (c.lenient == "") != (len(q.Lenient) == 0) || c.lenient != "" && !slices.Contains(q.Lenient, c.lenient) {
			t.Errorf("%s: forgiven %q, want %q", c.text, q.Lenient, c.lenient)
		}
		checkRoundTrip(t, q)
	}
}

func TestStringEscapes(t *testing.T) {
	for _, c := range []struct{ condition, text string }{
		{`Name = 'it\'s'`, "it's"},
		{`Name = 'a\\b'`, `a\b`},
		{`Name = '\\'`, `\`},
		{`Name = 'a\nb\Nc\td\re\"'`, "a\nb\nc\td\re\""},
		{`Name = '\b\B\f\F'`, "\a\a\f\f"},
		{`Name = 'caf\u00e9'`, "café"},
		{`Name = '\uD83D\uDE00'`, "😀"},
		{`Name = '100%'`, "100%"},
		{`Name LIKE '100\%\_\\%\''`, `100\%\_\\%'`},
		{`Name = '// no /* comment */ -- here'`, "// no /* comment */ -- here"},
		{`Name = ''`, ""},
	} {
		e, err := soql.ParseFilter(c.condition)
		if err != nil {
			t.Errorf("%s: %v", c.condition, err)
			continue
		}
		if got := e.(*soql.Comparison).Right.(*soql.String).Text; got != c.text {
			t.Errorf("%s: got %q, want %q", c.condition, got, c.text)
		}
	}
	for _, condition := range []string{
		`Name = 'a\%'`, `Name = 'a\_'`, `Name = '\x'`, `Name = '\u12'`, `Name = '\uD83D'`, `Name = '\uZZZZ'`, `Name = 'open`, `Name = 'open\'`, `Name = '\`,
	} {
		if e, err := soql.ParseFilter(condition); err == nil {
			t.Errorf("%s: read as %s", condition, soql.Format(e))
		}
	}
}

func TestMoments(t *testing.T) {
	right := func(value string) soql.Right {
		t.Helper()
		e, err := soql.ParseFilter("D = " + value)
		if err != nil {
			t.Fatal(err)
		}
		return e.(*soql.Comparison).Right
	}
	for text, utc := range map[string]string{
		"2025-08-14T00:17:51Z":          "2025-08-14T00:17:51Z",
		"2025-08-14T00:17:51.120+02:00": "2025-08-13T22:17:51.12Z",
		"2025-08-14T00:17:51-0530":      "2025-08-14T05:47:51Z",
	} {
		if got := right(text).(*soql.DateTime).UTC.Format("2006-01-02T15:04:05.999999999Z07:00"); got != utc {
			t.Errorf("%s: got %s, want %s", text, got, utc)
		}
	}
	if got := right("2024-02-29").(*soql.Date).Day.Format("2006-01-02"); got != "2024-02-29" {
		t.Errorf("date: got %s", got)
	}
	if got := right("01:02:03.5Z").(*soql.Time).SinceMidnight.String(); got != "1h2m3.5s" {
		t.Errorf("time: got %s", got)
	}
	literal := right("last_n_days:30").(*soql.DateLiteral)
	if literal.Name != "LAST_N_DAYS" || literal.N != 30 || !literal.Counted() {
		t.Errorf("date literal: got %+v", literal)
	}
	for _, value := range []string{"2025-02-30", "2025-13-01", "2025-01-01T25:00:00Z", "2025-01-01T10:00Z", "2025-01-01T10:00:00", "25:00:00Z", "LAST_N_DAYS", "LAST_N_DAYS:x", "TODAY:3", "SOMEDAY"} {
		if _, err := soql.ParseFilter("D = " + value); err == nil {
			t.Errorf("%s: read", value)
		}
	}
}

func TestErrorsPointAtTheCharacter(t *testing.T) {
	for _, c := range []struct {
		text         string
		line, column int
		about        string
	}{
		{"SELECT Id\nFROM Account\nWHERE Name == 'x'", 3, 13, "value"},
		{"SELECT Id FROM Account WHERE Name = 'ü' AND Ö = 1", 1, 45, "unexpected character"},
		{"SELECT Id FROM Account WHERE Name = 'open", 1, 37, "closing quote"},
		{"SELECT Id FROM Account WHERE Name = 'a\\qb'", 1, 39, "escape"},
		{"SELECT Id FROM Account OFFSET 3 LIMIT 2", 1, 33, "LIMIT is out of place"},
		{"SELECT Id FROM Account WHERE A=1 AND NOT B=2", 1, 38, "NOT must stand first"},
		{"SELECT Id FROM Account WHERE A NOT LIKE 'x'", 1, 32, "(NOT field LIKE ...)"},
		{"SELECT Id, COUNT() FROM Account", 1, 12, "COUNT() must be the only thing"},
		{"SELECT Id FROM Account WHERE Id IN (SELECT Id FROM A LIMIT 1)", 1, 54, "one column"},
		{"SELECT Id FROM Account WHERE", 1, 29, "end of the text"},
		{"SELECT Id FROM Account /* open", 1, 24, "comment without end"},
	} {
		_, err := soql.Parse(c.text)
		var at *soql.Error
		if !errors.As(err, &at) {
			t.Errorf("%s: no error", c.text)
			continue
		}
		if at.Line != c.line || at.Column != c.column || !strings.Contains(at.Msg, c.about) {
			t.Errorf("%s\n got %v\nwant line %d, column %d, about %q", c.text, err, c.line, c.column, c.about)
		}
	}
}

func TestPositionsPointIntoTheText(t *testing.T) {
	text := "SELECT Id, toLabel(Status) s FROM Case c WHERE c.Owner.Name = 'x' AND (NOT Id IN (SELECT CaseId FROM Task)) ORDER BY CreatedDate"
	q, err := soql.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	soql.Walk(q, func(n soql.Node) bool {
		switch n := n.(type) {
		case *soql.Path:
			if !strings.HasPrefix(text[n.Start():], n.String()) {
				t.Errorf("path %s at %q", n, text[n.Start():])
			}
			want[n.String()] = true
		case *soql.Not, *soql.SemiJoin, *soql.Func:
			want[text[n.Start():n.Start()+3]] = true
		}
		return true
	})
	for _, seen := range []string{"Id", "Status", "Case", "c.Owner.Name", "CaseId", "Task", "CreatedDate", "NOT", "(SE", "toL"} {
		if !want[seen] {
			t.Errorf("%s was not visited", seen)
		}
	}
}

func TestPathsStayWithTheirObject(t *testing.T) {
	q, err := soql.Parse(`SELECT Name, COUNT(Phone), (SELECT Email FROM Contacts), TYPEOF Owner WHEN User THEN Title END
		FROM Account a WHERE City = 'x' AND Id IN (SELECT AccountId FROM Case) GROUP BY ROLLUP(Region__c) HAVING MIN(Fax) > 1 ORDER BY Site`)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(paths(soql.Paths(q)), " ")
	if want := "Name Phone Owner Title City Id Region__c Fax Site"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestKindsOfQuery(t *testing.T) {
	for _, c := range []struct {
		text              string
		count, aggregated bool
	}{
		{"SELECT Id FROM Account", false, false},
		{"SELECT count() FROM Account", true, true},
		{"SELECT COUNT(Id) FROM Account", false, true},
		{"SELECT FORMAT(MAX(Amount)) FROM Opportunity", false, true},
		{"SELECT Name FROM Account GROUP BY Name", false, true},
		{"SELECT toLabel(Status) FROM Case", false, false},
		{"SELECT (SELECT Id FROM Contacts) FROM Account", false, false},
	} {
		q, err := soql.Parse(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if q.IsCount() != c.count || q.Aggregated() != c.aggregated {
			t.Errorf("%s: count %v, aggregated %v", c.text, q.IsCount(), q.Aggregated())
		}
	}
}

// A text made to exhaust the stack is refused, one that is only long is read.
func TestDeepAndLong(t *testing.T) {
	nest := func(n int, open, core, shut string) string {
		return strings.Repeat(open, n) + core + strings.Repeat(shut, n)
	}
	for name, text := range map[string]string{
		"parentheses":  account + nest(100_000, "(", "A = 1", ")"),
		"not":          account + nest(100_000, "(NOT ", "A = 1", ")"),
		"functions":    "SELECT " + nest(100_000, "FORMAT(", "Id", ")") + " FROM Account",
		"semi-joins":   account + nest(100_000, "Id IN (SELECT Id FROM A WHERE ", "A = 1", ")"),
		"children":     nest(6, "SELECT (", "SELECT Id FROM A", ") FROM A"),
		"only printed": account + nest(150, "A = 1 OR B = 1 AND (", "A = 1", ")"),
	} {
		if _, err := soql.Parse(text); err == nil {
			t.Errorf("%s: read", name)
		}
	}
	ids := strings.Repeat("'001300000000000AAA', ", 50_000) + "''"
	for name, text := range map[string]string{
		"depth": account + nest(150, "(", "A = 1", ")"),
		"list":  account + "Id IN (" + ids + ")",
		"terms": account + strings.Repeat("A = 1 OR ", 50_000) + "B = 2",
	} {
		if _, err := soql.Parse(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := soql.ParseSOSL("FIND {" + nest(100_000, "(", "x", ")") + "}"); err == nil {
		t.Error("search terms: read")
	}
}

func TestObjectsOfWhatIsNotUnderstood(t *testing.T) {
	got := soql.Objects("SELECT Id, (SELECT Id FROM Contacts), BOGUS(x) FROM Account WHERE A ~ 1 AND Id IN (SELECT x FROM Case) -- FROM Lead")
	if want := []string{"Contacts", "Account", "Case"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := soql.Objects("DELETE everything FROM"); len(got) > 0 {
		t.Errorf("got %q", got)
	}
}

func TestStrict(t *testing.T) {
	if _, err := soql.ParseStrict("SELECT Id FROM Account"); err != nil {
		t.Error(err)
	}
	if _, err := soql.ParseStrict("SELECT Id FROM Account;"); err == nil {
		t.Error("the server refuses a semicolon")
	}
}
