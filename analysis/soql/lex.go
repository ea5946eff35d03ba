package soql

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

type kind uint8

const (
	end kind = iota
	word
	number
	date
	dateTime
	timeOfDay
	quoted
	symbol
	odd // letters and digits that begin with a digit: perhaps an id
	bad // what cannot be read; text says why
)

// A token is a piece of the text; for quoted ones text is between the quotes.
type token struct {
	kind     kind
	pos, end int
	text     string
}

type lexer struct {
	text     string
	pos      int
	comments bool // one was passed over
	tail     bool // one began with // or -- and ran to the end of the text
	newlines bool // one stood inside a string
}

// The order matters: the longer reading comes first.
var patterns = []struct {
	kind kind
	re   *regexp.Regexp
}{
	{dateTime, regexp.MustCompile(`^(?i:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d))`)},
	{date, regexp.MustCompile(`^\d{4}-\d\d-\d\d`)},
	{timeOfDay, regexp.MustCompile(`^(?i:\d\d:\d\d:\d\d(\.\d+)?Z)`)},
	{number, regexp.MustCompile(`^[+-]?(\d+(\.\d+)?|\.\d+)`)},
}

// longest bounds a literal, and with it the work on a text made of one.
const longest = 1000

const blanks = " \t\r\n\f\v"

func (l *lexer) all() []token {
	var tokens []token
	for {
		t := l.next()
		tokens = append(tokens, t)
		if t.kind == end || t.kind == bad {
			return tokens
		}
	}
}

func (l *lexer) next() token {
	if t, ok := l.skip(); !ok {
		return t
	}
	if l.pos == len(l.text) {
		return token{kind: end, pos: l.pos, end: l.pos}
	}
	switch c := l.text[l.pos]; {
	case c == '\'':
		return l.quoted()
	case isLetter(c), isDigit(c), (c == '+' || c == '-' || c == '.') && l.digitAfter():
		return l.literal()
	case c < utf8.RuneSelf && c > ' ' && c != '"':
		return l.symbol()
	}
	r, size := utf8.DecodeRuneInString(l.text[l.pos:])
	return l.take(bad, size, "unexpected character "+quote(string(r)))
}

// skip passes over white space and comments; not ok is a comment without end.
func (l *lexer) skip() (token, bool) {
	for l.pos < len(l.text) {
		rest := l.text[l.pos:]
		switch {
		case strings.IndexByte(blanks, rest[0]) >= 0:
			l.pos++
			continue
		case strings.HasPrefix(rest, "//"), strings.HasPrefix(rest, "--"):
			l.pos += lineLength(rest)
			l.tail = l.pos == len(l.text)
		case strings.HasPrefix(rest, "/*"):
			close := strings.Index(rest[2:], "*/")
			if close < 0 {
				return l.take(bad, len(rest), "a comment without end"), false
			}
			l.pos += close + 4
		default:
			return token{}, true
		}
		l.comments = true
	}
	return token{}, true
}

func lineLength(text string) int {
	if i := strings.IndexAny(text, "\r\n"); i >= 0 {
		return i
	}
	return len(text)
}

// quoted reads a string. A backslash takes the next character with it; what
// the two mean is for the parser, which knows whether LIKE stands before.
func (l *lexer) quoted() token {
	body := l.text[l.pos+1:]
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '\\':
			i++
		case '\n', '\r':
			l.newlines = true
		case '\'':
			return l.take(quoted, i+2, body[:i])
		}
	}
	return l.take(bad, len(body)+1, "a string without closing quote")
}

func (l *lexer) literal() token {
	rest := l.text[l.pos:]
	if isLetter(rest[0]) {
		n := span(rest, "_")
		return l.take(word, n, rest[:n])
	}
	candidate := rest[:min(span(rest, ".:+-"), longest)]
	for _, p := range patterns {
		if n := len(p.re.FindString(candidate)); n > 0 && !continues(rest[n:]) {
			return l.take(p.kind, n, rest[:n])
		}
	}
	n := span(rest, "")
	if n > 0 && !continues(rest[n:]) {
		return l.take(odd, n, rest[:n])
	}
	return l.take(bad, max(1, n), "a malformed number or date")
}

// span counts the letters, digits and further characters a text begins with.
func span(text, further string) int {
	for i := range len(text) {
		if c := text[i]; !isLetter(c) && !isDigit(c) && strings.IndexByte(further, c) < 0 {
			return i
		}
	}
	return len(text)
}

// continues reports whether what follows a literal would still belong to it,
// so that 5abc, 5. and 2020-01-01T are not split in two.
func continues(rest string) bool {
	if rest == "" {
		return false
	}
	c := rest[0]
	return isLetter(c) || isDigit(c) || c == '_'
}

func (l *lexer) symbol() token {
	rest := l.text[l.pos:]
	for _, two := range []string{"!=", "<>", "<=", ">="} {
		if strings.HasPrefix(rest, two) {
			return l.take(symbol, 2, two)
		}
	}
	return l.take(symbol, 1, rest[:1])
}

func (l *lexer) take(k kind, length int, text string) token {
	t := token{k, l.pos, l.pos + length, text}
	l.pos = t.end
	return t
}

// digitAfter reports whether a sign or dot at the current place opens a number.
func (l *lexer) digitAfter() bool {
	rest := strings.TrimPrefix(l.text[l.pos+1:], ".")
	return rest != "" && isDigit(rest[0])
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
