package person

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
	"google.golang.org/protobuf/proto"
)

// maybe separates the candidates in the result of numbers.
const maybe = "|"

// numbers normalises a telephone number to E.164. home is the ISO code of the customer's country, "" when unknown;
// others are the codes of the countries the case's customers live in, ','-separated, most customers first.
//
// A number written without its country code may be valid in several of the others: all of them are returned, so that
// two spellings of one number meet whatever the right country is. mobile says that the column holds mobile numbers:
// then a country in which the number is a mobile one is preferred. "" means that the text holds no telephone number.
func numbers(text string, mobile bool, home, others string) string {
	if international(text) {
		return possible(text, "ZZ")
	}
	if n := valid(text, home); n != nil {
		return e164(n)
	}
	found := candidates(text, mobile, others)
	if home != "" {
		if n := possible(text, home); n != "" && !slices.Contains(found, n) {
			found = append(found, n) // a range younger than the tables, or an invented number
		}
	}
	return strings.Join(found, maybe)
}

func international(text string) bool {
	text = strings.TrimLeft(text, " (\u00a0\t")
	return strings.HasPrefix(text, "+") || strings.HasPrefix(text, "＋")
}

// possible accepts what has the length of a number, for ranges younger than the tables of the library.
func possible(text, region string) string {
	if n := plain(text, region); n != nil {
		return e164(n)
	}
	n, err := phonenumbers.Parse(text, region)
	if err != nil || !phonenumbers.IsPossibleNumber(n) {
		return ""
	}
	return e164(n)
}

func valid(text, region string) *phonenumbers.PhoneNumber {
	if region == "" {
		return nil
	}
	if n := plain(text, region); n != nil {
		return n
	}
	n, err := phonenumbers.Parse(text, region)
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return nil
	}
	return n
}

// plain reads a number written in digits and separators only, in its usual form, as nearly all are: the library takes
// most of its time to look for extensions and vanity letters. nil when it is not valid that way.
func plain(text, region string) *phonenumbers.PhoneNumber {
	digits, ok := digitsOf(text)
	if !ok {
		return nil
	}
	code := phonenumbers.GetCountryCodeForRegion(region)
	if digits[0] == '+' {
		if code, digits = callingCode(digits[1:]); code != 0 {
			region = phonenumbers.GetRegionCodeForCountryCode(code)
		}
	} else if trunk := phonenumbers.GetNddPrefixForRegion(region, true); trunk != "" {
		digits = strings.TrimPrefix(digits, trunk)
	}
	if code == 0 || len(digits) < 5 || digits[0] == '0' {
		return nil
	}
	national, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return nil
	}
	n := &phonenumbers.PhoneNumber{CountryCode: proto.Int32(int32(code)), NationalNumber: proto.Uint64(national)}
	if !phonenumbers.IsValidNumberForRegion(n, region) {
		return nil
	}
	return n
}

// digitsOf takes the separators out; false when anything but digits and separators is in the text.
func digitsOf(text string) (string, bool) {
	digits := make([]byte, 0, len(text))
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9', c == '+' && len(digits) == 0:
			digits = append(digits, c)
		case c == ' ' || c == '-' || c == '.' || c == '(' || c == ')':
		default:
			return "", false
		}
	}
	return string(digits), len(digits) > 1
}

// callingCode cuts the country code off the digits of an international number; 0 when there is none.
func callingCode(digits string) (code int, rest string) {
	for length := 1; length <= 3 && length < len(digits); length++ {
		code, err := strconv.Atoi(digits[:length])
		if err != nil {
			return 0, digits
		}
		if region := phonenumbers.GetRegionCodeForCountryCode(code); region != "ZZ" {
			return code, digits[length:]
		}
	}
	return 0, digits
}

func candidates(text string, mobile bool, others string) []string {
	var found, cellular []string
	_, usual := digitsOf(text)
	for region := range strings.SplitSeq(others, ",") {
		n := plain(text, region)
		if n == nil && !usual {
			n = valid(text, region)
		}
		if n == nil {
			continue
		}
		found = append(found, e164(n))
		if mobile && cell(n) {
			cellular = append(cellular, e164(n))
		}
	}
	if len(cellular) > 0 {
		return cellular
	}
	return found
}

func cell(n *phonenumbers.PhoneNumber) bool {
	kind := phonenumbers.GetNumberType(n)
	return kind == phonenumbers.MOBILE || kind == phonenumbers.FIXED_LINE_OR_MOBILE
}

func e164(n *phonenumbers.PhoneNumber) string { return phonenumbers.Format(n, phonenumbers.E164) }

// country is the ISO code of the country an E.164 number belongs to, "" when its code serves none or several.
func country(number string) string {
	if code, _ := callingCode(strings.TrimPrefix(number, "+")); code != 0 {
		if regions := phonenumbers.GetRegionCodesForCountryCode(code); len(regions) == 1 {
			return ofCountry(regions[0])
		}
	}
	n, err := phonenumbers.Parse(number, "ZZ")
	if err != nil {
		return ""
	}
	return ofCountry(phonenumbers.GetRegionCodeForNumber(n))
}

// ofCountry drops "001", which stands for numbers of no country, and "ZZ" for unknown ones.
func ofCountry(region string) string {
	if len(region) != 2 || region == "ZZ" {
		return ""
	}
	return region
}
