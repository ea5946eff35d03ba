package export_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// The workbooks of the countries hold, together, everybody once, the unknown ones included.
func TestWorkbooksOfTheCountries(t *testing.T) {
	o := options
	o.Countries = true
	dir, m := write(t, incident(t), o)
	people := 0
	for code, want := range map[string][2]int{"KR": {2, 3}, "CN": {1, 1}, "FR": {1, 1}, "JP": {1, 1}, "unknown": {1, 1}} {
		f := open(t, filepath.Join(dir, "by-country"), code+".xlsx")
		got := [2]int{len(rowsOf(t, f, "People")) - 1, len(rowsOf(t, f, "Records")) - 1}
		if got != want {
			t.Errorf("%s: %d people and %d records, want %v", code, got[0], got[1], want)
		}
		people += got[0]
	}
	if int64(people) != m.Totals["people"] {
		t.Errorf("%d people in all, the report has %d", people, m.Totals["people"])
	}
}

func TestNotificationFile(t *testing.T) {
	o := options
	o.Notification = true
	dir, m := write(t, incident(t), o)
	byName := map[string]map[string]string{}
	for _, row := range csvRows(t, dir, "notification") {
		byName[row["Name"]] = row
	}
	if len(byName) != 5 {
		t.Errorf("%d persons are to be written to", len(byName))
	}
	kim := byName["김하은"]
	if kim["Email"] != "haeun@example.kr" || kim["Phone"] != "+82 10-2345-6789" || kim["Address"] != "서울 강남구 1" || kim["Language"] != "ko" ||
		kim["Notice"] != "confirmed" || kim["Exposed"] != "성명, 연락처(이메일, 전화번호)" {
		t.Errorf("%v", kim)
	}
	if wang := byName["王芳"]; wang["Language"] != "zh" || !strings.HasPrefix(wang["Exposed"], "姓名") {
		t.Errorf("%v", wang)
	}
	if _, marked := byName["'=cmd|'/c calc'!A0"]; !marked || !strings.Contains(strings.Join(m.Notes, "\n"), "File notification.csv: 1 value begins like a formula") {
		t.Errorf("a name that looks like a formula was not marked and counted: %q", m.Notes)
	}
	if all := textOf(t, open(t, dir, "breachscope-report.xlsx"), "Summary"); !strings.Contains(all, "File notification.csv: 1 value") {
		t.Error("the Summary does not say what was changed in the notification file")
	}
	if _, company := byName["株式会社例"]; company {
		t.Error("a company is to be written to")
	}
	rows := rowsOf(t, open(t, dir, "notification.xlsx"), "Notification")
	if strings.Join(rows[0], " ") != "Name Email Phone Address Country Language Notice Exposed" {
		t.Errorf("headers for mail merge: %v", rows[0])
	}
	for _, row := range rows {
		if row[0] == "김하은" && row[2] != "+82 10-2345-6789" {
			t.Errorf("the workbook holds the telephone number %s", row[2])
		}
	}
}
