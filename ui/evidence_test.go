package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// incident writes a small incident as its files: two employees, twelve customers, a day of work, and a night in which
// somebody asks for the customers of Korea under an employee's name.
func incident(t testing.TB) (dir string) {
	t.Helper()
	dir = t.TempDir()
	write := func(name string, rows ...[]string) {
		var text strings.Builder
		for _, row := range rows {
			text.WriteString(`"` + strings.Join(row, `","`) + "\"\n")
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("User.csv", []string{"Id", "Username", "Name", "IsActive", "TimeZoneSidKey", "CreatedDate"},
		[]string{"0055g00000KWzHrAAL", "kim.sales@maison.kr", "김영업", "true", "Asia/Seoul", "2021-03-01T00:00:00.000Z"},
		[]string{"0055g00000KWzHzAAL", "lee.cs@maison.kr", "이상담", "true", "Asia/Seoul", "2021-03-01T00:00:00.000Z"})
	contacts := [][]string{{"Id", "IsDeleted", "LastName", "FirstName", "Name", "MailingCountry", "MobilePhone", "Email", "OwnerId", "CreatedDate", "LastModifiedDate"}}
	for i := range 12 {
		country := "South Korea"
		if i >= 8 {
			country = "France"
		}
		contacts = append(contacts, []string{fmt.Sprintf("0035g00000TS%03d", i), "false", "김", fmt.Sprint("철수", i), fmt.Sprint("김 철수", i), country,
			fmt.Sprintf("0101234%04d", i), fmt.Sprintf("customer%d@example.kr", i), "0055g00000KWzHzAAL", "2015-08-22T00:00:47.000Z", "2024-07-30T09:49:59.000Z"})
	}
	write("Contact.csv", contacts...)
	write("Login_20260103.csv", []string{"EVENT_TYPE", "TIMESTAMP", "REQUEST_ID", "ORGANIZATION_ID", "USER_ID", "URI", "SESSION_KEY", "LOGIN_KEY", "LOGIN_TYPE", "BROWSER_TYPE", "USER_NAME", "TIMESTAMP_DERIVED", "USER_ID_DERIVED", "LOGIN_STATUS", "SOURCE_IP"},
		login("kim.sales@maison.kr", "0055g00000KWzHr", "AL", "KEYDAY", "2026-01-03T00:10:00.000Z", "10.20.30.40", "Mozilla/5.0"),
		login("lee.cs@maison.kr", "0055g00000KWzHz", "AAL", "KEYLEE", "2026-01-03T01:00:00.000Z", "211.40.1.9", "Mozilla/5.0"),
		login("kim.sales@maison.kr", "0055g00000KWzHr", "AAL", "KEYNIGHT", "2026-01-03T17:14:00.000Z", "203.0.113.9", "python-requests/2.31"))
	write("RestApi_20260103.csv", []string{"EVENT_TYPE", "TIMESTAMP", "REQUEST_ID", "ORGANIZATION_ID", "USER_ID", "URI", "SESSION_KEY", "LOGIN_KEY", "METHOD", "STATUS_CODE", "USER_AGENT", "ROWS_PROCESSED", "ENTITY_NAME", "QUERY", "TIMESTAMP_DERIVED", "USER_ID_DERIVED", "CLIENT_IP"},
		query("KEYDAY", "2026-01-03T00:20:00.000Z", "1", "SELECT Id FROM Contact WHERE MailingCountry = 'France' LIMIT 1", "10.20.30.40"),
		query("KEYNIGHT", "2026-01-03T17:15:00.000Z", "1", "SELECT COUNT() FROM Contact", "203.0.113.9"),
		query("KEYNIGHT", "2026-01-03T17:16:00.000Z", "8", "SELECT Id, Name, Email, MobilePhone FROM Contact WHERE MailingCountry = 'South Korea'", "203.0.113.9"))
	return dir
}

// stamp writes a time as an event log file does.
func stamp(at string) string {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		panic(err)
	}
	return t.Format("20060102150405.000")
}

func login(name, id, suffix, key, at, ip, agent string) []string {
	return []string{"Login", stamp(at), "4l7" + key, "00D5g00000y58ee", id, "/", "", key, "i", agent, name, at, id + suffix, "LOGIN_NO_ERROR", ip}
}

func query(key, at, rows, soql, ip string) []string {
	return []string{"RestApi", stamp(at), "4l8" + stamp(at), "00D5g00000y58ee", "0055g00000KWzHr", "/services/data/v60.0/query", "S" + key, key, "GET", "200",
		"python-requests/2.31", rows, "Contact", soql, at, "0055g00000KWzHrAAL", ip}
}

func TestCoverageIsToldInWordsToo(t *testing.T) {
	w := investigated(t)
	hours, err := w.c.Coverage(t.Context())
	if err != nil || len(hours) == 0 {
		t.Fatal(hours, err)
	}
	var events int64
	kinds := map[string]bool{}
	for _, h := range hours {
		events += h.Events
		kinds[h.Organisation+h.Kind] = true
	}
	list := sourcesOf(hours)
	for _, s := range list {
		events -= s.events
	}
	if events != 0 || len(list) != len(kinds) {
		t.Errorf("%d sources of %d; %d events are missing", len(list), len(kinds), events)
	}
	w.listCoverage(hours)
	if all := texts(w); !slices.Contains(all, list[0].kind) {
		t.Errorf("%s is not in the list: %q", list[0].kind, all)
	}
}

func TestPathsCanBeTypedAndAMissingOneIsNamed(t *testing.T) {
	dir := t.TempDir()
	paths := typedPaths("  \"" + dir + "\"\n\n'" + dir + "/gone.csv'\n")
	if len(paths) != 2 || paths[0] != dir {
		t.Fatalf("%q", paths)
	}
	if err := missing(paths[:1]); err != nil {
		t.Error(err)
	}
	if err := missing(paths); err == nil || !strings.Contains(err.Error(), "gone.csv") {
		t.Error(err)
	}
	if missing(nil) == nil {
		t.Error("nothing is taken for a path")
	}
}
