package evidence

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// Scan is what one pass over the bytes of a delimited file found, without any knowledge of the engine that loads it.
type Scan struct {
	Bytes, Records      int64 // Records includes the header; blank lines are no records
	BlankLines          int64
	LF, CRLF, LoneCR    int64 // row ends outside quotes
	Fields              int   // of the first record
	FieldMismatch       int64 // records whose number of fields differs from the first one's
	FirstMismatchRecord int64 // counted from 1, 0 = none
	StrayQuotes         int64
	NUL                 int64
	MaxRecordBytes      int64
	HeaderHasNewline    bool
	InvalidUTF8         bool
	BOM                 bool
	OpenQuoteAtEnd      bool
}

// Longest record the engine is asked to read; longer ones, should they exist, are rewritten with the same limit.
const maxLine = 64 << 20

// Regular reports whether the engine is known to read every record of such a file, each under its own number.
func (s *Scan) Regular() bool {
	return s.FieldMismatch == 0 && s.StrayQuotes == 0 && s.NUL == 0 && !s.InvalidUTF8 && !s.OpenQuoteAtEnd &&
		!s.HeaderHasNewline && s.LoneCR == 0 && !(s.LF > 0 && s.CRLF > 0) && s.MaxRecordBytes < maxLine && s.Fields > 1
}

// scanner counts records by the parity of quotation marks, 64 bytes at a time.
type scanner struct {
	Scan
	delimiter     byte
	carry         uint64 // all ones while inside quotes
	prevOK        uint64 // bit 0: the byte before allows an opening quote
	pendingClose  bool   // the last byte was a closing quote: delimiter, row end or quote must follow
	prevCR        bool   // the last byte was a CR outside quotes
	lastCR        bool   // the last byte was a CR
	offset, start int64  // of the block, of the record
	delimiters    int    // seen in the record
	pending       []byte // bytes short of a block
	partial       []byte // bytes short of a character
}

func newScanner(delimiter byte) *scanner { return &scanner{delimiter: delimiter, prevOK: 1} }

// Write takes the next bytes of the file. It never fails.
func (s *scanner) Write(p []byte) (int, error) {
	n := len(p)
	s.utf8(p)
	if s.offset == 0 && len(s.pending) == 0 && len(p) >= 3 && string(p[:3]) == "\xEF\xBB\xBF" {
		s.BOM, p = true, p[3:]
		s.offset, s.start = 3, 3
	}
	if len(s.pending) > 0 {
		k := min(64-len(s.pending), len(p))
		s.pending = append(s.pending, p[:k]...)
		p = p[k:]
		if len(s.pending) < 64 {
			return n, nil
		}
		s.block(s.pending, 64)
		s.pending = s.pending[:0]
	}
	for ; len(p) >= 64; p = p[64:] {
		s.block(p[:64], 64)
	}
	s.pending = append(s.pending, p...)
	return n, nil
}

// utf8 validates p, keeping an incomplete character at its end for the next call.
func (s *scanner) utf8(p []byte) {
	if s.InvalidUTF8 {
		return
	}
	for len(s.partial) > 0 && len(p) > 0 && !utf8.FullRune(s.partial) {
		s.partial = append(s.partial, p[0])
		p = p[1:]
	}
	if len(s.partial) > 0 && utf8.FullRune(s.partial) {
		s.InvalidUTF8 = !utf8.Valid(s.partial)
		s.partial = s.partial[:0]
	}
	cut := len(p)
	for i := 1; i <= 3 && i <= len(p); i++ {
		if b := p[len(p)-i]; b >= 0xC0 && !utf8.FullRune(p[len(p)-i:]) {
			cut = len(p) - i
		} else if b >= 0x80 && b < 0xC0 {
			continue
		}
		break
	}
	s.InvalidUTF8 = s.InvalidUTF8 || !utf8.Valid(p[:cut])
	s.partial = append(s.partial, p[cut:]...)
}

const each = 0x0101010101010101

// matches returns eight bits, one per byte of w that equals the byte repeated in pattern.
func matches(w, pattern uint64) uint64 {
	x := w ^ pattern
	y := ^(((x & 0x7f7f7f7f7f7f7f7f) + 0x7f7f7f7f7f7f7f7f) | x | 0x7f7f7f7f7f7f7f7f)
	return (y * 0x0002040810204081) >> 56
}

// masks are the places of the bytes that matter in a block of 64, one bit each.
type masks struct{ quote, delimiter, lf, cr, nul uint64 }

func (s *scanner) masks(b []byte, n int) (m masks) {
	_ = b[63]
	delimiter := each * uint64(s.delimiter)
	for j := range 8 {
		w, shift := binary.LittleEndian.Uint64(b[8*j:]), uint(8*j)
		m.quote |= matches(w, each*'"') << shift
		m.delimiter |= matches(w, delimiter) << shift
		m.lf |= matches(w, each*'\n') << shift
		m.cr |= matches(w, each*'\r') << shift
		m.nul |= matches(w, 0) << shift
	}
	if n < 64 {
		valid := uint64(1)<<uint(n) - 1
		m.quote, m.delimiter, m.lf, m.cr, m.nul = m.quote&valid, m.delimiter&valid, m.lf&valid, m.cr&valid, m.nul&valid
	}
	return m
}

// block takes n bytes of the 64 in b.
func (s *scanner) block(b []byte, n int) {
	m := s.masks(b, n)
	inside := m.quote // by prefix parity: bit set from an opening quote up to before its closing one
	for shift := 1; shift < 64; shift *= 2 {
		inside ^= inside << shift
	}
	inside ^= s.carry
	s.carry = uint64(int64(inside<<uint(64-n)) >> 63)
	s.NUL += int64(bits.OnesCount64(m.nul))
	s.strays(m, inside, n)
	s.returns(m, inside, n)
	s.rows(m, inside, n)
	s.offset += int64(n)
}

// strays counts quotation marks in places where none may stand.
func (s *scanner) strays(m masks, inside uint64, n int) {
	last := uint64(1) << uint(n-1)
	opening, closing := m.quote&inside, m.quote&^inside
	before := m.delimiter | m.lf | m.quote
	after := m.delimiter | m.lf | m.cr | m.quote
	if s.pendingClose && after&1 == 0 {
		s.StrayQuotes++
	}
	stray := opening &^ (before<<1 | s.prevOK)
	stray |= closing &^ last &^ (after >> 1)
	s.StrayQuotes += int64(bits.OnesCount64(stray))
	s.pendingClose = closing&last != 0
	s.prevOK = before >> uint(n-1) & 1
}

// returns counts carriage returns that no line feed follows.
func (s *scanner) returns(m masks, inside uint64, n int) {
	last := uint64(1) << uint(n-1)
	outside := m.cr &^ inside
	if s.prevCR && m.lf&1 == 0 {
		s.LoneCR++
	}
	s.LoneCR += int64(bits.OnesCount64(outside &^ (m.lf >> 1) &^ last))
	s.prevCR = outside&last != 0
}

// rows ends a record at every line feed outside quotes.
func (s *scanner) rows(m masks, inside uint64, n int) {
	delimiters, ends := m.delimiter&^inside, m.lf&^inside
	if breaks := (m.lf | m.cr) & inside; s.Records == 0 && breaks != 0 &&
		(ends == 0 || bits.TrailingZeros64(breaks) < bits.TrailingZeros64(ends)) {
		s.HeaderHasNewline = true
	}
	done := uint64(0)
	for ; ends != 0; ends &= ends - 1 {
		at := uint(bits.TrailingZeros64(ends))
		upto := uint64(1)<<at - 1
		s.delimiters += bits.OnesCount64(delimiters & upto &^ done)
		done = upto | 1<<at
		crlf := s.lastCR
		if at > 0 {
			crlf = m.cr>>(at-1)&1 == 1
		}
		if crlf {
			s.CRLF++
		} else {
			s.LF++
		}
		s.record(s.offset+int64(at)+1, crlf)
	}
	s.delimiters += bits.OnesCount64(delimiters &^ done)
	s.lastCR = m.cr>>uint(n-1)&1 == 1
}

// record ends the one that began at s.start.
func (s *scanner) record(end int64, crlf bool) {
	length := end - s.start
	fields := s.delimiters + 1
	s.start, s.delimiters = end, 0
	if length == 1 || length == 2 && crlf {
		s.BlankLines++
		return
	}
	s.Records++
	if s.Records == 1 {
		s.Fields = fields
	} else if fields != s.Fields {
		s.FieldMismatch++
		if s.FirstMismatchRecord == 0 {
			s.FirstMismatchRecord = s.Records
		}
	}
	s.MaxRecordBytes = max(s.MaxRecordBytes, length)
}

// Close takes the last bytes and a last record without a row end.
func (s *scanner) Close() *Scan {
	if n := len(s.pending); n > 0 {
		var b [64]byte
		copy(b[:], s.pending)
		s.block(b[:], n)
	}
	s.InvalidUTF8 = s.InvalidUTF8 || len(s.partial) > 0
	if s.prevCR {
		s.LoneCR++
	}
	s.OpenQuoteAtEnd = s.carry != 0
	if s.offset > s.start {
		s.record(s.offset+1, false)
	}
	s.Bytes = s.offset
	return &s.Scan
}
