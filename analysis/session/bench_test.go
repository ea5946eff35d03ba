package session_test

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app/casefile"
)

var benchEvents = flag.Int64("events", 1_000_000, "events the benchmark derives sessions of")

// busyOrganisation fills a case with events as a large organisation makes them: 2,000 accounts, 20 rows a login, an
// eighth of the rows without a key, telephones that change their address, and one login in a thousand shared by two
// clients.
const busyOrganisation = `
INSERT INTO evidence.file SELECT 1, 'x', 'generated', '', 0, 'salesforce.elf.RestApi', '', '00D000000000001', '', '', 'UTC', NULL, 0, 0, 0, 0, 0, NULL, NULL, TIMESTAMP '2026-01-01', 'loaded', '';
INSERT INTO analysis.account SELECT i + 1, '00D000000000001', 'u' || i, 'user' || i || '@example.org', 'User ' || i, 'Sales', CASE WHEN i %% 100 = 0 THEN 'integration' ELSE 'employee' END, 'Asia/Seoul', 'ko_KR' FROM range(2000) t(i);
INSERT INTO analysis.address (id, address, public, network, country, asn, holder, class) SELECT i + 1, '198.51.' || (i // 250) || '.' || (i %% 250 + 1), true, '198.51.' || (i // 250) || '.0/24', CASE WHEN i < 4000 THEN 'KR' ELSE 'NL' END, 4766 + i %% 7, 'Carrier ' || (i %% 7), '' FROM range(5000) t(i);
INSERT INTO analysis.agent SELECT i + 1, 'Mozilla ' || i, CASE WHEN i %% 2 = 0 THEN 'Chrome' ELSE 'Safari' END, 'Chrome on Windows', CASE WHEN i %% 2 = 0 THEN 'Chromium' ELSE 'WebKit' END, 130 + i // 2, CASE WHEN i %% 3 = 0 THEN 'Windows' ELSE 'macOS' END, i %% 5 = 0, false FROM range(20) t(i);
INSERT INTO analysis.app SELECT i + 1, '0H4' || i, 'App ' || i FROM range(10) t(i);
INSERT INTO analysis.login SELECT i + 1, '00D000000000001', 'L' || i FROM range(%[1]d // 20 + 1) t(i);
INSERT INTO analysis.token SELECT i + 1, '00D000000000001', 'S' || i FROM range(%[1]d // 20 + 1) t(i);
INSERT INTO analysis.event
  SELECT i + 1, 1, i + 2, ['salesforce.elf.Login', 'salesforce.elf.RestApi', 'salesforce.elf.LightningPageView', 'salesforce.elf.AuraRequest', 'salesforce.elf.ApiTotalUsage', 'salesforce.elf.URI', 'salesforce.elf.UniqueQuery', 'salesforce.elf.Report'][kind],
    TIMESTAMP '2026-01-01' + INTERVAL 1 SECOND * ((l %% 40) * 64800 + (l // 2000) * 120 + (i %% 20) * 300 + l %% 97),
    ['login', 'query', 'page', 'page', 'other', 'page', 'query', 'report'][kind], CASE WHEN kind <> 7 THEN l %% 2000 + 1 END,
    CASE WHEN kind <> 7 THEN CASE WHEN l %% 1000 = 7 AND i %% 2 = 0 THEN 4000 + l %% 900 WHEN l %% 50 = 3 AND i %% 20 > 10 THEN (l %% 2000) + 2001 ELSE l %% 2000 + 1 END END,
    CASE WHEN kind IN (1, 3, 4) THEN (l %% 2000) %% 20 + 1 END, CASE WHEN kind = 2 THEN l %% 10 + 1 END,
    CASE WHEN kind <> 5 THEN l + 1 END, CASE WHEN kind NOT IN (1, 5) THEN l + 1 END, 'R' || CASE WHEN kind = 5 THEN i - 1 ELSE i END, NULL, 'S',
    CASE WHEN kind = 2 THEN 'Contact' END, NULL, CASE WHEN kind IN (2, 7) THEN 'SELECT Id FROM Contact WHERE Name LIKE ''' || i %% 100 || '''' END, '/x', i %% 50, 3, 1000, NULL, 'GET', NULL, NULL
  FROM (SELECT i, i // 20 AS l, CASE WHEN i %% 20 = 0 THEN 1 ELSE 2 + i %% 7 END AS kind FROM range(%[1]d) t(i));
`

func BenchmarkDerive(b *testing.B) {
	ctx := context.Background()
	c, err := casefile.Create(ctx, filepath.Join(b.TempDir(), "busy"+casefile.Extension), casefile.Options{Memory: "3GB"})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	var spent time.Duration
	for b.Loop() {
		step, began, before := "", time.Now(), processor()
		tell := func(s analysis.Step) {
			fmt.Fprintf(os.Stderr, "%-24s %6.1f s, processor %6.1f s\n", step, time.Since(began).Seconds(), (processor() - before).Seconds())
			spent, step, began, before = spent+processor()-before, s.Name, time.Now(), processor()
		}
		// the events are new to the transaction, as they are when evidence was added: the engine knows nothing of their number
		err := c.Write(ctx, func(tx *sql.Tx) error {
			b.StopTimer()
			if _, err := tx.ExecContext(ctx, fmt.Sprintf(busyOrganisation, *benchEvents)); err != nil {
				return err
			}
			b.StartTimer()
			step, began, before = "", time.Now(), processor()
			err := session.Derive(ctx, timed(tx), analysis.Settings{Timezone: "Asia/Seoul"}, tell)
			tell(analysis.Step{Name: "end"})
			return errors.Join(err, errDone)
		})
		if !errors.Is(err, errDone) {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(*benchEvents)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(spent.Seconds()/float64(b.N), "processor-s/op") // what is left of the time when others use the machine too
}

var slowest = flag.Duration("slowest", time.Hour, "statements that take more processor time than this are shown")

var errDone = errors.New("rolled back")

// stopwatch tells which statements take long.
type stopwatch struct{ analysis.Engine }

func timed(db analysis.Engine) analysis.Engine { return stopwatch{db} }

func (s stopwatch) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	before := processor()
	result, err := s.Engine.ExecContext(ctx, query, args...)
	if took := processor() - before; took >= *slowest {
		fmt.Fprintf(os.Stderr, "    %6.2f s  %.110s\n", took.Seconds(), strings.Join(strings.Fields(query), " "))
	}
	return result, err
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
