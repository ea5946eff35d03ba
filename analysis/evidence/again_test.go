package evidence_test

import (
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/app/casefile"
)

// renamed is a table of contacts whose columns nobody knows.
const renamed = "key,family name\n0035g000008pz1lAAA,Kim\n0035g000008pz4RAAQ,Lee\n"

// register lists name, state and kind of every file.
func (b *bench) register() string {
	var all []string
	for _, row := range b.query("SELECT name, state, kind, rows_read, rows_loaded, rows_duplicate FROM evidence.file ORDER BY name, id") {
		all = append(all, strings.Join(row, " "))
	}
	return strings.Join(all, "\n")
}

// TestUnrecognisedFileIsLoadedLater: naming the kind loads it, and the register tells no more of the failed attempt.
func TestUnrecognisedFileIsLoadedLater(t *testing.T) {
	b := newBench(t)
	path := b.write("odd.csv", renamed)
	copied := b.write("copy.csv", renamed)
	for range 2 { // trying again the same way changes nothing
		if f := b.mustAdd(evidence.Options{}, path)[0]; f.State != evidence.Unrecognised || f.Read != 0 {
			t.Errorf("%+v", f)
		}
	}
	b.mustAdd(evidence.Options{}, copied)
	f := b.mustAdd(evidence.Options{Kind: "salesforce.table.Contact"}, path)[0]
	if f.State != evidence.Loaded || f.Loaded != 2 || f.Object != "Contact" || strings.Contains(f.Note, "same bytes") {
		t.Errorf("%+v", f)
	}
	if got := b.register(); got != "copy.csv same salesforce.table.Contact 2 0 2\nodd.csv loaded salesforce.table.Contact 2 2 0" {
		t.Errorf("the register holds\n%s", got)
	}
	if n := b.one(`SELECT count(*) FROM snapshot."Contact"`); n != "2" {
		t.Errorf("%s contacts, want 2", n)
	}
	if f := b.mustAdd(evidence.Options{}, path)[0]; f.State != evidence.Same || f.Duplicate != 2 { // which asks for no other way
		t.Errorf("%+v", f)
	}
}

// TestWrongKindIsTakenBack: rows leave the tables of the wrong kind, and the tables that held nothing else.
func TestWrongKindIsTakenBack(t *testing.T) {
	b := newBench(t)
	path := b.write("odd.csv", renamed)
	b.mustAdd(evidence.Options{Kind: "salesforce.table.Lead"}, path)
	b.mustAdd(evidence.Options{Kind: "salesforce.table.Lead"}, path) // the same way: entered as the same
	f := b.mustAdd(evidence.Options{Kind: "salesforce.table.Contact"}, path)[0]
	if f.Loaded != 2 || !strings.Contains(f.Note, "salesforce.table.Lead") {
		t.Errorf("%+v", f)
	}
	if got := b.register(); got != "odd.csv same salesforce.table.Contact 2 0 2\nodd.csv loaded salesforce.table.Contact 2 2 0" {
		t.Errorf("the register holds\n%s", got)
	}
	for q, want := range map[string]string{
		"SELECT string_agg(object, ' ') FROM snapshot.object":                                                   "Contact",
		"SELECT string_agg(DISTINCT object, ' ') FROM snapshot.field":                                           "Contact",
		"SELECT count(*) FROM duckdb_tables() WHERE table_name = 'Lead' AND database_name = current_database()": "0",
		`SELECT count(*) FROM snapshot."Contact"`:                                                               "2",
		"SELECT count(*) FROM evidence.manner m WHERE m.file NOT IN (SELECT id FROM evidence.file)":             "0",
		"SELECT count(*) FROM evidence.file WHERE rows_read <> rows_loaded + rows_duplicate + rows_rejected":    "0",
		`SELECT count(*) FROM snapshot."Contact" WHERE "file" NOT IN (SELECT id FROM evidence.file)`:            "0",
		`SELECT count(*) FROM snapshot.object WHERE rows <> 2`:                                                  "0",
	} {
		if got := b.one(q); got != want {
			t.Errorf("%s gives %s, want %s", q, got, want)
		}
	}
}

// TestZoneAndMomentGivenLater: what a note asks the investigator for is heard when the file is added again.
func TestZoneAndMomentGivenLater(t *testing.T) {
	b := newBench(t)
	contact := b.write("Contact.csv", "Id,Name,LastModifiedDate\n0035g000008pz1lAAA,Kim,2025-10-01T00:00:00Z\n")
	b.mustAdd(evidence.Options{}, contact)
	at := time.Date(2025, 11, 1, 0, 0, 0, 0, time.UTC)
	if f := b.mustAdd(evidence.Options{SnapshotAt: at}, contact)[0]; f.State != evidence.Loaded || !f.Taken.Equal(at) || f.Loaded != 1 {
		t.Errorf("%+v", f)
	}
	if f := b.mustAdd(evidence.Options{SnapshotAt: at}, contact)[0]; f.State != evidence.Same {
		t.Errorf("%+v", f)
	}
	trail := b.write("trail.csv", "Date,User,Source Namespace Prefix,Action,Section,Delegate User\n"+`"10/21/2025, 9:00:00 AM KST","a@b.kr","","x","y",""`+"\n"+`"10/21/2025, 9:00:00 AM","a@b.kr","","x","y",""`+"\n")
	first := b.mustAdd(evidence.Options{}, trail)[0]
	if first.State != evidence.Loaded {
		t.Skipf("the audit trail was taken for %q", first.Kind)
	}
	again := b.mustAdd(evidence.Options{Timezone: "Asia/Seoul"}, trail)[0]
	if again.State != evidence.Loaded || again.Loaded != 2 || again.Last.Hour() != 0 || first.Last.Hour() != 9 {
		t.Errorf("first %+v, again %+v", first, again)
	}
}

// TestRetakingRefusesWhatRestsOnIt: rows of another file are counted in it, so that the way out is said.
func TestRetakingRefusesWhatRestsOnIt(t *testing.T) {
	b := newBench(t)
	whole := b.write("whole.csv", logins(10))
	b.mustAdd(evidence.Options{}, whole)
	b.mustAdd(evidence.Options{}, b.write("again.csv", strings.Join(strings.SplitAfter(logins(10), "\n")[:5], "")))
	before := b.register()
	_, err := b.add(evidence.Options{Kind: "salesforce.elf.Logout"}, whole)
	var entangled *evidence.Entangled
	if !errors.As(err, &entangled) || !strings.Contains(entangled.Remedy(), "new case") {
		t.Errorf("got %v", err)
	}
	if got := b.register(); got != before {
		t.Errorf("the register holds\n%s\nbefore\n%s", got, before)
	}
}

// TestRetakingBringsEarlierStatesBack: records whose later state is withdrawn have their earlier one again.
func TestRetakingBringsEarlierStatesBack(t *testing.T) {
	b := newBench(t)
	at := func(day int) evidence.Options {
		return evidence.Options{SnapshotAt: time.Date(2025, 10, day, 0, 0, 0, 0, time.UTC)}
	}
	b.mustAdd(at(5), b.write("Contact.csv", "Id,Name\n0035g000008pz1lAAA,old\n"))
	later := b.write("Contact.csv", "Id,Name\n0035g000008pz1lAAA,new\n")
	b.mustAdd(at(20), later)
	if f := b.mustAdd(evidence.Options{Kind: "salesforce.table.Lead"}, later)[0]; f.Loaded != 1 {
		t.Errorf("%+v", f)
	}
	if got := b.query(`SELECT "Name" FROM snapshot."Contact"`); len(got) != 1 || got[0][0] != "old" {
		t.Errorf("the contacts are %v", got)
	}
}

// TestSmallFilesKeepTheirNumbers: files read together keep the numbers of their records, whatever their packing.
func TestSmallFilesKeepTheirNumbers(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "it's [1] {a,b}")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	b := newBenchAt(t, t.Context(), folder, casefile.Options{}) // whose name the engine must not take for a pattern
	folder = t.TempDir()
	rows := strings.SplitAfter(logins(1000), "\n")
	for name, content := range map[string]string{
		"a.csv": rows[0] + strings.Join(rows[1:301], ""), "b.csv": "\uFEFF" + rows[0] + strings.Join(rows[301:302], ""),
		"c.csv": rows[0], "d.csv": rows[0] + strings.ReplaceAll(strings.Join(rows[302:700], ""), "/index.jsp", "/in\ndex\n.jsp"),
		"e.csv": strings.ReplaceAll(rows[0]+strings.Join(rows[700:], ""), "\n", "\r\n"), "f.csv": rows[0] + rows[0] + "\"cut\n" + rows[1],
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b.mustAdd(evidence.Options{}, folder)
	wrong := b.query(`SELECT f.name, t."line", "REQUEST_ID" FROM raw."salesforce.elf.Login" t JOIN evidence.file f ON f.id = t."file"
		WHERE t."line" - 2 + CASE f.name WHEN 'a.csv' THEN 0 WHEN 'b.csv' THEN 300 WHEN 'd.csv' THEN 301 WHEN 'e.csv' THEN 699 END <> substr("REQUEST_ID", 2)::INTEGER`)
	if len(wrong) > 0 {
		t.Errorf("%d records under wrong numbers, as %v", len(wrong), wrong[0])
	}
	if n := b.one(`SELECT count(*) FROM raw."salesforce.elf.Login"`); n != "1000" {
		t.Errorf("%s rows, want 1000", n)
	}
	if got := b.one("SELECT note FROM evidence.file WHERE name = 'f.csv'"); !strings.Contains(got, "line 2 repeats the header; 1 more") {
		t.Errorf("the note says %q", got)
	}
}

// TestFirstRejectIsNamed in the register, with its number and reason.
func TestFirstRejectIsNamed(t *testing.T) {
	b := newBench(t)
	f := b.mustAdd(evidence.Options{}, b.write("Login.csv", logins(3)+"\"Login\",\"short\"\n\"odd\"\n"))[0]
	if !strings.Contains(f.Note, "line 5 has 2 fields, the header has 6 fields; 1 more") {
		t.Errorf("the note says %q", f.Note)
	}
}

// TestHeaderAlone is enough to tell an object, whatever the file is called.
func TestHeaderAlone(t *testing.T) {
	header := "Id,IsDeleted,AccountId,LastName,FirstName,MailingStreet,MailingCity,Email,MobilePhone,Birthdate,OwnerId,CreatedDate,Vip__c\n"
	for name, content := range map[string]string{"extract.csv": header, "extract.txt": strings.ReplaceAll(strings.ToUpper(header), ",", "\t")} {
		b := newBench(t)
		f := b.mustAdd(evidence.Options{}, b.write(name, content))[0]
		if f.State != evidence.Loaded || f.Object != "Contact" || f.Read != 0 || !strings.Contains(f.Note, "no rows") {
			t.Errorf("%s: %+v", name, f)
		}
	}
	b := newBench(t)
	if f := b.mustAdd(evidence.Options{}, b.write("own.csv", "Id,Colour\n"))[0]; f.State != evidence.Unrecognised {
		t.Errorf("%+v", f)
	}
}

// TestFailuresSayWhatToDo: every way to fail is a sentence with a remedy, and leaves nothing.
func TestFailuresSayWhatToDo(t *testing.T) {
	b := newBench(t)
	folder := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(folder, link); err != nil {
		t.Skip(err)
	}
	for _, path := range []string{folder, link, os.DevNull, filepath.Dir(link),
		b.write("bad.json", "{"), b.write("bad2.json", `{"records":`), b.write("bad3.json", `[{"a":1},2]`), b.write("bad.xlsx", "PK\x05\x06")} {
		_, err := b.add(evidence.Options{}, path)
		var remedy interface{ Remedy() string }
		if !errors.As(err, &remedy) || remedy.Remedy() == "" || !strings.Contains(err.Error(), " ") || strings.HasSuffix(err.Error(), ": EOF") {
			t.Errorf("%s gives %v", path, err)
		}
	}
	var none *evidence.NoFile
	if _, err := b.add(evidence.Options{}, folder); !errors.As(err, &none) {
		t.Errorf("an empty folder gives %v", err)
	}
	b.empty()
	if f := b.mustAdd(evidence.Options{}, b.write("numbers.json", "[1, 2]"))[0]; f.State != evidence.Unrecognised || f.Note == "" {
		t.Errorf("%+v", f)
	}
	nothing := filepath.Join(t.TempDir(), "nothing.zip")
	if err := os.WriteFile(nothing, zipped(t, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	if f := b.mustAdd(evidence.Options{}, nothing)[0]; f.State != evidence.Unrecognised || f.Note == "" {
		t.Errorf("%+v", f)
	}
}

// TestUnknownKindNamesTheNearest of those that are known.
func TestUnknownKindNamesTheNearest(t *testing.T) {
	b := newBench(t)
	for wrong, near := range map[string]string{"Contact": "salesforce.table.Contact", "salesforce.tabel.Contact": "salesforce.table.Contact", "okta": "okta.systemlog"} {
		_, err := b.add(evidence.Options{Kind: wrong}, b.write("a.csv", "a,b\n1,2\n"))
		if err == nil || !strings.Contains(err.Error(), near) {
			t.Errorf("%s gives %v, want %s named", wrong, err, near)
		}
	}
	for _, name := range b.catalog.Names() {
		if _, ok := b.catalog.Kind(name); !ok {
			t.Errorf("%s is listed and unknown", name)
		}
	}
}

// TestFullDisk: the import fails as NoRoom and leaves the case as it was.
func TestFullDisk(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can make a small disk")
	}
	disk := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("no small disk can be made here: %s", out)
	}
	t.Cleanup(func() { exec.Command("umount", "-l", disk).Run() })
	b := newBenchAt(t, t.Context(), disk, casefile.Options{})
	_, err := b.add(evidence.Options{}, b.write("large.csv", logins(400000)))
	var full *evidence.NoRoom
	if !errors.As(err, &full) || full.Remedy() == "" {
		t.Errorf("got %v, want NoRoom", err)
	}
	b.empty()
	b.mustAdd(evidence.Options{}, b.write("small.csv", logins(10)))
}

// TestReadOnlyFolder: a staging folder that cannot be written to is NoRoom as well.
func TestReadOnlyFolder(t *testing.T) {
	b := newBench(t)
	if os.Geteuid() == 0 {
		// root writes everywhere; a folder that is gone fails alike
		if err := os.RemoveAll(b.file.Staging()); err != nil {
			t.Fatal(err)
		}
	} else if err := os.Chmod(b.file.Staging(), 0o500); err != nil {
		t.Fatal(err)
	}
	var full *evidence.NoRoom
	if _, err := b.add(evidence.Options{}, b.write("a.csv", logins(1))); !errors.As(err, &full) {
		t.Errorf("got %v, want NoRoom", err)
	}
}

// TestIdenticalFilesOfTwoOrganisations: what two organisations hold alike is in the case twice, once for each, whether they
// are added together or one after the other; a copy in the same organisation's folder is the same file.
func TestIdenticalFilesOfTwoOrganisations(t *testing.T) {
	const contacts = "Id,LastName,Email,LastModifiedDate\n0035g000008pz1lAAA,Kim,k@example.test,2025-10-01T00:00:00.000Z\n0035g000008pz4RAAQ,Lee\n"
	place := func(root, folder, name string) string {
		path := filepath.Join(root, folder, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(contacts), 0o600)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, together := range []bool{true, false} {
		b, root := newBench(t), t.TempDir()
		paths := []string{place(root, "00D5g00000y58ee", "Contact.csv"), place(root, "branch_00D7F000000abcdUAA", "Contact.csv"), place(root, "00D5g00000y58ee", "again/Contact.csv")}
		if together {
			b.mustAdd(evidence.Options{}, root)
		} else {
			for _, path := range paths {
				b.mustAdd(evidence.Options{}, path)
			}
		}
		const files = `SELECT string_agg(concat_ws(' ', name, organisation, state, rows_loaded, rows_rejected), ', ' ORDER BY name) FROM evidence.file`
		want := "00D5g00000y58ee/Contact.csv 00D5g00000y58ee loaded 1 1, 00D5g00000y58ee/again/Contact.csv 00D5g00000y58ee same 0 1, " +
			"branch_00D7F000000abcdUAA/Contact.csv 00D7F000000abcd loaded 1 1"
		if got := b.one(files); got != want {
			t.Errorf("together %t: %s", together, got)
		}
		if n := b.one(`SELECT count(*) FROM snapshot."Contact"`); n != "2" {
			t.Errorf("together %t: %s contacts, want one of each organisation", together, n)
		}
		if got := b.one("SELECT string_agg(organisation || ' ' || rows, ', ' ORDER BY organisation) FROM snapshot.object"); got != "00D5g00000y58ee 1, 00D7F000000abcd 1" {
			t.Errorf("together %t: described as %s", together, got)
		}
		b.repairs(`(SELECT id FROM evidence.file WHERE organisation LIKE '00D7F%')`, map[string]string{"Id": "0035g000008pz4RAAQ", "LastName": "Lee"})
		want = strings.ReplaceAll(want, "branch_00D7F000000abcdUAA/Contact.csv 00D7F000000abcd loaded 1 1", "branch_00D7F000000abcdUAA/Contact.csv 00D7F000000abcd loaded 2 0")
		if got := b.one(files); got != want {
			t.Errorf("together %t, one row repaired: %s", together, got)
		}
	}
}

// repairs repairs line 3 of the file that a query names.
func (b *bench) repairs(file string, values map[string]string) {
	b.Helper()
	err := b.file.Write(b.ctx, func(tx *sql.Tx) error {
		var id int32
		if err := tx.QueryRowContext(b.ctx, "SELECT "+file).Scan(&id); err != nil {
			return err
		}
		return evidence.Repair(b.ctx, tx, b.catalog, id, 3, values)
	})
	if err != nil {
		b.Fatal(err)
	}
}
