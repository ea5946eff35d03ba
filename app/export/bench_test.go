package export_test

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/breachscope/breachscope/app/casefile"
	"github.com/breachscope/breachscope/app/export"
)

// benchRows is the number of persons (and of records) of the benchmark; BREACHSCOPE_BENCH_ROWS changes it.
func benchRows() int {
	if n, err := strconv.Atoi(os.Getenv("BREACHSCOPE_BENCH_ROWS")); err == nil {
		return n
	}
	return 100_000
}

// benchCase is the large case. BREACHSCOPE_BENCH_CASE names a file that keeps it: a first run makes it, a second opens
// it, so that the peak of memory is the export's alone.
func benchCase(b *testing.B, n int) *casefile.Case {
	b.Helper()
	o := casefile.Options{Memory: cmp.Or(os.Getenv("BREACHSCOPE_BENCH_MEMORY"), "2GB")}
	path := os.Getenv("BREACHSCOPE_BENCH_CASE")
	if _, err := os.Stat(path); err == nil {
		c, err := casefile.Open(context.Background(), path, o)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { c.Close() })
		return c
	}
	text, err := os.ReadFile("testdata/many.sql")
	if err != nil {
		b.Fatal(err)
	}
	made := cmp.Or(path, filepath.Join(b.TempDir(), "case"+casefile.Extension))
	c := filledAt(b, made, o, strings.ReplaceAll(string(text), "$N", strconv.Itoa(n)))
	if path != "" {
		b.Skip("the case is made; the next run exports it")
	}
	return c
}

// BenchmarkWrite exports a large case and reports how its speed relates to the library's streaming writer alone, given
// rows of the same width that lie in memory, in the same run.
func BenchmarkWrite(b *testing.B) {
	n := benchRows()
	c := benchCase(b, n)
	if rows, err := strconv.ParseInt(os.Getenv("BREACHSCOPE_BENCH_SHEET"), 10, 64); err == nil { // many further files from fewer rows
		defer export.SetSheetRows(rows)()
	}
	for b.Loop() {
		dir := filepath.Join(b.TempDir(), "export")
		begin, busy := time.Now(), processorSeconds()
		if _, err := export.Write(context.Background(), c, dir, options, nil); err != nil {
			b.Fatal(err)
		}
		whole, peak, worked := time.Since(begin), peakMemory(), processorSeconds()-busy
		b.Logf("%d people and as many records in %v, %.0f processor seconds, peak %.0f MB", n, whole, worked, peak)
		busy = processorSeconds()
		bare := bareWriter(b, dir, n)
		b.ReportMetric((processorSeconds()-busy)/max(worked, 0.01), "of-bare-processor")
		b.ReportMetric(float64(2*n)/whole.Seconds(), "rows/s")
		b.ReportMetric(bare.Seconds()/whole.Seconds(), "of-bare-writer")
		b.ReportMetric(peak, "peak-MB")
	}
}

// bareWriter streams the first rows of People and Records again and again into sheets of n rows each.
func bareWriter(b *testing.B, dir string, n int) time.Duration {
	begin := time.Now()
	f := excelize.NewFile()
	defer f.Close()
	for _, name := range []string{"affected-people", "affected-records"} {
		sample := sampleRows(b, dir, name)
		for part := 0; part*1_000_000 < n; part++ {
			sheet := name + strconv.Itoa(part)
			if _, err := f.NewSheet(sheet); err != nil {
				b.Fatal(err)
			}
			stream, err := f.NewStreamWriter(sheet)
			if err != nil {
				b.Fatal(err)
			}
			for i := range min(n-part*1_000_000, 1_000_000) {
				ref, _ := excelize.CoordinatesToCellName(1, i+1)
				if err := stream.SetRow(ref, sample[i%len(sample)]); err != nil {
					b.Fatal(err)
				}
			}
			if err := stream.Flush(); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := f.SaveAs(filepath.Join(dir, "bare.xlsx")); err != nil {
		b.Fatal(err)
	}
	return time.Since(begin)
}

// sampleRows are rows of a list as the writer gets them: times as times, the rest as texts.
func sampleRows(b *testing.B, dir, name string) (list [][]any) {
	for _, row := range csvHead(b, dir, name, 1000) {
		cells := make([]any, len(row))
		for i, v := range row {
			if at, err := time.Parse("2006-01-02T15:04:05.000Z", v); err == nil {
				cells[i] = at
			} else if v != "" {
				cells[i] = v
			}
		}
		list = append(list, cells)
	}
	return list
}

// processorSeconds this process has used, 0 where the system does not say.
func processorSeconds() float64 {
	body, err := os.ReadFile("/proc/self/stat")
	if err != nil || runtime.GOOS != "linux" {
		return 0
	}
	_, after, _ := strings.Cut(string(body), ") ")
	ticks := 0.0
	for _, field := range strings.Fields(after)[11:13] { // of the user, of the system
		n, _ := strconv.ParseFloat(field, 64)
		ticks += n
	}
	return ticks / 100
}

// peakMemory of this process in MB, 0 where the system does not say.
func peakMemory() float64 {
	body, err := os.ReadFile("/proc/self/status")
	if err != nil || runtime.GOOS != "linux" {
		return 0
	}
	_, after, _ := strings.Cut(string(body), "VmHWM:")
	fields := strings.Fields(after)
	if len(fields) == 0 {
		return 0
	}
	kb, _ := strconv.ParseFloat(fields[0], 64)
	return kb / 1024
}
