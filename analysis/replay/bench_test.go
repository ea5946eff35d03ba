package replay_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/replay"
	"github.com/breachscope/breachscope/analysis/scope"
	"github.com/breachscope/breachscope/app/casefile"
)

func amount(b *testing.B, name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// BenchmarkReplay replays many queries on many contacts with four related tables: BENCH_CONTACTS, BENCH_QUERIES.
func BenchmarkReplay(b *testing.B) {
	contacts, queries := amount(b, "BENCH_CONTACTS", 200_000), amount(b, "BENCH_QUERIES", 100)
	c, err := casefile.Create(b.Context(), filepath.Join(b.TempDir(), "case"+casefile.Extension), casefile.Options{Memory: "4GB", Threads: 2})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	write := func(do func(tx *sql.Tx) error) time.Duration {
		began := time.Now()
		if err := c.Write(b.Context(), do); err != nil {
			b.Fatal(err)
		}
		return time.Since(began)
	}
	write(func(tx *sql.Tx) error { return populate(b, tx, contacts, queries) })
	settings := analysis.Settings{Timezone: "Asia/Seoul", FiscalStart: 1}
	for b.Loop() {
		spent := write(func(tx *sql.Tx) error { return replay.Derive(b.Context(), tx, settings, nil) })
		scoped := write(func(tx *sql.Tx) error { return scope.Derive(b.Context(), tx, nil) })
		var accesses, records int64
		err := c.Read(b.Context(), func(db analysis.Engine) error {
			return db.QueryRowContext(b.Context(), "SELECT (SELECT count(*) FROM analysis.access), (SELECT count(*) FROM analysis.exposure)").Scan(&accesses, &records)
		})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(spent.Seconds()/float64(queries)*1000, "ms/query")
		b.ReportMetric(scoped.Seconds(), "s-scope")
		b.Logf("%d contacts, %d queries: replay %v, scope %v, %d accesses, %d records", contacts, queries, spent, scoped, accesses, records)
	}
	// a single simple query beside the engine's own time for the same comparison
	var own, plain time.Duration
	err = c.Read(b.Context(), func(db analysis.Engine) error {
		began := time.Now()
		if _, err := replay.Explain(b.Context(), db, settings, "SELECT Id, LastName FROM Contact WHERE Email LIKE '%7@gmail.com' AND Country__c = 'Japan'", now, ""); err != nil {
			return err
		}
		own = time.Since(began)
		began = time.Now()
		_, err := db.ExecContext(b.Context(), `SELECT count(*) FROM snapshot."Contact" WHERE "Email" ILIKE '%7@gmail.com' AND lower("Country__c") = 'japan' AND try_cast("CreatedDate" AS TIMESTAMP) <= '2025-10-21' AND try_cast("LastModifiedDate" AS TIMESTAMP) <= '2025-10-21'`)
		plain = time.Since(began)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("one query: %v, the engine's own %v, ratio %.2f", own, plain, own.Seconds()/plain.Seconds())
}

var benchQueries = []string{
	"SELECT Id, LastName, Email FROM Contact WHERE Country__c = 'Japan' AND Tier__c IN ('Gold', 'VVIP')",
	"SELECT Id, LastName, Email FROM Contact WHERE Email LIKE '%%%d@gmail.com'",
	"SELECT Id, Contact.LastName, Price FROM Asset WHERE Contact.Country__c = 'China' AND Price > %d000",
	"SELECT Id, LastName FROM Contact WHERE Id IN (SELECT ContactId FROM Asset WHERE Price > %d00000)",
	"SELECT Id, Subject, Contact.Email FROM Case WHERE Subject LIKE '%%refund %d%%'",
	"SELECT Id, (SELECT Price FROM Assets) FROM Contact WHERE Country__c = 'France' AND Tier__c = 'Gold'",
	"SELECT Id, LastName FROM Contact WHERE Account.Name LIKE '%%%d Trading' OR Tier__c = 'VVIP'",
	"SELECT Id, TotalAmount FROM Order WHERE TotalAmount >= %d00 AND CreatedDate = LAST_N_DAYS:60",
	"SELECT Id, LastName FROM Contact ORDER BY CreatedDate DESC LIMIT 2000",
	"SELECT Id, LastName FROM Contact WHERE (NOT Tier__c = 'Gold') AND Country__c = 'Korea' AND CreatedDate >= LAST_YEAR",
}

// populate writes a snapshot of so many contacts, and a session that asked so many queries.
func populate(b *testing.B, tx *sql.Tx, contacts, queries int) error {
	common := `'2020-01-01T00:00:00.000Z' AS "LastModifiedDate", strftime(TIMESTAMP '2018-01-01' + to_minutes((hash(i) % 4000000)::BIGINT), '%Y-%m-%dT%H:%M:%S.000Z') AS "CreatedDate", 'false' AS "IsDeleted"`
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
		text := benchQueries[i%len(benchQueries)]
		if n := len(benchQueries); containsVerb(text) {
			text = fmt.Sprintf(text, i/n)
		}
		_, err := tx.ExecContext(b.Context(), `INSERT INTO analysis.event (id, file, line, kind, "at", action, account, text, rows) VALUES (?, 1, ?, 'salesforce.elf.RestApi', ?, 'query', 1, ?, 1000000000)`,
			i+1, i+2, now.Add(time.Duration(i)*time.Minute), text)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(b.Context(), `INSERT INTO analysis.attribution VALUES (?, 1, NULL, 'login key', true)`, i+1); err != nil {
			return err
		}
	}
	return nil
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

func containsVerb(text string) bool { return strings.Contains(text, "%d") }
