//go:build unix

package app_test

import (
	"database/sql"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/app/casefile"
)

// manySessions is a case of so many sessions of 5,000 accounts, which nothing stands behind.
func manySessions(b *testing.B, n int) *app.Case {
	b.Helper()
	path := filepath.Join(b.TempDir(), "many"+casefile.Extension)
	made, err := casefile.Create(b.Context(), path, casefile.Options{Memory: "1GB"})
	if err != nil {
		b.Fatal(err)
	}
	err = made.Write(b.Context(), func(tx *sql.Tx) error {
		for _, statement := range []string{
			`INSERT INTO analysis.session SELECT i, md5(i::VARCHAR), '00D', i % 5000, NULL, [], TIMESTAMP '2026-01-01' + to_seconds(i * 7 % 9999991), TIMESTAMP '2026-06-01', 'silence',
				[], [], [], 'browser', i % 90, 0, 0, i % 700, i, false, false, i % 101, 'hour +7 It began at ' || i % 24 || ' o''clock local time, when the account never works'
				FROM range($1::BIGINT) r(i)`,
			`INSERT INTO analysis.session_text SELECT id, 'u' || account, 'user' || account || '@maison.example', 'Person ' || account, '10.0.' || id % 250 || '.7', 'KR', repeat('Mozilla/5.0 ', 8), 'Browser',
				md5(id::VARCHAR), md5(session_id), lower(session_id || reasons || repeat('mozilla ', 20)), reasons FROM analysis.session WHERE id < $1`,
		} {
			if _, err := tx.ExecContext(b.Context(), statement, n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := made.Close(); err != nil {
		b.Fatal(err)
	}
	c, err := app.Open(b.Context(), path, app.Options{Memory: "1GB"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	return c
}

// BenchmarkPagesOfAMillionSessions reads pages of the list of sessions, as scrolling does, at its ends and in its middle.
func BenchmarkPagesOfAMillionSessions(b *testing.B) {
	const n = 1_000_000
	c := manySessions(b, n)
	for name, from := range map[string]int64{"first": 0, "middle": n / 2, "last": n - 256} {
		for _, sort := range []string{"account", "score"} {
			b.Run(name+" by "+sort, func(b *testing.B) {
				before := processorTime(b)
				for b.Loop() {
					if list, _, err := c.Sessions(b.Context(), app.Listing{Sort: sort, Offset: from, Limit: 256}); err != nil || len(list) != 256 {
						b.Fatal(len(list), err)
					}
				}
				b.ReportMetric((processorTime(b)-before)/float64(b.N), "cpu-s/op")
			})
		}
	}
}

// processorTime is what this process has used so far, in seconds.
func processorTime(b *testing.B) float64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
