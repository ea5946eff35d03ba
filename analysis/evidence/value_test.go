package evidence_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/breachscope/breachscope/analysis/evidence"
)

// TestSpreadsheetValues: dates and numbers that a spreadsheet wrote in the manner of its language stand in the snapshot as
// the CRM writes them, and what does not read is counted.
func TestSpreadsheetValues(t *testing.T) {
	b := newBench(t)
	text := "Id;Birthdate;Amount__c;CreatedDate;Phone;LastModifiedDate\n" +
		"0035g000008pz1lAAA;1990. 5. 3.;1,234,567;2025. 5. 3. 오후 3:04;02-123-4567;2025-05-03T06:04:00.000Z\n" +
		"0035g000008pz1mAAA;1991. 12. 31.;12;2025. 5. 4. 오전 12:04;02-123-4568;2025-05-04T06:04:00.000Z\n" +
		"0035g000008pz1nAAA;;-1,234.50;2025. 5. 4. 해질녘:;010-1234-5678;\n"
	f := b.mustAdd(evidence.Options{Timezone: "Asia/Seoul"}, b.write("members.csv", text))[0]
	got := b.query(`SELECT "Birthdate", "Amount__c", "CreatedDate", "Phone", "LastModifiedDate" FROM snapshot."Contact" ORDER BY "line"`)
	want := []string{"1990-05-03 1234567 2025-05-03T06:04:00.000Z 02-123-4567 2025-05-03T06:04:00.000Z",
		"1991-12-31 12 2025-05-03T15:04:00.000Z 02-123-4568 2025-05-04T06:04:00.000Z", " -1234.50 2025. 5. 4. 해질녘: 010-1234-5678 "}
	for i, w := range want {
		if g := strings.Join(got[i], " "); g != w {
			t.Errorf("row %d: %q, want %q", i, g, w)
		}
	}
	for _, words := range []string{"dates of Birthdate brought to ISO 8601", "1 value of CreatedDate cannot be read", "separators of thousands taken out of Amount__c"} {
		if !strings.Contains(f.Note, words) {
			t.Errorf("%q does not say %q", f.Note, words)
		}
	}
}

// TestMidnightsAreDays: a day that a program wrote with midnight stays the day, in whatever zone.
func TestMidnightsAreDays(t *testing.T) {
	for _, at := range []string{"25.03.1985 00:00:00", "1985. 3. 25. 오전 12:00:00", "3/25/1985 12:00:00 AM", "1985-03-25"} {
		b := newBench(t)
		b.mustAdd(evidence.Options{Timezone: "Asia/Seoul"}, b.write("members.csv", "Id;Birthdate\n0035g000008pz1lAAA;"+at+"\n"))
		if got := b.query(`SELECT "Birthdate" FROM snapshot."Contact"`)[0][0]; got != "1985-03-25" {
			t.Errorf("%s is read as %s", at, got)
		}
	}
}

// TestYearsOfTwoDigits: a day whose year has two digits stands as it was and is counted, wherever in the file it comes, unless
// its pattern is declared; the century of a birth is told by the moment of the export alone.
func TestYearsOfTwoDigits(t *testing.T) {
	const header = "Id,Birthdate,End__c,Since__c,Joined__c\n"
	text := header + "0035g000008pz1lAAA,13/02/85,01/02/27,13-Feb-1985,1985-02-13\n0035g000008pz1mAAA,03/04/12,28/02/26,2-mars-1990,85-02-13\n"
	late := header + strings.Repeat("0035g000008pz1nAAA,13/02/1985,,,\n", 300) + "0035g000008pz1lAAA,03/04/12,,,85. 3. 2.\n"
	at := time.Date(2025, 10, 21, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		text, want string
		options    evidence.Options
		notes      []string
	}{
		{text, "13/02/85 01/02/27 1985-02-13 1985-02-13|03/04/12 28/02/26 1990-03-02 85-02-13", evidence.Options{},
			[]string{"2 values of Birthdate look like dates with a year of two digits", "2 values of End__c look", "1 value of Joined__c look", "dates of Since__c brought"}},
		{text, "1985-02-13 2027-02-01 1985-02-13 1985-02-13|03/04/12 2026-02-28 1990-03-02 85-02-13", evidence.Options{Dates: "%d/%m/%y"},
			[]string{"1 value of Birthdate look", "years of two digits in End__c are read as 1969 to 2068"}},
		{text, "1985-02-13 2027-02-01 1985-02-13 1985-02-13|2012-04-03 2026-02-28 1990-03-02 85-02-13", evidence.Options{Dates: "%d/%m/%y", SnapshotAt: at},
			[]string{"years of two digits in Birthdate are read as the hundred years before the export"}},
		{late, "1985-02-13   |03/04/12   85. 3. 2.", evidence.Options{}, []string{"1 value of Birthdate look", "1 value of Joined__c look"}},
	} {
		b := newBench(t)
		f := b.mustAdd(c.options, b.write("members.csv", c.text))[0]
		var got []string
		for _, row := range b.query(`SELECT DISTINCT "Birthdate", "End__c", "Since__c", "Joined__c" FROM snapshot."Contact" ORDER BY 1 DESC`) {
			got = append(got, strings.Join(row, " "))
		}
		slices.Sort(got)
		want := strings.Split(c.want, "|")
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%+v: %q, want %q", c.options, got, want)
		}
		for _, words := range c.notes {
			if !strings.Contains(f.Note, words) {
				t.Errorf("%+v: %q does not say %q", c.options, f.Note, words)
			}
		}
	}
}

// TestDeclaredPatternDecides: what the investigator says of dates is followed also where her pattern holds what is rewritten
// otherwise, and where nothing else tells the order of day and month.
func TestDeclaredPatternDecides(t *testing.T) {
	for at, pattern := range map[string]string{"03/10/2025, 14:31:06": "%d/%m/%Y, %H:%M:%S", "03/10/25 14:31:06": "%d/%m/%y %H:%M:%S", "03/10/2025 14:31:06": "%d/%m/%y %H:%M:%S",
		"25/10/03 14:31:06": "%y/%m/%d %H:%M:%S", "03 Oct 25 14:31:06": "%d %b %y %H:%M:%S"} {
		b := newBench(t)
		f := b.mustAdd(evidence.Options{Timezone: "UTC", Dates: pattern}, b.write("history.csv", "Username;Login Time;Source IP;Login Type;Status\nu@x.kr;"+at+";203.0.113.7;Application;Success\n"))[0]
		if got := f.First.Format(time.DateTime); got != "2025-10-03 14:31:06" {
			t.Errorf("%s by %s is read as %s: %s", at, pattern, got, f.Note)
		}
	}
}

// TestImpossibleTimes: placeholders of programs and misread years give a row no time, or the hours between would be gaps.
func TestImpossibleTimes(t *testing.T) {
	b := newBench(t)
	text := loginHeader + strings.Split(logins(3), "\n")[1] + "\n"
	row := strings.Split(logins(3), "\n")[2]
	for _, at := range []string{"0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"} {
		fields := strings.Split(row, ",")
		for i, name := range strings.Split(strings.TrimSpace(loginHeader), ",") {
			if strings.HasPrefix(strings.Trim(name, `"`), "TIMESTAMP") {
				fields[i] = `"` + at + `"`
			}
		}
		text += strings.Join(fields, ",") + "\n"
	}
	f := b.mustAdd(evidence.Options{}, b.write("Login.csv", text))[0]
	if f.Loaded != 3 || f.First.Year() != 2025 || f.Last.Year() != 2025 {
		t.Errorf("%+v", f)
	}
	if want := `2 rows without a readable time, the first in record 3, which says "0001-01-01T00:00:00Z"`; !strings.Contains(f.Note, want) {
		t.Errorf("%q does not say %q", f.Note, want)
	}
}

// TestTimesOfManyLanguages: the same moment as the interfaces of the CRM write it in many languages.
func TestTimesOfManyLanguages(t *testing.T) {
	for _, at := range []string{"Oct 21, 2025, 2:31:06 PM", "10/21/25 2:31:06 PM", "21/10/2025, 2:31:06 p. m.", "21 oct. 2025, 14:31:06", "21 octobre 2025 14:31:06",
		"21/10/2025 à 14:31:06", "2025-10-21 14 h 31 min 06 s", "21. Okt. 2025, 14:31:06", "21.10.2025, 07:31:06 MESZ", "21 ott 2025, 14:31:06", "21 de outubro de 2025 14:31:06",
		"21.10.2025 14.31.06", "25. 10. 21. 오후 2:31:06", "2025년 10월 21일 화요일 오후 2시 31분 6초", "2025年10月21日(火) 14:31:06", "Tuesday, October 21, 2025 2:31:06 PM"} {
		b := newBench(t)
		f := b.mustAdd(evidence.Options{Timezone: "Asia/Seoul"}, b.write("history.csv", "Username;Login Time;Source IP;Login Type;Status\nu@x.kr;"+at+";203.0.113.7;Application;Success\n"))[0]
		if got := f.First.Format(time.DateTime); f.Kind != "salesforce.loginhistory" || got != "2025-10-21 05:31:06" {
			t.Errorf("%s is read as %s: %s", at, got, f.Note)
		}
	}
}

// TestSheetThatBreaksOff: no row of a sheet is lost in silence where its text breaks off, breaks down or is out of order, which
// the library that reads it does not tell.
func TestSheetThatBreaksOff(t *testing.T) {
	whole := workbookWith(t, func(sheet string) string { return sheet })
	if f := newBench(t).mustAddBook(whole)[0]; f.Loaded != 3 {
		t.Fatalf("%+v", f)
	}
	for name, change := range map[string]func(string) string{
		"cut":                  func(s string) string { return s[:strings.Index(s, `<row r="4"`)] },
		"cut in a row":         func(s string) string { return s[:strings.Index(s, `r="B3"`)] },
		"control character":    func(s string) string { return strings.Replace(s, `<row r="3"`, "\x0b<row r=\"3\"", 1) },
		"rows out of order":    func(s string) string { return strings.Replace(s, `<row r="4"`, `<row r="2"`, 1) },
		"cells out of order":   func(s string) string { return strings.Replace(s, `r="B3"`, `r="A3"`, 1) },
		"nothing but the head": func(s string) string { return s[:strings.Index(s, `<row r="1"`)] },
	} {
		b := newBench(t)
		var damaged *evidence.Damaged
		if files, err := b.add(evidence.Options{}, b.write("book.xlsx", workbookWith(t, change))); !errors.As(err, &damaged) {
			t.Errorf("%s: %v, %+v", name, err, files)
		}
	}
}

func (b *bench) mustAddBook(content string) []evidence.File {
	return b.mustAdd(evidence.Options{}, b.write("book.xlsx", content))
}

// workbookWith is a workbook of three customers whose sheet is changed.
func workbookWith(t *testing.T, change func(sheet string) string) string {
	book := excelize.NewFile()
	for i, row := range [][]any{{"Id", "LastName"}, {"0035g000008pz1lAAA", "Kim"}, {"0035g000008pz1mAAA", "Lee"}, {"0035g000008pz1nAAA", "Park"}} {
		book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row)
	}
	var written, changed bytes.Buffer
	if err := book.Write(&written); err != nil {
		t.Fatal(err)
	}
	parts, err := zip.NewReader(bytes.NewReader(written.Bytes()), int64(written.Len()))
	if err != nil {
		t.Fatal(err)
	}
	into := zip.NewWriter(&changed)
	for _, part := range parts.File {
		from, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		if part.Name == "xl/worksheets/sheet1.xml" {
			text = []byte(change(string(text)))
		}
		to, err := into.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		to.Write(text)
	}
	if err := into.Close(); err != nil {
		t.Fatal(err)
	}
	return changed.String()
}

// TestTwoTablesOnASheet: rows of a second table beside or below the first are told.
func TestTwoTablesOnASheet(t *testing.T) {
	for _, c := range []struct {
		rows  [][]any
		words string
	}{
		{[][]any{{"Id", "LastName", nil, "Id", "Name"}, {"0035g000008pz1lAAA", "Kim", nil, "0015g000008pz1lAAA", "Acme"}}, "its header names Id again behind an empty column"},
		{[][]any{{"Id", "LastName"}, {"0035g000008pz1lAAA", "Kim"}, {}, {"Id", "Name"}, {"0015g000008pz1lAAA", "Acme"}}, "1 id of another object than Contact"},
	} {
		book := excelize.NewFile()
		for i, row := range c.rows {
			book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row)
		}
		var written bytes.Buffer
		if err := book.Write(&written); err != nil {
			t.Fatal(err)
		}
		b := newBench(t)
		if f := b.mustAdd(evidence.Options{Kind: "salesforce.table.Contact"}, b.write("book.xlsx", written.String()))[0]; !strings.Contains(f.Note, c.words) {
			t.Errorf("%q does not say %q", f.Note, c.words)
		}
	}
}

// TestCellsOfWorkbooks: what a cell holds is told by its format: numbers, truths and days, from 1904 on in some workbooks.
func TestCellsOfWorkbooks(t *testing.T) {
	for _, since1904 := range []bool{false, true} {
		book := excelize.NewFile()
		book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &since1904})
		at := time.Date(2025, 5, 3, 15, 4, 0, 0, time.UTC)
		book.SetSheetRow("Sheet1", "A1", &[]any{"Id", "Price__c", "Amount__c", "VIP__c", "CreatedDate", "Birthdate", "Opens__c", "Lasts__c"})
		book.SetSheetRow("Sheet1", "A2", &[]any{"0035g000008pz1lAAA", 0.1, 1234.5, true, at, at.Truncate(24 * time.Hour), 0.5625, 1.0625})
		style, err := book.NewStyle(&excelize.Style{NumFmt: 4}) // #,##0.00
		if err != nil {
			t.Fatal(err)
		}
		book.SetCellStyle("Sheet1", "B2", "C2", style)
		for place, form := range map[string]int{"G2": 20, "H2": 46} { // h:mm, [h]:mm:ss
			if style, err = book.NewStyle(&excelize.Style{NumFmt: form}); err != nil {
				t.Fatal(err)
			}
			book.SetCellStyle("Sheet1", place, place, style)
		}
		buffer, err := book.WriteToBuffer()
		if err != nil {
			t.Fatal(err)
		}
		b := newBench(t)
		b.mustAdd(evidence.Options{Timezone: "Asia/Seoul"}, b.write("members.xlsx", buffer.String()))
		got := strings.Join(b.query(`SELECT "Price__c", "Amount__c", "VIP__c", "CreatedDate", "Birthdate", "Opens__c", "Lasts__c" FROM snapshot."Contact"`)[0], " ")
		if want := "0.1 1234.5 true 2025-05-03T06:04:00.000Z 2025-05-03 13:30:00 25:30:00"; got != want {
			t.Errorf("days since 1904 %t: %s, want %s", since1904, got, want)
		}
	}
}

// TestJSONOddities: a member named twice and half a character are told, documents without rows say what they are.
func TestJSONOddities(t *testing.T) {
	b := newBench(t)
	f := b.mustAdd(evidence.Options{}, b.write("x.ndjson", `{"Id":"0035g000008pz1lAAA","LastName":"a","LastName":"b"}`+"\n"+`{"Id":"0035g000008pz1mAAA","LastName":"\ud83d"}`+"\n"))[0]
	if f.Replaced != 1 || !strings.Contains(f.Note, "the last counts (1 time)") {
		t.Errorf("%+v", f)
	}
	for text, why := range map[string]string{
		`{"name":"Contact","keyPrefix":"003","fields":[{"name":"Id"}],"childRelationships":[]}`: "describes the fields of Contact",
		`{"maxBatchSize":200,"sobjects":[{"name":"Account"}]}`:                                  "lists the objects",
		`{"done":true,"listviews":[{"id":"00B5g00000g47SdEAI"}],"size":1}`:                      "without their filters",
		`<CustomField xmlns="x"><fullName>VIP__c</fullName></CustomField>`:                      "describes the field",
	} {
		if f := b.mustAdd(evidence.Options{}, b.write("d.json", text))[0]; f.State != evidence.Unrecognised || !strings.Contains(f.Note, why) {
			t.Errorf("%s: %s %s", text, f.State, f.Note)
		}
	}
	b.mustAdd(evidence.Options{}, b.write("Contact.object", `<CustomObject xmlns="http://soap.sforce.com/2006/04/metadata"><fields><fullName>VIP__c</fullName></fields><listViews>
		<fullName>VIP</fullName><columns>NAME</columns><filterScope>Everything</filterScope><filters><field>VIP__c</field><operation>equals</operation><value>1</value></filters><label>Best clients</label></listViews></CustomObject>`))
	if got := b.one(`SELECT carrier || ' ' || object || ' ' || name || ' ' || json_extract_string(body, '$.whereCondition.conditions[0].field') FROM evidence.definition`); got != "listview Contact Best clients VIP__c" {
		t.Errorf("%s", got)
	}
}

// TestTimesWithoutZone: a customer table's times that name no zone are read in the given one, else said to be unsure; those
// that name theirs, and days written with midnight, stay.
func TestTimesWithoutZone(t *testing.T) {
	forms := map[string]string{
		"members.csv": "Id,CreatedDate,LastModifiedDate,Birthdate\n0035g000008pz1lAAA,2025-05-03 15:04:00,2025-05-03T06:04:00.000Z,1990-05-03 00:00:00\n" +
			"0035g000008pz1mAAA,2025-05-03T06:04:00.000+0000,2025-05-03T15:04:00,1991-05-03 00:00:00\n",
		"members.json": `[{"Id":"0035g000008pz1lAAA","CreatedDate":"2025-05-03 15:04:00","LastModifiedDate":"2025-05-03T06:04:00.000Z","Birthdate":"1990-05-03 00:00:00"},
			{"Id":"0035g000008pz1mAAA","CreatedDate":"2025-05-03T06:04:00.000+0000","LastModifiedDate":"2025-05-03T15:04:00","Birthdate":"1991-05-03 00:00:00"}]`,
	}
	for name, text := range forms {
		for zone, want := range map[string][3]string{"Asia/Seoul": {"Asia/Seoul", "06", "read in Asia/Seoul"}, "": {"unknown", "15", "read as UTC; give the zone"}} {
			b := newBench(t)
			f := b.mustAdd(evidence.Options{Timezone: zone}, b.write(name, text))[0]
			got := b.query(`SELECT "CreatedDate", "LastModifiedDate", "Birthdate" FROM snapshot."Contact" ORDER BY "line"`)
			if g, w := got[0][0], "2025-05-03T"+want[1]+":04:00.000Z"; g != w || got[1][1] != w {
				t.Errorf("%s in %q: %s and %s, want %s", name, zone, g, got[1][1], w)
			}
			if got[0][1] != "2025-05-03T06:04:00.000Z" || got[1][0] != "2025-05-03T06:04:00.000+0000" || got[0][2] != "1990-05-03 00:00:00" {
				t.Errorf("%s in %q: %v", name, zone, got)
			}
			for _, words := range []string{"1 time of CreatedDate name no zone and are " + want[2], "1 time of LastModifiedDate ", "2 values of Birthdate are days"} {
				if !strings.Contains(f.Note, words) || f.Timezone != want[0] {
					t.Errorf("%s in %q, of zone %s: %q does not say %q", name, zone, f.Timezone, f.Note, words)
				}
			}
		}
	}
}

// TestDecimalCommas: numbers of spreadsheets with decimal commas are read as such where a column tells it, and said to be
// unread or unsure where it does not.
func TestDecimalCommas(t *testing.T) {
	header := "Id;Amount__c;Weight__c;Count__c;Mixed__c;Code__c\n"
	b := newBench(t)
	f := b.mustAdd(evidence.Options{}, b.write("members.csv", header+
		"0035g000008pz1lAAA;1.234,56;1,250;1.234;1.234,56;12.34\n"+
		"0035g000008pz1mAAA;-12;0,5;12;1,234.56;A\n0035g000008pz1nAAA;2.345.678,9 €;;7;;\n"))[0]
	got := b.query(`SELECT "Amount__c", "Weight__c", "Count__c", "Mixed__c", "Code__c" FROM snapshot."Contact" ORDER BY "line"`)
	for i, want := range []string{"1234.56 1.250 1234 1.234,56 12.34", "-12 0.5 12 1,234.56 A", "2345678.9  7  "} {
		if g := strings.Join(got[i], " "); g != want {
			t.Errorf("row %d: %q, want %q", i, g, want)
		}
	}
	for _, words := range []string{"decimal commas of Amount__c, Weight__c, Count__c made points", "the numbers of Mixed__c are written in several manners"} {
		if !strings.Contains(f.Note, words) {
			t.Errorf("%q does not say %q", f.Note, words)
		}
	}
	b = newBench(t)
	f = b.mustAdd(evidence.Options{}, b.write("members.csv", "Id;Amount__c\n0035g000008pz1lAAA;1,234\n"))[0]
	if got := b.one(`SELECT "Amount__c" FROM snapshot."Contact"`); got != "1234" || !strings.Contains(f.Note, "they may be decimal commas") {
		t.Errorf("%s: %q", got, f.Note)
	}
}

// TestFormulasWithoutResult: a formula that was never calculated is counted; one with a result is read as that. Protected
// workbooks and those of several sheets are no exception.
func TestFormulasWithoutResult(t *testing.T) {
	for _, password := range []string{"", "secret"} {
		book := excelize.NewFile()
		book.SetSheetRow("Sheet1", "A1", &[]any{"Id", "LastName", "Amount__c", "Other__c"})
		book.SetSheetRow("Sheet1", "A2", &[]any{"0035g000008pz1lAAA", "a", 5, 1})
		book.SetSheetRow("Sheet1", "A3", &[]any{"0035g000008pz1mAAA", "b", nil, 2})
		book.NewSheet("Other < & name")
		book.SetSheetRow("Other < & name", "A1", &[]any{"Id", "Subject"})
		book.SetSheetRow("Other < & name", "A2", &[]any{"5005g000008pz1mAAA", "b"})
		for cell, formula := range map[string]string{"C2": "2+3", "C3": "2+4", "D3": "C2"} {
			if err := book.SetCellFormula("Sheet1", cell, formula); err != nil {
				t.Fatal(err)
			}
		}
		b := newBench(t)
		path := b.write("members.xlsx", "")
		if err := book.SaveAs(path, excelize.Options{Password: password}); err != nil {
			t.Fatal(err)
		}
		files := b.mustAdd(evidence.Options{Password: password}, path)
		if len(files) != 2 || strings.Contains(files[1].Note, "formula") {
			t.Errorf("%+v", files)
		}
		if got := strings.Join(b.query(`SELECT string_agg(concat_ws('/', "Amount__c", "Other__c"), ' ' ORDER BY "line") FROM snapshot."Contact"`)[0], ""); got != "5/1 /2" {
			t.Errorf("the cells are %s", got)
		}
		if want := "1 formula without a stored result read as empty, the first in C3"; !strings.Contains(files[0].Note, want) {
			t.Errorf("%q does not say %q", files[0].Note, want)
		}
	}
}

// TestWorkbooksOfOtherPrograms: some name the parts of a workbook by their whole path.
func TestWorkbooksOfOtherPrograms(t *testing.T) {
	book := excelize.NewFile()
	book.SetSheetRow("Sheet1", "A1", &[]any{"Id", "LastName", "Amount__c"})
	book.SetSheetRow("Sheet1", "A2", &[]any{"0035g000008pz1lAAA", "a"})
	if err := book.SetCellFormula("Sheet1", "C2", "2+3"); err != nil {
		t.Fatal(err)
	}
	whole, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	parts, err := zip.NewReader(bytes.NewReader(whole.Bytes()), int64(whole.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var other bytes.Buffer
	w := zip.NewWriter(&other)
	for _, part := range parts.File {
		from, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		to, _ := w.Create(part.Name)
		to.Write(bytes.ReplaceAll(content, []byte(`Target="worksheets/`), []byte(`Target="/xl/worksheets/`)))
	}
	w.Close()
	if bytes.Equal(whole.Bytes(), other.Bytes()) {
		t.Fatal("the workbook is as it was")
	}
	b := newBench(t)
	files := b.mustAdd(evidence.Options{}, b.write("members.xlsx", other.String()))
	if len(files) != 1 || files[0].Loaded != 1 || !strings.Contains(files[0].Note, "1 formula without a stored result") {
		t.Errorf("%+v", files)
	}
}
