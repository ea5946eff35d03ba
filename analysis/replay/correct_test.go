package replay_test

import (
	"strings"
	"testing"
	"time"
)

func (w *world) correct(kind string, entry int, queryID string, file, seconds int) {
	w.Helper()
	w.exec("INSERT INTO analysis.correction (kind, query_id, file, seconds, reason, entry) VALUES (?, ?, ?, ?, 'r', ?)", kind, queryID, file, seconds, entry)
}

func TestAQueryDeclaredOutAndInAgain(t *testing.T) {
	w := boutique(t)
	w.logs(rest("SELECT Id FROM Contact WHERE CreatedDate = YESTERDAY", 2, 0))
	w.derive()
	id := w.one("SELECT query_id FROM analysis.query")
	excluded := func() string {
		w.derive()
		return w.one("SELECT excluded::VARCHAR || ' ' || (SELECT count(*) FROM analysis.exposure)::VARCHAR FROM analysis.query")
	}
	w.correct("exclude", 1, id, 0, 0)
	if got := excluded(); got != "true 0" {
		t.Errorf("declared out: %s", got)
	}
	w.correct("include", 2, id, 0, 0)
	if got := excluded(); got != "false 2" {
		t.Errorf("declared in again: %s", got)
	}
}

func TestTheClockOfTheLogs(t *testing.T) {
	w := boutique(t)
	w.logs(rest("SELECT Id FROM Contact WHERE CreatedDate = TODAY", 1, -24*time.Hour))
	before := strings.Join(w.derive(), "\n")
	w.correct("clock", 1, "", 0, 24*3600)
	if after := strings.Join(w.derive(), "\n"); before == after || !strings.Contains(after, "Contact replayed 3") {
		t.Errorf("before %s, after %s", before, after)
	}
}

// second writes another export of Contact, taken later than the first.
func secondExport(w *world, rows ...string) {
	w.exec(`INSERT INTO evidence.file SELECT 90, 'y', 'Contact2.csv', source, bytes, kind, object, organisation, encoding, dialect, timezone, TIMESTAMP '2025-10-22', 0, 0, 0, 0, 0, NULL, NULL, added_at, state, note
		FROM evidence.file WHERE object = 'Contact'`)
	for i, r := range rows {
		cells := strings.Split(r, "|")
		w.exec(`INSERT INTO snapshot."Contact" BY NAME SELECT 90 AS "file", ? AS "line", ? AS "Id", ? AS "LastName", ? AS "Tier__c", ? AS "CreatedDate", ? AS "LastModifiedDate", 'false' AS "IsDeleted"`,
			i+2, cells[0], cells[1], cells[2], cells[3], cells[4])
	}
}

func TestSeveralSnapshots(t *testing.T) {
	w := boutique(t)
	// contact 5 was exported before it was edited: its version of then is the one in force
	secondExport(w, id("003", 5)+"|Park|Gold|"+old+"|"+old)
	w.logs(rest("SELECT Id FROM Contact WHERE Tier__c = 'Gold' AND CustomerNumber__c != 'C008'", 3, 0))
	if got := strings.Join(w.derive(), "\n"); !strings.Contains(got, "Contact replayed 1,2,5") {
		t.Errorf("with the version in force: %s", got)
	}
	w.correct("snapshot", 1, "", 90, 0)
	if got := strings.Join(w.derive(), "\n"); !strings.Contains(got, "bounded 5") {
		t.Errorf("without it: %s", got)
	}
}
