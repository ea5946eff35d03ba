package ui

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/app/casefile"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// From whichever control of ours in a dialog, Esc leads out of it: none of them swallows the key.
func TestEscLeadsOutOfEveryDialogFromEveryControl(t *testing.T) {
	w := investigated(t)
	w.Show("sessions")
	settled(w)
	list, _, err := w.c.Sessions(t.Context(), app.Listing{Only: string(analysis.Attacker)})
	if err != nil || len(list) == 0 {
		t.Fatal(len(list), err)
	}
	canvas := w.win.Canvas()
	for name, open := range map[string]func(){
		"reveal": w.reveal, "add evidence": func() { w.importPaths(nil) }, "new case": func() { w.newCase(nil) }, "clock": w.setClock,
		"verdict": func() { (&sessionsView{w: w}).mark('a', list[:1]) }, "query of my own": func() { w.addQueryTo(list) },
		"failure": func() { w.fail(errors.New("disk gone")) }, "about": w.about, "networks": w.ownNetworks, "freeze": w.freeze, "rules": w.showRules,
	} {
		for stops := range 9 {
			open()
			settled(w)
			for range stops {
				canvas.FocusNext()
			}
			if _, arrow := canvas.Focused().(*widget.Button); arrow { // of a field, the toolkit's own
				canvas.Overlays().Remove(canvas.Overlays().Top())
				continue
			}
			if focused := canvas.Focused(); focused != nil {
				focused.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
			} else {
				key(w, fyne.KeyEscape)
			}
			if left := canvas.Overlays().List(); len(left) != 0 {
				t.Errorf("%s: Esc from control %d (%T) does not lead out", name, stops, canvas.Focused())
				for _, o := range left {
					canvas.Overlays().Remove(o)
				}
			}
		}
	}
}

// Enter answers a question that nothing has to be typed into.
func TestEnterAnswersAQuestion(t *testing.T) {
	w := openedWindow(t)
	answered := 0
	w.confirm("Sure?", "Yes", kit.Body("x"), func() { answered++ })
	w.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if answered != 1 || w.win.Canvas().Overlays().Top() != nil {
		t.Errorf("answered %d times", answered)
	}
}

// A verdict reaches as far as was chosen.
func TestTheReachOfAVerdictIsChosenByKeyboardToo(t *testing.T) {
	test.NewTempApp(t)
	test.ApplyTheme(t, kit.Theme{})
	o := kit.NewOneOf([]string{"one", "two", "three"})
	var areas []*kit.Area
	for _, c := range test.LaidOutObjects(o.View) {
		if a, ok := c.(*kit.Area); ok {
			areas = append(areas, a)
		}
	}
	if len(areas) != 3 || o.Chosen != 0 {
		t.Fatal(len(areas), o.Chosen)
	}
	areas[2].TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if o.Chosen != 2 {
		t.Error("chosen:", o.Chosen)
	}
}

// What fails is said in the window's language, with the whole error below where that says more.
func TestAFailureIsSaidInTheLanguageOfTheWindow(t *testing.T) {
	w := openedWindow(t)
	defer words.Use("en")
	words.Use("ko")
	path := filepath.Join(t.TempDir(), "x"+extension)
	what, _ := happened(app.Explain(errors.Join(&casefile.Damaged{Path: path, Why: "bytes are missing at its end"})))
	if !strings.Contains(what, "손상되었거나") || !strings.Contains(what, "파일 끝부분이 없습니다") {
		t.Error(what)
	}
	_, err := app.Open(t.Context(), path, app.Options{})
	what, whole := happened(app.Explain(err))
	if err == nil || whole == "" && !slices.ContainsFunc([]rune(what), func(r rune) bool { return r >= '가' && r <= '힣' }) {
		t.Error(what, whole, err)
	}
	w.fail(err)
	shows(t, w, "실행하지 못했습니다")
}

// What a log writes where it knows no client is said to be that; what it writes stays to be seen.
func TestAClientThatIsNotKnownIsSaidToBe(t *testing.T) {
	words.Use("en")
	for raw, want := range map[string]string{
		"9999;Unknown":           "no information about the client (9999, Unknown)",
		"Chrome 139;9999":        "Chrome 139|no information about the client (9999)",
		"14018001":               "Safari 18 (mobile) (14018001)",
		"python-requests/2.32.4": "python-requests/2.32.4", "": "",
	} {
		if got := strings.Join(clientWords(raw), "|"); got != want {
			t.Errorf("%q is said as %q, want %q", raw, got, want)
		}
	}
}

// A correction without effect says so, after it was made and in the list of corrections; so does a verdict that has faded.
func TestWhatHasNoEffectIsTold(t *testing.T) {
	w := investigated(t)
	list, _, err := w.c.Sessions(t.Context(), app.Listing{Only: string(analysis.Unreviewed)})
	if err != nil || len(list) == 0 {
		t.Fatal(len(list), err)
	}
	w.Correct(app.Correction{Kind: "add", Session: list[0].SessionID, At: list[0].Started, Text: "SELECT Id FROM Contact", Reason: "a guess"})
	shows(t, w, "The correction has no effect as things stand.", "Its session is not marked attacker.")
	w.win.Canvas().Overlays().Remove(w.win.Canvas().Overlays().Top())
	w.Show("queries")
	shows(t, w, "1 correction has no effect")
	w.showCorrections()
	shows(t, w, "no effect", "a guess")
	w.summary.Faded = []app.Faded{{Entry: 3, Verdict: analysis.Attacker, Reason: "by its address", Was: 3, Now: 2}}
	w.Show("sessions")
	shows(t, w, "1 verdict fits fewer sessions")
	w.showFaded()
	shows(t, w, "by its address", "Sessions then")
}
