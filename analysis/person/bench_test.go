package person_test

import (
	"context"
	"database/sql"
	"flag"
	"testing"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/person"
)

var rows = flag.Int("rows", 200_000, "contacts of BenchmarkDerive")

// invented makes contacts of which one in twenty is a duplicate: by e-mail in other case, or by number and name.
const invented = `CREATE TABLE snapshot."Contact" AS
	SELECT 1 AS "file", i + 2 AS "line", '003' || lpad(i::VARCHAR, 12, '0') AS "Id", '' AS "AccountId",
	  substr('김이박최정강조윤장임', (who * 7 % 10)::INTEGER + 1, 1) AS "LastName",
	  substr('민서지우현수아진영호', (who * 3 % 10)::INTEGER + 1, 1) || substr('준서윤아진희호영민수', (who // 10 % 10)::INTEGER + 1, 1) AS "FirstName",
	  "FirstName" || ' ' || "LastName" AS "Name",
	  CASE WHEN i % 3 = 0 THEN '' WHEN i % 5 = 0 THEN 'Customer' || who || '@Naver.com' ELSE 'customer' || who || '@naver.com' END AS "Email",
	  CASE i % 4 WHEN 0 THEN '+82 10 ' || lpad((who // 10000 % 10000)::VARCHAR, 4, '3') || ' ' || lpad((who % 10000)::VARCHAR, 4, '2')
	             ELSE '010-' || lpad((who // 10000 % 10000)::VARCHAR, 4, '3') || '-' || lpad((who % 10000)::VARCHAR, 4, '2') END AS "MobilePhone",
	  CASE WHEN i % 10 = 0 THEN '' WHEN i % 9 = 0 THEN 'Japan' ELSE 'South Korea' END AS "MailingCountry",
	  '1980-01-01' AS "Birthdate", 'KR' || lpad(i::VARCHAR, 9, '0') AS "CustomerNumber__c", '2025-01-01T00:00:00.000Z' AS "LastModifiedDate"
	FROM (SELECT i, CASE WHEN i % 20 = 0 THEN i // 2 ELSE i END AS who FROM range($rows) t(i))`

func BenchmarkDerive(b *testing.B) {
	c := newCase(b)
	write(b, c, func(ctx context.Context, tx *sql.Tx) error { return invent(ctx, tx, *rows) })
	for b.Loop() {
		write(b, c, func(ctx context.Context, tx *sql.Tx) error {
			return person.Derive(ctx, tx, func(s analysis.Step) { b.Log(b.Elapsed(), s.Name) })
		})
	}
	b.ReportMetric(float64(*rows)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
	b.Log(query(b, c, `SELECT kind, residence, count(*) FROM analysis.person GROUP BY ALL ORDER BY ALL`))
}

func invent(ctx context.Context, tx *sql.Tx, rows int) error {
	if _, err := tx.ExecContext(ctx, invented, sql.Named("rows", rows)); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO analysis.record SELECT line - 1, 'Contact', id18("Id"), true, "file", "line" FROM snapshot."Contact";
		INSERT INTO snapshot.object VALUES ('Contact', '', 'Contact', '003', 'Id', '', 'LastModifiedDate', '', 'Name', NULL, 0, true, 0);
		INSERT INTO snapshot.field SELECT 'Contact', column_name, row_number() OVER (), column_name, 'text', '', '', '', '', 0
		  FROM information_schema.columns WHERE table_schema = 'snapshot' AND table_name = 'Contact' AND column_name NOT IN ('file', 'line');
		INSERT INTO analysis.listing SELECT id, 'confirmed', 'replayed', 'acquired', ['Email', 'Name'], ['Birthdate'], [], [], '2025-10-21', '2025-10-21', ''
		  FROM analysis.record WHERE id % 3 > 0;
		INSERT INTO analysis.listed SELECT id, id FROM analysis.listing`)
	return err
}
