package export

import "testing"

// A spreadsheet must not run what a customer typed, and a telephone number must stay one that can be dialled.
func TestHarmless(t *testing.T) {
	for _, text := range []string{"+86 153 0013-8000", "+82 (10) 2345.6789", "+33123456789", "김하은", "", "a=b"} {
		if got := harmless(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	for _, text := range []string{"=1", "+1+1", "+cmd|'/c calc'!A0", "+", "+ ()", "-1", "@SUM(A1)", "+82 10 ext=1", "\t=1", "+82\n=1", "+A1", "+1*2"} {
		if got := harmless(text); got != "'"+text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestReasonsInWords(t *testing.T) {
	for text, want := range map[string]string{
		"app-new +40 An app: never seen; before; hosting-2 +30.5 a hosting company": "An app: never seen; before; a hosting company",
		"suggested: suspicious by itself: tor +25 It came through Tor":              "suggested: suspicious by itself: It came through Tor",
		"named by the authority; twice":                                             "named by the authority; twice",
		"":                                                                          "",
	} {
		if got := reasoned(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
