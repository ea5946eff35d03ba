package evidence_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/analysis/evidence"
)

func rowsOf(header, row string, n int) string {
	text := header + "\n"
	for i := range n {
		text += strings.ReplaceAll(row, "#", fmt.Sprintf("%04d", i)) + "\n"
	}
	return text
}

// TestTablesWithoutIds: a customer table whose records no column Id names is known by a label of it, by the key of its
// system, or by what no two rows share; a log is never taken for one.
func TestTablesWithoutIds(t *testing.T) {
	const guid = "0000#-2222-3333-4444-555555555555"
	for _, c := range []struct{ name, text, kind, key, fields, note string }{
		{"VIP.csv", rowsOf("Account ID,Contact ID,First Name,Last Name,Mobile", "0015g000008pz1l,0035g00000#0,a,b,010", 3) + "\n\n\"VIP\"\n\"Copyright\"\n",
			"salesforce.table.Contact", "Id", "AccountId Id FirstName LastName MobilePhone", ""},
		{"x.csv", rowsOf("연락처 ID,성,휴대전화,생년월일", "0035g00000#0,김,010,1990-05-17", 3), "salesforce.table.Contact", "Id", "Id LastName MobilePhone Birthdate", ""},
		{"x.csv", rowsOf("取引先責任者 ID,姓,名,メール", "0035g00000#0,山田,太郎,a@x.jp", 3), "salesforce.table.Contact", "Id", "Id LastName FirstName Email", ""},
		{"x.csv", rowsOf("ID du contact,Prénom,Date de naissance", "0035g00000#0,Hélène,1990-05-17", 3), "salesforce.table.Contact", "Id", "Id FirstName Birthdate", ""},
		{"data.csv", rowsOf("fullname,address1_addressid,_parentcustomerid_value,_parentcustomerid_value@OData.Community.Display.V1.FormattedValue,contactid",
			"a,"+strings.Replace(guid, "0000#", "1111#", 1)+","+strings.Replace(guid, "#", "0001", 1)+",acme,"+guid, 3), "dataverse.table.contact", "contactid",
			"fullname address1_addressid parentcustomerid parentcustomeridname contactid", ""},
		{"고객명단.csv", rowsOf("고객번호,성명,휴대전화", "C#,김,010", 3), "customer.table.고객명단", "고객번호", "고객번호 성명 휴대전화", "known by 고객번호"},
		{"twice.csv", rowsOf("Member No,Name,Email", "1,a,a#@x.kr", 3), "customer.table.twice", "Email", "Member No Name Email", "known by Email"},
		{"my visits.csv", rowsOf("Id,Name,Customer__c", "a0B5g00000#0,v,0035g000008pz1l", 3), "", "", "", "ids begin with a0B"},
		{"Store__c.csv", rowsOf("Id,Name,Customer__c", "a0B5g00000#0,v,0035g000008pz1l", 3), "salesforce.table.Store__c", "Id", "Id Name Customer__c", ""},
		{"access.csv", rowsOf("Email,Name,IP,Time", "a#@x.kr,a,203.0.113.7,2025-10-21T05:31:06Z", 3), "", "", "", "no known kind"},
	} {
		b := newBench(t)
		f := b.mustAdd(evidence.Options{}, b.write(c.name, c.text))[0]
		if f.Kind != c.kind || !strings.Contains(f.Note, c.note) {
			t.Errorf("%s: %s, %s, want %s, %s", c.name, f.Kind, f.Note, c.kind, c.note)
			continue
		}
		if c.kind == "" {
			continue
		}
		key, fields := b.one("SELECT key_column FROM snapshot.object"), b.one("SELECT string_agg(field, ' ' ORDER BY position) FROM snapshot.field")
		if key != c.key || fields != c.fields || f.Loaded != 3 {
			t.Errorf("%s: %d rows by %s (%s), want %s (%s)", c.name, f.Loaded, key, fields, c.key, c.fields)
		}
	}
}

// TestLookupsOfDataverse: a column of GUIDs points to the tables whose keys it holds, whichever came first.
func TestLookupsOfDataverse(t *testing.T) {
	b := newBench(t)
	contact := "contactid,fullname,parentcustomerid\n00000001-2222-3333-4444-555555555555,a,AAAAAAAA-2222-3333-4444-555555555555\n"
	b.mustAdd(evidence.Options{}, b.write("contact.csv", contact))
	b.mustAdd(evidence.Options{}, b.write("account.csv", "accountid,name\naaaaaaaa-2222-3333-4444-555555555555,acme\n"))
	if got := b.one("SELECT type || ' ' || reference FROM snapshot.field WHERE field = 'parentcustomerid'"); got != "reference account" {
		t.Errorf("parentcustomerid is a %s", got)
	}
	f := b.mustAdd(evidence.Options{}, b.write("Contact.csv", "Id,LastName\n0035g000008pz1lAAA,b\n"))[0]
	if f.State != evidence.Unrecognised || !strings.Contains(f.Note, "another system") {
		t.Errorf("two systems in one table: %+v", f)
	}
}

// TestIdsWithoutTheirCase: ids of 15 characters in capitals alone are told with their number, and rows that share one; ids
// that have their case, or of which nothing can be said, are not.
func TestIdsWithoutTheirCase(t *testing.T) {
	for _, c := range []struct{ text, want, not string }{
		{"Id,AccountId,LastName\n0035G000008PZ1L,0015G000004KQAB,a\n0035G000008PZ1M,0015G000004KQAB,b\n0035G000008PZ1M,0015G000004KQCB,c\n",
			"3 ids of Id have lost the case of their letters, 3 ids of AccountId have lost, 1 row with the id of another", ""},
		{"Id,AccountId,LastName\n0035g000008pz1l,0015g000004kqab,a\n0035g000008pzxm,0015g000004kqcb,b\n", "2 ids of Id have lost", ""},
		{"Id,LastName\n0035g000008PZ1L,a\n0035g000008PZ1M,b\n0035g000008PZXN,c\n", "", "lost"},
		{"Id,LastName\n003000000000001,a\n003000000000002,b\n", "", "lost"},
	} {
		b := newBench(t)
		f := b.mustAdd(evidence.Options{}, b.write("Contact.csv", c.text))[0]
		for _, words := range strings.Split(c.want, ", ") {
			if !strings.Contains(f.Note, words) {
				t.Errorf("%s: %q does not say %q", c.text, f.Note, words)
			}
		}
		if c.not != "" && strings.Contains(f.Note, c.not) {
			t.Errorf("%s: %q", c.text, f.Note)
		}
	}
}
