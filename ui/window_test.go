package ui

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/kit"
	"github.com/breachscope/breachscope/ui/words"
)

// openedWindow is a window on a fresh case in a temporary folder.
func openedWindow(t *testing.T) *Window {
	t.Helper()
	w := windowOf(t)
	w.create(filepath.Join(t.TempDir(), "case"+extension), app.Options{Name: "무단 접근", Timezone: "Asia/Seoul"}, nil)
	settled(w)
	if w.c == nil {
		t.Fatal("no case is open; the window says: ", texts(w))
	}
	return w
}

// windowOf is a window on the start screen; a case it opens is closed with the test.
func windowOf(t *testing.T) *Window {
	t.Helper()
	w := New(test.NewTempApp(t), Options{Language: "en"})
	w.win.Resize(fyne.NewSize(1400, 900))
	t.Cleanup(func() {
		if w.c != nil {
			w.leave()
			settled(w)
			w.c.Close()
		}
	})
	return w
}

// kept is the small incident as a case, judged and replayed by the first test that needs it.
var kept []byte

func prepared(t *testing.T) []byte {
	t.Helper()
	if kept != nil {
		return kept
	}
	w := openedWindow(t)
	w.Import([]string{incident(t)}, evidence.Options{SnapshotAt: time.Date(2026, 1, 4, 0, 0, 0, 0, time.UTC)})
	settled(w)
	w.judge(analysis.Attacker, "named by the platform", []session.Indicator{{Address: "203.0.113.9"}})
	settled(w)
	w.replay()
	settled(w)
	path := w.info.Path
	w.closeCase()
	settled(w)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	kept = data
	return kept
}

// investigated is a window on a copy of the prepared case.
func investigated(t *testing.T) *Window {
	t.Helper()
	path := filepath.Join(t.TempDir(), "case"+extension)
	if err := os.WriteFile(path, prepared(t), 0o600); err != nil {
		t.Fatal(err)
	}
	w := windowOf(t)
	w.Open(path)
	settled(w)
	if w.c == nil {
		t.Fatal("the case did not open; the window says: ", texts(w))
	}
	return w
}

// texts are all words on the screen, those of dialogs included.
func texts(w *Window) (all []string) {
	roots := append([]fyne.CanvasObject{w.win.Content()}, w.win.Canvas().Overlays().List()...)
	for _, root := range roots {
		for _, o := range test.LaidOutObjects(root) {
			switch o := o.(type) {
			case *canvas.Text:
				all = append(all, o.Text)
			case *widget.Label:
				all = append(all, o.Text)
			case *kit.Passage:
				all = append(all, o.Text)
			case *widget.Button:
				all = append(all, o.Text)
			}
		}
	}
	return all
}

func shows(t *testing.T, w *Window, wanted ...string) {
	t.Helper()
	settled(w)
	w.win.Canvas().Capture() // draws everything once
	settled(w)
	all := strings.Join(texts(w), "\n")
	for _, s := range wanted {
		if !strings.Contains(all, s) {
			t.Errorf("%q is not on the screen, which shows:\n%s", s, all)
			return
		}
	}
}

func TestTheWholeWayFromFilesToCustomers(t *testing.T) {
	w := investigated(t)
	if n := app.Total(w.summary.People, string(analysis.Confirmed), ""); n != 8 {
		t.Fatalf("%d customers confirmed, 8 were taken; queries %v", n, w.summary.Queries)
	}
	w.Show("overview")
	shows(t, w, "lists up to date", "every row accounted for", "South Korea")
	w.Show("evidence")
	shows(t, w, "Contact.csv", "RestApi_20260103.csv", "loaded")
	w.visit(visit{page: "sessions", only: string(analysis.Attacker)})
	shows(t, w, "kim.sales@maison.kr", "named by the platform", "01-04 02:14")
	w.Show("queries")
	shows(t, w, "matches", "count only", "SELECT Id, Name")
	w.visit(visit{page: "customers", only: string(analysis.Confirmed)})
	shows(t, w, "replayed", "acquired", "South Korea")
	w.Show("journal")
	shows(t, w, "verdict", "replay", "203.0.113.9")
	w.Show("duties")
	shows(t, w, "Whom to tell", "Korea", "the organisation knew of it")
	w.Show("export")
	shows(t, w, "What will be in it")
}

// From a number on the overview to the original log line: the number, then the pane's log lines.
func TestFromANumberToItsLogLineInTwoSteps(t *testing.T) {
	w := investigated(t)
	w.tab = "lines"                                                   // the second step
	w.visit(visit{page: "sessions", only: string(analysis.Attacker)}) // what pressing the figure does
	shows(t, w, "Login_20260103.csv, line 4", "EVENT_TYPE", "20260103171400.000")
	w.visit(visit{page: "queries", only: string(analysis.Matches)})
	shows(t, w, "RestApi_20260103.csv, line 4", "ORGANIZATION_ID")
	w.visit(visit{page: "customers", only: string(analysis.Confirmed)})
	shows(t, w, "RestApi_20260103.csv, line 4")
}

func TestNamesAreMaskedUntilAskedForAndAskingIsJournalled(t *testing.T) {
	w := investigated(t)
	w.Show("customers")
	shows(t, w, "김•••")
	if slices.ContainsFunc(texts(w), func(s string) bool { return strings.Contains(s, "철수") }) {
		t.Fatal("a customer's name is shown unasked")
	}
	w.unmask(" ")
	if shows(t, w, "Showing personal values needs a reason."); w.revealed {
		t.Fatal("names were shown without a reason")
	}
	w.unmask("call with the authority")
	shows(t, w, "철수")
	entries, err := w.c.Journal(t.Context())
	if err != nil || entries[len(entries)-1].Action != "reveal" {
		t.Fatal("asking was not journalled", err)
	}
}

func TestUndoTakesTheVerdictBack(t *testing.T) {
	w := investigated(t)
	w.undo()
	settled(w)
	if n := w.summary.Sessions[string(analysis.Attacker)]; n != 0 {
		t.Fatalf("%d sessions are still marked", n)
	}
	w.Show("overview")
	shows(t, w, "no session judged")
}

func TestAVerdictWithoutAReasonIsExplained(t *testing.T) {
	w := investigated(t)
	w.judge(analysis.Legitimate, " ", []session.Indicator{{Address: "211.40.1.9"}})
	shows(t, w, "A verdict needs a reason.", "Say in a sentence")
}

func TestACancelledImportLeavesTheCaseAsItWas(t *testing.T) {
	w := openedWindow(t)
	dir := incident(t)
	started := make(chan struct{})
	w.run("import", func(ctx context.Context, p progressFunc) error {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		close(started)
		_, err := w.c.Add(ctx, []string{dir}, evidence.Options{}, p)
		return err
	}, func() { t.Error("a cancelled step was taken for done") }, nil)
	<-started
	settled(w)
	if files, err := w.c.Evidence(t.Context()); err != nil || len(files) != 0 {
		t.Fatal(len(files), "files were left behind", err)
	}
}

func TestAMissingCaseIsAnAnswerNotACrash(t *testing.T) {
	w := New(test.NewTempApp(t), Options{Language: "en"})
	w.Open(filepath.Join(t.TempDir(), "gone"+extension))
	shows(t, w, "That did not work")
	plain := filepath.Join(t.TempDir(), "letter"+extension)
	if err := os.WriteFile(plain, []byte("Dear Sirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.Open(plain)
	shows(t, w, "is not a case file")
	if w.c != nil {
		t.Fatal("something was opened")
	}
}

func TestASealedCaseAsksForItsPassphrase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "case"+extension)
	c, err := app.New(t.Context(), path, app.Options{Passphrase: "정답"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	w := New(test.NewTempApp(t), Options{Language: "en"})
	w.Open(path)
	shows(t, w, "This case is sealed", "Passphrase")
	w.open(path, app.Options{Passphrase: "정답"})
	settled(w)
	if w.c == nil {
		t.Fatal("the passphrase did not open it")
	}
	w.leave()
	settled(w)
	if err := w.c.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsDroppedDecidesWhatHappens(t *testing.T) {
	w := openedWindow(t)
	w.Drop([]string{incident(t)})
	shows(t, w, "Add evidence", "Customer tables exported at")
	start := New(test.NewTempApp(t), Options{Language: "en"})
	start.Drop([]string{incident(t)})
	shows(t, start, "New case", "Time zone of the organisation")
}

func TestAnEmptyCaseSaysWhatToDo(t *testing.T) {
	w := openedWindow(t)
	for page, text := range map[string]string{"overview": "Drop log exports", "evidence": "No evidence yet", "sessions": "No session fits", "queries": "No query", "customers": "Nobody on this list"} {
		w.Show(page)
		shows(t, w, text)
	}
}

func TestLanguageAndThemeSwitchAtOnce(t *testing.T) {
	w := openedWindow(t)
	defer words.Use("en")
	w.Speak("ko")
	shows(t, w, "개요", "증거", "영향 고객")
	before := w.win.Canvas().Capture().At(5, 300)
	w.Dark(true)
	if w.win.Canvas().Capture().At(5, 300) == before {
		t.Fatal("the dark theme looks like the light one")
	}
	if again := New(w.app, Options{}); words.Current() != "ko" || !again.look.Dark {
		t.Fatal("the choice is forgotten")
	}
}

func TestTypedTimesAreInTheCasesZone(t *testing.T) {
	w := openedWindow(t)
	at, err := w.typedTime("2025-10-24 18:00")
	if err != nil || at.UTC().Hour() != 9 {
		t.Fatal(at, err)
	}
	if _, err := w.typedTime("24/10/25"); err == nil {
		t.Fatal("a time of unclear order was guessed")
	}
}

func key(w *Window, name fyne.KeyName) { w.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: name}) }

func TestEscClosesADialogButNeverAStepUnderWay(t *testing.T) {
	w := investigated(t)
	overlays := func() int { return len(w.win.Canvas().Overlays().List()) }
	w.reveal()
	focused := w.win.Canvas().Focused()
	if overlays() != 1 || focused == nil {
		t.Fatal("the question for a reason is not there, or does not have the focus")
	}
	focused.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if overlays() != 0 || w.revealed {
		t.Error("Esc in the field left the question open, or answered it")
	}
	release := make(chan struct{})
	w.run("step", func(context.Context, progressFunc) error { <-release; return nil }, nil, nil)
	key(w, fyne.KeyEscape)
	if overlays() != 1 {
		t.Error("Esc took the progress of a step away")
	}
	close(release)
	settled(w)
}

func TestSearchIsOneKeyAwayAndEscTakesItBack(t *testing.T) {
	w := investigated(t)
	w.Show("journal")
	settled(w)
	w.find()
	settled(w)
	if w.at.page != "customers" || w.win.Canvas().Focused() != w.search {
		t.Fatal("from a page without a search box it leads to ", w.at.page)
	}
	field := w.search
	test.Type(field, "nobody is called so")
	field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	settled(w)
	if focused := w.win.Canvas().Focused(); focused != w.list || w.list == nil {
		t.Errorf("after the search keys go to %T", focused)
	}
	if w.at.search != "nobody is called so" {
		t.Fatalf("searched for %q", w.at.search)
	}
	key(w, fyne.KeyEscape)
	settled(w)
	if w.at.search != "" || w.at.page != "customers" {
		t.Errorf("after Esc: %+v", w.at)
	}
}
