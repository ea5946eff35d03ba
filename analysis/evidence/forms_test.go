package evidence_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/breachscope/breachscope/analysis/evidence"
)

func zipped(t testing.TB, members map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range members {
		m, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		m.Write(content)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestContainers: folders, archives in archives and packed files, each under the path it was found at.
func TestContainers(t *testing.T) {
	b := newBench(t)
	folder := t.TempDir()
	var zst bytes.Buffer
	w, err := zstd.NewWriter(&zst)
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte(strings.Replace(logins(4), "Login\"", "Logout\"", -1)))
	w.Close()
	inner := zipped(t, map[string][]byte{"deep/Login.csv.gz": packed(logins(5))})
	for name, content := range map[string][]byte{
		"logs/day.zip":        zipped(t, map[string][]byte{"a/Login.csv": []byte(logins(7)), "inner.zip": inner, "__MACOSX/._x": []byte("x"), "note.txt": []byte("hello")}),
		"logs/Logout.csv.zst": zst.Bytes(),
		"logs/.DS_Store":      []byte("x"),
	} {
		path := filepath.Join(folder, filepath.FromSlash(name))
		os.MkdirAll(filepath.Dir(path), 0o700)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]string{}
	for _, f := range b.mustAdd(evidence.Options{}, folder) {
		got[f.Name] = fmt.Sprint(f.Kind, " ", f.Read, " ", f.Loaded, " ", f.State)
	}
	want := map[string]string{
		"logs/day.zip/a/Login.csv": "salesforce.elf.Login 7 7 loaded", "logs/day.zip/inner.zip/deep/Login.csv.gz": "salesforce.elf.Login 5 0 loaded",
		"logs/Logout.csv.zst": "salesforce.elf.Logout 4 4 loaded", "logs/day.zip/note.txt": " 0 0 unrecognised",
	}
	for name, w := range want {
		if got[name] != w {
			t.Errorf("%s: %q, want %q", name, got[name], w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
}

// TestSameBytesTwice: a file handed in again is entered, and its rows are counted once.
func TestSameBytesTwice(t *testing.T) {
	b := newBench(t)
	path := b.write("Login.csv", logins(10)+"\"cut")
	b.mustAdd(evidence.Options{}, path)
	f := b.mustAdd(evidence.Options{}, path)[0]
	if f.State != evidence.Same || f.Read != 11 || f.Duplicate != 10 || f.Rejected != 1 {
		t.Errorf("%+v", f)
	}
	if n := b.one(`SELECT count(*) FROM raw."salesforce.elf.Login"`); n != "10" {
		t.Errorf("%s rows, want 10", n)
	}
}

// TestDuplicatesAreMultisets: a row a file holds twice is there twice; an hourly file beside the daily one adds what is new.
func TestDuplicatesAreMultisets(t *testing.T) {
	b := newBench(t)
	rows := strings.SplitAfter(logins(10), "\n")
	daily := strings.Join(rows, "") + rows[3] // row 3 twice
	hourly := rows[0] + rows[3] + rows[3] + rows[3] + rows[5] + strings.Replace(rows[6], `"r5"`, `"late"`, 1)
	again := strings.Join(rows[:6], "")
	files := b.mustAdd(evidence.Options{}, b.write("hourly.csv", hourly), b.write("daily.csv", daily))
	if files[0].Duplicate != 3 || files[1].Duplicate != 0 || files[0].Loaded != 2 {
		t.Errorf("hourly %+v, daily %+v", files[0], files[1])
	}
	if kept := b.one(`SELECT DISTINCT k.name FROM evidence.duplicate d JOIN evidence.file k ON k.id = d.kept_file`); kept != "daily.csv" {
		t.Errorf("the copy in %s was kept", kept)
	}
	if f := b.mustAdd(evidence.Options{}, b.write("again.csv", again))[0]; f.Duplicate != 5 || f.Loaded != 0 {
		t.Errorf("sent again: %+v", f)
	}
	if n := b.one(`SELECT count(*) FROM raw."salesforce.elf.Login" WHERE "REQUEST_ID" = 'r2'`); n != "3" {
		t.Errorf("a row is there %s times, want 3", n)
	}
}

// TestEncodings: the text arrives as it was, whatever it was written in.
func TestEncodings(t *testing.T) {
	korean949 := "Id,Name,MailingCity\n0035g000008pz1lAAA,김민준,서울특별시 강남구\n0035g000008pz4RAAQ,이서연,부산광역시 해운대구\n"
	japanese932 := "Id,Name,MailingCity\n0035g000008pz1lAAA,佐藤 さくら,東京都渋谷区\n0035g000008pz4RAAQ,鈴木 タロウ,大阪市北区\n"
	chinese := "Id,Name,MailingCity\n0035g000008pz1lAAA,王小明,深圳市南山区科技园路\n0035g000008pz4RAAQ,李丽,上海市静安区南京西路\n"
	french := "Id,Name,MailingCity\n0035g000008pz1lAAA,Renée Lefèvre,Orléans\n0035g000008pz4RAAQ,Zoë Müller,Besançon\n"
	for _, c := range []struct {
		name, text string
		encoding   encoding.Encoding
	}{
		{"utf-8", korean949, encoding.Nop}, {"utf-8", "\uFEFF" + french, encoding.Nop},
		{"utf-16le", korean949, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)}, {"utf-16be", japanese932, unicode.UTF16(unicode.BigEndian, unicode.UseBOM)},
		{"utf-16le", french, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
		{"cp949", korean949, korean.EUCKR}, {"cp932", japanese932, japanese.ShiftJIS}, {"gb18030", chinese, simplifiedchinese.GB18030}, {"windows-1252", french, charmap.Windows1252},
	} {
		b := newBench(t)
		written, err := c.encoding.NewEncoder().String(c.text)
		if err != nil {
			t.Fatal(err)
		}
		f := b.mustAdd(evidence.Options{}, b.write("Contact.csv", written))[0]
		if f.Encoding != c.name || f.Replaced != 0 || f.Loaded != 2 {
			t.Errorf("%s: taken for %s, %d replaced, %d loaded", c.name, f.Encoding, f.Replaced, f.Loaded)
			continue
		}
		rows := strings.Split(c.text, "\n")
		if got := b.one(`SELECT "Name" || ',' || "MailingCity" FROM snapshot."Contact" WHERE "line" = 2`); !strings.HasSuffix(rows[1], got) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

// TestBrokenCharactersAreCounted: nothing is replaced in silence.
func TestBrokenCharactersAreCounted(t *testing.T) {
	b := newBench(t)
	text := "Id,Name\n" + strings.Repeat("0035g000008pz1lAAA,김민준 이서연 박지훈\n", 50) + "0035g000008pz4RAAQ,\xED\x95 끝\n"
	f := b.mustAdd(evidence.Options{}, b.write("Contact.csv", text))[0]
	if f.Encoding != "utf-8" || f.Replaced == 0 || !strings.Contains(f.Note, "character") {
		t.Errorf("%+v", f)
	}
}

// TestDialects: what hands and other programs do to a CSV file.
func TestDialects(t *testing.T) {
	body := "\"Login\",\"20251021050038.980\",\"r1\",\"00D5g00000y58ee\",\"0055g00000KWzIk\",\"/index.jsp\"\n"
	for name, text := range map[string]string{
		"semicolons": strings.ReplaceAll(loginHeader+body, ",", ";"),
		"tabs":       strings.ReplaceAll(strings.ReplaceAll(loginHeader+body, ",", "\t"), `"`, ""),
		"sep":        "sep=;\n" + strings.ReplaceAll(loginHeader+body, ",", ";"),
		"type":       "#TYPE System.Management.Automation.PSCustomObject\n" + loginHeader + body,
		"title":      "Logins of October\n\nmade by,admin\n" + loginHeader + body,
		"spaced":     strings.ReplaceAll(loginHeader+body, ",", ", "),
		"cr":         strings.ReplaceAll(loginHeader+body, "\n", "\r"),
		"mixed":      strings.TrimSuffix(loginHeader, "\n") + "\r\n" + body,
		"trailing":   loginHeader + strings.ReplaceAll(body, "\n", ",\n"),
		"backslash":  loginHeader + strings.Replace(body, "/index.jsp", `/a\"b,c\"`, 1),
		"lower":      strings.ToLower(loginHeader) + body,
		"warehouse":  "event_type_s,timestamp_t,request_id_s,organization_id_s,user_id_s,uri_s\n" + body,
		"bom":        "\uFEFF" + loginHeader + body,
		"unfinished": loginHeader + strings.TrimSuffix(body, "\n"),
		"footer":     loginHeader + body + "\n\"Report of logins\"\n\"Copyright (c) 2000-2025\"\n\"Confidential Information - Do Not Distribute\"\n",
		"blank":      loginHeader + "\n\n" + body + "\n\n",
	} {
		b := newBench(t)
		f := b.mustAdd(evidence.Options{}, b.write("x.csv", text))[0]
		if f.Kind != "salesforce.elf.Login" || f.Read != 1 || f.Loaded != 1 {
			t.Errorf("%s: %s, read %d, loaded %d, rejected %d (%s; %s)", name, f.Kind, f.Read, f.Loaded, f.Rejected, f.Dialect, f.Note)
			continue
		}
		row := b.query(`SELECT "EVENT_TYPE", "USER_ID", "line", strftime(utc, '%Y-%m-%d %H:%M:%S.%g') FROM raw."salesforce.elf.Login"`)[0]
		if strings.Join(row, " ") != "Login 0055g00000KWzIk 2 2025-10-21 05:00:38.980" {
			t.Errorf("%s: %v", name, row)
		}
	}
}

// TestWorkbook: dates become ISO, long numbers keep their digits, a title block is left out.
func TestWorkbook(t *testing.T) {
	b := newBench(t)
	book := excelize.NewFile()
	book.SetSheetRow("Sheet1", "A1", &[]any{"Customers of October"})
	book.SetSheetRow("Sheet1", "A3", &[]any{"Id", "Name", "Phone", "Birthdate", "CreatedDate", "Note"})
	book.SetSheetRow("Sheet1", "A4", &[]any{"0035g000008pz1lAAA", "김민준", 821012345678, time.Date(1990, 5, 17, 0, 0, 0, 0, time.UTC), time.Date(2025, 10, 21, 9, 30, 15, 0, time.UTC)})
	book.SetSheetRow("Sheet1", "A6", &[]any{"0035g000008pz4RAAQ", "이서연", "010-1234-5678", "", "", "x"})
	path := filepath.Join(t.TempDir(), "Contact.xlsx")
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	f := b.mustAdd(evidence.Options{}, path)[0]
	if f.Kind != "salesforce.table.Contact" || f.Loaded != 2 {
		t.Fatalf("%+v", f)
	}
	row := b.query(`SELECT "Name", "Phone", "Birthdate", "CreatedDate" FROM snapshot."Contact" ORDER BY "line"`)[0]
	if strings.Join(row, "|") != "김민준|821012345678|1990-05-17|2025-10-21T09:30:15.000Z" {
		t.Errorf("%q", row)
	}
	if err := book.SaveAs(path, excelize.Options{Password: "open"}); err != nil {
		t.Fatal(err)
	}
	if _, err := newBench(t).add(evidence.Options{}, path); err == nil || !strings.Contains(err.Error(), "password") {
		t.Errorf("a protected workbook gives %v", err)
	}
	if f := newBench(t).mustAdd(evidence.Options{Password: "open"}, path)[0]; f.Loaded != 2 {
		t.Errorf("%+v", f)
	}
}

// TestSheets: every sheet of a workbook is a file of its own in the register, hidden ones and their charts included.
func TestSheets(t *testing.T) {
	b := newBench(t)
	book := excelize.NewFile()
	book.SetSheetRow("Sheet1", "A1", &[]any{"Id", "LastName"})
	book.SetSheetRow("Sheet1", "A2", &[]any{"0035g000008pz1lAAA", "김"})
	for name, id := range map[string]string{"지점": "0035g000008pz4RAAQ", "숨김": "0035g000008pz5xAAA", "빈": ""} {
		book.NewSheet(name)
		if id != "" {
			book.SetSheetRow(name, "A1", &[]any{"Id", "LastName"})
			book.SetSheetRow(name, "A2", &[]any{id, "이"})
		}
	}
	book.SetSheetVisible("숨김", false)
	if err := book.AddChartSheet("chart", &excelize.Chart{Type: excelize.Col, Series: []excelize.ChartSeries{{Name: "Sheet1!$B$1", Values: "Sheet1!$A$2:$A$2"}}}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "Contact.xlsx")
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	hidden := 0
	for _, f := range b.mustAdd(evidence.Options{}, path) {
		if f.Kind != "salesforce.table.Contact" || f.Loaded != 1 || !strings.HasPrefix(f.Name, "Contact.xlsx/") || !strings.Contains(f.Dialect, "one of 3 sheets") {
			t.Errorf("%+v", f)
		}
		if strings.Contains(f.Note, "hidden") == (f.Name == "Contact.xlsx/숨김") {
			hidden++
		}
	}
	if n := b.one(`SELECT count(*) FROM snapshot."Contact"`); n != "3" || hidden != 3 {
		t.Errorf("%s rows, hidden told right for %d of 3 sheets", n, hidden)
	}
	for _, f := range b.mustAdd(evidence.Options{}, path) {
		if f.State != evidence.Same {
			t.Errorf("handed in again: %+v", f)
		}
	}
}

// TestParquet: typed columns come back as text.
func TestParquet(t *testing.T) {
	b := newBench(t)
	staged := filepath.Join(b.file.Staging(), "ApiEvent.parquet")
	b.exec(`COPY (SELECT 'e' || i AS EventIdentifier, TIMESTAMP '2025-10-21 05:00:00' + to_seconds(i) AS EventDate, i AS RowsProcessed, ['Contact'] AS QueriedEntities
		FROM range(1000) t(i)) TO '` + staged + `' (FORMAT parquet)`)
	path := filepath.Join(t.TempDir(), "ApiEvent.parquet")
	if err := os.Rename(staged, path); err != nil {
		t.Fatal(err)
	}
	f := b.mustAdd(evidence.Options{}, path)[0]
	if f.Kind != "salesforce.rtem.ApiEvent" || f.Loaded != 1000 || f.First.Format(time.DateTime) != "2025-10-21 05:00:00" {
		t.Errorf("%+v", f)
	}
	if got := b.one(`SELECT "RowsProcessed" || "QueriedEntities" FROM raw."salesforce.rtem.ApiEvent" WHERE "line" = 8`); got != `7["Contact"]` {
		t.Errorf("%s", got)
	}
}

// TestJSON: query results with their envelope, lines, streams, warehouse exports.
func TestJSON(t *testing.T) {
	event := `{"attributes":{"type":"ApiEvent","url":"/x"},"Id":"000000000000000AAA","EventIdentifier":"e1","EventDate":"2025-10-21T14:00:00.000+0900","Query":"SELECT Id FROM Contact","Records":"{\"records\":[]}"}`
	for name, text := range map[string]string{
		"rest":   `{"totalSize":1,"done":true,"records":[` + event + `]}`,
		"cli":    `{"status":0,"result":{"records":[` + event + `],"totalSize":1,"done":true},"warnings":[]}`,
		"list":   "[\n" + event + "\n]",
		"lines":  event + "\n",
		"stream": `{"schema":"s","payload":{"EventIdentifier":"e1","EventDate":"2025-10-21T05:00:00Z","Query":"SELECT Id FROM Contact","QueriedEntities":"Contact","RowsProcessed":1,"RowsReturned":1,"Operation":"Query","ApiType":"REST"},"event":{"replayId":1}}`,
	} {
		b := newBench(t)
		f := b.mustAdd(evidence.Options{}, b.write("x.json", text))[0]
		if f.Kind != "salesforce.rtem.ApiEvent" || f.Loaded != 1 || f.First.Format(time.DateTime) != "2025-10-21 05:00:00" {
			t.Errorf("%s: %+v", name, f)
			continue
		}
		if q := b.one(`SELECT "Query" FROM raw."salesforce.rtem.ApiEvent"`); q != "SELECT Id FROM Contact" {
			t.Errorf("%s: %q", name, q)
		}
	}
	b := newBench(t)
	f := b.mustAdd(evidence.Options{}, b.write("lines.json", event+"\n{broken\n"+strings.Replace(event, "e1", "e2", 1)+"\n"))[0]
	if f.Read != 3 || f.Loaded != 2 || f.Rejected != 1 || b.one("SELECT line FROM evidence.reject") != "2" {
		t.Errorf("%+v", f)
	}
}

// TestGzipOfLoginHistory in an admin's language, with local times: the zone is the investigator's word.
func TestLocalTimes(t *testing.T) {
	for name, c := range map[string]struct{ text, zone, want, note string }{
		"korean":     {"사용자 이름,로그인 시간,소스 IP,로그인 유형,상태\nhaeun@x.kr,2025. 10. 21. 오후 2:31:06,1.2.3.4,응용 프로그램,성공\n", "Asia/Seoul", "2025-10-21 05:31:06", ""},
		"english":    {"Username,Login Time,Source IP,Login Type,Status\na@x.kr,10/21/2025 2:31:06 PM,1.2.3.4,Application,Success\n", "Asia/Seoul", "2025-10-21 05:31:06", ""},
		"british":    {"Username,Login Time,Source IP,Login Type,Status\na@x.kr,21/10/2025 14:31:06,1.2.3.4,Application,Success\n", "Europe/London", "2025-10-21 13:31:06", ""},
		"named":      {"Username,Login Time,Source IP,Login Type,Status\na@x.kr,\"21/10/2025, 16:31:06 CEST\",1.2.3.4,Application,Success\n", "", "2025-10-21 14:31:06", ""},
		"offset":     {"Username,Login Time,Source IP,Login Type,Status\na@x.kr,2025-10-21T14:31:06+0900,1.2.3.4,Application,Success\n", "", "2025-10-21 05:31:06", ""},
		"unclear":    {"Username,Login Time,Source IP,Login Type,Status\na@x.kr,03/04/2025 14:31:06,1.2.3.4,Application,Success\n", "UTC", "2025-03-04 14:31:06", "day or the month"},
		"hours":      {"사용자 이름,로그인 시간,소스 IP,로그인 유형,상태\nhaeun@x.kr,2025년 10월 21일 오후 2시 31분 06초,1.2.3.4,응용 프로그램,성공\n", "Asia/Seoul", "2025-10-21 05:31:06", ""},
		"chinese":    {"用户名,登录时间,源 IP,登录类型,状态\na@x.cn,2025-10-21 下午2:31:06,1.2.3.4,应用程序,成功\n", "Asia/Shanghai", "2025-10-21 06:31:06", ""},
		"from UTC":   {"사용자 이름,로그인 시간,소스 IP,로그인 유형,상태\nhaeun@x.kr,2025. 10. 21. 오후 2:31:06 GMT+9,1.2.3.4,응용 프로그램,성공\n", "Europe/Paris", "2025-10-21 05:31:06", ""},
		"spaced":     {"Username,Login Time,Source IP,Login Type,Status\na@x.kr,2025-10-21 14:31:06 +09:00,1.2.3.4,Application,Success\n", "Europe/Paris", "2025-10-21 05:31:06", ""},
		"in UTC":     {"Username,Login Time,Source IP,Login Type,Status\na@x.kr,2025-10-21 14:31:06 UTC,1.2.3.4,Application,Success\n", "Asia/Seoul", "2025-10-21 14:31:06", ""},
		"serial":     {"Username,Login Time,Source IP,Login Type,Status\na@x.kr,45951.6049306,1.2.3.4,Application,Success\n", "Asia/Seoul", "2025-10-21 05:31:06", ""},
		"of several": {"用户名,登录时间,源 IP,登录类型,状态\na@x.cn,2025-10-21 14:31:06 CST,1.2.3.4,应用程序,成功\n", "Asia/Shanghai", "2025-10-21 06:31:06", "CST"},
		"french":     {"Nom d'utilisateur,Heure de connexion,Adresse IP source,Type de connexion,Statut\na@x.fr,21/10/2025 14:31,1.2.3.4,Application,Réussite\n", "UTC", "2025-10-21 14:31:00", ""},
	} {
		b := newBench(t)
		f := b.mustAdd(evidence.Options{Timezone: c.zone}, b.write("x.csv", c.text))[0]
		if f.Kind != "salesforce.loginhistory" || f.First.Format(time.DateTime) != c.want || !strings.Contains(f.Note, c.note) {
			t.Errorf("%s: %s at %s (%s; %s; %s)", name, f.Kind, f.First.Format(time.DateTime), f.Timezone, f.Dialect, f.Note)
		}
	}
	b := newBench(t)
	f := b.mustAdd(evidence.Options{Dates: "day-first", Timezone: "UTC"}, b.write("x.csv", "Username,Login Time,Source IP,Login Type,Status\na,03/04/2025 14:31:06,1.2.3.4,A,Success\n"))[0]
	if f.First.Format(time.DateTime) != "2025-04-03 14:31:06" {
		t.Errorf("said to be day-first, but read as %s", f.First)
	}
}

// TestOldTar: archives from before tar had a mark are told by their checksum.
func TestOldTar(t *testing.T) {
	var entry [512]byte
	text := "Id,LastName\n0035g000008pz1lAAA,Kim\n"
	copy(entry[:], "Contact.csv")
	copy(entry[100:], "0000644\x000000000\x000000000\x00")
	copy(entry[124:], fmt.Sprintf("%011o\x00%011o\x00        ", len(text), 0))
	sum := 0
	for _, b := range entry {
		sum += int(b)
	}
	copy(entry[148:], fmt.Sprintf("%06o\x00 ", sum))
	archive := string(entry[:]) + text + strings.Repeat("\x00", 512-len(text)) + strings.Repeat("\x00", 1024)
	b := newBench(t)
	if f := b.mustAdd(evidence.Options{}, b.write("old.tar", archive))[0]; f.Kind != "salesforce.table.Contact" || f.Loaded != 1 {
		t.Errorf("%+v", f)
	}
}

// TestNameOfColumnWithNUL: a header may hold what the engine's language cannot write.
func TestNameOfColumnWithNUL(t *testing.T) {
	for name, text := range map[string]string{"Contact.csv": "Id,Last\x00Name\n0035g000008pz1lAAA,Kim\n", "Contact.json": `[{"Id":"0035g000008pz1lAAA","Last\u0000Name":"Kim"}]`} {
		b := newBench(t)
		b.mustAdd(evidence.Options{Kind: "salesforce.table.Contact"}, b.write(name, text))
		if got := b.one("SELECT \"Last\uFFFDName\" FROM snapshot.\"Contact\""); got != "Kim" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestTableInOneObject: what pandas writes when it is not told otherwise is no table of one row.
func TestTableInOneObject(t *testing.T) {
	for _, text := range []string{`{"Id":{"0":"0035g000008pz1lAAA","1":"0035g000008pz1mAAA"},"LastName":{"0":"Kim","1":"Lee"}}`,
		`{"0":{"Id":"0035g000008pz1lAAA","LastName":"Kim"},"1":{"Id":"0035g000008pz1mAAA","LastName":"Lee"}}`} {
		b := newBench(t)
		if f := b.mustAdd(evidence.Options{}, b.write("Contact.json", text))[0]; f.State != evidence.Unrecognised || !strings.Contains(f.Note, "an object for each row") {
			t.Errorf("%+v", f)
		}
	}
}
