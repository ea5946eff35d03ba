package evidence

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

// table is a file as rows and columns, ready for the engine.
type table struct {
	columns       []string // as the file names them
	sample        [][]string
	typed         string // object type the rows name themselves
	from          string // SQL that gives the columns as c0, c1, …, and "line" when numbered
	staged        string // delimited file that from reads, "" when it reads no such file
	delimiter     byte   // of that file
	longest       int64  // bytes of its longest record
	semicolons    bool   // stand between the fields of the file, as where commas are decimal
	numbered      bool   // else rows come in file order, the first being record 2
	records       int64  // that the file has, without header
	rejected      int64  // of them, listed in rejects
	rejects       string // staged file of line, reason, text; "" none
	longestReject int64  // bytes of the longest line of rejects
	notes         []string
	files         []string // to remove afterwards
	waits         bool     // for the portion that reads it, which removes them
}

func (t *table) look(name string) look {
	return look{columns: t.columns, rows: t.sample, typed: t.typed, file: name}
}

func (t *table) remove() {
	if t.waits {
		return
	}
	for _, path := range t.files {
		os.Remove(path)
	}
}

// readCSV is the engine's reader with everything said and nothing guessed. new_line, null_padding, ignore_errors and
// the rest of what loses rows in silence stay out.
func readCSV(paths []string, delimiter byte, columns []string, longest int64) string {
	typed, notNull := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		typed[i], notNull[i] = "'"+c+"': 'VARCHAR'", "'"+c+"'"
	}
	largest, names := int64(0), make([]string, len(paths))
	for i, path := range paths {
		names[i] = analysis.Literal(path)
		largest = max(largest, sizeOf(path))
	}
	line, buffer := max(2_000_000, 2*longest), int64(32<<20)
	if largest < buffer { // buffers are filled with zeros first: small ones for small files
		line = max(1<<16, 2*longest)
		buffer = max(line, largest+4096)
	}
	return fmt.Sprintf(`read_csv([%s], delim=%s, quote='"', escape='"', header=true, auto_detect=false, comment='', strict_mode=true,
		columns={%s}, force_not_null=[%s], max_line_size=%d, buffer_size=%d, filename=%t)`, strings.Join(names, ", "), analysis.Literal(string(delimiter)),
		strings.Join(typed, ", "), strings.Join(notNull, ", "), line, max(buffer, line), len(paths) > 1)
}

// sizeOf is the size of a staged file; one that is gone fails when it is read.
func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// read are the columns of the staged file.
func (t *table) read() []string {
	if t.numbered {
		return append([]string{"line"}, numberedColumns(len(t.columns))...)
	}
	return numberedColumns(len(t.columns))
}

func numberedColumns(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = "c" + strconv.Itoa(i)
	}
	return names
}

// tabulateText hands a regular file to the engine as it is and rewrites any other.
func (a *addition) tabulateText(ctx context.Context, f *File, s *staged) (*table, error) {
	t := &table{columns: s.layout.header, sample: s.layout.sample}
	if len(t.columns) == 0 {
		f.unrecognised("no rows and columns can be told apart in it; give the character between its fields, if it is a table")
		return nil, nil
	}
	if s.scan.Regular() && s.layout.preamble == 0 && !s.layout.spaced && !s.layout.trailing {
		t.records, t.staged, t.delimiter, t.longest = s.scan.Records-1, s.path, s.layout.delimiter, s.scan.MaxRecordBytes
		t.from = readCSV([]string{t.staged}, t.delimiter, t.read(), t.longest)
		return t, nil
	}
	return t, a.rewrite(ctx, f, s, t)
}

// rewrite reads an irregular text with the state machine and stages its good records in plain form, under their own
// numbers. Where the strict reading rejects what a backslash explains, the other reading is tried.
func (a *addition) rewrite(ctx context.Context, f *File, s *staged, t *table) error {
	w, err := a.rewriteAs(ctx, f, s, t, s.layout.dialect)
	if err != nil {
		return err
	}
	if w.backslashes > 0 {
		d := s.layout.dialect
		d.backslash = true
		other, err := a.rewriteAs(ctx, f, s, t, d)
		if err != nil {
			return err
		}
		if other.rejected < w.rejected {
			w, other = other, w
			t.notes = append(t.notes, "backslashes before quotation marks")
		}
		os.Remove(other.good.Name())
		os.Remove(other.bad.Name())
	}
	t.rewritten(w)
	t.notes = append(t.notes, w.notes(s)...)
	if sound := s.scan.StrayQuotes == 0 && !s.scan.OpenQuoteAtEnd && s.scan.LoneCR == 0 && s.layout.preamble == 0; sound &&
		w.records+w.footer+1 != s.scan.Records {
		return &Unaccounted{f.Name, w.records + w.footer + 1, s.scan.Records}
	}
	return nil
}

// rewriter separates the good records of a text from the others.
type rewriter struct {
	good, bad            *os.File
	goodTo, badTo        *bufio.Writer
	width                int
	line                 int64 // of the record at hand, the header being 1
	records, rejected    int64
	footer               int64
	footerText           string
	pending              []record // perhaps the footer: it is, when no good record follows
	longest, backslashes int64
	longestReject        int64
}

func (a *addition) rewriteAs(ctx context.Context, f *File, s *staged, t *table, d dialect) (*rewriter, error) {
	source, err := os.Open(s.path)
	if err != nil {
		return nil, err
	}
	defer source.Close()
	w, err := a.newRewriter(len(t.columns))
	if err != nil {
		return nil, err
	}
	defer w.close()
	progress := &hashing{source: source, ctx: ctx, tell: func(done int64) {
		a.progress.Tell(analysis.Step{Name: "repairing", File: f.Name, Done: done, Total: s.scan.Bytes, Rows: w.records})
	}}
	r := newRecordReader(skipMark(progress), d)
	r.paired = s.scan.StrayQuotes == 0 && !s.scan.OpenQuoteAtEnd
	for range s.layout.preamble + 1 {
		if _, err := r.next(); err != nil {
			return nil, err
		}
	}
	r.width = w.width
	if err := w.all(r); err != nil {
		return nil, err
	}
	return w, w.flush()
}

func errorsOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// skipMark leaves out a byte order mark.
func skipMark(source io.Reader) io.Reader {
	b := bufio.NewReaderSize(source, 1<<20)
	if mark, _ := b.Peek(3); string(mark) == "\xEF\xBB\xBF" {
		b.Discard(3)
	}
	return b
}

func (w *rewriter) all(r *recordReader) error {
	for {
		record, err := r.next()
		if err == io.EOF {
			w.footer = int64(len(w.pending))
			if w.footer > 0 {
				w.footerText = w.pending[0].text
			}
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case record.problem == "":
			w.flushPending()
			w.accept(record)
		case w.width > 2 && len(record.fields) == 1 && (record.blank || len(w.pending) > 0) && len(w.pending) < 40:
			w.pending = append(w.pending, record)
		default:
			w.flushPending()
			w.reject(record)
		}
	}
}

// newRewriter begins the files that a rewriter stages. They begin with a header: the engine takes the first row end it
// meets for that of the file, quoted or not.
func (a *addition) newRewriter(width int) (w *rewriter, err error) {
	w = &rewriter{width: width, line: 1}
	if w.good, err = a.stager.create(); err != nil {
		return nil, err
	}
	if w.bad, err = a.stager.create(); err != nil {
		w.good.Close()
		return nil, err
	}
	w.goodTo, w.badTo = bufio.NewWriterSize(w.good, 1<<20), bufio.NewWriter(w.bad)
	w.goodTo.WriteString("line," + strings.Join(numberedColumns(width), ",") + "\n")
	w.badTo.WriteString(rejectsHeader)
	return w, nil
}

func (w *rewriter) flush() error { return errorsOf(w.goodTo.Flush(), w.badTo.Flush()) }

func (w *rewriter) close() {
	w.good.Close()
	w.bad.Close()
}

const rejectsHeader = "line,reason,text\n"

func (w *rewriter) flushPending() {
	for _, p := range w.pending {
		w.reject(p)
	}
	w.pending = nil
}

func (w *rewriter) accept(r record) {
	w.line++
	w.records++
	length := int64(24)
	w.goodTo.WriteString(strconv.FormatInt(w.line, 10))
	for _, field := range r.fields {
		w.goodTo.WriteByte(',')
		writeQuoted(w.goodTo, field)
		length += int64(len(field)) + 3 + int64(strings.Count(field, `"`))
	}
	w.goodTo.WriteByte('\n')
	w.longest = max(w.longest, length)
}

func (w *rewriter) reject(r record) {
	w.line++
	w.records++
	w.rejected++
	w.backslashes += int64(min(1, strings.Count(r.text, `\"`)))
	w.longestReject = max(w.longestReject, int64(len(r.text)+strings.Count(r.text, `"`)+200))
	fmt.Fprintf(w.badTo, "%d,", w.line)
	writeQuoted(w.badTo, "the record "+r.problem)
	w.badTo.WriteByte(',')
	writeQuoted(w.badTo, r.text)
	w.badTo.WriteByte('\n')
}

func writeQuoted(w *bufio.Writer, text string) {
	w.WriteByte('"')
	if strings.IndexByte(text, '"') >= 0 {
		text = strings.ReplaceAll(text, `"`, `""`)
	}
	w.WriteString(text)
	w.WriteByte('"')
}

func (w *rewriter) notes(s *staged) (notes []string) {
	if w.rejected > 0 || s.scan.StrayQuotes > 0 || s.scan.LoneCR > 0 || s.scan.NUL > 0 {
		notes = append(notes, "repaired record by record")
	}
	if w.footer > 0 {
		notes = append(notes, count(w.footer, "line")+" below the rows, beginning with "+strconv.Quote(firstRunes(w.footerText, 40)))
	}
	return notes
}

func firstRunes(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n]) + "…"
	}
	return text
}
