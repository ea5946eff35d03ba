package evidence_test

import (
	"bufio"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis/evidence"
)

var benchRows = flag.Int("rows", 200000, "rows of the log that imports are measured with")

// writeLog makes a log of 27 quoted columns, as wide as calls of the REST API are.
func writeLog(t testing.TB, rows int) string {
	path := filepath.Join(t.TempDir(), "RestApi.csv")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w := bufio.NewWriterSize(file, 1<<20)
	columns := strings.Split("EVENT_TYPE,TIMESTAMP,REQUEST_ID,ORGANIZATION_ID,USER_ID,RUN_TIME,CPU_TIME,URI,SESSION_KEY,LOGIN_KEY,USER_TYPE,"+
		"REQUEST_STATUS,DB_TOTAL_TIME,METHOD,MEDIA_TYPE,STATUS_CODE,USER_AGENT,ROWS_PROCESSED,NUMBER_FIELDS,REQUEST_SIZE,RESPONSE_SIZE,ENTITY_NAME,"+
		"CONNECTED_APP_ID,QUERY,TIMESTAMP_DERIVED,USER_ID_DERIVED,CLIENT_IP", ",")
	fmt.Fprintf(w, "\"%s\"\n", strings.Join(columns, `","`))
	start := time.Date(2025, 10, 1, 0, 0, 0, 0, time.UTC)
	for i := range rows {
		at := start.Add(time.Duration(i) * 37 * time.Millisecond)
		fmt.Fprintf(w, `"RestApi","%s","4Q8c2T8jXaw%011d","00D5g00000y58ee","0055g00000KW%03d","%d","%d","/services/data/v60.0/query","nY4R3Wfd7Z%06d","DOLOC9j7UK%06d","Standard","S","%d","GET","application/json","200","9999","%d","12","120","%d","Contact","0H45g00000000Xy","SELECT Id, Name, Email FROM Contact WHERE LastModifiedDate > 2025-10-%02dT00:00:00Z LIMIT %d","%s","0055g00000KW%03dAAL","10.%d.%d.%d"`+"\n",
			at.Format("20060102150405.000"), i, i%500, i%900, i%300, i%20000, i%9000, i*7919%100000, i%2000, i%70000, i%28+1, i%200, at.Format("2006-01-02T15:04:05.000Z"), i%500, i%4, i%200, i%250)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return path
}

// BenchmarkImport measures an import beside the engine's plain reading of the same file into a table of texts with
// rejects, in the same run, and reports the ratio of their speeds.
func BenchmarkImport(b *testing.B) {
	path := writeLog(b, *benchRows)
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	var plain, ours time.Duration
	for b.Loop() {
		c := newBench(b)
		start := time.Now()
		c.mustAdd(evidence.Options{}, path)
		ours += time.Since(start)
		plain += plainRead(b, path)
	}
	b.SetBytes(info.Size())
	b.ReportMetric(float64(*benchRows*b.N)/ours.Seconds(), "rows/s")
	b.ReportMetric(float64(*benchRows*b.N)/plain.Seconds(), "plain-rows/s")
	b.ReportMetric(plain.Seconds()/ours.Seconds(), "ratio")
	b.ReportMetric(peakMB(), "peak-MB")
}

// plainRead is the engine's own reading of the file into a table.
func plainRead(b *testing.B, path string) time.Duration {
	c := newBench(b)
	staged := filepath.Join(c.file.Staging(), "plain.csv")
	if err := os.Link(path, staged); err != nil {
		b.Skipf("no hard links here: %v", err)
	}
	start := time.Now()
	err := c.file.Write(c.ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(c.ctx, "CREATE TABLE plain AS SELECT * FROM read_csv('"+staged+"', all_varchar=true, header=true, store_rejects=true)")
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// peakMB is the most memory this process has held, where the system tells.
func peakMB() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	var kb float64
	if _, after, ok := strings.Cut(string(status), "VmHWM:"); ok {
		fmt.Sscan(after, &kb)
	}
	return kb / 1024
}
