package replay_test

import (
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/replay"
)

// borders is a snapshot of which nothing was edited, with values at the edge of every rule; it is asked at 08:30 of
// Wednesday, 22 October, in Seoul.
func borders(t *testing.T) *world {
	w := newWorld(t)
	c, a, k := func(n int) string { return id("003", n) }, func(n int) string { return id("001", n) }, func(n int) string { return id("500", n) }
	const stamps = " CreatedDate:datetime LastModifiedDate:datetime"
	w.table("Account", "001", "Id:id Name:text ParentId:reference>Account"+stamps, a(1)+"|Acme||"+old+"|"+old, a(2)+"||"+a(1)+"|"+old+"|"+old)
	person := func(n int, created string, cells ...string) string {
		return c(n) + "|" + strings.Join(cells, "|") + "|" + created + "|" + created
	}
	w.table("Contact", "003", "Id:id LastName:text Email:email Tags__c:multipicklist Score__c:number Born__c:date Note__c:text Code__c:text Flag__c:boolean AccountId:reference>Account"+stamps,
		person(1, "2025-10-21T14:59:59.999Z", "O'Neil", "a_b@x.com", "A;B", "0", "2000-02-29", "50% off", "001A", "true", a(1)),
		person(2, "2025-10-21T15:00:00.000Z", "o'neil", "axb@x.com", "B;A", "-1", "1999-12-31", "50 off", "001a", "false", a(2)),
		person(3, "2025-10-18T14:59:59.000Z", "ONEIL", "", "A", "", "", `back\slash`, "", "", ""),
		person(4, "2025-10-18T15:00:00.000Z", "Straße", "A_B@X.COM", "A;B;C", "10", "2025-10-22", "line", "002", "TRUE", a(1)),
		person(5, "2025-09-30T15:00:00.000Z", "STRASSE", "ab@x.com", "", "9.99", "2025-10-21", "", "010", "", ""),
		person(6, "2025-09-30T14:59:59.000Z", "김철수", "%@x.com", "AB", "10.0", "2025-10-23", "김%", "100", "1", ""),
		person(7, "2025-03-31T15:00:00.000Z", "Ｋｉｍ", "", "a;b", "1e1", "2024-02-29", "tab", "1", "false", ""),
		person(8, "2025-03-31T14:59:59.000Z", "Éva", "E@x.com", "C", "100", "2025-01-01", "lead", "Z", "true", ""))
	w.table("Case", "500", "Id:id Status:text ContactId:reference>Contact"+stamps, k(1)+"|Open|"+c(1)+"|"+old+"|"+old, k(2)+"||"+c(1)+"|"+old+"|"+old,
		k(3)+"|Closed|"+c(2)+"|"+old+"|"+old, k(4)+"|Open||"+old+"|"+old)
	return w
}

func TestBordersOfEveryRule(t *testing.T) {
	w := borders(t)
	c, a := func(n int) string { return "'" + id("003", n) + "'" }, func(n int) string { return "'" + id("001", n) + "'" }
	for _, test := range []struct{ where, want string }{
		{`Email LIKE 'a_b@%'`, "1 2 4"}, {`Email LIKE 'a\_b@%'`, "1 4"}, {`Email LIKE '\%@x.com'`, "6"}, {`Email LIKE '%@x.com'`, "1 2 4 5 6 8"},
		{`(NOT Email LIKE '%@x.com')`, "3 7"}, {`Note__c LIKE '50\%%'`, "1"}, {`Note__c LIKE 'back\\slash'`, "3"}, {`Note__c LIKE '김\%'`, "6"},
		{`LastName LIKE 'O\'N%'`, "1 2"}, {`LastName = 'O\'NEIL'`, "1 2"}, {`LastName LIKE '___'`, "6 7 8"}, {`LastName LIKE ''`, ""},
		{`LastName = 'strasse'`, "5"}, {`LastName = 'ÉVA'`, "8"}, {`LastName = 'eva'`, ""}, {`LastName IN ('\u00e9va', '김철수')`, "6 8"},

		{`Email = null`, "3 7"}, {`Email != null`, "1 2 4 5 6 8"}, {`(NOT Email = null)`, "1 2 4 5 6 8"}, {`(NOT Email != null)`, "3 7"},
		{`Email != 'e@x.com'`, "1 2 3 4 5 6 7"}, {`Email NOT IN ('e@x.com', 'AB@x.com')`, "1 2 3 4 6 7"}, {`Email IN (null)`, "3 7"}, {`Email IN ('')`, "3 7"},
		{`(NOT Email IN (null))`, "1 2 4 5 6 8"}, {`Score__c < 0`, "2"}, {`Score__c >= 0`, "1 4 5 6 7 8"}, {`Score__c = 10`, "4 6 7"}, {`Score__c != 10`, "1 2 3 5 8"},
		{`(NOT Score__c > 5)`, "1 2 3"}, {`Score__c = null`, "3"}, {`Score__c IN (0, -1, 9.990)`, "1 2 5"}, {`(NOT (Email = null AND Score__c = null))`, "1 2 4 5 6 7 8"},
		{`Flag__c = true`, "1 4 6 8"}, {`Flag__c = false`, "2 3 5 7"}, {`Flag__c != true`, "2 3 5 7"}, {`(NOT Flag__c = TRUE)`, "2 3 5 7"}, {`Flag__c = null`, ""},
		{`Flag__c != null`, "1 2 3 4 5 6 7 8"}, {`(NOT (Email = null OR Flag__c = true))`, "2 5"},

		{`Tags__c INCLUDES ('A')`, "1 2 3 4 7"}, {`Tags__c INCLUDES ('A;B')`, "1 2 4 7"}, {`Tags__c INCLUDES ('A;C', 'AB')`, "4 6"}, {`Tags__c EXCLUDES ('A')`, "5 6 8"},
		{`Tags__c EXCLUDES ('A;B')`, "3 5 6 8"}, {`Tags__c EXCLUDES ('A', 'C')`, "5 6"}, {`Tags__c = 'A;B'`, "1 7"}, {`Tags__c != 'A'`, "1 2 4 5 6 7 8"},
		{`Tags__c = null`, "5"}, {`(NOT Tags__c INCLUDES ('C'))`, "1 2 3 5 6 7"}, {`(NOT Tags__c EXCLUDES ('C'))`, "4 8"},

		{`Id = ` + c(2)[:16] + `'`, "2"}, {`Id NOT IN (` + c(1) + `, ` + c(2)[:16] + `')`, "3 4 5 6 7 8"}, {`AccountId = ` + a(1)[:16] + `'`, "1 4"}, {`AccountId = null`, "3 5 6 7 8"},
		{`AccountId != ` + a(1), "2 3 5 6 7 8"}, {`(NOT AccountId IN (` + a(1)[:16] + `'))`, "2 3 5 6 7 8"}, {`Id > ` + c(6), "7 8"}, {`Code__c = '001a'`, "1 2"},
		{`Code__c < '010'`, "1 2 4"}, {`Code__c > '1'`, "6 8"}, {`Code__c = '1'`, "7"},

		{`Account.Name = 'ACME'`, "1 4"}, {`Account.Name != 'acme'`, "2 3 5 6 7 8"}, {`Account.Name = null`, "2 3 5 6 7 8"}, {`Account.Name != null`, "1 4"},
		{`Account.Parent.Name = 'acme'`, "2"}, {`(NOT Account.Parent.Name = 'acme')`, "1 3 4 5 6 7 8"},

		{`Id IN (SELECT ContactId FROM Case)`, "1 2"}, {`Id NOT IN (SELECT ContactId FROM Case)`, "3 4 5 6 7 8"}, {`Id IN (SELECT ContactId FROM Case WHERE Status != 'Open')`, "1 2"},
		{`Id IN (SELECT ContactId FROM Case WHERE (NOT Status = 'Closed'))`, "1"}, {`Id NOT IN (SELECT ContactId FROM Case WHERE Status = null)`, "2 3 4 5 6 7 8"},
		{`AccountId IN (SELECT Id FROM Account WHERE Name = null)`, "2"}, {`AccountId NOT IN (SELECT Id FROM Account WHERE Name = 'Acme')`, "2 3 5 6 7 8"},
		{`(NOT Id IN (SELECT ContactId FROM Case WHERE Status = 'open'))`, "2 3 4 5 6 7 8"}, {`Id IN (SELECT ContactId FROM Case WHERE Contact.Account.Name = 'acme')`, "1"},

		{`CreatedDate = TODAY`, "2"}, {`CreatedDate = YESTERDAY`, "1"}, {`CreatedDate = THIS_WEEK`, "1 2 4"}, {`CreatedDate = LAST_WEEK`, "3"}, {`CreatedDate = THIS_MONTH`, "1 2 3 4 5"},
		{`CreatedDate = LAST_QUARTER`, "6"}, {`CreatedDate = THIS_FISCAL_QUARTER`, "1 2 3 4 5"}, {`CreatedDate = THIS_FISCAL_YEAR`, "1 2 3 4 5 6 7"}, {`CreatedDate = LAST_FISCAL_YEAR`, "8"},
		{`CreatedDate = LAST_N_DAYS:3`, "1 2 4"}, {`CreatedDate = LAST_N_DAYS:4`, "1 2 3 4"}, {`CreatedDate = N_DAYS_AGO:4`, "3"}, {`CreatedDate = LAST_N_WEEKS:1`, "3"},
		{`CreatedDate > LAST_WEEK`, "1 2 4"}, {`CreatedDate >= LAST_WEEK`, "1 2 3 4"}, {`CreatedDate < THIS_MONTH`, "6 7 8"}, {`CreatedDate <= LAST_MONTH`, "6 7 8"},
		{`CreatedDate != TODAY`, "1 3 4 5 6 7 8"}, {`(NOT CreatedDate = THIS_MONTH)`, "6 7 8"}, {`CreatedDate IN (TODAY, YESTERDAY)`, "1 2"}, {`CreatedDate >= 2025-10-22T00:00:00+09:00`, "2"},
		{`CreatedDate = 2025-10-18T15:00:00.000Z`, "4"}, {`Born__c = TODAY`, "4"}, {`Born__c = TOMORROW`, "6"}, {`Born__c < 2000-01-01`, "2"}, {`Born__c != 1999-12-31`, "1 3 4 5 6 7 8"},
		{`Born__c = null`, "3"}, {`DAY_IN_MONTH(Born__c) = 29`, "1 7"}, {`(NOT CALENDAR_YEAR(Born__c) = 2025)`, "1 2 3 7"}, {`CALENDAR_MONTH(CreatedDate) = 9`, "5 6"},
		{`CALENDAR_MONTH(convertTimezone(CreatedDate)) = 9`, "6"}, {`FISCAL_QUARTER(Born__c) = 3`, "2 4 5 6"},
		{`LastName >= 'P'`, "4 5 ?6 7 8"}, {`LastName < 'P'`, "1 2 3 ?6 7 8"}, {`Code__c >= '001' AND Code__c < '002'`, "1 2"},
	} {
		if got := w.asks("SELECT Id FROM Contact WHERE "+test.where, now); got != test.want {
			t.Errorf("%s: got %s, want %s", test.where, got, test.want)
		}
	}
}

// A day of a zone begins when its clock first shows it, also where the clock is moved at midnight or within the day.
func TestDaysWhenTheClockIsMoved(t *testing.T) {
	w := newWorld(t)
	var rows []string
	for i, at := range []string{"2025-09-07T03:59:59.000Z", "2025-09-07T04:00:00.000Z", "2025-11-02T03:59:59.000Z", "2025-11-02T04:00:00.000Z", "2025-11-03T04:59:59.000Z", "2025-11-03T05:00:00.000Z"} {
		rows = append(rows, id("003", i+1)+"|"+at+"|"+at)
	}
	w.table("Contact", "003", "Id:id CreatedDate:datetime LastModifiedDate:datetime", rows...)
	w.exec("UPDATE evidence.file SET taken_at = TIMESTAMP '2025-12-01'")
	w.exec("UPDATE snapshot.object SET taken_at = TIMESTAMP '2025-12-01'")
	for _, test := range []struct{ zone, at, literal, want string }{
		{"America/Santiago", "2025-09-07T12:00:00Z", "TODAY", "2"}, {"America/Santiago", "2025-09-07T12:00:00Z", "YESTERDAY", "1"}, {"America/Santiago", "2025-09-08T12:00:00Z", "YESTERDAY", "2"},
		{"America/New_York", "2025-11-02T20:00:00Z", "TODAY", "4"}, {"America/New_York", "2025-11-02T20:00:00Z", "YESTERDAY", "3"}, {"America/New_York", "2025-11-03T20:00:00Z", "YESTERDAY", "4 5"},
		{"America/New_York", "2025-11-03T20:00:00Z", "TODAY", "6"}, {"America/New_York", "2025-11-03T20:00:00Z", "LAST_WEEK", "3"},
	} {
		at, err := time.Parse(time.RFC3339, test.at)
		if err != nil {
			t.Fatal(err)
		}
		err = w.file.Read(t.Context(), func(db analysis.Engine) error {
			sure, _, _, err := replay.Answer(t.Context(), db, analysis.Settings{Timezone: test.zone, FiscalStart: 1}, "SELECT Id FROM Contact WHERE CreatedDate = "+test.literal, at, "", false, false)
			if got := strings.Join(last(sure), " "); got != test.want {
				t.Errorf("%s of %s in %s: got %s, want %s", test.literal, test.at, test.zone, got, test.want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestBordersOfOrderAndLimit(t *testing.T) {
	w := borders(t)
	all := rest("SELECT COUNT() FROM Contact", 8, 5*minute) // none is gone
	cases := rest("SELECT COUNT() FROM Case", 4, 6*minute)
	for _, test := range []struct {
		query string
		rows  int64
		want  string
	}{
		{"ORDER BY Score__c LIMIT 2", 2, "soql 2/2 matches e1 Contact replayed 2,3"},
		{"ORDER BY Score__c NULLS LAST LIMIT 2", 2, "soql 2/2 matches e1 Contact replayed 1,2"},
		{"ORDER BY Score__c DESC LIMIT 2", 2, "soql 2/2 matches e1 Contact replayed 3,8"},
		{"ORDER BY Score__c DESC NULLS LAST LIMIT 2", 2, "soql 2/4 superset e1 Contact bounded 4,6,7 Contact replayed 8"},
		{"ORDER BY Score__c LIMIT 3 OFFSET 2", 3, "soql 3/5 superset e1 Contact bounded 4,6,7 Contact replayed 1,5"},
		{"ORDER BY Born__c DESC NULLS LAST LIMIT 1", 1, "soql 1/1 matches e1 Contact replayed 6"},
		{"ORDER BY Flag__c LIMIT 4", 4, "soql 4/4 matches e1 Contact replayed 2,3,5,7"},
		{"ORDER BY CreatedDate DESC, Id LIMIT 3 OFFSET 1", 3, "soql 3/3 matches e1 Contact replayed 1,3,4"},
		{"ORDER BY Id DESC LIMIT 2", 2, "soql 2/2 matches e1 Contact replayed 7,8"},
		{"ORDER BY LastName LIMIT 2", 2, "soql 2/8 undefined-subset e1 Contact bounded 1,2,3,4,5,6,7,8"},
		{"ORDER BY AccountId NULLS LAST LIMIT 3", 3, "soql 3/3 matches e1 Contact replayed 1,2,4"},
		{"WHERE Email = null ORDER BY CreatedDate LIMIT 50", 2, "soql 2/2 matches e1 Contact replayed 3,7"},
		{"WHERE Email = null OFFSET 1", 1, "soql 1/2 superset e1 Contact bounded 3,7"},
		{"LIMIT 0", 0, "soql 0/0 matches e1"},
	} {
		w.logs(rest("SELECT Id FROM Contact "+test.query, test.rows, 0), all)
		if got := w.derive()[0]; got != test.want {
			t.Errorf("%s: got %s, want %s", test.query, got, test.want)
		}
	}
	for _, test := range []struct {
		child string
		want  string
	}{
		{"FROM Cases LIMIT 1", "soql 2/2 matches e1 Case bounded 1,2 Case replayed 3 Contact replayed 1,2"},
		{"FROM Cases LIMIT 2", "soql 2/2 matches e1 Case replayed 1,2,3 Contact replayed 1,2"},
		{"FROM Cases WHERE Status != 'Open'", "soql 2/2 matches e1 Case replayed 2,3 Contact replayed 1,2"},
		{"FROM Cases WHERE Status = null LIMIT 1", "soql 2/2 matches e1 Case replayed 2 Contact replayed 1,2"},
		{"FROM Cases OFFSET 1", "soql 2/2 matches e1 Case bounded 1,2,3 Contact replayed 1,2"},
	} {
		w.logs(rest("SELECT Id, (SELECT Id "+test.child+") FROM Contact WHERE CreatedDate >= YESTERDAY", 2, 0), all, cases)
		if got := w.derive()[0]; got != test.want {
			t.Errorf("%s: got %s, want %s", test.child, got, test.want)
		}
	}
}
