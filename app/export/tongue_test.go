package export_test

import (
	"archive/zip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app/export"
)

var (
	digits  = regexp.MustCompile(`[0-9]+`)
	english = regexp.MustCompile(`[a-z]{3,} [a-z]{2,} [a-z]{2,}`) // of a sentence; names and codes are shorter
)

// The Korean workbook says the same figures, in Korean; the files for programs do not change.
func TestKoreanWorkbook(t *testing.T) {
	c := incident(t)
	dir, m := write(t, c, options)
	korean := options
	korean.Language = "ko"
	korean.Briefing = true
	other, n := write(t, c, korean)
	if m.Totals["people"] != n.Totals["people"] || fileText(t, dir, "affected-people.csv") != fileText(t, other, "affected-people.csv") {
		t.Error("the lists differ by the language of the workbook")
	}
	a, b := open(t, dir, "breachscope-report.xlsx"), open(t, other, "breachscope-report.xlsx")
	if got := b.GetSheetList()[:3]; !slices.Equal(got, []string{"요약", "고객", "레코드"}) {
		t.Errorf("sheets %v", got)
	}
	for i, sheet := range a.GetSheetList()[:3] {
		x, y := rowsOf(t, a, sheet), rowsOf(t, b, b.GetSheetList()[i])
		if len(x) != len(y) {
			t.Errorf("%s: %d rows in English, %d in Korean", sheet, len(x), len(y))
			continue
		}
		for r := range x {
			if sheet == "Summary" && !slices.Equal(sortedDigits(x[r]), sortedDigits(y[r])) && !strings.Contains(strings.Join(x[r], ""), "20") { // dates are written otherwise
				t.Errorf("%s, row %d: %q says other figures than %q", sheet, r+1, y[r], x[r])
			}
		}
	}
	for _, sheet := range []string{"요약", "법적 의무", "증거", "방법과 한계"} {
		for _, row := range rowsOf(t, b, sheet) {
			for _, cell := range row {
				if english.MatchString(cell) && !quotes(cell) {
					t.Errorf("%s: not said in Korean: %q", sheet, cell)
				}
			}
		}
	}
	for _, sheet := range b.GetSheetList() {
		if strings.Contains("요약 법적 의무 증거 방법과 한계", sheet) {
			continue
		}
		for _, cell := range rowsOf(t, b, sheet)[0] {
			if english.MatchString(cell) {
				t.Errorf("heading of %s not in Korean: %q", sheet, cell)
			}
		}
	}
	if text := docxText(t, filepath.Join(other, "briefing.docx")); !strings.Contains(text, "거주 국가별") {
		t.Error("the briefing is not in Korean")
	}
}

// quotes: what somebody wrote, or the rules and notes say, is shown as it is.
func quotes(cell string) bool {
	return strings.Contains(cell, "authority") || strings.Contains(cell, "sha256sum") || strings.Contains(cell, "openssl") || strings.Contains(cell, "breachscope-cli") || strings.HasPrefix(cell, "•")
}

// The words of a rule are said as its file says them, also those of the investigator's own rules.
func TestKoreanReasons(t *testing.T) {
	c := changed(t, `UPDATE analysis.session SET reasons = 'tor +25 It came through the Tor network (192.0.2.1, Foundation); own +4.5 Seen by Ms. Kim at 7 percent' WHERE id = 1`,
		`UPDATE analysis.verdict SET reason = 'suggested: same network 192.0.2.0/24 (in this organisation: 4 sessions of 3 accounts)' WHERE session = 1`,
		`UPDATE evidence.file SET timezone = 'named in each row', dialect = 'dates month-first' WHERE id = 1`)
	o := options
	o.Language = "ko"
	o.Rules = append(rules(t), session.Rule{ID: "own", Words: map[string]string{"en": "Seen by {who} at {n} percent", "ko": "{n}%에서 {who}가 봄"}})
	dir, _ := write(t, c, o)
	f := open(t, dir, "breachscope-report.xlsx")
	says(t, textOf(t, f, "요약"), "• Tor 네트워크를 통해 접속했습니다(192.0.2.1, Foundation)\n• 7%에서 Ms. Kim가 봄", "제안: 같은 네트워크 192.0.2.0/24 (이 조직에서 세션 4개, 계정 3개)")
	says(t, textOf(t, f, "증거"), "|각 행에 적힘|", "|날짜는 월 먼저|")
	says(t, textOf(t, f, "세션"), "|Tor 네트워크를 통해 접속했습니다(192.0.2.1, Foundation); 7%에서 Ms. Kim가 봄|")
}

func rules(t *testing.T) []session.Rule {
	t.Helper()
	list, err := session.LoadRules()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func sortedDigits(row []string) []string {
	found := digits.FindAllString(strings.Join(row, " "), -1)
	slices.Sort(found)
	return found
}

func TestNoWorkbookInALanguageThatIsNotSpoken(t *testing.T) {
	o := options
	o.Language = "xx"
	var none *export.NoSuchLanguage
	if _, err := export.Write(t.Context(), incident(t), filepath.Join(t.TempDir(), "out"), o, nil); !errors.As(err, &none) {
		t.Errorf("%v", err)
	}
}

func fileText(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func docxText(t *testing.T, path string) string {
	t.Helper()
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	file, err := archive.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
