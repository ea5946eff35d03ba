package evidence_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis/evidence"
)

// TestSnapshotDescribesTables: keys, lookups, types and categories of an export in capitals.
func TestSnapshotDescribesTables(t *testing.T) {
	b := newBench(t)
	contacts := `"ID","ISDELETED","ACCOUNTID","LASTNAME","EMAIL","MOBILEPHONE","BIRTHDATE","CREATEDDATE","LASTMODIFIEDDATE","STORE__C","생년월일__C","PASSPORTNUMBER__C"
"0035g000008pz1lAAA","false","0015g00000EOjR5AAL","정","a@b.kr","01089920989","1990-05-17","2015-08-22T00:00:47.000Z","2024-07-30T09:49:59.000Z","a015g00000EOjR5AAL","1990-05-17","M12345678"
"0035g000008pz4RAAQ","true","0015g00000EOjR5AAL","이","","","","2015-08-22T00:00:47.000Z","2025-10-28T09:49:59.000+0900","",""," "
`
	stores := "Id,Name,City__c\na015g00000EOjR5AAL,강남,서울\n"
	b.mustAdd(evidence.Options{}, b.write("Store__c.csv", stores), b.write("extract.csv", contacts))
	object := b.query(`SELECT object, prefix, key_column, created_column, modified_column, deleted_column, deleted_included, bad_ids, strftime(taken_at, '%Y-%m-%d %H:%M:%S')
		FROM snapshot.object WHERE object = 'Contact'`)
	if len(object) != 1 || strings.Join(object[0], " ") != "Contact 003 Id CreatedDate LastModifiedDate IsDeleted true 0 2025-10-28 00:49:59" {
		t.Errorf("%v", object)
	}
	want := map[string]string{
		"Id": "id   ", "AccountId": "reference Account Account ", "STORE__c": "reference Store__c STORE__r ", "Email": "email   contact", "Birthdate": "date   birth_gender_nationality",
		"MobilePhone": "phone   contact", "LastName": "text   name", "IsDeleted": "boolean   ", "생년월일__c": "date   birth_gender_nationality", "PASSPORTNUMBER__c": "text   government_id",
		"LastModifiedDate": "datetime   ",
	}
	for _, row := range b.query(`SELECT field, type, reference, relationship, category FROM snapshot.field WHERE object = 'Contact'`) {
		if got := strings.Join(row[1:], " "); want[row[0]] != "" && got != want[row[0]] {
			t.Errorf("%s: %q, want %q", row[0], got, want[row[0]])
		}
		delete(want, row[0])
	}
	for field := range want {
		t.Errorf("there is no field %s", field)
	}
}

// TestLaterExportSupersedes: the snapshot holds every record once, in its latest state; the earlier one is kept apart.
func TestLaterExportSupersedes(t *testing.T) {
	b := newBench(t)
	first := "Id,Name,LastModifiedDate\n0035g000008pz1lAAA,old,2025-10-01T00:00:00Z\n0035g000008pz4RAAQ,same,2025-10-01T00:00:00Z\n"
	second := "Id,Name,LastModifiedDate\n0035g000008pz1l,new,2025-10-20T00:00:00Z\n0035g000008pz4RAAQ,same,2025-10-01T00:00:00Z\n"
	at := func(day int) evidence.Options {
		return evidence.Options{SnapshotAt: time.Date(2025, 10, day, 0, 0, 0, 0, time.UTC)}
	}
	b.mustAdd(at(25), b.write("Contact.csv", second)) // added in the wrong order
	b.mustAdd(at(5), b.write("Contact.csv", first))
	rows := b.query(`SELECT "Name" FROM snapshot."Contact" ORDER BY 1`)
	if len(rows) != 2 || rows[0][0] != "new" || rows[1][0] != "same" {
		t.Errorf("the snapshot holds %v", rows)
	}
	if got := b.one(`SELECT "Name" FROM raw."salesforce.table.Contact"`); got != "old" {
		t.Errorf("the earlier state is %q", got)
	}
	for _, row := range b.query("SELECT name, rows_read, rows_loaded, rows_duplicate, rows_rejected FROM evidence.file ORDER BY id") {
		t.Log(row)
	}
	if n := b.one("SELECT count(*) FROM evidence.file WHERE rows_read <> rows_loaded + rows_duplicate + rows_rejected"); n != "0" {
		t.Errorf("%s files do not add up", n)
	}
}

// TestDamagedIDs: ids whose case a program lost are repaired by their checksum; what cannot be is counted.
func TestDamagedIDs(t *testing.T) {
	b := newBench(t)
	f := b.mustAdd(evidence.Options{}, b.write("Contact.csv", "Id,Name\n0035G000008PZ4RAAQ,upper\n0035g000008pz1lAAB,wrong\n0035g000008pz1,short\n"))[0]
	if got := b.one(`SELECT "Id" FROM snapshot."Contact" WHERE "Name" = 'upper'`); got != "0035g000008pz4RAAQ" {
		t.Errorf("repaired to %s", got)
	}
	if got := b.one("SELECT bad_ids FROM snapshot.object"); got != "1" && got != "2" || !strings.Contains(f.Note, "id") {
		t.Errorf("%s bad ids, %s", got, f.Note)
	}
}

// TestOrganisationsAreKeptApart: rows that do not say whose they are follow the users they name.
func TestOrganisationsAreKeptApart(t *testing.T) {
	b := newBench(t)
	log := func(organisation, user string) string {
		return loginHeader + `"Login","20251021050038.980","r1","` + organisation + `","` + user + `","/"` + "\n"
	}
	contact := func(id, owner string) string { return "Id,Name,OwnerId\n" + id + ",x," + owner + "\n" }
	b.mustAdd(evidence.Options{}, b.write("hq.csv", log("00D5g00000y58ee", "0055g00000KWzIk")), b.write("branch.csv", log("00D7F000000abcd", "0057F000001AbCd")),
		b.write("Contact.csv", contact("0035g000008pz1lAAA", "0055g00000KWzIkAAL")), b.write("Contact.csv", contact("0037F000002XyZaAAK", "0057F000001AbCdQAK")))
	got := b.query("SELECT organisation, rows FROM snapshot.object ORDER BY 1")
	if len(got) != 2 || got[0][0] != "00D5g00000y58ee" || got[1][0] != "00D7F000000abcd" {
		t.Errorf("%v", got)
	}
}

// TestSecondOrganisationComesLater: what was taken for the only organisation's is looked at again when there is a second, and
// rows of a sandbox with the ids of production are no duplicates of its rows.
func TestSecondOrganisationComesLater(t *testing.T) {
	b := newBench(t)
	log := func(organisation, user string) string {
		return loginHeader + `"Login","20251021050038.980","r1","` + organisation + `","` + user + `","/"` + "\n"
	}
	homes := func() string {
		return b.one(`SELECT string_agg(f.name || ' ' || f.organisation || coalesce(' ' || i.how, ''), ', ' ORDER BY f.id) FROM evidence.file f LEFT JOIN evidence.inferred i ON i.file = f.id`)
	}
	contact := "Id,Name,OwnerId\n0035g000008pz1lAAA,x,0057F000001AbCdQAK\n"
	b.mustAdd(evidence.Options{}, b.write("hq.csv", log("00D5g00000y58ee", "0055g00000KWzIk")), b.write("Contact.csv", contact))
	if got := homes(); got != "hq.csv 00D5g00000y58ee, Contact.csv 00D5g00000y58ee only" {
		t.Error(got)
	}
	b.mustAdd(evidence.Options{}, b.write("branch.csv", log("00D7F000000abcd", "0057F000001AbCd")))
	if got := homes(); got != "hq.csv 00D5g00000y58ee, Contact.csv 00D7F000000abcd users, branch.csv 00D7F000000abcd" {
		t.Error(got)
	}
	path := filepath.Join(t.TempDir(), "WE_00D9A000000sbxQUAA_1", "Contact.csv")
	os.MkdirAll(filepath.Dir(path), 0o700)
	if err := os.WriteFile(path, []byte(contact+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := b.mustAdd(evidence.Options{}, path)[0]
	if f.Organisation != "00D9A000000sbxQ" || f.Loaded != 1 {
		t.Errorf("%+v", f)
	}
	other := b.mustAdd(evidence.Options{}, b.write("Contact.csv", "Id,Name,OwnerId\n0035g000008pz5xAAA,y,\n"))[0]
	if other.Organisation != "" || !strings.Contains(other.Note, "which of") {
		t.Errorf("%+v", other)
	}
	if got := b.one("SELECT string_agg(organisation || ' ' || rows, ', ' ORDER BY organisation) FROM snapshot.object"); !strings.Contains(got, "00D7F000000abcd 1") {
		t.Error(got)
	}
}

// Archives made by other programs: the old cipher, AES-256, and 7-Zip; the password of each is "breach scope".
func TestProtectedArchives(t *testing.T) {
	for _, name := range []string{"old.zip", "aes.zip", "locked.7z", "hidden.7z"} {
		path := filepath.Join("testdata", name)
		for _, wrong := range []evidence.Options{{}, {Password: "wrong"}} {
			b := newBench(t)
			if _, err := b.add(wrong, path); err == nil || !strings.Contains(err.Error(), "password") {
				t.Errorf("%s with %q: %v", name, wrong.Password, err)
			}
			b.empty()
		}
		asked := 0
		o := evidence.Options{Password: "wrong", Passwords: func(container string) (string, error) {
			asked++
			return "breach scope", nil
		}}
		for _, o := range []evidence.Options{{Password: "breach scope"}, o} {
			if f := newBench(t).mustAdd(o, path)[0]; f.Loaded != 3 || f.Kind != "salesforce.elf.Login" {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if asked != 1 {
			t.Errorf("%s: asked %d times", name, asked)
		}
	}
	if f := newBench(t).mustAdd(evidence.Options{}, filepath.Join("testdata", "plain.7z"))[0]; f.Loaded != 3 {
		t.Errorf("an archive without a password: %+v", f)
	}
}

// TestLastChangeOfATable: the last change is found among times however they are written, and texts that are none do not hide it.
func TestLastChangeOfATable(t *testing.T) {
	for want, times := range map[string][]string{
		"2025-10-03 00:00:00": {"2025-10-01T00:00:00.000Z", "2025-10-03T00:00:00.000Z", "", "2025-10-02T23:59:59.999Z"},
		"2025-10-04 01:00:00": {"2025-10-03T00:00:00.000Z", "2025-10-04T03:00:00.000+0200"},
		"2025-10-05 00:00:00": {"2025-10-05T00:00:00.000Z", "2025-99-99T99:99:99.999Z", "zzzz-zz-zzTzz:zz:zz.zzzZ"},
		"2025-10-06 00:00:00": {"2025-10-06", "2025-10-05T00:00:00.000Z"},
	} {
		b, table := newBench(t), "Id,LastName,LastModifiedDate\n"
		for i, at := range times {
			table += fmt.Sprintf("%s,Kim,%s\n", id18("003", i+1), at)
		}
		if f := b.mustAdd(evidence.Options{}, b.write("Contact.csv", table))[0]; f.Taken.Format(time.DateTime) != want {
			t.Errorf("%v: %s, want %s", times, f.Taken.Format(time.DateTime), want)
		}
	}
}
