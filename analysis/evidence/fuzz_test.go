package evidence

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/breachscope/breachscope/assets"
)

// naive counts records one byte at a time, by nothing but the parity of quotation marks.
func naive(text []byte, delimiter byte) (records, mismatches int64) {
	text = bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF"))
	fields, first, length, quoted := 1, 0, 0, false
	end := func(crlf bool) {
		if length > 0 && !(crlf && length == 1) {
			if records++; records == 1 {
				first = fields
			} else if fields != first {
				mismatches++
			}
		}
		fields, length = 1, 0
	}
	for i, b := range text {
		switch {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == delimiter:
			fields++
		case b == '\n':
			end(i > 0 && text[i-1] == '\r')
			continue
		}
		length++
	}
	if length > 0 {
		end(false)
	}
	return records, mismatches
}

// FuzzScanner: the fast scanner counts what the plain one counts, however the bytes arrive.
func FuzzScanner(f *testing.F) {
	for _, seed := range []string{"", "a,b\n1,2\n", "a,b\r\n\"1\r\n\",2\r\n\r\n", "\uFEFFa;b\n;\n", strings.Repeat("\"x,\"\"y\",z\n", 40), "a\n\"", "\r", "a,b\r\r\n"} {
		f.Add([]byte(seed), byte(','), uint8(7))
	}
	f.Fuzz(func(t *testing.T, text []byte, delimiter byte, chunk uint8) {
		if delimiter == '"' || delimiter == '\n' || delimiter == '\r' || delimiter >= 0x80 || delimiter == 0 {
			return
		}
		s := newScanner(delimiter)
		// the mark at the beginning is looked for in the first bytes, which readers deliver together
		rest := text[min(3, len(text)):]
		s.Write(text[:min(3, len(text))])
		for len(rest) > 0 {
			n := min(len(rest), int(chunk)%100+1)
			s.Write(rest[:n])
			rest = rest[n:]
		}
		scan := s.Close()
		records, mismatches := naive(text, delimiter)
		if scan.Records != records || scan.FieldMismatch != mismatches {
			t.Errorf("%d records, %d of another width, want %d and %d", scan.Records, scan.FieldMismatch, records, mismatches)
		}
		if scan.InvalidUTF8 == utf8.Valid(text) {
			t.Errorf("invalid = %t, the library says otherwise", scan.InvalidUTF8)
		}
		if scan.Bytes != int64(len(text)) {
			t.Errorf("%d of %d bytes", scan.Bytes, len(text))
		}
	})
}

// FuzzRecords: the repairing reader uses every byte once, in order, and ends.
func FuzzRecords(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "a,b\n\"1,2\n3,4\n", "a, \"b\"\nc,\"d\"e\n", "x\ry\r", "a,b\n\"\\\"\",c\n"} {
		f.Add([]byte(seed), uint8(0), 2)
	}
	f.Fuzz(func(t *testing.T, text []byte, options uint8, width int) {
		d := dialect{delimiter: ',', quoted: options&1 != 0, spaced: options&2 != 0, backslash: options&4 != 0, loneCR: options&8 != 0, trailing: options&16 != 0}
		r := newRecordReader(iotestReader{bytes.NewReader(text)}, d)
		r.width = (width%6 + 6) % 6
		records := 0
		for {
			record, err := r.next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if records++; records > len(text)+1 {
				t.Fatal("more records than bytes")
			}
			if record.problem == "" && r.width > 0 && len(record.fields) != r.width {
				t.Errorf("a good record has %d fields, want %d", len(record.fields), r.width)
			}
			if record.problem != "" && record.text == "" && len(strings.Trim(string(text), "\r\n")) > 0 {
				t.Errorf("record %d is rejected without its text: %s", records, record.problem)
			}
		}
		if left := strings.Trim(string(r.buffer[r.at:]), "\r\n"); left != "" {
			t.Errorf("%q was left unread", left)
		}
	})
}

// iotestReader hands out few bytes at a time.
type iotestReader struct{ io.Reader }

func (r iotestReader) Read(p []byte) (int, error) { return r.Reader.Read(p[:min(len(p), 5)]) }

// FuzzEncoding: whatever bytes come, the staged text is UTF-8, and text that was UTF-8 is what it was.
func FuzzEncoding(f *testing.F) {
	for _, seed := range []string{"id,name\n1,김민준\n", "id,name\n1,\xB1\xE8\xB9\xCE\xC1\xD8\n", "\xFF\xFEa\x00,\x00b\x00\n\x00", "id,nom\n1,Ren\xE9e\n", "\xEF\xBB\xBFa,b\n\xFF,2\n"} {
		f.Add([]byte(seed))
	}
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "file.csv")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		items, err := collect([]string{path})
		if err != nil {
			t.Fatal(err)
		}
		work, err := os.MkdirTemp(folder, "")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(work)
		s, err := (&stager{folder: work}).stage(t.Context(), items[0])
		if err != nil {
			return // a damaged archive, which says so
		}
		defer s.remove()
		got, err := os.ReadFile(s.path)
		if err != nil {
			t.Fatal(err)
		}
		if s.form == formText && !utf8.Valid(got) {
			t.Errorf("staged as %s, but it is no UTF-8: %q", s.encoding, got)
		}
		if s.form == formText && s.encoding == "utf-8" && len(s.packing) == 0 && utf8.Valid(text) && !bytes.Equal(got, text) {
			t.Errorf("UTF-8 was changed from %q to %q", text, got)
		}
		if s.form == formText && len(s.packing) == 0 && s.replaced == 0 && bytes.Contains(got, []byte("\uFFFD")) && !bytes.Contains(text, []byte("\uFFFD")) && s.encoding == "utf-8" {
			t.Errorf("characters were replaced without being counted")
		}
	})
}

// FuzzRecognise: any header is judged without failing, and the same way twice.
func FuzzRecognise(f *testing.F) {
	c, err := LoadCatalog(assets.Folder("kinds"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add("EVENT_TYPE,TIMESTAMP", "Login,20251021000000.000", "Login.csv")
	f.Add("Id,Name", "0035g000008pz1lAAA,정", "Contact.csv")
	f.Add("EventIdentifier,EventDate,Query", "a,b,c", "ApiEvent.csv")
	f.Add("Timestamp,RequestIdentifier,UserIdentifier", "", "../x")
	f.Fuzz(func(t *testing.T, header, row, name string) {
		l := look{columns: strings.Split(header, ","), rows: [][]string{strings.Split(row, ",")}, file: name}
		k, ok := c.recognise(l)
		again, okAgain := c.recognise(l)
		if ok != okAgain || k.Name != again.Name {
			t.Errorf("recognised as %q and as %q", k.Name, again.Name)
		}
		if ok && k.Carries == Log && k.Event.SQL("action", Columns(l.columns)) == "" {
			t.Errorf("%s gives no action", k.Name)
		}
		names, _ := c.names(k, l.columns)
		seen := map[string]bool{}
		for _, n := range distinct(names, []string{"file", "line", "utc"}) {
			if seen[strings.ToLower(n)] || n == "" {
				t.Errorf("columns are not distinct: %q", names)
			}
			seen[strings.ToLower(n)] = true
		}
	})
}

// FuzzJSON: any document is read as rows or refused, and rows are whole objects.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`[{"a":1}]`, `{"records":[{"attributes":{"type":"Contact"},"Id":"1","Account":{"Name":"x"}}]}`, `{"a":1}` + "\n" + `{"a":[1,2]}`,
		`{"status":0,"result":{"records":[]}}`, `{"a":{"b":{"c":null}}}`, `[1]`, `{`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		err := jsonRows(bytes.NewReader(text), func(raw json.RawMessage) error {
			if !json.Valid(raw) || raw[0] != '{' {
				t.Errorf("%q is no object", raw)
			}
			var typed string
			if _, err := flatten(raw, "", "", nil, &typed); err != nil {
				t.Errorf("%q does not flatten: %v", raw, err)
			}
			return nil
		})
		if err == nil && len(bytes.TrimSpace(text)) > 0 && !json.Valid(text) && !json.Valid([]byte("["+string(bytes.Join(bytes.Fields(text), []byte(" ")))+"]")) {
			d := json.NewDecoder(bytes.NewReader(text))
			for {
				var v any
				if err := d.Decode(&v); err == io.EOF {
					break
				} else if err != nil {
					t.Errorf("%q was read without complaint: %v", text, err)
					break
				}
			}
		}
	})
}
