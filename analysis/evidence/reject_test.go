package evidence_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/evidence"
)

// TestRejectsAreAcceptedOrRepaired: a repaired row counts as loaded, with its time, and the file still adds up.
func TestRejectsAreAcceptedOrRepaired(t *testing.T) {
	b := newBench(t)
	f := b.mustAdd(evidence.Options{}, b.write("Login.csv", logins(3)+"\"Login\",\"20251021050038.980\",\"short\"\n\"odd\"\n"))[0]
	err := b.file.Write(t.Context(), func(tx *sql.Tx) error {
		if err := evidence.Accept(t.Context(), tx, f.ID, 6); err != nil {
			return err
		}
		return evidence.Repair(t.Context(), tx, b.catalog, f.ID, 5, map[string]string{"EVENT_TYPE": "Login", "TIMESTAMP": "20251021050038.980", "REQUEST_ID": "short"})
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := b.query("SELECT rows_read, rows_loaded, rows_rejected FROM evidence.file")[0]; got[0] != "5" || got[1] != "4" || got[2] != "1" {
		t.Errorf("%v", got)
	}
	if got := b.one(`SELECT utc::VARCHAR FROM raw."salesforce.elf.Login" WHERE "line" = 5`); got != "2025-10-21 05:00:38.98" {
		t.Errorf("its time is %q", got)
	}
	if got := b.one("SELECT string_agg(state, ' ' ORDER BY line) FROM evidence.reject"); got != "repaired accepted" {
		t.Errorf("%s", got)
	}
	if got := b.one("SELECT note FROM evidence.file"); !strings.Contains(got, "not loaded: line 6 ") || !strings.HasSuffix(got, "1 row repaired by hand") {
		t.Errorf("the register still says %q", got)
	}
	if err := b.file.Write(t.Context(), func(tx *sql.Tx) error { return evidence.Accept(t.Context(), tx, f.ID, 99) }); err == nil {
		t.Error("a row that was not rejected was accepted")
	}
}

// TestRepairReachesFilesWithTheSameBytes: what one of them tells of its rows, the other tells too.
func TestRepairReachesFilesWithTheSameBytes(t *testing.T) {
	b := newBench(t)
	text := logins(3) + "\"odd\"\n"
	first := b.mustAdd(evidence.Options{}, b.write("a.csv", text))[0]
	b.mustAdd(evidence.Options{}, b.write("b.csv", text))
	err := b.file.Write(t.Context(), func(tx *sql.Tx) error {
		return evidence.Repair(t.Context(), tx, b.catalog, first.ID, 5, map[string]string{"EVENT_TYPE": "Login", "TIMESTAMP": "20301021050038.980"})
	})
	if err != nil {
		t.Fatal(err)
	}
	want := "a.csv 4 4 0 0|b.csv 4 0 4 0"
	if got := b.one("SELECT string_agg(concat_ws(' ', name, rows_read, rows_loaded, rows_duplicate, rows_rejected), '|' ORDER BY id) FROM evidence.file"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := b.one("SELECT last_at::VARCHAR FROM evidence.file WHERE name = 'a.csv'"); got != "2030-10-21 05:00:38.98" {
		t.Errorf("the file ends at %s", got)
	}
	if got := b.one("SELECT note FROM evidence.file WHERE name = 'a.csv'"); strings.Contains(got, "not loaded") {
		t.Errorf("the register still says %q", got)
	}
}

// TestRepairReadsTimesAsTheFile: a row repaired by hand has its time in the zone and order of day and month of its file.
func TestRepairReadsTimesAsTheFile(t *testing.T) {
	b := newBench(t)
	o := evidence.Options{Timezone: "Asia/Seoul"}
	history := b.mustAdd(o, b.write("history.csv", "Username,Login Time,Source IP,Login Type,Status\nu@x.kr,21/10/2025 14:31:06,203.0.113.7,Application,Success\nodd\n"))[0]
	members := b.mustAdd(o, b.write("members.csv", "Id,CreatedDate\n0035g000008pz1lAAA,2025-05-03 15:04:00\nodd\n"))[0]
	repair := func(file int32, values map[string]string) {
		err := b.file.Write(t.Context(), func(tx *sql.Tx) error { return evidence.Repair(t.Context(), tx, b.catalog, file, 3, values) })
		if err != nil {
			t.Fatal(err)
		}
	}
	repair(history.ID, map[string]string{"Username": "u@x.kr", "LoginTime": "05/11/2025 09:00:00"})
	if got := b.one(`SELECT utc::VARCHAR FROM raw."salesforce.loginhistory" WHERE "line" = 3`); got != "2025-11-05 00:00:00" {
		t.Errorf("the repaired login is at %s", got)
	}
	repair(members.ID, map[string]string{"Id": "0035g000008pz1mAAA", "CreatedDate": "2025-05-03 15:04:00"})
	if got := b.one(`SELECT "CreatedDate" FROM snapshot."Contact" WHERE "line" = 3`); got != "2025-05-03T06:04:00.000Z" {
		t.Errorf("the repaired customer was made at %s", got)
	}
}

// TestFileOfNamesOneOfIdenticalFiles: what is done with a row of one is done with that one, told by its name.
func TestFileOfNamesOneOfIdenticalFiles(t *testing.T) {
	b := newBench(t)
	text := "Id,LastName\n0035g000008pz1lAAA,Kim\n0035g000008pz1mAAA,Lee,x\n"
	folder := t.TempDir()
	for _, home := range []string{"00D5g000004AbCdEAK", "00D5g000004AbCeEAK"} {
		if err := os.MkdirAll(filepath.Join(folder, home), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, home, "Contact.csv"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files := b.mustAdd(evidence.Options{}, folder)
	err := b.file.Read(t.Context(), func(db analysis.Engine) error {
		for _, want := range files {
			got, err := evidence.FileOf(t.Context(), db, want.SHA256, want.Name)
			if err != nil || got != want.ID {
				t.Errorf("%s is file %d, not %d: %v", want.Name, got, want.ID, err)
			}
		}
		got, err := evidence.FileOf(t.Context(), db, files[1].SHA256, "")
		if got != files[0].ID {
			t.Errorf("without a name it is file %d, not the first", got)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
