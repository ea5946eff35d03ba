package replay_test

import (
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
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

// BenchmarkReplay replays what an attacker asks of many contacts with four related tables, some of whose rows were edited
// since: BENCH_CONTACTS, BENCH_QUERIES, BENCH_MEMORY. The tables are made by a process of their own, so that the peak is
// that of the replay; BENCH_CASE names a file to keep them in.
func BenchmarkReplay(b *testing.B) {
	if path := os.Getenv("BENCH_MAKE"); path != "" {
		makeCase(b, path)
		return
	}
	c := benchCase(b)
	defer c.Close()
	settings := analysis.Settings{Timezone: "Asia/Seoul", FiscalStart: 1}
	for b.Loop() {
		before := processor(b)
		spent := write(b, c, func(tx *sql.Tx) error { return replay.Derive(b.Context(), tx, settings, nil) })
		replayed := processor(b)
		scoped := write(b, c, func(tx *sql.Tx) error { return scope.Derive(b.Context(), tx, nil) })
		b.ReportMetric(spent.Seconds(), "s-replay")
		b.ReportMetric(scoped.Seconds(), "s-scope")
		b.ReportMetric(replayed-before, "cpu-s-replay")
		b.ReportMetric(processor(b)-replayed, "cpu-s-scope")
		b.ReportMetric(peak(b), "MB-peak")
		var queries, accesses, records int64
		err := c.Read(b.Context(), func(db analysis.Engine) error {
			return db.QueryRowContext(b.Context(), "SELECT (SELECT count(*) FROM analysis.query), (SELECT count(*) FROM analysis.access), (SELECT count(*) FROM analysis.exposure)").Scan(&queries, &accesses, &records)
		})
		if err != nil {
			b.Fatal(err)
		}
		b.Logf("%d queries, %d accesses, %d records listed", queries, accesses, records)
	}
}

// byHand is the comparison of BenchmarkSimple as one would write it for the engine: the rows that match, and those that may
// have before they were edited; and, bare, without the latter.
const (
	byHand = `SELECT count(*) FILTER (NOT edited), count(*) FILTER (edited) FROM (
		SELECT coalesce(try_cast("LastModifiedDate" AS TIMESTAMP) > TIMESTAMP '2025-10-21 23:30:00', true) AS edited, "Email" ILIKE '%7@gmail.com' AND lower("Country__c") = 'japan' AS fits
		FROM snapshot."Contact" WHERE try_cast("CreatedDate" AS TIMESTAMP) <= TIMESTAMP '2025-10-21 23:30:00' AND "IsDeleted" = 'false') WHERE fits OR edited`
	bare = `SELECT count(*) FROM snapshot."Contact" WHERE "Email" ILIKE '%7@gmail.com' AND lower("Country__c") = 'japan' AND "IsDeleted" = 'false'`
)

// BenchmarkSimple sets one simple query beside the engine's own time for the same comparison.
func BenchmarkSimple(b *testing.B) {
	c := benchCase(b)
	defer c.Close()
	settings := analysis.Settings{Timezone: "Asia/Seoul", FiscalStart: 1}
	var own, hand, least float64
	for b.Loop() {
		err := c.Read(b.Context(), func(db analysis.Engine) error {
			spent := func(do func() error) float64 {
				before := processor(b)
				if err := do(); err != nil {
					b.Fatal(err)
				}
				return processor(b) - before
			}
			run := func(text string) float64 {
				return spent(func() error { _, err := db.ExecContext(b.Context(), text); return err })
			}
			hand, least = hand+run(byHand), least+run(bare)
			own += spent(func() error {
				_, err := replay.Explain(b.Context(), db, settings, "SELECT Id, LastName FROM Contact WHERE Email LIKE '%7@gmail.com' AND Country__c = 'Japan'", now, "")
				return err
			})
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(own/hand, "cpu-ratio")
	b.ReportMetric(own/least, "cpu-ratio-bare")
}

// benchCase opens the case of the benchmarks, made beforehand.
func benchCase(b *testing.B) *casefile.Case {
	path := os.Getenv("BENCH_CASE")
	if path == "" {
		path = filepath.Join(b.TempDir(), "case"+casefile.Extension)
	}
	if _, err := os.Stat(path); err != nil {
		began := time.Now()
		maker := exec.Command(os.Args[0], "-test.run=XXX", "-test.bench=^BenchmarkReplay$", "-test.benchtime=1x")
		maker.Env = append(os.Environ(), "BENCH_MAKE="+path)
		if out, err := maker.CombinedOutput(); err != nil {
			b.Fatalf("making the tables: %v\n%s", err, out)
		}
		b.Logf("the tables were made in %v", time.Since(began))
	}
	memory := os.Getenv("BENCH_MEMORY")
	if memory == "" {
		memory = "3GB"
	}
	c, err := casefile.Open(b.Context(), path, casefile.Options{Memory: memory, Threads: 2})
	if err != nil {
		b.Fatal(err)
	}
	return c
}

func write(b *testing.B, c *casefile.Case, do func(tx *sql.Tx) error) time.Duration {
	began := time.Now()
	if err := c.Write(b.Context(), do); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

// processor is the processor seconds this process has used.
func processor(b *testing.B) float64 {
	u := usage(b)
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}

// peak is the most memory this process has held, in megabytes.
func peak(b *testing.B) float64 { return float64(usage(b).Maxrss) / 1024 }

func usage(b *testing.B) (u syscall.Rusage) {
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u
}
