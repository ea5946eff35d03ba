package export_test

import (
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

// BenchmarkWrite exports a large case and reports how its speed relates to the library's streaming writer alone, given
// rows of the same width that lie in memory, in the same run.
func BenchmarkWrite(b *testing.B) {
	n := benchRows()
	text, err := os.ReadFile("testdata/many.sql")
	if err != nil {
		b.Fatal(err)
	}
	c := filled(b, casefile.Options{Memory: "500MB"}, strings.ReplaceAll(string(text), "$N", strconv.Itoa(n)))
	for b.Loop() {
		dir := filepath.Join(b.TempDir(), "export")
		begin := time.Now()
		if _, err := export.Write(context.Background(), c, dir, options, nil); err != nil {
			b.Fatal(err)
		}
		whole, peak := time.Since(begin), peakMemory()
		bare := bareWriter(b, dir, n)
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
