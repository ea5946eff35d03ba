package evidence

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// count puts a number and a word together: 1 field, 2 fields.
func count[N int | int64](n N, word string) string {
	if n != 1 {
		word += "s"
	}
	return strconv.FormatInt(int64(n), 10) + " " + word
}

// fold brings a column name to the form names are compared in: case, width, spaces, '_', '-' and the accents of Latin
// letters do not tell names apart.
func fold(name string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		accent := r >= 0x300 && r <= 0x36F
		if unicode.IsSpace(r) || r == '_' || r == '-' || r == '\uFEFF' || r == '\u200B' || accent {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(name)))
}
