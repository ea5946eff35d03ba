package export_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/breachscope/breachscope/app/export"
)

func open(t *testing.T, dir, name string) *excelize.File {
	t.Helper()
	f, err := excelize.OpenFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func rowsOf(t *testing.T, f *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestReportHasItsSheetsWithFrozenHeadersAndFilters(t *testing.T) {
	dir, _ := write(t, incident(t), options)
	f := open(t, dir, "breachscope-report.xlsx")
	want := "Summary People Records Fields Sessions Queries Duties Evidence Method Journal Employees"
	if got := strings.Join(f.GetSheetList(), " "); got != want {
		t.Errorf("sheets are %s", got)
	}
	for sheet, rows := range map[string]int{"People": 7, "Records": 8, "Fields": 5, "Sessions": 3, "Queries": 4, "Evidence": 5, "Journal": 4} {
		if got := len(rowsOf(t, f, sheet)); got != rows {
			t.Errorf("%s has %d rows, want %d", sheet, got, rows)
		}
		panes, err := f.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("%s: header is not frozen (%v)", sheet, err)
		}
		tables, err := f.GetTables(sheet)
		if err != nil || len(tables) != 1 {
			t.Errorf("%s has no filter (%v)", sheet, err)
		}
		if paper, err := f.GetPageLayout(sheet); err != nil || *paper.Orientation != "landscape" || *paper.FitToWidth < 1 || *paper.FitToHeight != 0 {
			t.Errorf("%s does not print across whole pages: %v (%v)", sheet, paper, err)
		}
		if !slices.ContainsFunc(f.GetDefinedName(), func(n excelize.DefinedName) bool {
			return n.Name == "_xlnm.Print_Titles" && n.Scope == sheet && n.RefersTo == "'"+sheet+"'!$A:$A,'"+sheet+"'!$1:$1"
		}) {
			t.Errorf("%s prints its header on the first page only", sheet)
		}
	}
}

// What could start a program stays a text, identifiers and telephone numbers keep every digit.
func TestValuesOfAWorkbookAreHarmlessText(t *testing.T) {
	dir, m := write(t, incident(t), options)
	f := open(t, dir, "breachscope-report.xlsx")
	for _, sheet := range f.GetSheetList() {
		for r, row := range rowsOf(t, f, sheet) {
			for c := range row {
				cell, _ := excelize.CoordinatesToCellName(c+1, r+1)
				if formula, err := f.GetCellFormula(sheet, cell); err != nil || formula != "" {
					t.Errorf("%s!%s holds the formula %q (%v)", sheet, cell, formula, err)
				}
			}
		}
	}
	people := rowsOf(t, f, "People")
	found := false
	for r, row := range people {
		if len(row) > 2 && strings.HasPrefix(row[2], "=cmd|") {
			kind, err := f.GetCellType("People", fmt.Sprintf("C%d", r+1))
			found = err == nil && (kind == excelize.CellTypeInlineString || kind == excelize.CellTypeSharedString)
		}
	}
	if !found {
		t.Error("a name that looks like a formula did not stay a text")
	}
	for i, want := range []string{"File affected-people.csv: 1 value begins like a formula", "Sheet People: 1 value held control characters"} {
		if len(m.Notes) != 2 || !strings.Contains(m.Notes[i], want) {
			t.Errorf("notes: %q", m.Notes)
		}
	}
}

func TestLongTextsAreCutAndCounted(t *testing.T) {
	c := incident(t)
	long := strings.Repeat("가", 40_000)
	err := c.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE analysis.query SET text = ? WHERE id = 2`, long)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	dir, m := write(t, c, options)
	if notes := strings.Join(m.Notes, "\n"); !strings.Contains(notes, "Sheet Queries: 1 value was cut at 32,767 characters") {
		t.Errorf("notes: %q", m.Notes)
	}
	if got := csvRows(t, dir, "queries")[1]["text"]; got != long {
		t.Errorf("the CSV file holds %d characters of the text", len([]rune(got)))
	}
	got, err := open(t, dir, "breachscope-report.xlsx").GetCellValue("Queries", "E3")
	if err != nil || len([]rune(got)) != 32_767 || !strings.HasSuffix(got, "가…") {
		t.Errorf("the cell holds %d characters (%v)", len([]rune(got)), err)
	}
}

// A table longer than a sheet goes on in the next workbook, header and filter included, and no row is lost.
func TestTablesGoOnInTheNextWorkbook(t *testing.T) {
	defer export.SetSheetRows(4)()
	dir, _ := write(t, incident(t), options)
	var ids []string
	for _, name := range []string{"breachscope-report.xlsx", "breachscope-report-3.xlsx", "breachscope-report-4.xlsx"} {
		f := open(t, dir, name)
		rows := rowsOf(t, f, "Records")
		if rows[0][1] != "Record ID" || len(rows) > 4 {
			t.Errorf("%s: %d rows, header %v", name, len(rows), rows[0])
		}
		for _, row := range rows[1:] {
			ids = append(ids, row[1])
		}
	}
	var want []string
	for _, row := range csvRows(t, dir, "affected-records") {
		want = append(want, row["record_id"])
	}
	if strings.Join(ids, " ") != strings.Join(want, " ") {
		t.Errorf("the workbooks hold %v", ids)
	}
	says(t, textOf(t, open(t, dir, "breachscope-report.xlsx"), "Summary"), "go on in|People: breachscope-report-2.xlsx; Records: breachscope-report-3.xlsx; Records: breachscope-report-4.xlsx;")
}

// The last row of every small table on the Summary that claims to sum up a sheet agrees with the rows of that sheet.
func TestSummaryAgreesWithTheRows(t *testing.T) {
	dir, m := write(t, incident(t), options)
	f := open(t, dir, "breachscope-report.xlsx")
	seen := 0
	for _, row := range rowsOf(t, f, "Summary") {
		if len(row) < 5 {
			continue
		}
		switch row[0] {
		case "All rows of the People sheet":
			if row[len(row)-1] != fmt.Sprint(m.Totals["people"]) {
				t.Errorf("people: %v, rows %d", row, m.Totals["people"])
			}
			seen++
		case "All rows of the Records sheet":
			if row[4] != fmt.Sprint(m.Totals["records"]) {
				t.Errorf("records: %v, rows %d", row, m.Totals["records"])
			}
			seen++
		}
	}
	if seen != 3 {
		t.Errorf("%d sums on the Summary", seen)
	}
}

func TestAnEmptyCaseSaysThatItIsNoResult(t *testing.T) {
	dir, _ := write(t, filled(t, caseOptions, "SELECT 1"), options)
	f := open(t, dir, "breachscope-report.xlsx")
	var all strings.Builder
	for _, row := range rowsOf(t, f, "Summary") {
		all.WriteString(strings.Join(row, " "))
	}
	if !strings.Contains(all.String(), "The figures below are no result") {
		t.Error("the Summary of an empty case reads like a result")
	}
}
