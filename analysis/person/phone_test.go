package person

import (
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
)

// Every spelling of a number leads to one E.164 number, whatever country it is of.
func TestSpellingsOfOneNumberMeet(t *testing.T) {
	for region := range phonenumbers.GetSupportedRegions() {
		for _, kind := range []phonenumbers.PhoneNumberType{phonenumbers.MOBILE, phonenumbers.FIXED_LINE} {
			example := phonenumbers.GetExampleNumberForType(region, kind)
			if example == nil {
				continue
			}
			want := phonenumbers.Format(example, phonenumbers.E164)
			for _, format := range []phonenumbers.PhoneNumberFormat{phonenumbers.E164, phonenumbers.INTERNATIONAL, phonenumbers.NATIONAL} {
				if region == "AR" && format == phonenumbers.NATIONAL {
					continue // the library cannot read its own writing of Argentine mobile numbers
				}
				text := phonenumbers.Format(example, format)
				for _, spelling := range []string{text, strings.ReplaceAll(text, "-", " "), strings.ReplaceAll(text, " ", "."), full(text)} {
					if got := numbers(spelling, false, region, ""); got != want {
						t.Errorf("%s: %q becomes %q, want %q", region, spelling, got, want)
					}
				}
			}
		}
	}
}

func full(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '０'
		}
		return r
	}, text)
}

// The short way gives what the library gives, or nothing.
func TestPlainAgreesWithTheLibrary(t *testing.T) {
	texts := []string{"010-3325-6060", "01033256060", "8210 3325 6060", "02-3456-7890", "090-2329-9285", "0927490454", "07 96 24 93 72",
		"(310) 928-2803", "1-310-928-2803", "18913693437", "8374 9863", "+82 (0)10 3325 6060", "+852 5070 3526", "+1 (310) 329-1735", "00852 5070 3526", "12", "+", "+999 12345678"}
	for _, region := range []string{"KR", "JP", "CN", "TW", "HK", "SG", "US", "CA", "FR", "IT", "GB", "CH", "BR", "MX", "AR"} {
		for _, text := range texts {
			short := plain(text, region)
			if short == nil {
				continue
			}
			long, err := phonenumbers.Parse(text, region)
			if err != nil || e164(long) != e164(short) {
				t.Errorf("%q in %s: %s, the library says %v (%v)", text, region, e164(short), long, err)
			}
		}
	}
}

func TestNumberWithoutCountry(t *testing.T) {
	const others = "KR,CN,JP,TW,US,HK,FR,SG"
	for text, want := range map[string]string{
		"01033256060":    "+821033256060",
		"18913693437":    "+8618913693437",
		"0927490454":     "+886927490454",            // mobile only in Taiwan
		"91842206":       "+85291842206|+6591842206", // mobile in Hong Kong and Singapore
		"(310) 928-2803": "+13109282803",
		"call me":        "",
		"":               "",
		"-":              "",
	} {
		if got := numbers(text, true, "", others); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := numbers("8374 9863", true, "KR", others); got != "+6583749863|+8283749863" {
		t.Errorf("a number that is none of the mailing country's: %q", got)
	}
}

func TestCountryOfNumber(t *testing.T) {
	for number, want := range map[string]string{"+821033256060": "KR", "+13109282803": "US", "+14165550199": "CA", "+85291842206": "HK",
		"+33796249372": "FR", "+77012345678": "KZ", "+79161234567": "RU", "+80012345678": "", "": "", "+": ""} {
		if got := country(number); got != want {
			t.Errorf("%s: %q, want %q", number, got, want)
		}
	}
}
