package export

import (
	"os"
	"path/filepath"
	"testing"
)

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
		if got := (&tongue{}).reasoned(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A key is looked up in other files: one that begins with a plus sign must be found there.
func TestKeysLeaveUnchanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sessions.csv")
	c, err := newCSV(path, []string{"login_key", "session_keys", "app"})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range [][]any{{"+C+n9eu0ZhoU5bkp", "+j0khx/eBfExK6m=;7q++agndY7mzT+2D", "+app"}, {"=A1", "+cmd|'/c calc'!A0", "app"}} {
		if err := c.row(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	want := "login_key,session_keys,app\r\n+C+n9eu0ZhoU5bkp,+j0khx/eBfExK6m=;7q++agndY7mzT+2D,'+app\r\n'=A1,'+cmd|'/c calc'!A0,app\r\n"
	if err != nil || string(text) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, text, want)
	}
}
