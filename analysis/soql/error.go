package soql

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Error says where a text stops being a query and why.
type Error struct {
	Pos    int // byte offset into the text
	Line   int // counted from 1
	Column int // in characters, counted from 1
	Msg    string
}

func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Msg)
}

func errorAt(text string, pos int, msg string) *Error {
	before := text[:pos]
	line := strings.LastIndexByte(before, '\n') + 1
	return &Error{
		Pos:    pos,
		Line:   strings.Count(before, "\n") + 1,
		Column: utf8.RuneCountInString(before[line:]) + 1,
		Msg:    msg,
	}
}

// What the parser forgives. The server refuses each of these in an API call;
// Lenient lists them so that a reader knows the tree is a reading.
const (
	LenientMixed   = "AND and OR mixed without parentheses, AND read before OR"
	LenientComment = "comment"
	// LenientTail comes with LenientComment. Where a log keeps no line breaks
	// the comment may have swallowed conditions: the reading is not certain.
	LenientTail       = "comment that runs to the end of the text"
	LenientSemicolon  = "semicolon at the end"
	LenientNewline    = "line break inside a string"
	LenientID         = "id without quotes"
	LenientBind       = "bind variable (Apex only)"
	LenientForUpdate  = "FOR UPDATE (Apex only)"
	LenientAllRows    = "ALL ROWS (Apex only)"
	LenientCountAlias = "alias after COUNT()"
	LenientQuotes     = "search terms in quotes instead of braces (Apex only)"
	LenientEscape     = "search terms with a reserved character not escaped, or an ordinary one escaped"
)
