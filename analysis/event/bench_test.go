package event_test

import (
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/event"
	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/app/casefile"
	"github.com/breachscope/breachscope/assets"
)

var benchRows = flag.Int64("rows", 1_000_000, "log rows the benchmark derives events of")

// busyLogs fills two raw tables as a large organisation's logs do: 2,000 accounts, 5,000 addresses, 20 rows a login.
const busyLogs = `
INSERT INTO evidence.file SELECT 1, 'x1', 'RestApi.csv', '', 0, 'salesforce.elf.RestApi', '', '00D000000000001', '', '', 'UTC', NULL, 0, 0, 0, 0, 0, NULL, NULL, TIMESTAMP '2026-01-01', 'loaded', '';
INSERT INTO evidence.file SELECT 2, 'x2', 'Login.csv', '', 0, 'salesforce.elf.Login', '', '00D000000000001', '', '', 'UTC', NULL, 0, 0, 0, 0, 0, NULL, NULL, TIMESTAMP '2026-01-01', 'loaded', '';
INSERT INTO raw."salesforce.elf.RestApi" ("file", "line", utc, "ORGANIZATION_ID", "USER_ID", "CLIENT_IP", "USER_AGENT", "SESSION_KEY", "LOGIN_KEY", "REQUEST_ID", "URI", "METHOD", "ENTITY_NAME", "ROWS_PROCESSED", "REQUEST_SIZE")
  SELECT 1, i + 2, TIMESTAMP '2026-01-01' + INTERVAL 1 SECOND * (i // 4), '00D000000000001', '005' || lpad((l %% 2000)::VARCHAR, 12, '0'),
    '198.51.' || (l %% 20) || '.' || (l %% 250 + 1), 'Mozilla/5.0 Chrome/' || (130 + l %% 10), 'S' || l, 'L' || l, 'R' || i, '/services/data/v60.0/query', 'GET', 'Contact', i %% 50, 1000
  FROM (SELECT i, i // 20 AS l FROM range(%[1]d) t(i));
INSERT INTO raw."salesforce.elf.Login" ("file", "line", utc, "ORGANIZATION_ID", "USER_ID", "USER_NAME", "SOURCE_IP", "LOGIN_KEY", "LOGIN_STATUS", "REQUEST_ID")
  SELECT 2, l + 2, TIMESTAMP '2026-01-01' + INTERVAL 1 SECOND * (l * 5), '00D000000000001', '005' || lpad((l %% 2000)::VARCHAR, 12, '0'), 'user' || (l %% 2000) || '@example.org',
    '198.51.' || (l %% 20) || '.' || (l %% 250 + 1), 'L' || l, 'LOGIN_NO_ERROR', 'Q' || l
  FROM range(%[1]d // 20) t(l);
`

// logTables are the raw tables as an import makes them.
const logTables = `
CREATE TABLE raw."salesforce.elf.RestApi" ("file" INTEGER, "line" BIGINT, "ORGANIZATION_ID" VARCHAR, "USER_ID" VARCHAR, "CLIENT_IP" VARCHAR, "USER_AGENT" VARCHAR, "SESSION_KEY" VARCHAR,
  "LOGIN_KEY" VARCHAR, "REQUEST_ID" VARCHAR, "URI" VARCHAR, "METHOD" VARCHAR, "ENTITY_NAME" VARCHAR, "ROWS_PROCESSED" VARCHAR, "REQUEST_SIZE" VARCHAR, utc TIMESTAMP);
CREATE TABLE raw."salesforce.elf.Login" ("file" INTEGER, "line" BIGINT, "ORGANIZATION_ID" VARCHAR, "USER_ID" VARCHAR, "USER_NAME" VARCHAR, "SOURCE_IP" VARCHAR, "LOGIN_KEY" VARCHAR,
  "LOGIN_STATUS" VARCHAR, "REQUEST_ID" VARCHAR, utc TIMESTAMP);
`

// busyCase is a case with busyLogs in it.
func busyCase(tb testing.TB, rows int64) *casefile.Case {
	tb.Helper()
	c, err := casefile.Create(tb.Context(), filepath.Join(tb.TempDir(), "busy"+casefile.Extension), casefile.Options{Memory: "3GB"})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { c.Close() })
	err = c.Write(tb.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(tb.Context(), logTables+fmt.Sprintf(busyLogs, rows))
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func derive(tb testing.TB, c *casefile.Case, tell analysis.Progress) {
	tb.Helper()
	catalog, err := evidence.LoadCatalog(assets.Folder("kinds"))
	if err != nil {
		tb.Fatal(err)
	}
	err = c.Write(tb.Context(), func(tx *sql.Tx) error {
		return event.Derive(tb.Context(), tx, catalog, analysis.Settings{Timezone: "Asia/Seoul"}, tell)
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// TestEveryRowOfALargeLogIsOneEvent checks at volume what the lists rest on: each row once, with its account, address and keys.
func TestEveryRowOfALargeLogIsOneEvent(t *testing.T) {
	const rows = 60_000
	c := busyCase(t, rows)
	derive(t, c, nil)
	err := c.Read(t.Context(), func(db analysis.Engine) error {
		var events, ids, whole, accounts, addresses, logins int64
		err := db.QueryRowContext(t.Context(), `SELECT count(*), count(DISTINCT id), count(*) FILTER (account IS NOT NULL AND address IS NOT NULL AND login IS NOT NULL AND "at" IS NOT NULL),
			count(DISTINCT account), count(DISTINCT address), count(DISTINCT login) FROM analysis.event`).Scan(&events, &ids, &whole, &accounts, &addresses, &logins)
		if want := int64(rows + rows/20); events != want || ids != want || whole != want || accounts != 2000 || addresses != 500 || logins != rows/20 {
			t.Errorf("%d events with %d ids, %d whole, of %d accounts from %d addresses under %d logins", events, ids, whole, accounts, addresses, logins)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func BenchmarkDerive(b *testing.B) {
	c := busyCase(b, *benchRows)
	var spent time.Duration
	for b.Loop() {
		step, before := "", processor()
		derive(b, c, func(s analysis.Step) {
			if name := s.Name + " " + s.File; name != step {
				b.Logf("%-40s processor %6.1f s", step, (processor() - before).Seconds())
				spent, step, before = spent+processor()-before, name, processor()
			}
		})
	}
	b.ReportMetric(spent.Seconds()/float64(b.N), "processor-s/op")
}

// processor is the time all cores spent on this process.
func processor() time.Duration {
	data, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0 // not told on this system
	}
	fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+1:]))
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond
}
