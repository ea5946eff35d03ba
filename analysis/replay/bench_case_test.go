package replay_test

import (
	"database/sql"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/app/casefile"
)

// benchQuery is one kind of question; its text may name the number of its round, and rows is what the log counted, 0 nothing.
type benchQuery struct {
	text string
	rows int64
}

// benchQueries is what attackers are known to ask, over and over with other values: how much there is, whole objects, the
// first so many rows, page after page by id, by what is worth most, along relationships, single records.
var benchQueries = []benchQuery{
	{"SELECT COUNT() FROM Contact", 1},
	{"SELECT COUNT() FROM Case", 1},
	{"SELECT Country__c, COUNT(Id) FROM Contact GROUP BY Country__c", 4},
	{"SELECT Id, LastName, Email, Country__c, Tier__c FROM Contact", 0},
	{"SELECT Id, Subject FROM Case LIMIT 10000", 10000},
	{"SELECT Id, LastName, Email FROM Contact LIMIT %d0000", 2000},
	{"SELECT Id, Name FROM Account", 0},
	{"SELECT Id, LastName, Email FROM Contact WHERE Id > '0035g000000%04d' ORDER BY Id LIMIT 2000", 2000},
	{"SELECT Id, LastName, Email FROM Contact WHERE Id > '0035g000001%04d' ORDER BY Id LIMIT 2000", 2000},
	{"SELECT Id, LastName FROM Contact ORDER BY CreatedDate DESC LIMIT 2000", 2000},
	{"SELECT Id, LastName, Email FROM Contact WHERE Country__c = 'Japan' AND Tier__c IN ('Gold', 'VVIP')", 0},
	{"SELECT Id, LastName, Email FROM Contact WHERE Email LIKE '%%d@gmail.com'", 0},
	{"SELECT Id, LastName, Email FROM Contact WHERE Email LIKE 'u%d%'", 0},
	{"SELECT Id, LastName FROM Contact WHERE LastName IN ('L%d', 'L1%d', 'L2%d')", 0},
	{"SELECT Id, LastName FROM Contact WHERE (NOT Tier__c = 'Gold') AND Country__c = 'Korea' AND CreatedDate >= LAST_YEAR", 1000},
	{"SELECT Id, Contact.LastName, Price FROM Asset WHERE Contact.Country__c = 'China' AND Price > %d000", 0},
	{"SELECT Id, LastName FROM Contact WHERE Id IN (SELECT ContactId FROM Asset WHERE Price > %d00000)", 0},
	{"SELECT Id, Subject, Contact.Email FROM Case WHERE Subject LIKE '%refund %d%'", 0},
	{"SELECT Id, (SELECT Price FROM Assets) FROM Contact WHERE Country__c = 'France' AND Tier__c = 'Gold'", 0},
	{"SELECT Id, LastName FROM Contact WHERE Account.Name LIKE '%%d Trading' OR Tier__c = 'VVIP'", 0},
	{"SELECT Id, TotalAmount FROM Order WHERE TotalAmount >= %d00 AND CreatedDate = LAST_N_DAYS:60", 0},
	{"SELECT Id, LastName, Email FROM Contact WHERE Email = 'u%d@gmail.com'", 0},
	{"SELECT Id, LastName, Email FROM Contact WHERE Id = '0035g000000%04dAAA'", 1},
	{"/services/data/v62.0/sobjects/Contact/0035g000000%04dAAA", 1},
	{"/services/data/v62.0/sobjects/Account/0015g000000%04dAAA", 1},
}

// populate writes a snapshot of so many contacts, and a session that asked so many queries.
func populate(b *testing.B, tx *sql.Tx, contacts, queries int) error {
	// one row in two hundred is of the days about the attack, one in twenty was edited after it began
	common := `CASE WHEN hash(i, 20) % 20 = 0 THEN strftime(TIMESTAMP '2025-10-21' + to_minutes((hash(i, 21) % 14000)::BIGINT), '%Y-%m-%dT%H:%M:%S.000Z')
		ELSE '2020-01-01T00:00:00.000Z' END AS "LastModifiedDate",
		strftime(CASE WHEN hash(i, 22) % 200 = 0 THEN TIMESTAMP '2025-10-20' + to_minutes((hash(i) % 14000)::BIGINT)
		ELSE TIMESTAMP '2018-01-01' + to_minutes((hash(i) % 4000000)::BIGINT) END, '%Y-%m-%dT%H:%M:%S.000Z') AS "CreatedDate", 'false' AS "IsDeleted"`
	tables := []benchTable{
		{"Account", "001", `'Firm ' || i || CASE WHEN i % 7 = 0 THEN ' Trading' ELSE '' END AS "Name"`, "Name:text:", contacts},
		{"Contact", "003", `'L' || (hash(i, 1) % 9000) AS "LastName", 'u' || i || '@' || ['gmail.com', 'naver.com', 'x.jp'][1 + (hash(i, 2) % 3)::INTEGER] AS "Email", ['Korea', 'Japan', 'China', 'France'][1 + (hash(i, 3) % 4)::INTEGER] AS "Country__c", ['Gold', 'Silver', 'VVIP', ''][1 + (hash(i, 4) % 4)::INTEGER] AS "Tier__c", '0015g' || lpad(i::VARCHAR, 10, '0') || 'AAA' AS "AccountId"`, "LastName:text: Email:email: Country__c:text: Tier__c:text: AccountId:reference:Account", contacts},
		{"Asset", "02i", `(hash(i, 5) % 20000000)::VARCHAR AS "Price", '0035g' || lpad((hash(i, 6) % N)::VARCHAR, 10, '0') || 'AAA' AS "ContactId"`, "Price:currency: ContactId:reference:Contact", contacts * 3 / 2},
		{"Case", "500", `['refund ', 'repair ', 'other '][1 + (hash(i, 7) % 3)::INTEGER] || (i % 100) AS "Subject", '0035g' || lpad((hash(i, 8) % N)::VARCHAR, 10, '0') || 'AAA' AS "ContactId"`, "Subject:text: ContactId:reference:Contact", contacts},
		{"Order", "801", `(hash(i, 9) % 9000000)::VARCHAR AS "TotalAmount", '0035g' || lpad((hash(i, 10) % N)::VARCHAR, 10, '0') || 'AAA' AS "BillToContactId"`, "TotalAmount:currency: BillToContactId:reference:Contact", contacts},
	}
	for n, t := range tables {
		if err := t.write(b, tx, n+1, contacts, common); err != nil {
			return err
		}
	}
	for _, s := range []string{
		`INSERT INTO analysis.account VALUES (1, '', '0055g0000000001AAA', 'x', '', '', 'employee', 'Asia/Seoul', 'ko_KR')`,
		`INSERT INTO analysis.session SELECT 1, 's', '', 1, NULL, [], TIMESTAMP '2025-10-21', TIMESTAMP '2025-10-22', '', [], [], [], '', 0, 0, 0, 0, 0, false, false, 0, ''`,
		`INSERT INTO analysis.verdict VALUES (1, 'attacker', '', 1)`,
	} {
		if _, err := tx.ExecContext(b.Context(), s); err != nil {
			return err
		}
	}
	for i := range queries {
		if err := ask(b, tx, i); err != nil {
			return err
		}
	}
	return nil
}

// ask writes the ith log row.
func ask(b *testing.B, tx *sql.Tx, i int) error {
	q := benchQueries[i%len(benchQueries)]
	text := verbs.ReplaceAllStringFunc(q.text, func(verb string) string { return fmt.Sprintf(verb, i/len(benchQueries)) })
	action, target, record := "query", "", ""
	if strings.HasPrefix(text, "/") {
		action, target, record, text = "record", text, text[strings.LastIndex(text, "/")+1:], ""
	}
	_, err := tx.ExecContext(b.Context(), `INSERT INTO analysis.event (id, file, line, kind, "at", action, account, text, target, record, rows)
		VALUES (?, 1, ?, 'salesforce.elf.RestApi', ?, ?, 1, ?, ?, ?, nullif(?, 0))`, i+1, i+2, now.Add(time.Duration(i)*time.Minute), action, text, target, record, q.rows)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(b.Context(), `INSERT INTO analysis.attribution VALUES (?, 1, NULL, 'login key', true)`, i+1)
	return err
}

var verbs = regexp.MustCompile(`%0?4?d`)

// makeCase makes a case file with the tables and log rows of the benchmarks.
func makeCase(b *testing.B, path string) {
	c, err := casefile.Create(b.Context(), path, casefile.Options{Memory: "3GB", Threads: 2})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	contacts, queries := amount(b, "BENCH_CONTACTS", 200_000), amount(b, "BENCH_QUERIES", 100)
	write(b, c, func(tx *sql.Tx) error { return populate(b, tx, contacts, queries) })
}

type benchTable struct {
	object, prefix, columns, fields string
	rows                            int
}

func (t benchTable) write(b *testing.B, tx *sql.Tx, file, contacts int, common string) error {
	exec := func(statement string, args ...any) error {
		_, err := tx.ExecContext(b.Context(), statement, args...)
		return err
	}
	columns := strings.ReplaceAll(t.columns, "% N)", fmt.Sprintf("%% %d)", contacts))
	err := exec(fmt.Sprintf(`CREATE TABLE snapshot.%q AS SELECT %d AS "file", i + 2 AS "line", '%s5g' || lpad(i::VARCHAR, 10, '0') || 'AAA' AS "Id", %s, %s FROM range(%d) r(i)`, t.object, file, t.prefix, columns, common, t.rows))
	if err != nil {
		return err
	}
	err = exec(`INSERT INTO evidence.file VALUES (?, 'x', ?, '', 0, 'salesforce.table.' || ?, ?, '', 'utf-8', '', 'UTC', TIMESTAMP '2025-11-01', 0, 0, 0, 0, 0, NULL, NULL, TIMESTAMP '2025-11-02', 'loaded', '')`, file, t.object, t.object, t.object)
	if err != nil {
		return err
	}
	err = exec(`INSERT INTO snapshot.object VALUES (?, '', ?, ?, 'Id', 'CreatedDate', 'LastModifiedDate', 'IsDeleted', '', TIMESTAMP '2025-11-01', ?, true, 0)`, t.object, t.object, t.prefix, t.rows)
	if err != nil {
		return err
	}
	for i, f := range append([]string{"Id:id:", "CreatedDate:datetime:", "LastModifiedDate:datetime:", "IsDeleted:boolean:"}, strings.Fields(t.fields)...) {
		parts := strings.Split(f, ":")
		relationship := ""
		if parts[2] != "" {
			relationship = strings.TrimSuffix(parts[0], "Id")
		}
		if err := exec(`INSERT INTO snapshot.field VALUES (?, ?, ?, '', ?, ?, ?, '', '', 1)`, t.object, parts[0], i, parts[1], parts[2], relationship); err != nil {
			return err
		}
	}
	return nil
}
