package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// fileTruth is what is true of one evidence file.
type fileTruth struct {
	File       string   `json:"file"`
	Kind       string   `json:"kind"`
	SHA256     string   `json:"sha256"`
	Bytes      int64    `json:"bytes"`
	Good       int      `json:"rows_good"`
	Malformed  int      `json:"rows_malformed"`
	Repeats    int      `json:"header_repeats"`
	Truncated  bool     `json:"truncated_last_line"`
	First      *string  `json:"first_at"`
	Last       *string  `json:"last_at"`
	Quirks     []string `json:"quirks"`
	Duplicates int      `json:"rows_duplicate"`
	Encoding   string   `json:"encoding"`
}

// gzipLevel is lowered for weeks of millions of rows, where speed counts more than size.
var gzipLevel = 6

// evidenceFile writes one CSV file of the evidence, with the oddities real deliveries have.
type evidenceFile struct {
	fileTruth
	columns     []string
	order       []int // where each delivered column comes from; -1 is a column no list knows
	path        string
	file        *os.File
	sum         hash.Hash
	zip         *gzip.Writer
	out         *bufio.Writer
	line, held  []byte
	first, last int64
	rows        int
	separator   string
	end         string
}

// newEvidenceFile creates root/evidence/name. Quirks are applied as the rows pass.
func newEvidenceFile(root, name, kind string, columns []string, quirks ...string) (*evidenceFile, error) {
	f := &evidenceFile{fileTruth: fileTruth{File: name, Kind: kind, Quirks: append([]string{}, quirks...), Encoding: "utf-8"},
		columns: columns, path: filepath.Join(root, "evidence", name), sum: sha256.New(), separator: `","`, end: "\"\n"}
	if err := os.MkdirAll(filepath.Dir(f.path), 0o755); err != nil {
		return nil, err
	}
	file, err := os.Create(f.path)
	if err != nil {
		return nil, err
	}
	f.file = file
	f.out = bufio.NewWriterSize(f.sink(name), 1<<16)
	f.arrange()
	f.heading()
	return f, nil
}

func (f *evidenceFile) sink(name string) io.Writer {
	to := io.MultiWriter(&counted{f.file, &f.Bytes}, f.sum)
	if !strings.HasSuffix(name, ".gz") {
		return to
	}
	f.zip, _ = gzip.NewWriterLevel(to, gzipLevel) // no name, no time in the header: the same rows give the same bytes
	return f.zip
}

type counted struct {
	io.Writer
	n *int64
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	*c.n += int64(n)
	return n, err
}

func (f *evidenceFile) has(quirk string) bool {
	for _, q := range f.Quirks {
		if q == quirk {
			return true
		}
	}
	return false
}

// arrange lays out the delivered columns.
func (f *evidenceFile) arrange() {
	for i := range f.columns {
		f.order = append(f.order, i)
	}
	if f.has("shuffle") {
		for i := range f.order { // a fixed permutation is as unexpected as any other
			f.order[i] = (i*7 + 3) % len(f.columns)
			if len(f.columns)%7 == 0 {
				f.order[i] = len(f.columns) - 1 - i
			}
		}
	}
	if f.has("extracols") {
		f.order = append(f.order, -1, -1)
	}
	if f.has("spaced") {
		f.separator = `", "`
	}
	if f.has("crlf") {
		f.end = "\"\r\n"
	}
}

func (f *evidenceFile) heading() {
	if f.has("bom") {
		f.out.WriteString("\ufeff")
	}
	f.writeHeader()
}

func (f *evidenceFile) writeHeader() {
	names := make([]string, 0, len(f.order))
	for i, c := range f.order {
		if c < 0 {
			names = append(names, fmt.Sprintf("PILOT_COLUMN_%d", i-len(f.columns)+1))
			continue
		}
		names = append(names, f.columns[c])
	}
	f.out.WriteString(`"` + strings.Join(names, f.separator) + f.end)
}

// write adds one row. at is zero for tables without a time of their own.
func (f *evidenceFile) write(values []string, at int64) {
	f.rows++
	if f.has("headers") && f.rows == 21 {
		f.writeHeader()
		f.Repeats++
	}
	f.encode(values)
	if f.has("malformed") && (f.rows == 7 || f.rows == 19 || f.rows == 31) {
		f.spoil()
		return
	}
	if at != 0 && (f.Good == 0 || at < f.first) {
		f.first = at
	}
	f.last = max(f.last, at)
	f.Good++
	if f.has("truncated") {
		f.out.Write(f.held)
		f.held = append(f.held[:0], f.line...)
		return
	}
	f.out.Write(f.line)
}

// encode puts the row into f.line, every value quoted.
func (f *evidenceFile) encode(values []string) {
	b := append(f.line[:0], '"')
	for i, c := range f.order {
		if i > 0 {
			b = append(b, f.separator...)
		}
		if c < 0 {
			b = append(b, "n/a"...)
			continue
		}
		b = appendQuoted(b, values[c])
	}
	f.line = append(b, f.end...)
}

func appendQuoted(b []byte, s string) []byte {
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			return append(b, s...)
		}
		b = append(b, s[:i+1]...)
		b = append(b, '"')
		s = s[i+1:]
	}
}

// spoil writes a row with too few or too many values.
func (f *evidenceFile) spoil() {
	f.Malformed++
	cells := bytes.Split(f.line[1:len(f.line)-len(f.end)], []byte(f.separator))
	if f.Malformed%2 == 1 {
		cells = cells[:5]
	} else {
		cells = append(cells, []byte("stray"), []byte("cell"))
	}
	f.out.WriteString(`"` + string(bytes.Join(cells, []byte(f.separator))) + f.end)
}

// close ends the file and states what is true of it.
func (f *evidenceFile) close() (fileTruth, error) {
	if len(f.held) > 0 { // the delivery broke off inside a value of the last row
		f.out.Write(f.held[:bytes.Index(f.held, []byte(f.separator))+len(f.separator)+3])
		f.Good--
		f.Malformed++
		f.Truncated = true
	}
	if f.Good > 0 && f.last != 0 {
		a, b := iso(f.first), iso(f.last)
		f.First, f.Last = &a, &b
	}
	err := f.out.Flush()
	if f.zip != nil && err == nil {
		err = f.zip.Close()
	}
	if closing := f.file.Close(); err == nil {
		err = closing
	}
	f.SHA256 = hex.EncodeToString(f.sum.Sum(nil))
	return f.fileTruth, err
}
