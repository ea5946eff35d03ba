package evidence

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

// pair is one member of a JSON object, nested names joined by dots.
type pair struct{ name, value string }

// envelopes are members that hold the rows of a document: query results, pages of an API, exports of a log warehouse.
var envelopes = []string{"records", "results", "result", "value", "values", "events", "items", "entries", "rows", "data", "hits", "logs",
	"audit_logs", "auditlogs", "activities", "content", "body", "response"}

// membersOf reads the members of a JSON object as pairs, its opening brace being read.
func membersOf(d *json.Decoder, prefix string, into []pair, typed *string) ([]pair, error) {
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return into, err
		}
		name, _ := token.(string)
		if into, err = memberOf(d, prefix, name, into, typed); err != nil {
			return into, err
		}
	}
	_, err := d.Token()
	return into, err
}

// memberOf reads one member: objects open into pairs, lists stay JSON text.
func memberOf(d *json.Decoder, prefix, name string, into []pair, typed *string) ([]pair, error) {
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return into, err
	}
	return flatten(raw, prefix, name, into, typed)
}

func flatten(raw json.RawMessage, prefix, name string, into []pair, typed *string) ([]pair, error) {
	switch raw[0] {
	case '{':
		if name == "attributes" { // says what the record is, and is no part of it
			var attributes struct{ Type string }
			if json.Unmarshal(raw, &attributes) == nil && attributes.Type != "" {
				if prefix == "" {
					*typed = attributes.Type
				}
				return into, nil
			}
		}
		if rows, ok := subquery(raw); ok && name != "" {
			return append(into, pair{prefix + name, rows}), nil
		}
		inner := json.NewDecoder(bytes.NewReader(raw))
		if _, err := inner.Token(); err != nil {
			return into, err
		}
		return membersOf(inner, prefix+name+".", into, typed)
	case 'n':
		return append(into, pair{prefix + name, ""}), nil
	case '"':
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return into, err
		}
		return append(into, pair{prefix + name, text}), nil
	}
	return append(into, pair{prefix + name, string(raw)}), nil
}

// subquery gives the rows of a child relationship, as a query result holds them in its own envelope.
func subquery(raw json.RawMessage) (rows string, ok bool) {
	var result struct {
		TotalSize *int            `json:"totalSize"`
		Done      *bool           `json:"done"`
		Records   json.RawMessage `json:"records"`
	}
	ok = bytes.Contains(raw, []byte(`"totalSize"`)) && json.Unmarshal(raw, &result) == nil && result.TotalSize != nil && result.Done != nil && len(result.Records) > 0
	return string(result.Records), ok
}

var errNoRow = errors.New("stands where a row was expected")

// jsonRows walks the rows of a document, wherever its envelope keeps them, and hands each to row. Documents one after
// another, as lines or not, are each a row or an envelope.
func jsonRows(source io.Reader, row func(raw json.RawMessage) error) error {
	d := json.NewDecoder(source)
	for {
		token, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('['):
			err = elements(d, row)
		case json.Delim('{'):
			err = envelope(d, row)
		default:
			err = fmt.Errorf("%v %w", token, errNoRow)
		}
		if err != nil {
			return err
		}
	}
}

func elements(d *json.Decoder, row func(json.RawMessage) error) error {
	for d.More() {
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return err
		}
		if raw[0] != '{' {
			return fmt.Errorf("%s %w", firstRunes(string(raw), 20), errNoRow)
		}
		if err := row(raw); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// envelope reads an object: when a member of it is known to hold rows these are the rows, else the object is one.
func envelope(d *json.Decoder, row func(json.RawMessage) error) error {
	own := &bytes.Buffer{}
	own.WriteByte('{')
	opened := false
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return err
		}
		if slices.Contains(envelopes, strings.ToLower(name)) && holdsRows(raw) {
			opened = true
			if err := jsonRows(bytes.NewReader(raw), row); err != nil {
				return err
			}
			continue
		}
		if own.Len() > 1 {
			own.WriteByte(',')
		}
		key, err := json.Marshal(name)
		if err != nil {
			return err
		}
		own.Write(key)
		own.WriteByte(':')
		own.Write(raw)
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if opened {
		return nil
	}
	own.WriteByte('}')
	return row(own.Bytes())
}

// holdsRows: a list of objects, or an object that holds such a list in turn.
func holdsRows(raw json.RawMessage) bool {
	if raw[0] == '{' {
		var inner map[string]json.RawMessage
		if json.Unmarshal(raw, &inner) != nil {
			return false
		}
		for name, value := range inner {
			if slices.Contains(envelopes, strings.ToLower(name)) && holdsRows(value) {
				return true
			}
		}
		return false
	}
	rest := bytes.TrimLeft(raw[1:], " \t\r\n")
	return raw[0] == '[' && len(rest) > 0 && (rest[0] == '{' || rest[0] == ']')
}

// flattener stages JSON rows as flat objects {"line", "c0", …}, which the engine reads with every column named.
type flattener struct {
	good, bad     *os.File
	to, rejects   *bufio.Writer
	columns       []string
	place         map[string]int
	line          int64
	rejected      int64
	sample        [][]string
	typed         string
	longest       int
	longestReject int64
	broken        int64    // escapes of half a character
	twice         int64    // members that their object has twice, with other values
	explode       []string // members holding a list of which each element is a row
	ctx           context.Context
}

func (a *addition) newFlattener(ctx context.Context) (*flattener, error) {
	good, err := a.stager.create()
	if err != nil {
		return nil, err
	}
	bad, err := a.stager.create()
	if err != nil {
		good.Close()
		return nil, err
	}
	w := &flattener{good: good, bad: bad, to: bufio.NewWriterSize(good, 1<<20), rejects: bufio.NewWriter(bad), place: map[string]int{}, ctx: ctx}
	_, err = w.rejects.WriteString(rejectsHeader)
	return w, err
}

// row stages one JSON object.
func (w *flattener) row(raw json.RawMessage) error {
	if w.line++; w.line%1024 == 0 && w.ctx.Err() != nil {
		return w.ctx.Err()
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return err
	}
	pairs, err := membersOf(d, "", nil, &w.typed)
	if err != nil {
		return err
	}
	if halves.Match(raw) {
		for _, p := range pairs {
			w.broken += int64(strings.Count(p.value, "\uFFFD"))
		}
	}
	return w.exploded(pairs)
}

// halves are escapes of surrogates, which stand for a character only two by two.
var halves = regexp.MustCompile(`\\u[dD][89a-fA-F]`)

// exploded stages a row once for every element of the list it holds.
func (w *flattener) exploded(pairs []pair) error {
	for i, p := range pairs {
		var elements []json.RawMessage
		if !slices.Contains(w.explode, p.name) || json.Unmarshal([]byte(p.value), &elements) != nil || len(elements) == 0 {
			continue
		}
		rest := slices.Delete(slices.Clone(pairs), i, i+1)
		for at, element := range elements {
			if at > 0 {
				w.line++
			}
			row, err := flatten(element, "", p.name, slices.Clone(rest), &w.typed)
			if err != nil {
				return err
			}
			w.write(row)
		}
		return nil
	}
	w.write(pairs)
	return nil
}

func (w *flattener) write(pairs []pair) {
	fmt.Fprintf(w.to, `{"line":%d`, w.line)
	values := make([]string, len(w.columns))
	length := 20
	for _, p := range pairs {
		at, ok := w.place[p.name]
		if !ok {
			at = len(w.columns)
			w.place[p.name] = at
			w.columns = append(w.columns, p.name)
		}
		for len(values) <= at {
			values = append(values, "")
		}
		if values[at] != "" && values[at] != p.value {
			w.twice++
		}
		values[at] = p.value
	}
	for i, v := range values {
		if v == "" {
			continue
		}
		text, _ := json.Marshal(v) // a string always marshals
		length += len(text) + 10
		w.to.WriteString(`,"c` + strconv.Itoa(i) + `":`)
		w.to.Write(text)
	}
	w.to.WriteString("}\n")
	w.longest = max(w.longest, length)
	if len(w.sample) < sampleRows {
		w.sample = append(w.sample, values)
	}
}

// reject notes a row that is no JSON.
func (w *flattener) reject(text, why string) {
	w.line++
	w.rejected++
	w.longestReject = max(w.longestReject, int64(len(text)+strings.Count(text, `"`)+200))
	fmt.Fprintf(w.rejects, "%d,", w.line)
	writeQuoted(w.rejects, why)
	w.rejects.WriteByte(',')
	writeQuoted(w.rejects, text)
	w.rejects.WriteByte('\n')
}

// table is what was staged, for the engine.
func (w *flattener) table() (*table, error) {
	if err := errorsOf(w.to.Flush(), w.rejects.Flush(), w.good.Close(), w.bad.Close()); err != nil {
		return nil, err
	}
	t := &table{columns: w.columns, sample: w.sample, typed: w.typed, numbered: true, records: w.line, rejected: w.rejected,
		files: []string{w.good.Name(), w.bad.Name()}}
	typed := []string{"line: 'BIGINT'"}
	give := []string{`"line"`}
	for i := range w.columns {
		typed = append(typed, fmt.Sprintf("c%d: 'VARCHAR'", i))
		give = append(give, fmt.Sprintf("coalesce(c%d, '') AS c%d", i, i))
	}
	t.from = fmt.Sprintf("(SELECT %s FROM read_json(%s, format='newline_delimited', columns={%s}, maximum_object_size=%d))",
		strings.Join(give, ", "), analysis.Literal(w.good.Name()), strings.Join(typed, ", "), max(32<<20, 2*w.longest))
	if w.rejected > 0 {
		t.rejects, t.longestReject = w.bad.Name(), w.longestReject
	}
	return t, nil
}

// tabulateJSON reads a document or lines of JSON as rows; definitions of reports and list views go their own way.
func (a *addition) tabulateJSON(ctx context.Context, f *File, s *staged) (*table, error) {
	if done, err := a.definitionJSON(ctx, f, s); done || err != nil {
		return nil, err
	}
	source, err := os.Open(s.path)
	if err != nil {
		return nil, err
	}
	defer source.Close()
	w, err := a.newFlattener(ctx)
	if err != nil {
		return nil, err
	}
	if w.explode = a.explodes(s.head); len(w.explode) > 0 {
		s.notes = append(s.notes, "a row for each of "+strings.Join(w.explode, ", "))
	}
	reading := skipMark(&hashing{source: source, ctx: ctx, tell: func(done int64) {
		a.progress.Tell(analysis.Step{Name: "reading rows", File: f.Name, Done: done, Total: s.bytes, Rows: w.line})
	}})
	lines := looksLines(s.head)
	if lines {
		err = w.lines(reading)
	} else {
		err = jsonRows(reading, w.row)
	}
	if err != nil {
		errorsOf(w.good.Close(), w.bad.Close())
		return nil, w.stopped(f, err)
	}
	t, err := w.table()
	if err == nil && (t.records == 0 || len(t.columns) == 0) {
		f.unrecognised("it is JSON without rows")
		return nil, nil
	}
	if err == nil && t.records == 1 && w.inColumns() && a.options.Kind == "" {
		f.unrecognised("its rows lie within one object, as pandas writes them; write an object for each row (orient='records')")
		return nil, nil
	}
	f.Replaced += w.broken
	if w.twice > 0 {
		f.note("an object gives one name two different values; the last counts (" + count(w.twice, "time") + ")")
	}
	if err == nil && lines {
		t.notes = append(t.notes, "one JSON object per line")
	}
	return t, err
}

// numberedMember is the name of a value of a table that was written as one object: its row's number before or behind its column.
var numberedMember = regexp.MustCompile(`^[0-9]+\.[^.]+$|^[^.]+\.[0-9]+$`)

// inColumns reports whether all members are values of numbered rows.
func (w *flattener) inColumns() bool {
	return len(w.columns) > 3 && !slices.ContainsFunc(w.columns, func(name string) bool { return !numberedMember.MatchString(name) })
}

// stopped is what it means that the rows of a document end with an error: nil when it has none.
func (w *flattener) stopped(f *File, err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, errNoRow) && w.line == 0:
		f.unrecognised("it is JSON without rows: " + err.Error())
		return nil
	case errors.As(err, &syntax), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, errNoRow):
		return &Damaged{f.Name, fmt.Sprintf("its JSON breaks after %s (%v)", count(w.line, "row"), err)}
	}
	return err
}

// explodes are the lists that the kind of a document's first row says hold rows of their own.
func (a *addition) explodes(head []byte) []string {
	var columns []string
	var typed string
	enough := errors.New("one row is enough")
	jsonRows(skipMark(bytes.NewReader(head)), func(raw json.RawMessage) error { // what breaks here is told when all is read
		if pairs, err := flatten(raw, "", "", nil, &typed); err == nil {
			for _, p := range pairs {
				columns = append(columns, strings.TrimPrefix(p.name, "."))
			}
		}
		return enough
	})
	if k, ok := a.catalog.recognise(look{columns: columns, typed: typed}); ok {
		return k.Explode
	}
	return nil
}

// looksLines: the first line is a whole object and another line follows.
func looksLines(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	first, rest, more := bytes.Cut(head, []byte("\n"))
	first = bytes.TrimSpace(first)
	return more && len(bytes.TrimSpace(rest)) > 0 && len(first) > 0 && first[0] == '{' && json.Valid(first)
}

// lines reads one object per line; a line that is none costs that line alone.
func (w *flattener) lines(source io.Reader) error {
	r := bufio.NewReaderSize(source, 1<<20)
	for {
		line, err := r.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return err
		}
		if text := bytes.TrimSpace(line); len(text) > 0 {
			if text[0] != '{' || !json.Valid(text) {
				w.reject(string(text), "the line is no JSON object")
			} else if rowErr := w.row(text); rowErr != nil {
				return rowErr
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}
