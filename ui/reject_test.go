package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/container"

	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/app"
)

// withRejects is a case with one log of which a row is cut short.
func withRejects(t *testing.T) (*Window, app.Evidence, app.Reject) {
	t.Helper()
	dir := incident(t)
	path := filepath.Join(dir, "Login_20260103.csv")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text, []byte("\"Login\",\"20260103200000.000\",\"4l7cut\n")...), 0o600); err != nil {
		t.Fatal(err)
	}
	w := openedWindow(t)
	w.Import([]string{dir}, evidence.Options{SnapshotAt: time.Date(2026, 1, 4, 0, 0, 0, 0, time.UTC)})
	settled(w)
	files, err := w.c.Evidence(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Rejected > 0 {
			rows, err := w.c.Rejects(t.Context(), f.ID, 0, 10)
			if err != nil || len(rows) == 0 {
				t.Fatal(rows, err)
			}
			return w, f, rows[0]
		}
	}
	t.Fatal("nothing was rejected")
	return nil, app.Evidence{}, app.Reject{}
}

func TestARejectedRowIsAcceptedOrRepairedWithAReason(t *testing.T) {
	w, f, r := withRejects(t)
	w.Show("evidence")
	shows(t, w, "Rejected rows", "accept or repair", "open")
	w.treat(f, r)
	shows(t, w, "Load it repaired", "Rightly left out", "SOURCE_IP")
	w.acceptReject(app.Treatment{File: f.SHA256, Name: f.Name, Line: r.Line, Reason: " "})
	shows(t, w, "What is done with a rejected row needs a reason.")
	w.acceptReject(app.Treatment{File: f.SHA256, Name: f.Name, Line: r.Line, Reason: "cut by the export"})
	settled(w)
	rows, err := w.c.Rejects(t.Context(), f.ID, 0, 10)
	if err != nil || rows[0].State != "accepted" {
		t.Fatal(rows, err)
	}
	before := w.summary.Events
	w.repairReject(app.Treatment{File: f.SHA256, Name: f.Name, Line: r.Line, Reason: "read from the text", Values: map[string]string{
		"EVENT_TYPE": "Login", "TIMESTAMP": "20260103200000.000", "TIMESTAMP_DERIVED": "2026-01-03T20:00:00.000Z", "USER_ID_DERIVED": "0055g00000KWzHzAAL", "SOURCE_IP": "211.40.1.9", "LOGIN_KEY": "KEYLATE", "LOGIN_STATUS": "LOGIN_NO_ERROR"}})
	settled(w)
	if w.summary.Events != before+1 || w.summary.Read != w.summary.Loaded+w.summary.Duplicate+w.summary.Rejected {
		t.Fatalf("%d events, %d before; texts %v", w.summary.Events, before, w.summary)
	}
	entries, err := w.c.Journal(t.Context())
	if err != nil || entries[len(entries)-1].Action != "repair" {
		t.Fatal("the repair is not in the journal", err)
	}
}

func TestAnUnknownFileIsMappedByHandFromAGuess(t *testing.T) {
	w := openedWindow(t)
	path := filepath.Join(t.TempDir(), "gateway.csv")
	text := "when,who,source,what\n" + strings.Repeat("2026-01-03 17:14:00,kim.sales@maison.kr,203.0.113.9,/services/data/v60.0/query\n", 5)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	v := mappedByHand(t, w, path)
	shows(t, w, "Its kind is not known", "203.0.113.9", "its values are addresses", "2026-01-03 17:14:00")
	if v.m.Fields["source"] != "address" || v.m.Fields["when"] != "at" {
		t.Fatal("the guess is not in the form", v.m.Fields)
	}
	delete(v.m.Fields, "what") // the investigator corrects the guess
	v.m.Name = "own.vpn"
	v.importIt()
	settled(w)
	if w.summary.Unknown != 0 || w.summary.Loaded != 5 || w.summary.Events != 5 {
		t.Fatal(w.summary.Unknown, w.summary.Loaded, texts(w))
	}
	files, err := w.c.Evidence(t.Context())
	if err != nil || files[0].Kind != "own.vpn" {
		t.Fatal(files, err)
	}
}

// mappedByHand is the form over a file.
func mappedByHand(t *testing.T, w *Window, path string) *mappingView {
	t.Helper()
	p, err := w.c.Look(t.Context(), path, evidence.Options{})
	if err != nil || p.Guess.Kind == "" {
		t.Fatal(p, err)
	}
	v := &mappingView{w: w, path: path, preview: p, body: container.NewStack()}
	v.take(p.Guess.Kind)
	v.open()
	return v
}

func TestATableOfCustomersIsMappedWithItsCategories(t *testing.T) {
	w := openedWindow(t)
	path := filepath.Join(t.TempDir(), "members.csv")
	if err := os.WriteFile(path, []byte("no,이름,remark\nM-1,김철수,x\nM-2,이영희,y\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	v := mappedByHand(t, w, path)
	v.m.Carries, v.m.Object, v.m.Fields = evidence.Table, "Member", map[string]string{"no": "Id"}
	v.m.Categories["remark"] = "health"
	v.show()
	shows(t, w, "Object in the CRM", "김•••", "as found: name · by its name")
	v.turn()
	if v.typed == nil || !strings.Contains(v.typed.Text, "object: Member") {
		t.Fatal("the text does not say what the form said")
	}
	v.typed.SetText(v.typed.Text + "objects: {}\n") // more than the form knows
	v.turn()
	shows(t, w, "The form cannot show all that this text says.")
	v.typed.SetText(strings.TrimSuffix(v.typed.Text, "objects: {}\n"))
	v.importIt()
	settled(w)
	found, err := w.c.Categories(t.Context())
	if err != nil || found["remark"] != "health" || found["이름"] != "name" {
		t.Fatal(found, err)
	}
}
