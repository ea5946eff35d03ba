package evidence

import (
	"bytes"
	"errors"
	"io"
	"strings"
)

// dialect is how a delimited file is written.
type dialect struct {
	delimiter byte
	quoted    bool // fields are quoted as a rule: a quotation mark inside an unquoted field is damage
	spaced    bool // spaces stand between a delimiter and a quotation mark
	backslash bool // a backslash, not a second quotation mark, escapes one
	loneCR    bool // a carriage return alone ends a row
	trailing  bool // a delimiter ends every row
}

// record is one record of a delimited file, or a piece that is none.
type record struct {
	fields  []string
	text    string // the bytes as they stand, when there is a problem
	problem string // why it is no record, or ""
	lines   int    // physical lines it spans
	blank   bool   // blank lines stood before it
}

// recordReader reads records by a state machine of its own, for the files that the engine cannot be trusted with. A
// record that does not parse costs as few lines as possible: reading goes on at the next line that begins a good one.
type recordReader struct {
	dialect
	width  int  // fields a good record has; 0: not known yet
	paired bool // all quotation marks of the text pair: a record of another width is one record, however many lines it has
	source io.Reader
	buffer []byte
	at     int // of the next record in buffer
	ended  bool
}

func newRecordReader(source io.Reader, d dialect) *recordReader {
	return &recordReader{dialect: d, source: source, buffer: make([]byte, 0, 1<<16)}
}

var errShort = errors.New("the record goes on past the buffer")

// next returns the next record, io.EOF after the last.
func (r *recordReader) next() (record, error) {
	blank := false
	for {
		skipped, err := r.skipBlank()
		blank = blank || skipped
		if err != nil {
			return record{}, err
		}
		r.skipMark()
		fields, end, problem := r.parse(r.at)
		if problem == errShort.Error() {
			if err := r.fill(); err != nil {
				return record{}, err
			}
			continue
		}
		good := problem == "" && (r.width == 0 || len(fields) == r.width)
		if good {
			text := r.buffer[r.at:end]
			r.at = end
			return record{fields: fields, lines: lineEnds(text), blank: blank}, nil
		}
		start := r.at
		if r.at = end; problem != "" || !r.paired {
			r.at = r.resume(start, end)
		}
		if problem == "" {
			problem = "has " + count(len(fields), "field") + ", the header has " + count(r.width, "field")
		}
		text := r.buffer[start:r.at]
		return record{fields: fields, text: r.withoutEnd(string(text)), problem: problem, lines: lineEnds(text), blank: blank}, nil
	}
}

// withoutEnd takes the row end off a record. Other carriage returns are data.
func (r *recordReader) withoutEnd(text string) string {
	if line, ended := strings.CutSuffix(text, "\n"); ended || r.loneCR {
		return strings.TrimSuffix(line, "\r")
	}
	return text
}

func lineEnds(text []byte) int { return max(1, bytes.Count(text, []byte("\n"))) }

// skipBlank moves past blank lines, filling the buffer as need be. A carriage return that ends no row is data.
func (r *recordReader) skipBlank() (skipped bool, err error) {
	for {
		for r.at < len(r.buffer) && r.blankAt(r.at) {
			r.at++
			skipped = true
		}
		last := r.at == len(r.buffer)-1 && r.buffer[r.at] == '\r'
		if r.at < len(r.buffer) && (!last || r.ended) {
			return skipped, nil
		}
		if r.ended {
			return skipped, io.EOF
		}
		if err := r.fill(); err != nil {
			return skipped, err
		}
	}
}

// skipMark moves past a byte order mark before a record: where files were put together.
func (r *recordReader) skipMark() {
	if bytes.HasPrefix(r.buffer[r.at:], []byte("\uFEFF")) {
		r.at += len("\uFEFF")
	}
}

func (r *recordReader) blankAt(i int) bool {
	switch r.buffer[i] {
	case '\n':
		return true
	case '\r':
		return r.loneCR || i+1 < len(r.buffer) && r.buffer[i+1] == '\n' || i+1 == len(r.buffer) && r.ended
	}
	return false
}

// fill reads more, after dropping what has been used.
func (r *recordReader) fill() error {
	if r.ended {
		return io.EOF
	}
	if r.at > 0 {
		r.buffer = r.buffer[:copy(r.buffer, r.buffer[r.at:])]
		r.at = 0
	}
	if len(r.buffer) == cap(r.buffer) {
		grown := make([]byte, len(r.buffer), 2*cap(r.buffer))
		copy(grown, r.buffer)
		r.buffer = grown
	}
	n, err := r.source.Read(r.buffer[len(r.buffer):cap(r.buffer)])
	r.buffer = r.buffer[:len(r.buffer)+n]
	if err == io.EOF {
		r.ended = true
		return nil
	}
	return err
}

// resume finds where reading goes on after a bad record from start to end: at its first inner line that begins a good
// record, else at its end.
func (r *recordReader) resume(start, end int) int {
	const attempts = 2000
	at := start
	for range attempts {
		newline := bytes.IndexByte(r.buffer[at:end], '\n')
		if newline < 0 {
			break
		}
		at += newline + 1
		if at >= end {
			break
		}
		if fields, _, problem := r.parse(at); problem == "" && len(fields) == max(r.width, 2) {
			return at
		}
	}
	return end
}

// parse reads the record at start. end is the start of the next one; problem is errShort when more bytes are needed.
func (r *recordReader) parse(start int) (fields []string, end int, problem string) {
	b, i := r.buffer, start
	fields = make([]string, 0, max(r.width, 8))
	for {
		if r.spaced {
			for i < len(b) && b[i] == ' ' {
				i++
			}
		}
		var field string
		if i < len(b) && b[i] == '"' {
			field, i, problem = r.quotedField(i + 1)
		} else {
			field, i, problem = r.plainField(i)
		}
		if problem != "" {
			return fields, r.lineEnd(i), r.shortOr(problem)
		}
		fields = append(fields, field)
		switch {
		case i >= len(b) && !r.ended:
			if len(b)-start < maxLine {
				return nil, i, errShort.Error()
			}
			return fields, i, "is longer than 64 MB"
		case i >= len(b):
			return r.trimTrailing(fields), i, ""
		case b[i] == r.delimiter:
			i++
		case b[i] == '\r' && i+1 < len(b) && b[i+1] == '\n':
			return r.trimTrailing(fields), i + 2, ""
		case b[i] == '\r' && i+1 >= len(b) && !r.ended:
			return nil, i, errShort.Error()
		default:
			return r.trimTrailing(fields), i + 1, ""
		}
	}
}

// shortOr says that more bytes are needed instead of a problem that they might solve.
func (r *recordReader) shortOr(problem string) string {
	if problem == unclosed && !r.ended && len(r.buffer)-r.at < maxLine {
		return errShort.Error()
	}
	return problem
}

func (r *recordReader) trimTrailing(fields []string) []string {
	if n := len(fields); r.trailing && n > 1 && fields[n-1] == "" {
		return fields[:n-1]
	}
	return fields
}

// lineEnd is the start of the physical line after i.
func (r *recordReader) lineEnd(i int) int {
	if i > len(r.buffer) {
		return len(r.buffer)
	}
	if newline := bytes.IndexByte(r.buffer[i:], '\n'); newline >= 0 {
		return i + newline + 1
	}
	return len(r.buffer)
}

const (
	unclosed = "has a quotation mark that is never closed"
	misquote = "has text after a closing quotation mark"
	inside   = "has a quotation mark inside an unquoted field"
)

// quotedField reads a field from after its opening quotation mark up to the delimiter or row end.
func (r *recordReader) quotedField(i int) (string, int, string) {
	b, from := r.buffer, i
	var built []byte
	for {
		n := bytes.IndexByte(b[i:], '"')
		if r.backslash {
			n = bytes.IndexAny(b[i:], "\"\\")
		}
		if n < 0 {
			return "", len(b), unclosed
		}
		i += n
		if b[i] == '\\' && i+1 < len(b) {
			built = append(append(built, b[from:i]...), b[i+1])
			i += 2
			from = i
			continue
		}
		if i+1 < len(b) && b[i+1] == '"' {
			built = append(built, b[from:i+1]...)
			i += 2
			from = i
			continue
		}
		if i+1 >= len(b) && !r.ended {
			return "", len(b), unclosed
		}
		break
	}
	built = append(built, b[from:i]...)
	i++
	if r.spaced {
		for i < len(b) && b[i] == ' ' {
			i++
		}
	}
	if i < len(b) && b[i] != r.delimiter && b[i] != '\n' && b[i] != '\r' {
		return string(built), i, misquote
	}
	return string(built), i, ""
}

// plainField reads an unquoted field up to the delimiter or row end.
func (r *recordReader) plainField(i int) (string, int, string) {
	b, from := r.buffer, i
	for ; i < len(b); i++ {
		c := b[i]
		if c == r.delimiter || c == '\n' || c == '\r' && (r.loneCR || i+1 >= len(b) || b[i+1] == '\n') {
			break
		}
		if c == '"' && r.quoted {
			return "", i, inside
		}
	}
	field := string(b[from:i])
	if r.spaced {
		field = strings.TrimRight(field, " ")
	}
	return field, i, ""
}
