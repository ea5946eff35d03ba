package person

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// fold brings spellings of one word together: full-width and half-width forms, separate Hangul jamo, letter case and
// the accents of Latin letters. Only letters, digits and single spaces between words remain.
func fold(text string) string {
	if settled(text) {
		return words(strings.ToLower(text))
	}
	text = cases.Fold().String(norm.NFKC.String(text))
	return words(norm.NFC.String(strings.Map(withoutAccent, norm.NFD.String(text))))
}

// settled: ASCII, Hangul syllables, the common Han characters and kana, which have but one spelling.
func settled(text string) bool {
	for _, r := range text {
		if r >= 0x80 && !(r >= 0xac00 && r <= 0xd7a3 || r >= 0x4e00 && r <= 0x9fff || r >= 0x3041 && r <= 0x3096 || r >= 0x30a1 && r <= 0x30fc) {
			return false
		}
	}
	return true
}

// withoutAccent drops the accents of the Latin, Greek and Cyrillic scripts; the voicing marks of kana stay.
func withoutAccent(r rune) rune {
	if r >= 0x300 && r <= 0x36f {
		return -1
	}
	return r
}

// words keeps letters and digits. Apostrophes, hyphens and dots inside a word join (Min-su, O'Neil), all else divides.
func words(text string) string {
	var b strings.Builder
	gap := false
	for _, r := range text {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		case strings.ContainsRune("-'’.‐‑", r):
		default:
			gap = true
		}
	}
	return b.String()
}

// squash is fold without the spaces.
func squash(text string) string { return strings.ReplaceAll(fold(text), " ", "") }

// form is a name made comparable. Names of East Asia are compared joined, family name first; others by their words.
type form struct {
	joined []string // every order the name can be read in; of a CJK name
	words  []string // sorted; of any other name
	given  string
	family string
}

// readName takes a name apart. A CRM holds it as family and given name, or all in one column: full, or family alone.
func readName(family, given, full string) form {
	family, given, full = undress(fold(family)), undress(fold(given)), undress(fold(full))
	if family == "" || given == "" {
		return readFull(cmp.Or(full, family+given))
	}
	if cjk(family + given) {
		return form{joined: []string{join(family) + join(given)}, family: join(family), given: join(given)}
	}
	return form{words: sorted(family + " " + given), family: family, given: given}
}

func readFull(full string) form {
	parts := strings.Fields(full)
	switch {
	case len(parts) == 0:
		return form{}
	case !cjk(full):
		return form{words: sorted(full)}
	case len(parts) == 2: // 박 재현, or 재현 박 as a CRM with a Western locale puts it
		return form{joined: []string{parts[0] + parts[1], parts[1] + parts[0]}}
	}
	return form{joined: []string{join(full)}}
}

func join(text string) string { return strings.ReplaceAll(text, " ", "") }

func sorted(text string) []string {
	parts := strings.Fields(text)
	slices.Sort(parts)
	return parts
}

// cjk tells whether a name is written in Hangul, Han or kana.
func cjk(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return unicode.In(r, unicode.Hangul, unicode.Han, unicode.Hiragana, unicode.Katakana)
	})
}

// undress takes salutations and titles off a folded name.
func undress(name string) string {
	rules := manners()
	parts := strings.Fields(name)
	for len(parts) > 1 && slices.Contains(rules.Before, parts[0]) {
		parts = parts[1:]
	}
	for len(parts) > 1 && slices.Contains(rules.After, parts[len(parts)-1]) {
		parts = parts[:len(parts)-1]
	}
	name = strings.Join(parts, " ")
	for _, title := range rules.Attached {
		if short := strings.TrimSuffix(name, title); short != name && len([]rune(short)) >= 2 {
			return strings.TrimSpace(short)
		}
	}
	return name
}

// What two names say about whether their bearers are one person.
const (
	same      = "same"      // the same name
	alike     = "alike"     // a short form or initials
	slip      = "slip"      // but for one letter the same
	renamed   = "renamed"   // the same given name with another family name
	unknown   = "unknown"   // one is missing, or they are in different scripts
	different = "different" // two people, as far as names can tell
)

func relate(a, b form) string {
	switch {
	case a.joined != nil && b.joined != nil:
		return relateJoined(a, b)
	case a.words != nil && b.words != nil:
		return relateWords(a, b)
	}
	return unknown
}

func relateJoined(a, b form) string {
	result := different
	for _, x := range a.joined {
		for _, y := range b.joined {
			switch {
			case x == y:
				return same
			case within(x, y) || within(y, x):
				result = alike
			}
		}
	}
	if result == different && len([]rune(a.given)) > 1 && a.given == b.given {
		return renamed
	}
	return result
}

// within: the short one is the other's given name, or family name and one more character.
func within(short, long string) bool {
	return len([]rune(short)) >= 2 && strings.Contains(long, short)
}

func relateWords(a, b form) string {
	x, y := strings.Join(a.words, ""), strings.Join(b.words, "")
	switch {
	case x == y || sameLetters(a, b):
		return same
	case shortened(a.words, b.words) || shortened(b.words, a.words):
		return alike
	case oneSlip(x, y):
		return slip
	case a.given != "" && a.given == b.given:
		return renamed
	}
	return different
}

// sameLetters: Min Seo Kim and Kim Minseo.
func sameLetters(a, b form) bool {
	if a.family == "" || a.family != b.family {
		return false
	}
	return join(a.given) == join(b.given)
}

// shortened: every word of short stands for one of long (in full, as an initial or cut off), and one does in full.
func shortened(short, long []string) bool {
	if len(short) < 2 || len(short) > len(long) {
		return false
	}
	left, full := slices.Clone(long), 0
	for _, w := range short {
		i := slices.Index(left, w)
		if i >= 0 {
			full++
		} else if i = slices.IndexFunc(left, func(l string) bool { return abbreviates(w, l) }); i < 0 {
			return false
		}
		left = slices.Delete(left, i, i+1)
	}
	return full > 0
}

func abbreviates(w, long string) bool {
	return strings.HasPrefix(long, w) && (len(w) == 1 || len(w) >= 3)
}

// oneSlip: one letter too many, too few, wrong, or two that changed places, in a name long enough to tell.
func oneSlip(x, y string) bool {
	a, b := []rune(x), []rune(y)
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) < 8 || len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return string(a[i:]) == string(b[i+1:])
	}
	return string(a[min(i+1, len(a)):]) == string(b[min(i+1, len(b)):]) ||
		i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && string(a[i+2:]) == string(b[i+2:])
}
