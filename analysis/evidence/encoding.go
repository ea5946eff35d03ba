package evidence

import (
	"bytes"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	uni "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"
)

// charset is a way to write text as bytes, under the name the register shows.
type charset struct {
	name     string
	encoding encoding.Encoding
}

var utf8Charset = charset{"utf-8", encoding.Nop}

// wide are the encodings of two and four bytes a character.
var wide = []charset{
	{"utf-16le", uni.UTF16(uni.LittleEndian, uni.UseBOM)}, {"utf-16be", uni.UTF16(uni.BigEndian, uni.UseBOM)},
	{"utf-32le", utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)}, {"utf-32be", utf32.UTF32(utf32.BigEndian, utf32.UseBOM)},
}

// legacy are the encodings of systems older than Unicode, in the order that decides between equals.
var legacy = []charset{
	{"cp949", korean.EUCKR}, {"cp932", japanese.ShiftJIS}, {"gb18030", simplifiedchinese.GB18030}, {"windows-1252", charmap.Windows1252},
	{"euc-jp", japanese.EUCJP}, {"big5", traditionalchinese.Big5},
}

// charsetNamed knows the names above and those of the web ("euc-kr", "shift_jis", "latin1"…).
func charsetNamed(name string) (charset, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "utf-8" || name == "utf8" {
		return utf8Charset, nil
	}
	for _, c := range append(append([]charset{}, wide...), legacy...) {
		if c.name == name {
			return c, nil
		}
	}
	known, err := htmlindex.Get(name)
	if err != nil {
		return charset{}, &BadOption{"encoding", name, "no encoding of that name is known"}
	}
	return charset{name, known}, nil
}

// wideCharset recognises UTF-16 and UTF-32 by their byte order mark or by where their zero bytes stand. ok is false for
// anything that can only be told by the whole text.
//
// Some programs write a mark of two bytes before characters of four.
func wideCharset(head []byte) (found charset, ok bool) {
	if len(head) > 16 && (bytes.HasPrefix(head, []byte{0xFE, 0xFF}) || bytes.HasPrefix(head, []byte{0xFF, 0xFE})) {
		if found, ok := byZeros(head[2:]); ok && !bytes.HasPrefix(head, []byte{0xFF, 0xFE, 0, 0}) && strings.HasPrefix(found.name, "utf-32") {
			return charset{found.name, afterMark{found.encoding}}, true
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE, 0, 0}):
		return wide[2], true
	case bytes.HasPrefix(head, []byte{0, 0, 0xFE, 0xFF}):
		return wide[3], true
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return wide[0], true
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return wide[1], true
	}
	return byZeros(head)
}

// afterMark skips a mark of two bytes.
type afterMark struct{ encoding.Encoding }

func (e afterMark) NewDecoder() *encoding.Decoder {
	return &encoding.Decoder{Transformer: transform.Chain(&skipTwo{}, e.Encoding.NewDecoder())}
}

type skipTwo struct{ skipped int }

func (s *skipTwo) Reset() { s.skipped = 0 }

func (s *skipTwo) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for ; s.skipped < 2 && nSrc < len(src); nSrc++ {
		s.skipped++
	}
	n := copy(dst, src[nSrc:])
	if nSrc+n < len(src) {
		err = transform.ErrShortDst
	}
	return n, nSrc + n, err
}

// byZeros tells encodings of two and four bytes by where the zero bytes of ASCII characters stand.
func byZeros(head []byte) (found charset, ok bool) {
	var zeros [4]int
	n := len(head) / 4 * 4
	for i, b := range head[:n] {
		if b == 0 {
			zeros[i%4]++
		}
	}
	most := func(i int) bool { return 10*zeros[i] > 6*n/4 }
	few := func(i int) bool { return 10*zeros[i] < 2*n/4 }
	switch {
	case n < 8:
		return charset{}, false
	case few(0) && most(1) && most(2) && most(3):
		return charset{"utf-32le", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)}, true
	case most(0) && most(1) && most(2) && few(3):
		return charset{"utf-32be", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)}, true
	case few(0) && few(2) && (most(1) || most(3)):
		return charset{"utf-16le", uni.UTF16(uni.LittleEndian, uni.IgnoreBOM)}, true
	case few(1) && few(3) && (most(0) || most(2)):
		return charset{"utf-16be", uni.UTF16(uni.BigEndian, uni.IgnoreBOM)}, true
	}
	return charset{}, false
}

// legacyCharset judges text that is no UTF-8 by what each encoding makes of its bytes beyond ASCII. second is the next
// best when it comes close, else "".
func legacyCharset(text io.Reader) (best charset, second string, err error) {
	sample, invalid, err := beyondASCII(text)
	if err != nil {
		return charset{}, "", err
	}
	// broken characters in an otherwise sound text are damage, not another encoding: of the bytes of another, at most one
	// character in nine would happen to be well-formed
	if valid := multibyte(sample); 2*valid > invalid {
		return utf8Charset, "", nil
	}
	scores := make([]float64, len(legacy))
	top, next := 0, -1
	for i, c := range legacy {
		scores[i] = plausibility(c, sample)
		switch {
		case i == 0:
		case scores[i] > scores[top]:
			top, next = i, top
		case next < 0 || scores[i] > scores[next]:
			next = i
		}
	}
	if scores[next] > scores[top]-0.15 {
		second = legacy[next].name
	}
	return legacy[top], second, nil
}

// beyondASCII gathers lines that hold bytes beyond ASCII, up to a megabyte, and counts bytes that are no UTF-8.
func beyondASCII(text io.Reader) (sample []byte, invalid int, err error) {
	const enough = 1 << 20
	buffer := make([]byte, 1<<20)
	for len(sample) < enough {
		n, err := io.ReadFull(text, buffer)
		for line := range bytes.Lines(buffer[:n]) {
			if bytes.IndexFunc(line, func(r rune) bool { return r > 0x7F }) >= 0 {
				sample = append(sample, line...)
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			break
		} else if err != nil {
			return nil, 0, err
		}
	}
	for rest := sample; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError && size == 1 {
			invalid++
		}
		rest = rest[size:]
	}
	return sample, invalid, nil
}

// multibyte counts the well-formed UTF-8 characters beyond ASCII.
func multibyte(sample []byte) (n int) {
	for rest := sample; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if r > 0x7F && size > 1 {
			n++
		}
		rest = rest[size:]
	}
	return n
}

// plausibility is the mean over the bytes beyond ASCII of how much the characters they become look like writing.
func plausibility(c charset, sample []byte) float64 {
	decoded, err := c.encoding.NewDecoder().Bytes(sample)
	if err != nil {
		return -1
	}
	var sum float64
	var bytesBeyond int
	for _, b := range sample {
		if b > 0x7F {
			bytesBeyond++
		}
	}
	before := ' '
	for _, r := range string(decoded) {
		if r > 0x7F {
			sum += likely(c.name, r, before)
		}
		before = r
	}
	return sum / float64(max(1, bytesBeyond))
}

// likely weighs one character by the bytes it took (two bytes: up to 2): how usual it is in texts of that encoding.
func likely(name string, r, before rune) float64 {
	switch {
	case r == utf8.RuneError, unicode.Is(unicode.Co, r), unicode.IsControl(r):
		return -8
	case unicode.Is(unicode.Hangul, r):
		if name == "cp949" && common949(r) {
			return 2
		}
		return 0.2
	case r >= 0xFF61 && r <= 0xFF9F: // half-width katakana: what single bytes of other encodings become
		return 0.1
	case unicode.Is(unicode.Hiragana, r), unicode.Is(unicode.Katakana, r):
		if name == "cp932" || name == "euc-jp" {
			return 2
		}
		return 0.3
	case unicode.Is(unicode.Han, r):
		return han(name, r)
	case name == "windows-1252":
		return western(r, before)
	case r >= 0x3000 && r <= 0x303F, r >= 0xFF01 && r <= 0xFF5E, r == '·', r == '…', r == '“', r == '”':
		return 1.5
	}
	return 0
}

// common949 tells the 2,350 syllables of the older standard, which make up nearly all written Korean.
func common949(r rune) bool {
	b, err := korean.EUCKR.NewEncoder().Bytes([]byte(string(r)))
	return err == nil && len(b) == 2 && b[0] >= 0xB0 && b[0] <= 0xC8 && b[1] >= 0xA1
}

// han weighs an ideograph by whether it belongs to the frequent half of that encoding's own table.
func han(name string, r rune) float64 {
	frequent := func(e encoding.Encoding, from, to byte) bool {
		b, err := e.NewEncoder().Bytes([]byte(string(r)))
		return err == nil && len(b) == 2 && b[0] >= from && b[0] <= to
	}
	switch name {
	case "gb18030":
		if frequent(simplifiedchinese.GBK, 0xB0, 0xD7) {
			return 1.8
		}
	case "cp932":
		if frequent(japanese.ShiftJIS, 0x88, 0x97) {
			return 1.6
		}
	case "euc-jp":
		if frequent(japanese.EUCJP, 0xB0, 0xCF) {
			return 1.6
		}
	case "big5":
		if frequent(traditionalchinese.Big5, 0xA4, 0xC6) {
			return 1.7
		}
	}
	return 0.4
}

// western weighs a character of Windows-1252: letters inside words are usual, signs in rows are another encoding.
func western(r, before rune) float64 {
	switch {
	case unicode.IsLetter(r) && unicode.IsLetter(before) && before < 0x80:
		return 1
	case unicode.IsLetter(r) && (before == ' ' || before == '"' || before == ',' || before == ';' || before == '\n'):
		return 0.8
	case strings.ContainsRune("’‘“”–—…€°·«»£©®™§", r):
		return 0.8
	case unicode.IsLetter(r) && unicode.IsLetter(before):
		return -0.1
	}
	return -0.5
}

// decoder turns text into UTF-8, writing U+FFFD for what does not decode and counting those.
type decoder struct {
	source   io.Reader
	replaced int64
	edge     []byte // the last bytes handed out, in case a character is cut in two
}

func newDecoder(source io.Reader, c charset) *decoder {
	return &decoder{source: transform.NewReader(source, c.encoding.NewDecoder())}
}

// Read counts replacement characters as they pass.
func (d *decoder) Read(p []byte) (int, error) {
	n, err := d.source.Read(p)
	mark := []byte("\uFFFD")
	d.replaced += int64(bytes.Count(p[:n], mark))
	d.replaced += int64(bytes.Count(append(d.edge, p[:min(n, 2)]...), mark))
	d.edge = append(d.edge[:0], lastBytes(append(d.edge, p[:min(n, 2)]...), p[:n])...)
	return n, err
}

// lastBytes are the last two bytes of what passed, fewer when no more did or when they end a whole mark.
func lastBytes(before, chunk []byte) []byte {
	if len(chunk) > 2 {
		before = chunk
	}
	if bytes.HasSuffix(before, []byte("\uFFFD")) {
		return nil
	}
	return before[max(0, len(before)-2):]
}

// fullEnd reports whether chunk ends with a whole character, or with bytes that can never become one.
func fullEnd(chunk []byte) bool {
	for i := 1; i <= 3 && i <= len(chunk); i++ {
		if b := chunk[len(chunk)-i]; b >= 0xC0 {
			return utf8.FullRune(chunk[len(chunk)-i:])
		} else if b < 0x80 {
			return true
		}
	}
	return true
}

// repair replaces bytes that are no UTF-8, counting them.
func (c *checked) repair(chunk []byte) []byte {
	if utf8.Valid(chunk) {
		return chunk
	}
	sound := make([]byte, 0, len(chunk)+16)
	for len(chunk) > 0 {
		r, size := utf8.DecodeRune(chunk)
		if r == utf8.RuneError && size == 1 {
			*c.into++
		}
		sound = utf8.AppendRune(sound, r)
		chunk = chunk[size:]
	}
	return sound
}

// validFile reports whether a staged file is UTF-8 throughout.
func validFile(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return true // opening it again will say so
	}
	defer file.Close()
	scan := newScanner(',')
	io.Copy(scan, file)
	return !scan.Close().InvalidUTF8
}
