package evidence_test

import (
	"bufio"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
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

// writeContacts makes a customer table of 23 quoted columns, four of them full ids.
func writeContacts(t testing.TB, rows int) string {
	path := filepath.Join(t.TempDir(), "Contact.csv")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w := bufio.NewWriterSize(file, 1<<20)
	fmt.Fprintln(w, `"Id","IsDeleted","AccountId","LastName","FirstName","Name","Email","MobilePhone","Phone","Birthdate","MailingStreet","MailingCity",`+
		`"MailingPostalCode","MailingCountry","Tier__c","Points__c","Notes__c","OwnerId","CreatedDate","CreatedById","LastModifiedDate","LastModifiedById","SystemModstamp"`)
	for i := range rows {
		owner, day, second := id18("005", i%300), i%28+1, i%60
		fmt.Fprintf(w, `"%s","false","%s","김","민준 %d","김민준 %d","u%d@example.test","010%08d","02-%04d-%04d","19%02d-%02d-%02d","테헤란로 %d","서울",`+
			`"0%04d","South Korea","Gold","%d","메모 %d","%s","2024-01-%02dT03:04:%02d.000Z","%s","2024-03-%02dT03:04:%02d.000Z","%s","2024-03-%02dT03:04:%02d.000Z"`+"\n",
			id18("003", i), id18("001", i/3), i, i, i, i, i%10000, i%9000, i%100, i%12+1, day, i%5000, i%10000, i%9999, i%777,
			owner, day, second, owner, day, second, owner, day, second)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return path
}

// id18 is the nth id of a prefix, with its checksum.
func id18(prefix string, n int) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	id, sum := []byte(prefix+"5g0000000000"), ""
	for i := 14; n > 0; i, n = i-1, n/62 {
		id[i] = digits[n%62]
	}
	for block := range 3 {
		place := 0
		for i, c := range id[5*block : 5*block+5] {
			if c >= 'A' && c <= 'Z' {
				place |= 1 << i
			}
		}
		sum += "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[place : place+1]
	}
	return string(id) + sum
}

// BenchmarkImport measures imports of a log and of a customer table, each beside the engine's plain reading of the same
// file into a table of texts with rejects, in the same run: cpu-ratio and ratio are plain over ours, in processor seconds
// and on the clock.
func BenchmarkImport(b *testing.B) {
	for _, make := range []struct {
		name  string
		write func(testing.TB, int) string
	}{{"log", writeLog}, {"table", writeContacts}} {
		b.Run(make.name, func(b *testing.B) { compareImport(b, make.write(b, *benchRows)) })
	}
}

func compareImport(b *testing.B, path string) {
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	var plain, ours spent
	for b.Loop() {
		c := newBench(b)
		ours.add(func() { c.mustAdd(evidence.Options{}, path) })
		plainRead(b, path, &plain)
	}
	b.SetBytes(info.Size())
	b.ReportMetric(float64(*benchRows*b.N)/ours.wall.Seconds(), "rows/s")
	b.ReportMetric(plain.wall.Seconds()/ours.wall.Seconds(), "ratio")
	b.ReportMetric(ours.cpu.Seconds()/float64(b.N), "cpu-s")
	if ours.cpu > 0 {
		b.ReportMetric(plain.cpu.Seconds()/ours.cpu.Seconds(), "cpu-ratio")
	}
	b.ReportMetric(peakMB(), "peak-MB")
}

// spent is the time that some work took: on the clock, and of processors where the system tells.
type spent struct{ wall, cpu time.Duration }

func (s *spent) add(work func()) {
	start, used := time.Now(), processorTime()
	work()
	s.wall += time.Since(start)
	s.cpu += processorTime() - used
}

// processorTime is what this process has used, 0 where the system does not tell.
func processorTime() time.Duration {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond // the unit is 1/100 s on every Linux system
}

// plainRead is the engine's own reading of the file into a table.
func plainRead(b *testing.B, path string, took *spent) {
	c := newBench(b)
	staged := filepath.Join(c.file.Staging(), "plain.csv")
	if err := os.Link(path, staged); err != nil {
		b.Skipf("no hard links here: %v", err)
	}
	took.add(func() {
		err := c.file.Write(c.ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(c.ctx, "CREATE TABLE plain AS SELECT * FROM read_csv('"+staged+"', all_varchar=true, header=true, store_rejects=true)")
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	})
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
