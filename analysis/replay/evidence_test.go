package replay_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/replay"
	"github.com/breachscope/breachscope/analysis/scope"
)

// row is a log row of the attacker's session, session 1, unless it says otherwise.
type row struct {
	kind, action, text, target, object, method, status, request, job, record string
	after                                                                    time.Duration // since now
	rows, columns                                                            int64         // -1: not counted
	sessions                                                                 []int
}

// logs writes an attacker's session 1, an employee's session 2, and their log rows.
func (w *world) logs(rows ...row) {
	w.Helper()
	for _, table := range []string{"account", "session", "verdict", "event", "attribution"} {
		w.exec("DELETE FROM analysis." + table)
	}
	w.exec(`INSERT INTO analysis.account VALUES (1, '', ?, 'kim@x', 'Kim', '', 'employee', 'Asia/Seoul', 'ko_KR')`, id("005", 1))
	for s, verdict := range map[int]string{1: "attacker", 2: "legitimate"} {
		w.exec(`INSERT INTO analysis.session SELECT ?, 'session-' || ?::VARCHAR, '', 1, NULL, [], ?, ?, '', [], [], [], '', 0, 0, 0, 0, 0, false, false, 0, ''`, s, s, now, now.Add(time.Hour))
		w.exec(`INSERT INTO analysis.verdict VALUES (?, ?, '', 1)`, s, verdict)
	}
	for i, r := range rows {
		count := func(n int64) any {
			if n < 0 {
				return nil
			}
			return n
		}
		w.exec(`INSERT INTO analysis.event (id, file, line, kind, "at", action, account, request, job, status, object, record, text, target, rows, columns, method)
			VALUES (?, 1, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, i+1, i+2, "salesforce."+r.kind, now.Add(r.after), r.action, r.request, r.job, r.status, r.object, r.record,
			r.text, r.target, count(r.rows), count(r.columns), r.method)
		sessions := r.sessions
		if sessions == nil {
			sessions = []int{1}
		}
		for _, s := range sessions {
			w.exec(`INSERT INTO analysis.attribution VALUES (?, ?, NULL, 'login key', ?)`, i+1, s, len(sessions) == 1)
		}
	}
}

// derive replays and scopes, and returns one line per query: carrier, counts, outcome, and its accesses.
func (w *world) derive() (lines []string) {
	w.Helper()
	err := w.file.Write(w.Context(), func(tx *sql.Tx) error {
		if err := replay.Derive(w.Context(), tx, analysis.Settings{Timezone: "Asia/Seoul", FiscalStart: 4}, nil); err != nil {
			return err
		}
		if err := scope.Derive(w.Context(), tx, nil); err != nil {
			return err
		}
		rows, err := tx.QueryContext(w.Context(), `SELECT q.carrier, q.rows_logged, q.rows_replayed, q.outcome,
			(SELECT count(*) FROM analysis.query_event e WHERE e.query = q.id),
			(SELECT string_agg(g, ' ' ORDER BY g) FROM (SELECT r.object || ' ' || a.grade || ' ' || string_agg(ltrim(r.record_id[6:15], '0'), ',' ORDER BY r.record_id) AS g
			   FROM analysis.access a JOIN analysis.record r ON r.id = a.record WHERE a.query = q.id GROUP BY r.object, a.grade))
			FROM analysis.query q ORDER BY q."at", q.id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var carrier, outcome string
			var logged, replayed sql.NullInt64
			var events int64
			var touched sql.NullString
			if err := rows.Scan(&carrier, &logged, &replayed, &outcome, &events, &touched); err != nil {
				return err
			}
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s/%s %s e%d %s", carrier, number(logged), number(replayed), outcome, events, touched.String)))
		}
		return rows.Err()
	})
	if err != nil {
		w.Fatal(err)
	}
	return lines
}

func number(n sql.NullInt64) string {
	if !n.Valid {
		return "-"
	}
	return fmt.Sprint(n.Int64)
}

const (
	second = time.Second
	minute = time.Minute
)

func rest(text string, n int64, after time.Duration) row {
	return row{kind: "elf.RestApi", action: "query", text: text, rows: n, columns: -1, after: after, target: "/services/data/v61.0/query", method: "GET", status: "200"}
}

// counted is what tells how many contacts there were.
func counted(n int64) row { return rest("SELECT COUNT() FROM Contact", n, 5*minute) }

// next is a later page of a query: rows from an offset on.
func next(offset, n int64, after time.Duration) row {
	return row{kind: "elf.RestApi", action: "query", rows: n, columns: -1, object: "Contact", after: after, target: fmt.Sprintf("/services/data/v61.0/query/01g5g00000NNC6TAAX-%d", offset), method: "GET", status: "200"}
}

func unique(text string, after time.Duration) row {
	return row{kind: "elf.UniqueQuery", action: "query", text: text, rows: -1, columns: -1, after: after, method: "soql"}
}

func realTime(text string, n int64, after time.Duration, ids ...string) row {
	return row{kind: "rtem.ApiEvent", action: "query", text: text, rows: n, columns: -1, after: after, method: "Query", record: strings.Join(ids, ";")}
}

func job(state string, n int64, after time.Duration) row {
	return row{kind: "elf.BulkApi2", action: "bulk", object: "Contact", rows: n, columns: -1, after: after, job: "7505g0000000001", status: state, method: "query", target: "/services/data/v61.0/jobs/query"}
}

func get(uri string, after time.Duration, ids ...string) row {
	return row{kind: "elf.RestApi", action: "record", rows: 1, columns: 20, after: after, target: uri, method: "GET", status: "200", record: strings.Join(ids, ";")}
}

func TestQuestions(t *testing.T) {
	yesterday := "SELECT Id, LastName FROM Contact WHERE CreatedDate = YESTERDAY"
	gold := "SELECT Id FROM Contact WHERE Tier__c = 'Gold'"
	c := func(n int) string { return id("003", n) }
	w := boutique(t)
	for _, test := range []struct {
		name string
		rows []row
		want []string
	}{
		{"rows of several logs about one request are one query, a repetition is another",
			[]row{rest(yesterday, 2, 0), unique(yesterday, 3*time.Millisecond), realTime(yesterday+" ;", 2, second), rest(yesterday, 2, 5*minute)},
			[]string{"soql 2/2 matches e3 Contact replayed 1,2", "soql 2/2 matches e1 Contact replayed 1,2"}},
		{"a request without its text takes it from the log of texts",
			[]row{{kind: "elf.RestApi", action: "query", rows: 2, object: "Contact", request: "r1", target: "/services/data/v61.0/query", method: "GET", status: "200"}, {kind: "elf.UniqueQuery", action: "query", text: yesterday, rows: -1, request: "r1", after: 5 * time.Millisecond}},
			[]string{"soql 2/2 matches e2 Contact replayed 1,2"}},
		{"pages belong to their query",
			[]row{rest(yesterday, 1, 0), {kind: "elf.RestApi", action: "query", rows: 1, object: "Contact", target: "/services/data/v61.0/query/01g5g00000NNC6TAAX-1", method: "GET", status: "200", after: 2 * second}},
			[]string{"soql 2/2 matches e2 Contact replayed 1,2"}},
		{"a last page as full as the others may not have been the last: nothing is certain",
			[]row{rest(gold, 1, 0), next(1, 1, second)}, []string{"soql 2/4 superset e2 Contact bounded 1,2,5,8"}},
		{"a last page that is smaller was the last",
			[]row{rest(gold, 2, 0), next(2, 1, second)}, []string{"soql 3/4 superset e2 Contact bounded 5,8 Contact replayed 1,2"}},
		{"a page only a log without counts shows",
			[]row{rest(gold, 2, 0), {kind: "elf.ApiTotalUsage", action: "query", rows: -1, target: "/v61.0/query/01g5g00000NNC6TAAX-2", method: "GET", status: "200", after: second}},
			[]string{"soql 2/4 superset e2 Contact bounded 1,2,5,8"}},
		{"the first response counted the whole query, of which a page is missing",
			[]row{rest(gold, 3, 0), next(1, 1, second)}, []string{"soql 3/4 superset e2 Contact bounded 1,2,5,8"}},
		{"a single response just as large as pages of the session",
			[]row{rest(yesterday, 2, 0), next(2, 1, second), rest(gold, 2, minute)}, []string{"soql 3/2 subset e2 Contact replayed 1,2", "soql 2/4 superset e1 Contact bounded 1,2,5,8"}},
		{"edited rows that fill the count are possible",
			[]row{rest(gold, 3, 0)}, []string{"soql 3/4 superset e1 Contact bounded 5,8 Contact replayed 1,2"}},
		{"edited rows beyond the count are out",
			[]row{rest(gold, 2, 0)}, []string{"soql 2/2 matches e1 Contact replayed 1,2"}},
		{"fewer rows than matched: which ones is not known",
			[]row{rest(gold, 1, 0)}, []string{"soql 1/4 superset e1 Contact bounded 1,2,5,8"}},
		{"more rows than the snapshot explains are a shortfall",
			[]row{rest(gold, 9, 0)}, []string{"soql 9/4 subset e1 Contact bounded 5,8 Contact replayed 1,2"}},
		{"without a count nothing is confirmed",
			[]row{unique(yesterday, 0)}, []string{"soql -/2 no-count e1 Contact bounded 1,2"}},
		{"a request that failed returned nothing",
			[]row{{kind: "elf.RestApi", action: "query", text: yesterday, rows: -1, status: "400", method: "GET"}}, []string{"soql -/- count-only e1"}},
		{"counting touches nobody", []row{rest("SELECT COUNT() FROM Contact", 6, 0)}, []string{"soql -/- count-only e1"}},
		{"totals by a field that tells nobody apart", []row{rest("SELECT CALENDAR_YEAR(CreatedDate), COUNT(Id) FROM Contact GROUP BY CALENDAR_YEAR(CreatedDate)", 1, 0)}, []string{"soql -/- count-only e1"}},
		{"counts alone show no value, whatever is counted", []row{rest("SELECT COUNT(Email), COUNT_DISTINCT(Id) FROM Contact", 1, 0)}, []string{"soql -/- count-only e1"}},
		{"groups so small that their totals tell of their records", []row{rest("SELECT Tier__c, COUNT(Id) FROM Contact GROUP BY Tier__c", 4, 0)}, []string{"soql 4/3 no-count e1 Contact bounded 3,4,5"}},
		{"small groups of a part of a date", []row{rest("SELECT CALENDAR_YEAR(Birthdate), SUM(Spend__c) FROM Contact WHERE CreatedDate = YESTERDAY GROUP BY CALENDAR_YEAR(Birthdate) LIMIT 1", 1, 0)}, []string{"soql 1/2 no-count e1 Contact bounded 1,2"}},
		{"totals by whom rows belong to", []row{rest("SELECT ContactId, COUNT(Id) FROM Asset WHERE PurchaseDate = THIS_YEAR GROUP BY ContactId HAVING COUNT(Id) > 0", 2, 0)}, []string{"soql 2/3 no-count e1 Asset bounded 1,3,4"}},
		{"totals by an address tell who is counted", []row{rest("SELECT Email, COUNT(Id) FROM Contact WHERE CreatedDate = YESTERDAY GROUP BY Email", 2, 0)}, []string{"soql 2/2 no-count e1 Contact bounded 1,2"}},
		{"LIMIT without order: any of them", []row{rest("SELECT Id FROM Contact WHERE CreatedDate >= YESTERDAY LIMIT 2", 2, 0)}, []string{"soql 2/3 undefined-subset e1 Contact bounded 1,2,3"}},
		{"LIMIT that does not cut", []row{rest("SELECT Id FROM Contact WHERE CreatedDate >= YESTERDAY LIMIT 3", 3, 0), counted(6)}, []string{"soql 3/3 matches e1 Contact replayed 1,2,3", "soql -/- count-only e1"}},
		{"LIMIT in a known order", []row{rest("SELECT Id FROM Contact ORDER BY CreatedDate DESC LIMIT 2", 2, 0), counted(6)}, []string{"soql 2/2 matches e1 Contact replayed 2,3", "soql -/- count-only e1"}},
		{"ties at the edge are open", []row{rest("SELECT Id FROM Contact ORDER BY CreatedDate DESC LIMIT 4", 4, 0), counted(6)}, []string{"soql 4/6 superset e1 Contact bounded 4,5,8 Contact replayed 1,2,3", "soql -/- count-only e1"}},
		{"empty values come first, in either direction", []row{rest("SELECT Id FROM Contact WHERE CreatedDate >= YESTERDAY ORDER BY Spend__c, Id LIMIT 1", 1, 0), rest("SELECT Id FROM Contact WHERE CreatedDate >= YESTERDAY ORDER BY Spend__c DESC, Id LIMIT 1", 1, minute), counted(6)},
			[]string{"soql 1/1 matches e1 Contact replayed 3", "soql 1/1 matches e1 Contact replayed 3", "soql -/- count-only e1"}},
		{"unless they are to come last", []row{rest("SELECT Id FROM Contact WHERE CreatedDate >= YESTERDAY ORDER BY Spend__c DESC NULLS LAST, Id LIMIT 1", 1, 0), counted(6)}, []string{"soql 1/1 matches e1 Contact replayed 2", "soql -/- count-only e1"}},
		{"LIMIT 0 returns nothing", []row{rest("SELECT Id FROM Contact LIMIT 0", 0, 0)}, []string{"soql 0/0 matches e1"}},
		{"a row without children stays", []row{rest("SELECT Id, (SELECT Id FROM Assets) FROM Contact WHERE CreatedDate = TODAY", 1, 0)}, []string{"soql 1/1 matches e1 Contact replayed 3"}},
		{"a LIMIT on children that lets all through", []row{rest("SELECT Id, (SELECT Id FROM Assets LIMIT 2) FROM Contact WHERE CreatedDate = YESTERDAY", 2, 0)}, []string{"soql 2/2 matches e1 Asset replayed 1,2 Contact replayed 1,2"}},
		{"TYPEOF shows rows of the objects it names", []row{rest("SELECT TYPEOF Owner WHEN User THEN Name ELSE Id END FROM Account WHERE Id = '"+id("001", 1)+"'", 1, 0)}, []string{"soql 1/1 matches e1 Account replayed 1 User replayed 1"}},
		{"OFFSET passes over the first", []row{rest("SELECT Id FROM Contact ORDER BY CreatedDate DESC LIMIT 1 OFFSET 1", 1, 0), counted(6)}, []string{"soql 1/1 matches e1 Contact replayed 2", "soql -/- count-only e1"}},
		{"rows purged since may have taken places", []row{rest("SELECT Id FROM Contact ORDER BY CreatedDate DESC LIMIT 3", 3, 0), counted(8)},
			[]string{"soql 3/3 matches e1 Contact bounded 1,2 Contact replayed 3", "soql -/- count-only e1"}},
		{"as many rows as LIMIT lets through may be all, or not", []row{rest("SELECT Id FROM Contact WHERE CreatedDate >= YESTERDAY LIMIT 3", 3, 0)}, []string{"soql 3/3 undefined-subset e1 Contact bounded 1,2,3"}},
		{"nothing tells how many were purged: the last is open", []row{rest("SELECT Id FROM Contact ORDER BY CreatedDate DESC LIMIT 2", 2, 0)}, []string{"soql 2/2 matches e1 Contact bounded 2 Contact replayed 3"}},
		{"a count of fewer rows tells of none that are gone", []row{rest("SELECT Id FROM Contact ORDER BY CreatedDate DESC LIMIT 2", 2, 0), counted(2)}, []string{"soql 2/2 matches e1 Contact bounded 2 Contact replayed 3", "soql -/- count-only e1"}},
		{"sorted by a text, the order is the locale's", []row{rest("SELECT Id FROM Contact WHERE CreatedDate >= YESTERDAY ORDER BY LastName LIMIT 2", 2, 0)}, []string{"soql 2/3 undefined-subset e1 Contact bounded 1,2,3"}},
		{"sorted by a field that was edited", []row{rest("SELECT Id FROM Asset ORDER BY PurchaseDate DESC LIMIT 1", 1, 0)}, []string{"soql 1/2 superset e1 Asset bounded 3,4"}},
		{"the log names all rows: nothing else was returned", []row{rest(gold+" LIMIT 1", 1, 0), realTime(gold+" LIMIT 1", 1, 0, c(2))}, []string{"soql 1/1 recorded e2 Contact recorded 2"}},
		{"the log names some rows: the rest stays open", []row{realTime(gold+" LIMIT 2", 2, 0, c(2))}, []string{"soql 2/4 undefined-subset e1 Contact bounded 1,5,8 Contact recorded 2"}},
		{"a purged record the log names", []row{realTime(gold, 1, 0, c(77))}, []string{"soql 1/1 recorded e1 Contact recorded 77"}},
		{"parents selected are shown too", []row{rest("SELECT Id, Account.Name FROM Contact WHERE CreatedDate = YESTERDAY", 2, 0)}, []string{"soql 2/2 matches e1 Account replayed 1,2 Contact replayed 1,2"}},
		{"children selected are shown too, counted or not", []row{rest("SELECT Id, (SELECT Name FROM Assets) FROM Contact WHERE CreatedDate = YESTERDAY", 4, 0), rest("SELECT Id, (SELECT Name FROM Assets) FROM Contact WHERE CreatedDate = YESTERDAY", 2, minute)},
			[]string{"soql 4/2 matches e1 Asset replayed 1,2 Contact replayed 1,2", "soql 2/2 matches e1 Asset replayed 1,2 Contact replayed 1,2"}},
		{"a count with children leaves out edited records and what hangs on them", []row{rest("SELECT Id, (SELECT Name FROM Assets) FROM Contact WHERE Tier__c = 'Gold'", 4, 0)},
			[]string{"soql 4/2 matches e1 Asset replayed 1,2 Contact replayed 1,2"}},
		{"children of records the log names", []row{realTime("SELECT Id, (SELECT Name FROM Assets) FROM Contact LIMIT 1", 1, 0, c(1))}, []string{"soql 1/1 recorded e1 Asset replayed 1 Contact recorded 1"}},
		{"the count decides how empty values compare", []row{rest("SELECT Id FROM Contact WHERE Tier__c != 'Gold' AND CustomerNumber__c < 'C005'", 1, 0), rest("SELECT Id FROM Contact WHERE Tier__c != 'Gold' AND CustomerNumber__c < 'C005'", 2, minute)},
			[]string{"soql 1/1 matches e1 Contact replayed 4", "soql 2/2 matches e1 Contact replayed 3,4"}},
		{"an object the snapshot lacks", []row{rest("SELECT Id, Name FROM Opportunity", 7, 0)}, []string{"soql 7/0 subset e1"}},
		{"a text that cannot be read puts its object within reach", []row{rest("SELECT Id, FROM User WHERE", 2, 0)}, []string{"soql 2/2 not-understood e1 User reachable 1,2"}},
		{"a clause that is not understood narrows nothing", []row{rest("SELECT Id FROM User USING SCOPE team", 1, 0)}, []string{"soql 1/2 not-understood e1 User reachable 1,2"}},
		{"a row that may be another session's confirms nothing", []row{{kind: "elf.RestApi", action: "query", text: yesterday, rows: 2, status: "200", sessions: []int{1, 2}}}, []string{"soql 2/2 matches e1 Contact bounded 1,2"}},
		{"a bulk job takes the text logged after it",
			[]row{job("UploadComplete", -1, 0), unique(yesterday, second), job("InProgress", -1, 4*second), job("JobComplete", 2, minute), {kind: "elf.RestApi", action: "bulk", target: "/services/data/v61.0/jobs/query/7505g0000000001AAA/results", method: "GET", status: "200", rows: -1, after: 2 * minute}, job("Deleted", -1, 2*minute+24*second)},
			[]string{"soql 2/2 matches e6 Contact replayed 1,2"}},
		{"results nobody fetched may not have left",
			[]row{job("UploadComplete", -1, 0), unique(yesterday, second), job("JobComplete", 2, minute), {kind: "elf.RestApi", action: "bulk", target: "/services/data/v61.0/jobs/query/7505g0000000001AAA", method: "GET", status: "200", rows: -1, after: minute}},
			[]string{"soql 2/2 matches e4 Contact bounded 1,2"}},
		{"a job that was aborted", []row{job("UploadComplete", -1, 0), unique(yesterday, second), job("Aborted", 1, minute)}, []string{"soql 1/2 superset e3 Contact bounded 1,2"}},
		{"a job without a text", []row{job("UploadComplete", -1, 0), job("JobComplete", 2, minute)}, []string{"soql 2/6 not-understood e2 Contact reachable 1,2,3,4,5,8"}},
		{"the chunks of a job are one query", []row{job("UploadComplete", -1, 0), unique("SELECT Id FROM Contact WHERE Id >= 0035g0000000001 AND Id < 0035g0000000003", second), unique("SELECT Id FROM Contact WHERE Id >= 0035g0000000003 AND Id < 0035g0000000005", 2*second), job("JobComplete", 4, minute)},
			[]string{"soql 4/4 matches e4 Contact replayed 1,2,3,4"}},
		{"a count that grows is counted once",
			[]row{job("UploadComplete", -1, 0), unique(yesterday, second), job("InProgress", 1, 4*second), job("JobComplete", 2, minute)}, []string{"soql 2/2 matches e4 Contact replayed 1,2"}},
		{"a job that writes is no read", []row{{kind: "elf.BulkApi2", action: "bulk", object: "Contact", rows: 2, job: "7505g0000000002", method: "update", status: "JobComplete"}}, nil},
		{"records fetched and opened, in several logs one access",
			[]row{get("/services/data/v61.0/sobjects/Contact/"+c(1), 0, c(1)), {kind: "elf.ApiTotalUsage", action: "record", target: "/v61.0/sobjects/Contact/" + c(1), method: "GET", status: "200", record: c(1), rows: -1, after: second},
				{kind: "elf.SearchClick", action: "record", record: c(2), rows: -1, after: minute}, {kind: "elf.LightningPageView", action: "record", record: c(2), target: "/lightning/r/Contact/" + c(2) + "/view", rows: -1, after: minute + 2*second},
				{kind: "elf.LightningInteraction", action: "record", record: c(3) + ";" + c(4), rows: -1, after: 3 * minute}},
			[]string{"record 1/1 recorded e2 Contact recorded 1", "record 1/1 recorded e2 Contact recorded 2", "record 1/1 recorded e1 Contact recorded 3", "record 1/1 recorded e1 Contact recorded 4"}},
		{"a related list is the children of its record, not the record",
			[]row{get("/services/data/v61.0/sobjects/Contact/"+c(1)+"/Assets", 0, c(1)), {kind: "elf.ApiTotalUsage", action: "record", target: "/v61.0/sobjects/Contact/" + c(1) + "/Assets", method: "GET", status: "200", record: c(1), rows: -1, after: second}},
			[]string{"record 1/1 matches e2 Asset replayed 1"}},
		{"a related list nobody counted", []row{{kind: "elf.RestApi", action: "record", rows: -1, target: "/services/data/v61.0/ui-api/related-list-records/" + c(1) + "/Assets", method: "GET", status: "200", record: c(1)}},
			[]string{"record -/1 no-count e1 Asset bounded 1"}},
		{"the parent of a record", []row{get("/services/data/v61.0/sobjects/Asset/"+id("02i", 1)+"/Contact", 0, id("02i", 1))}, []string{"record 1/1 matches e1 Contact replayed 1"}},
		{"a related list nobody knows", []row{get("/services/data/v61.0/sobjects/Contact/"+c(1)+"/Frobs__r", 0, c(1))}, []string{"record 1/- not-understood e1"}},
		{"a record fetched in vain, or written", []row{{kind: "elf.RestApi", action: "record", target: "/x", method: "GET", status: "404", record: c(1)}, {kind: "elf.RestApi", action: "other", target: "/x", method: "PATCH", status: "204", record: c(2)}}, nil},
		{"a list view with the filter the log holds",
			[]row{{kind: "rtem.ListViewEvent", action: "listview", object: "Contact", job: "00B5g0000000001", rows: 2, method: "Everything", text: `{"whereCondition":{"booleanOperator":"AND","conditions":[{"field":"CreatedDate","operator":"equals","values":["YESTERDAY"]}]}}`}},
			[]string{"listview 2/2 matches e1 Contact replayed 1,2"}},
		{"a list view nobody defined", []row{{kind: "elf.LightningPageView", action: "listview", object: "User", job: "00B5g0000000009", rows: -1, target: "/lightning/o/User/list?filterName=00B5g0000000009AAA"}},
			[]string{"listview -/2 not-understood e1 User reachable 1,2"}},
		{"a search names candidates", []row{{kind: "elf.Search", action: "search", object: "003 001", text: "acm*", rows: 0}}, []string{"search -/3 no-count e1 Account reachable 1 Contact reachable 3,4"}},
		{"the employee's rows are nobody's business", []row{{kind: "elf.RestApi", action: "query", text: yesterday, rows: 2, sessions: []int{2}}}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.T = t
			w.logs(test.rows...)
			got := w.derive()
			if strings.Join(got, "\n") != strings.Join(test.want, "\n") {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(test.want, "\n  "))
			}
		})
	}
}

func TestBatchesOfAJobAddUp(t *testing.T) {
	w := boutique(t)
	batch := func(n int64, after time.Duration) row {
		return row{kind: "elf.BulkApi", action: "bulk", object: "Contact", rows: n, columns: -1, after: after, job: "7505g0000000001", method: "query", status: "1"}
	}
	w.exec(`CREATE TABLE raw."salesforce.elf.BulkApi" ("BATCH_ID" VARCHAR, "file" INTEGER, "line" BIGINT)`)
	w.exec(`INSERT INTO raw."salesforce.elf.BulkApi" VALUES ('751a', 1, 2), ('751a', 1, 4), ('751b', 1, 5)`)
	w.logs(batch(-1, 0), unique("SELECT Id FROM Contact WHERE CreatedDate = YESTERDAY", second), batch(1, minute), batch(1, 2*minute))
	if got, want := strings.Join(w.derive(), "\n"), "soql 2/2 matches e4 Contact replayed 1,2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAPartOfAQueryProvesNothingAboutTheRest(t *testing.T) {
	w := boutique(t)
	w.exec(`CREATE TABLE raw."salesforce.rtem.ApiEvent" ("RowsProcessed" VARCHAR, "file" INTEGER, "line" BIGINT)`)
	w.exec(`INSERT INTO raw."salesforce.rtem.ApiEvent" VALUES ('3', 1, 2), ('2', 1, 3)`)
	gold := "SELECT Id FROM Contact WHERE Tier__c = 'Gold'"
	w.logs(realTime(gold, 2, 0), realTime(gold, 2, minute))
	want := "soql 2/4 superset e1 Contact bounded 1,2,5,8\nsoql 2/2 matches e1 Contact replayed 1,2"
	if got := strings.Join(w.derive(), "\n"); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestAFileIsOfTheRecordsItHangsOn(t *testing.T) {
	w := boutique(t)
	link := func(n int) string { return id("06A", n) }
	w.table("ContentDocumentLink", "06A", "Id:id ContentDocumentId:reference>ContentDocument LinkedEntityId:reference>Contact,User SystemModstamp:datetime",
		link(1)+"|"+id("069", 1)+"|"+id("003", 1)+"|2025-01-01T00:00:00.000Z", link(2)+"|"+id("069", 1)+"|"+id("005", 1)+"|2025-01-01T00:00:00.000Z",
		link(3)+"|"+id("069", 2)+"|"+id("003", 2)+"|2025-10-30T00:00:00.000Z")
	w.table("Attachment", "00P", "Id:id ParentId:reference>Contact CreatedDate:datetime", id("00P", 1)+"|"+id("003", 3)+"|2025-01-01T00:00:00.000Z")
	w.exec(`CREATE TABLE raw."salesforce.elf.ContentTransfer" ("VERSION_ID" VARCHAR, "DOCUMENT_ID" VARCHAR, "file" INTEGER, "line" BIGINT)`)
	w.exec(`INSERT INTO raw."salesforce.elf.ContentTransfer" VALUES (?, ?, 1, 2)`, id("068", 1), id("069", 1))
	transfer := func(method string, version, document int, after time.Duration) row {
		return row{kind: "elf.ContentTransfer", action: "file", method: method, object: "ContentVersion", record: id("068", version), job: id("069", document)[:15], rows: -1, columns: -1, after: after}
	}
	for _, test := range []struct {
		name string
		row  row
		want string
	}{
		{"a download by its version", transfer("VersionDownloadAction", 1, 1, 0), "acquired: the log names the file downloaded; it hangs on 1 record; Contact 1 replayed; ContentVersion 1 recorded"},
		{"a preview", transfer("VersionRenditionDownload", 1, 1, 0), "viewed: the log names the file opened; it hangs on 1 record; Contact 1 replayed; ContentVersion 1 recorded"},
		{"its body through the interface", get("/services/data/v61.0/sobjects/ContentVersion/"+id("068", 1)+"/VersionData", 0, id("068", 1)), "acquired: the log names the file downloaded; it hangs on 1 record; Contact 1 replayed; ContentVersion 1 recorded"},
		{"hung on the record later", row{kind: "rtem.FileEventStore", action: "file", method: "API_DOWNLOAD", job: id("069", 2)[:15], rows: -1, columns: -1}, "acquired: the log names the file downloaded; it hangs on 1 record; Contact 2 bounded; ContentDocument 2 recorded"},
		{"an attachment", row{kind: "elf.DocumentAttachmentDownloads", action: "file", record: id("00P", 1), rows: -1, columns: -1}, "acquired: the log names the file downloaded; it hangs on 1 record; Attachment 1 recorded; Contact 3 replayed"},
		{"nobody knows whose", transfer("VersionDownloadAction", 7, 7, 0), "acquired: the log names the file downloaded; which customer it hangs on is not known; ContentVersion 7 recorded"},
		{"an upload", transfer("saveVersion", 1, 1, 0), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.T = t
			w.logs(test.row)
			w.derive()
			if got := w.one(`SELECT coalesce(string_agg(q.act || ': ' || q.why || '; ' || (SELECT string_agg(r.object || ' ' || ltrim(r.record_id[6:15], '0') || ' ' || a.grade, '; ' ORDER BY r.object)
				FROM analysis.access a JOIN analysis.record r ON r.id = a.record WHERE a.query = q.id), ' / '), '') FROM analysis.query q`); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestColumnsAndBytesThatDoNotFitAreSaid(t *testing.T) {
	w := boutique(t)
	text := "SELECT Id, LastName FROM Contact WHERE CreatedDate >= 2025-01-01T00:00:00Z"
	for _, test := range []struct {
		columns int64
		want    string
	}{
		{2, ""}, {14, "; the log counted 14 columns, the query as it was read shows 2"},
	} {
		r := rest(text, 3, 0)
		r.columns = test.columns
		w.logs(r)
		w.derive()
		why := w.one("SELECT why FROM analysis.query")
		if said := strings.Contains(why, "columns"); said != (test.want != "") || !strings.Contains(why, test.want) {
			t.Errorf("%d columns: %s", test.columns, why)
		}
	}
}

// Of four parents the first was there, the second in the recycle bin, the third not created yet, the fourth deleted later.
func TestParentsThatWereNotThere(t *testing.T) {
	w := newWorld(t)
	var accounts, contacts []string
	for i, stamps := range []string{old + "|" + old + "|false", old + "|2025-10-20T00:00:00.000Z|true", later + "|" + later + "|false", old + "|" + later + "|true"} {
		accounts = append(accounts, id("001", i+1)+"|Acme|C"+fmt.Sprint(i+1)+"|"+stamps)
		contacts = append(contacts, id("003", i+1)+"|Kim|"+id("001", i+1)+"|"+old+"|"+old+"|false")
	}
	const stamps = " CreatedDate:datetime LastModifiedDate:datetime IsDeleted:boolean"
	w.table("Account", "001", "Id:id Name:text CustomerNumber__c:text"+stamps, accounts...)
	w.table("Contact", "003", "Id:id LastName:text AccountId:reference>Account"+stamps, contacts...)
	for query, want := range map[string]string{
		"SELECT Id FROM Contact WHERE Account.Name = 'Acme'":               "1 ?2 3 4",
		"SELECT Id FROM Contact WHERE Account.CustomerNumber__c LIKE 'C%'": "1 4 ?2 3",
		"SELECT Id FROM Contact WHERE Account.Name = null":                 "?2 3 4",
	} {
		if got := w.asks(query, now); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
	if got := w.asks("SELECT Id FROM Contact WHERE Account.CustomerNumber__c LIKE 'C%'", now, "all"); got != "1 2 4 ?3" {
		t.Errorf("with the recycle bin: got %s", got)
	}
	all := rest("SELECT Id, Account.Name FROM Contact", 4, minute)
	all.target = "/services/data/v61.0/queryAll"
	w.logs(rest("SELECT Id, Account.Name FROM Contact", 4, 0), all, rest("SELECT Id, Account.Name FROM Contact WHERE LastName = 'Kim' LIMIT 2", 2, 2*minute))
	want := []string{"soql 4/4 matches e1 Account bounded 2 Account replayed 1,4 Contact replayed 1,2,3,4",
		"soql 4/4 matches e1 Account replayed 1,2,4 Contact replayed 1,2,3,4",
		"soql 2/4 undefined-subset e1 Account bounded 1,2,4 Contact bounded 1,2,3,4"}
	if got := w.derive(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// A row purged since is in no snapshot: it may have kept others out of an answer, or let them in.
func TestRowsPurgedFromInnerQueries(t *testing.T) {
	w := boutique(t)
	out, in := "SELECT Id FROM Contact WHERE Id NOT IN (SELECT ContactId FROM Asset)", "SELECT Id FROM Contact WHERE Id IN (SELECT ContactId FROM Asset)"
	assets := func(n int64) row { return rest("SELECT COUNT() FROM Asset", n, 5*minute) }
	for _, test := range []struct {
		name string
		rows []row
		want string
	}{
		{"the count agrees: none was kept out", []row{rest(out, 3, 0)}, "soql 3/3 matches e1 Contact replayed 3,5,8"},
		{"the count does not: any may have been", []row{rest(out, 4, 0)}, "soql 4/3 subset e1 Contact bounded 3,5,8"},
		{"unless all are known to be there", []row{rest(out, 4, 0), assets(4)}, "soql 4/3 subset e1 Contact replayed 3,5,8"},
		{"LIMIT makes every count agree", []row{rest(out+" ORDER BY CustomerNumber__c LIMIT 1", 1, 0), counted(6)}, "soql 1/2 superset e1 Contact bounded 3,5"},
		{"a double negation lets in", []row{rest("SELECT Id FROM Contact WHERE (NOT Id NOT IN (SELECT ContactId FROM Asset))", 3, 0)}, "soql 3/3 matches e1 Contact replayed 1,2,4"},
		{"nothing tells that any was let in: it is said", []row{rest(in, 4, 0)}, "soql 4/3 subset e1 Contact replayed 1,2,4"},
		{"it is known that rows are gone", []row{rest(in, 4, 0), assets(6)}, "soql 4/3 subset e1 Contact reachable 3,5,8 Contact replayed 1,2,4"},
		{"and that none is", []row{rest(in, 4, 0), assets(4)}, "soql 4/3 subset e1 Contact replayed 1,2,4"},
		{"a key of the inner rows themselves leaves its trace", []row{rest("SELECT Id FROM Asset WHERE ContactId IN (SELECT Id FROM Contact)", 4, 0)}, "soql 4/3 subset e1 Asset replayed 1,2,3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.T = t
			w.logs(test.rows...)
			got := w.derive()
			if got[0] != test.want {
				t.Errorf("got %s, want %s", got[0], test.want)
			}
			said := strings.Contains(w.one(`SELECT why FROM analysis.query ORDER BY "at" LIMIT 1`), "rows of Asset purged since may have")
			if want := !strings.Contains(test.name, "agrees") && !strings.Contains(test.name, "there") && !strings.Contains(test.name, "none is") && !strings.Contains(test.name, "themselves") && !strings.Contains(test.name, "double"); said != want {
				t.Errorf("said: %t", said)
			}
		})
	}
}
