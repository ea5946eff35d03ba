package export_test

import (
	"archive/zip"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/breachscope/breachscope/app/casefile"
)

// textOf is all that a sheet says, cells of a row with '|' between them.
func textOf(t *testing.T, f *excelize.File, sheet string) string {
	t.Helper()
	var all strings.Builder
	for _, row := range rowsOf(t, f, sheet) {
		all.WriteString(strings.Join(row, "|") + "\n")
	}
	return all.String()
}

// changed is the incident after some statements.
func changed(t *testing.T, statements ...string) *casefile.Case {
	t.Helper()
	c := incident(t)
	err := c.Write(t.Context(), func(tx *sql.Tx) error {
		for _, s := range statements {
			if _, err := tx.ExecContext(t.Context(), s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func says(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said in:\n%s", want, text)
		}
	}
}

// A gap of which another source shows a part stays a gap, and the attacker's sessions in it are named.
func TestAGapShownInPartIsNotClosed(t *testing.T) {
	dir, _ := write(t, changed(t,
		`INSERT INTO evidence.gap VALUES ('00D5g000001abcd', 'salesforce.elf.URI', '2025-10-20 08:00:00', '2025-10-20 09:00:00', 40, '', 'dark')`,
		`INSERT INTO evidence.gap VALUES ('00D9g000001zzzz', 'salesforce.elf.URI', '2025-10-21 06:00:00', '2025-10-21 07:00:00', 40, '', 'of another organisation')`), options)
	says(t, textOf(t, open(t, dir, "breachscope-report.xlsx"), "Summary"),
		"Gaps in them: 3. No other source shows anything of 2 of them. 1 partly shown by ApiTotalUsage (that calls happened, not what came back).",
		"lies a part of 1 session of the attacker: haeun.lee@maison.example, 2025-10-21 05:31 – 2025-10-21 09:30 UTC.",
		"salesforce.elf.ApiTotalUsage (that calls happened, not what came back)|haeun.lee@maison.example, 2025-10-21 05:31 – 2025-10-21 09:30|",
		"no other source|none|dark", "no other source|none|of another organisation")
	for _, row := range csvRows(t, dir, "sessions") {
		if row["log_gaps"] != "salesforce.elf.RestApi 2025-10-21T08:00:00Z/2025-10-21T09:00:00Z partly shown by salesforce.elf.ApiTotalUsage" {
			t.Errorf("%s spans %q", row["session_id"], row["log_gaps"])
		}
	}
}

// Records that only a log names are counted, but not against the table they are missing from.
func TestRecordsOutsideTheTables(t *testing.T) {
	dir, _ := write(t, changed(t,
		`INSERT INTO analysis.record (id, object, record_id, present) VALUES (8, 'Contact', '0035g00000AAAAZAA4', false), (9, 'Contact', '0035g00000AAAAYAA4', true)`,
		`INSERT INTO analysis.listing SELECT * REPLACE (8 AS id, 'recorded' AS grade) FROM analysis.listing WHERE id = 1`,
		`INSERT INTO analysis.listed VALUES (8, 8)`,
		`UPDATE snapshot.object SET rows = 11`), options)
	all := textOf(t, open(t, dir, "breachscope-report.xlsx"), "Summary")
	says(t, all, "Object|Confirmed|Possible: by a query|Possible: by permission|Total|In the customer tables|Cleared|Only in the logs",
		"Contact|5|3|0|8|11|4|1", "1 record named only in the logs and in no customer table",
		"Besides, 1 record on a list belongs to no customer known", "Contact|confirmed|1")
}

func TestJudgementsAndCategoriesStandInWords(t *testing.T) {
	dir, _ := write(t, changed(t,
		`UPDATE analysis.verdict SET reason = 'suggested: suspicious by itself: tor +25 It came through Tor; travel +15 Two countries' WHERE session = 1`,
		`UPDATE analysis.affected SET categories = ['free_text', 'name'], possible_categories = ['contact'] WHERE person = 1`,
		`UPDATE snapshot.field SET category = 'free_text' WHERE field = 'Email'`), options)
	f := open(t, dir, "breachscope-report.xlsx")
	summary := textOf(t, f, "Summary")
	says(t, summary, "|suggested: suspicious by itself\n", "• an app never seen before\n• an address of a hosting company", "notes by staff|", "notes by staff + name|")
	says(t, textOf(t, f, "People"), "|notes by staff; name|", "|contact details (e-mail or telephone)|")
	says(t, textOf(t, f, "Fields"), "|notes by staff|")
	says(t, textOf(t, f, "Sessions"), "|an app never seen before; an address of a hosting company|suggested: suspicious by itself: It came through Tor; Two countries|")
	for _, code := range []string{"free_text", "free text", "tor +25", "app-new +40"} {
		if strings.Contains(summary, code) {
			t.Errorf("the Summary says %q", code)
		}
	}
	body, err := os.ReadFile(filepath.Join(dir, "affected-people.csv"))
	if err != nil || !strings.Contains(string(body), ",free_text;name,") {
		t.Errorf("the CSV file does not keep the codes (%v)", err)
	}
}

// By a login that failed nobody got in: it makes no account used, and does not move the beginning.
func TestFailedLoginsAreNoUse(t *testing.T) {
	const failed = `INSERT INTO analysis.session (id, session_id, organisation, account, tokens, started_at, ended_at, ended_by, addresses, agents, apps, kind, events, failed, inferred, rows, bytes, gap, hijack, score, reasons)
		SELECT 9, '99999999-0000-5000-8000-000000000009', organisation, 1, [], '2025-10-19 17:07:00', '2025-10-19 17:09:00', 'silence', addresses, agents, apps, 'failed', 2, 2, 0, 0, 0, false, false, 30, 'spraying +20 many accounts' FROM analysis.session WHERE id = 1`
	told := func(statements ...string) string {
		dir, _ := write(t, changed(t, append(statements, failed, `INSERT INTO analysis.verdict VALUES (9, 'attacker', 'from the same network', 4)`)...), options)
		return textOf(t, open(t, dir, "breachscope-report.xlsx"), "Summary")
	}
	says(t, told(), "Someone else used 1 session of 1 account, haeun.lee@maison.example", ", between 21 October 2025 05:31 UTC",
		"Besides, 2 logins to 1 account failed, between 19 October 2025 17:07 UTC")
	says(t, told(`DELETE FROM analysis.verdict WHERE session = 1`), "What happened. No login judged to be the attacker's succeeded. Besides, 2 logins")
}

// What a query counted is no row of a record, and a file that was handed in twice is read once.
func TestNothingIsCountedTwice(t *testing.T) {
	dir, m := write(t, changed(t,
		`INSERT INTO evidence.file SELECT 5, sha256, 'again.csv', source, bytes, kind, object, organisation, encoding, dialect, timezone, taken_at, 12, 0, 11, 1, 0, first_at, last_at, added_at, 'same', 'the same bytes' FROM evidence.file WHERE id = 1`,
		`INSERT INTO evidence.reject SELECT 5, line, reason, text, state FROM evidence.reject`), options)
	all := textOf(t, open(t, dir, "breachscope-report.xlsx"), "Summary")
	says(t, all, "4 files with 19 rows were read: 17 loaded, 1 repeated, 1 rejected (1 of these not yet looked at). 1 file handed in again with the same bytes, not counted a second time.",
		"salesforce.elf.RestApi|1|12|1|", "|count-only|1|0|0|0\n", "|matches|1|4|4|0\n")
	if m.Totals["evidence"] != 5 || m.Totals["evidence.rows_read"] != 19 {
		t.Errorf("totals: %v", m.Totals)
	}
	if r := verified(t, dir); r != "" {
		t.Errorf("%s does not hold", r)
	}
}

func TestMethodNamesTheCommands(t *testing.T) {
	dir, _ := write(t, incident(t), options)
	says(t, textOf(t, open(t, dir, "breachscope-report.xlsx"), "Method"), "breachscope-cli verify DIR", "breachscope-cli rerun journal.jsonl EVIDENCE_DIR")
}

// Readers that trust the range a sheet claims to have see all of it.
func TestSheetsClaimTheRangeTheyHave(t *testing.T) {
	dir, _ := write(t, incident(t), options)
	f := open(t, dir, "breachscope-report.xlsx")
	for _, sheet := range f.GetSheetList() {
		rows := rowsOf(t, f, sheet)
		wide := 0
		for _, row := range rows {
			wide = max(wide, len(row))
		}
		claimed, err := f.GetSheetDimension(sheet)
		if err != nil {
			t.Fatal(err)
		}
		column, row := reach(t, claimed)
		if column < wide || row < len(rows) || row > len(rows)+1 {
			t.Errorf("%s holds %d columns and %d rows, and claims %s", sheet, wide, len(rows), claimed)
		}
	}
	archive, err := zip.OpenReader(filepath.Join(dir, "breachscope-report.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	seen := 0
	for _, part := range archive.File {
		if !strings.HasPrefix(part.Name, "xl/worksheets/sheet") {
			continue
		}
		body, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`<dimension ref="A1:[A-Z]+[0-9]+"`).Match(text) || strings.Count(string(text), "<dimension") != 1 {
			t.Errorf("%s claims no range: %.300s", part.Name, text)
		}
		seen++
	}
	if seen != len(f.GetSheetList()) {
		t.Errorf("%d sheets", seen)
	}
}

// reach is the last column and row of a range.
func reach(t *testing.T, claimed string) (column, row int) {
	t.Helper()
	_, last, _ := strings.Cut(claimed, ":")
	column, row, err := excelize.CellNameToCoordinates(last)
	if err != nil {
		t.Fatal(fmt.Errorf("range %q: %w", claimed, err))
	}
	return column, row
}
