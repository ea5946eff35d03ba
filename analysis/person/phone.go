package person

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
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
	if found := candidates(text, mobile, others); len(found) > 0 {
		return strings.Join(found, maybe)
	}
	if home != "" {
		return possible(text, home)
	}
	return ""
}

func international(text string) bool {
	text = strings.TrimLeft(text, " (\u00a0\t")
	return strings.HasPrefix(text, "+") || strings.HasPrefix(text, "＋")
}

// possible accepts what has the length of a number, for ranges younger than the tables of the library.
func possible(text, region string) string {
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
	n, err := phonenumbers.Parse(text, region)
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return nil
	}
	return n
}

func candidates(text string, mobile bool, others string) (found []string) {
	var cellular []string
	for region := range strings.SplitSeq(others, ",") {
		n := valid(text, region)
		if n == nil {
			continue
		}
		found = append(found, e164(n))
		switch phonenumbers.GetNumberType(n) {
		case phonenumbers.MOBILE, phonenumbers.FIXED_LINE_OR_MOBILE:
			cellular = append(cellular, e164(n))
		}
	}
	if mobile && len(cellular) > 0 {
		return cellular
	}
	return found
}

func e164(n *phonenumbers.PhoneNumber) string { return phonenumbers.Format(n, phonenumbers.E164) }

// country is the ISO code of the country an E.164 number belongs to, "" when its code serves none or several.
func country(number string) string {
	n, err := phonenumbers.Parse(number, "ZZ")
	if err != nil {
		return ""
	}
	region := phonenumbers.GetRegionCodeForNumber(n)
	if len(region) != 2 || region == "ZZ" { // "001" stands for numbers of no country
		return ""
	}
	return region
}
