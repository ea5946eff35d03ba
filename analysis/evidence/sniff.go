package evidence

import (
	"archive/tar"
	"bytes"
	"cmp"
	"io"
	"strings"
)

// form is what a file is made of, told by its first bytes.
type form int

const (
	formEmpty form = iota
	formText       // delimited
	formJSON
	formXML
	formZip
	formSheet
	formSevenZip
	formTar
	formParquet
	formOther
)

// packs reports whether a form is an archive of files.
func (f form) packs() bool { return f == formZip || f == formSevenZip || f == formTar }

// encoded reports whether a form is text, which an encoding is for.
func (f form) encoded() bool { return f == formText || f == formJSON || f == formXML }

// formOf tells the form by the first bytes, decoded already when they are text.
func formOf(head []byte) form {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	switch {
	case len(head) == 0:
		return formEmpty
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return formZip
	case bytes.HasPrefix(head, []byte("7z\xBC\xAF\x27\x1C")):
		return formSevenZip
	case len(head) > 262 && bytes.Equal(head[257:262], []byte("ustar")), oldTar(head):
		return formTar
	case bytes.HasPrefix(head, []byte("PAR1")):
		return formParquet
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0")): // an old workbook, or a protected new one
		return formSheet
	case bytes.HasPrefix(head, []byte("%PDF")), bytes.HasPrefix(head, []byte("\x7FELF")):
		return formOther
	case len(text) == 0:
		return formEmpty
	case text[0] == '{', text[0] == '[' && looksJSON(text):
		return formJSON
	case bytes.HasPrefix(text, []byte("<")):
		return formXML
	case binaryShare(head) > 0.05:
		return formOther
	}
	return formText
}

// oldTar reports whether a file begins with the entry of a tar archive from before they had a mark, by its checksum.
func oldTar(head []byte) bool {
	if len(head) < 512 || bytes.IndexByte(head[:100], 0) < 0 {
		return false
	}
	entry, err := tar.NewReader(bytes.NewReader(head)).Next()
	return err == nil && entry.Name != ""
}

func looksJSON(text []byte) bool {
	rest := bytes.TrimLeft(text[1:], " \t\r\n")
	return len(rest) == 0 || strings.IndexByte(`{["]tfn-0123456789`, rest[0]) >= 0
}

// binaryShare is the share of control characters no text holds.
func binaryShare(head []byte) float64 {
	control := 0
	for _, b := range head {
		if b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != 0x1B && b != 0 || b == 0x7F {
			control++
		}
	}
	return float64(control) / float64(max(1, len(head)))
}

// layout is how a delimited text is written and where its header stands.
type layout struct {
	dialect
	header   []string
	preamble int      // records before the header: title lines, Sep=, #TYPE
	notes    []string // peculiarities, in words
	sample   [][]string
}

const sampleRows = 200

// layoutOf finds header and peculiarities in the first bytes of a text, and its delimiter when none is given.
func layoutOf(head []byte, whole bool, delimiter byte) layout {
	head = bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF"))
	l := layout{}
	l.loneCR = !bytes.Contains(head, []byte("\n")) && bytes.Contains(head, []byte("\r"))
	if l.loneCR {
		l.note("rows end in a lone carriage return")
	}
	best := -1
	tried := []byte{delimiter}
	if delimiter == 0 {
		tried = delimiters(head)
	}
	for _, delimiter := range tried {
		d := dialect{delimiter: delimiter, loneCR: l.loneCR}
		d.spaced = spaced(firstLines(head, 3), delimiter)
		records := sampleOf(head, d, whole)
		at, score := headerOf(records)
		if score > best {
			best = score
			l.dialect, l.preamble, l.sample = d, at, nil
			if at < len(records) {
				l.header = records[at]
				l.sample = records[at+1:]
			}
		}
	}
	l.describe(head)
	return l
}

// spaced reports whether spaces stand between a delimiter and a quotation mark, outside of quoted fields.
func spaced(text []byte, delimiter byte) bool {
	quoted := false
	for i, b := range text {
		if b == '"' {
			quoted = !quoted
		}
		if !quoted && b == delimiter && bytes.HasPrefix(text[i+1:], []byte(` "`)) {
			return true
		}
	}
	return false
}

func (l *layout) note(words string) { l.notes = append(l.notes, words) }

func (l *layout) describe(head []byte) {
	body := head
	for range l.preamble {
		body = body[min(len(body), bytes.IndexByte(body, '\n')+1):]
	}
	l.quoted = bytes.HasPrefix(bytes.TrimLeft(body, " \r\n"), []byte{'"'})
	if l.delimiter != ',' {
		usual := map[byte]string{';': "semicolons", '\t': "tabs", '|': "bars"}[l.delimiter]
		l.note(cmp.Or(usual, string(l.delimiter)) + " between fields")
	}
	if l.spaced {
		l.note("spaces after commas")
	}
	if l.preamble > 0 {
		l.note(count(l.preamble, "line") + " above the header")
	}
	if n := len(l.header); n > 1 && l.header[n-1] != "" && l.endsInDelimiter() {
		l.trailing = true
		l.note("a delimiter at the end of every row")
		for i, row := range l.sample {
			l.sample[i] = row[:len(row)-1]
		}
	}
}

// endsInDelimiter: every row has one field more than the header, and it is empty.
func (l *layout) endsInDelimiter() bool {
	for _, row := range l.sample {
		if len(row) != len(l.header)+1 || row[len(row)-1] != "" {
			return false
		}
	}
	return len(l.sample) > 0
}

func firstLines(head []byte, n int) []byte {
	at := 0
	for range n {
		next := bytes.IndexByte(head[at:], '\n')
		if next < 0 {
			return head
		}
		at += next + 1
	}
	return head[:at]
}

// delimiters in the order they are tried; a "Sep=" line decides.
func delimiters(head []byte) []byte {
	if first := bytes.Trim(firstLines(head, 1), "\"\r\n "); len(first) == 5 && strings.EqualFold(string(first[:4]), "sep=") {
		return first[4:5]
	}
	return []byte{',', ';', '\t', '|'}
}

// sampleOf parses the first records; the last, perhaps cut off, is left out unless the head is the whole file.
func sampleOf(head []byte, d dialect, whole bool) (records [][]string) {
	r := newRecordReader(bytes.NewReader(head), d)
	for len(records) < sampleRows {
		record, err := r.next()
		if err == io.EOF {
			break
		}
		records = append(records, record.fields)
	}
	if !whole && len(records) > 1 && len(records) < sampleRows {
		records = records[:len(records)-1]
	}
	return records
}

// headerOf is the place of the header among the first records: the first that is as wide as most records are and has
// a name in nearly every field. score ranks delimiters.
func headerOf(records [][]string) (at, score int) {
	widths := map[int]int{}
	for _, r := range records {
		widths[len(r)]++
	}
	common := 0
	for width, n := range widths {
		if width > 1 && (n > widths[common] || n == widths[common] && width > common) {
			common = width
		}
	}
	for i, r := range records {
		// a title block is short; rows that merely damage the header must not move it
		if i > 20 {
			break
		}
		if len(r) > 1 && (len(r) == common || len(r)+1 == common || 2*filled(r) > common) && 2*filled(r) > len(r) {
			return i, 100*len(r) + widths[len(r)]
		}
	}
	return 0, 0
}

func filled(fields []string) (n int) {
	for _, f := range fields {
		if strings.TrimSpace(f) != "" {
			n++
		}
	}
	return n
}
