package main

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// told generates an incident once per test and reads its truth.
func told(t *testing.T, o options) (string, truthFile) {
	t.Helper()
	o.out = t.TempDir()
	if err := o.run(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(o.out, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var x truthFile
	if err := json.Unmarshal(text, &x); err != nil {
		t.Fatal(err)
	}
	return o.out, x
}

type truthFile struct {
	Queries   []queryTruth           `json:"queries"`
	Records   []recordTruth          `json:"records"`
	Persons   map[string]personTruth `json:"persons"`
	PersonOf  map[string]string      `json:"person_of_contact"`
	Files     []fileTruth            `json:"files"`
	Sessions  []sessionTruth         `json:"attacker_sessions"`
	Counts    map[string]int         `json:"counts"`
	FieldSets []string               `json:"field_sets"`
}

var small = options{seed: 7, customers: 1500, events: 6000}

func TestSameSeedSameBytes(t *testing.T) {
	a, b := small, small
	a.out, b.out = t.TempDir(), t.TempDir()
	a.zip, b.zip = filepath.Join(t.TempDir(), "a.zip"), filepath.Join(t.TempDir(), "b.zip")
	for _, o := range []options{a, b} {
		if err := o.run(); err != nil {
			t.Fatal(err)
		}
	}
	if digest(t, a.zip) != digest(t, b.zip) {
		t.Error("two runs with one seed gave different archives")
	}
	c := small
	c.seed, c.out, c.zip = 8, t.TempDir(), filepath.Join(t.TempDir(), "c.zip")
	if err := c.run(); err != nil {
		t.Fatal(err)
	}
	if digest(t, a.zip) == digest(t, c.zip) {
		t.Error("another seed gave the same archive")
	}
}

func TestSampleIsCurrent(t *testing.T) {
	o := options{seed: 7, customers: 3000, events: 12000, out: t.TempDir(), zip: filepath.Join(t.TempDir(), "sample.zip")}
	if err := o.run(); err != nil {
		t.Fatal(err)
	}
	if digest(t, o.zip) != digest(t, "../../assets/sample/sample.zip") {
		t.Error("assets/sample/sample.zip is not what the generator makes: run the command in assets/sample/README.md")
	}
}

func digest(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// TestRowsAsStated reads every file with the standard library and compares rows, spoiled rows and repeated headers.
func TestRowsAsStated(t *testing.T) {
	dir, truth := told(t, small)
	for _, f := range truth.Files {
		t.Run(filepath.Base(f.File), func(t *testing.T) {
			path := filepath.Join(dir, "evidence", f.File)
			if digest(t, path) != f.SHA256 {
				t.Error("SHA-256 differs")
			}
			good, bad, repeats := readRows(t, path)
			if good != f.Good || bad != f.Malformed || repeats != f.Repeats {
				t.Errorf("read %d good, %d malformed, %d headers; the truth says %d, %d, %d", good, bad, repeats, f.Good, f.Malformed, f.Repeats)
			}
		})
	}
}

func readRows(t *testing.T, path string) (good, bad, repeats int) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var in io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(file); err != nil {
			t.Fatal(err)
		}
	}
	buffered := bufio.NewReader(in)
	if mark, _ := buffered.Peek(3); string(mark) == "\ufeff" {
		buffered.Discard(3)
	}
	r := csv.NewReader(buffered)
	r.FieldsPerRecord, r.TrimLeadingSpace = -1, true
	header, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	for {
		row, err := r.Read()
		switch {
		case err == io.EOF:
			return
		case err != nil || len(row) != len(header):
			bad++
			if err != nil { // only a file that breaks off inside a value
				return
			}
		case row[0] == header[0]:
			repeats++
		default:
			good++
		}
	}
}

// TestQueriesFindSomething: a query without an answer would measure nothing.
func TestQueriesFindSomething(t *testing.T) {
	_, truth := told(t, small)
	carriers, determined := map[string]bool{}, 0
	for _, q := range truth.Queries {
		carriers[q.Carrier] = true
		if q.Recon {
			if q.Logged == nil || *q.Logged == 0 {
				t.Errorf("%s: %s counted nothing", q.ID, q.Text)
			}
			continue
		}
		if q.Rows == nil || *q.Rows == 0 {
			t.Errorf("%s found nothing: %s", q.ID, q.Text)
		}
		if q.Determined {
			determined++
		}
		if q.Replay[0] > q.Replay[1] {
			t.Errorf("%s: least %d above most %d", q.ID, q.Replay[0], q.Replay[1])
		}
	}
	for _, c := range []string{"rest", "bulk2", "report_csv", "report_xlsx", "listview"} {
		if !carriers[c] {
			t.Errorf("no query by %s", c)
		}
	}
	if determined < 5 {
		t.Errorf("only %d queries can be decided", determined)
	}
}

// TestTruthAgreesWithItself: per query the records are as many as the rows, nothing is confirmed that was not taken, and
// every record stands in the snapshot unless the truth says it is gone.
func TestTruthAgreesWithItself(t *testing.T) {
	dir, truth := told(t, small)
	ids := snapshotIDs(t, dir)
	taken := map[string]int{}
	for _, r := range truth.Records {
		if r.Ideal == "confirmed" && !r.Taken {
			t.Errorf("%s %s is confirmed but was not taken", r.Object, r.ID)
		}
		if gone := r.Gone != nil; ids[r.ID] == gone {
			t.Errorf("%s %s: in the snapshot %v, gone %v", r.Object, r.ID, ids[r.ID], gone)
		}
		if _, ok := truth.Persons[r.Person]; !ok {
			t.Errorf("%s %s has no person", r.Object, r.ID)
		}
		for _, id := range r.TakenBy {
			taken[id+r.Object]++
		}
		if !within(truth.FieldSets[r.Min], truth.FieldSets[r.Max]) {
			t.Errorf("%s %s: least fields %q are not within most fields %q", r.Object, r.ID, truth.FieldSets[r.Min], truth.FieldSets[r.Max])
		}
	}
	for _, q := range truth.Queries {
		if !q.Recon && taken[q.ID+q.Object] != *q.Rows {
			t.Errorf("%s returned %d rows, %d records say so", q.ID, *q.Rows, taken[q.ID+q.Object])
		}
	}
}

func within(some, all string) bool {
	have := map[string]bool{"": true}
	for _, f := range strings.Split(all, ";") {
		have[f] = true
	}
	for _, f := range strings.Split(some, ";") {
		if !have[f] {
			return false
		}
	}
	return true
}

func snapshotIDs(t *testing.T, dir string) map[string]bool {
	t.Helper()
	ids := map[string]bool{}
	for _, o := range objects {
		for _, row := range readTable(t, filepath.Join(dir, "evidence", "customers", o.name+".csv"))[1:] {
			if ids[row[0]] {
				t.Errorf("%s occurs twice in %s", row[0], o.name)
			}
			ids[row[0]] = true
		}
	}
	return ids
}

// TestSnapshotAnswersQueries asks two of the queries again of the exported table alone: certain and undecided records must
// come out as the truth counts them.
func TestSnapshotAnswersQueries(t *testing.T) {
	dir, truth := told(t, small)
	rows := table(t, filepath.Join(dir, "evidence", "customers", "Contact.csv"))
	for id, matches := range map[string]func(map[string]string) bool{
		"B2": func(r map[string]string) bool { return strings.EqualFold(r["MailingCountry"], "france") },
		"QG": func(r map[string]string) bool { return r["PassportNumber__c"] != "" },
	} {
		q := find(t, truth.Queries, id)
		certain, open := 0, 0
		for _, r := range rows {
			there := r["CreatedDate"] <= q.At && (id == "B2" || r["IsDeleted"] == "false" || r["LastModifiedDate"] > q.At)
			switch known := r["LastModifiedDate"] <= q.At; {
			case !there:
			case !known:
				open++
			case matches(r):
				certain++
			}
		}
		if certain != q.Certain || certain+open != q.Replay[1] {
			t.Errorf("%s: the table gives %d certain, %d at most; the truth %d, %d", id, certain, certain+open, q.Certain, q.Replay[1])
		}
	}
}

func find(t *testing.T, qs []queryTruth, id string) queryTruth {
	t.Helper()
	for _, q := range qs {
		if q.ID == id {
			return q
		}
	}
	t.Fatalf("no query %s", id)
	return queryTruth{}
}

func table(t *testing.T, path string) []map[string]string {
	t.Helper()
	rows := readTable(t, path)
	var out []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, v := range row {
			m[rows[0][i]] = v
		}
		out = append(out, m)
	}
	return out
}

// readTable reads a customer table, with or without a byte order mark.
func readTable(t *testing.T, path string) [][]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestID18(t *testing.T) {
	for _, want := range []string{"0053X00000BoLQRQA3", "00O3X00000C8f8VUAR", "5003X00001xwrDUQAY", "0055j00000AT6I1AAL"} {
		if got := id18(want[:15]); got != want {
			t.Errorf("id18(%q) = %q, want %q", want[:15], got, want)
		}
	}
}

// TestEventsAsAsked: the flag gives about as many rows as it says, at any size.
func TestEventsAsAsked(t *testing.T) {
	for _, n := range []int{6000, 40_000} {
		o := small
		o.events = n
		_, truth := told(t, o)
		if got := truth.Counts["log_rows"]; got < n*85/100 || got > n*115/100 {
			t.Errorf("asked for %d events, got %d", n, got)
		}
	}
}
