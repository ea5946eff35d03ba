package evidence_test

import (
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/breachscope/breachscope/analysis/evidence"
)

var errUndo = errors.New("undo")

// accounts adds one file, checks its accounts and, where the library reads the file without complaint, every value; and
// takes everything back.
func (b *bench) accounts(t *testing.T, content string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fuzz.csv")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	err := b.file.Write(t.Context(), func(tx *sql.Tx) error {
		files, err := evidence.Add(t.Context(), tx, b.catalog, b.file.Staging(), []string{path}, evidence.Options{}, nil)
		if err != nil {
			return err
		}
		f := files[0]
		if f.Read != f.Loaded+f.Duplicate+f.Rejected {
			t.Errorf("read %d, loaded %d, rejected %d", f.Read, f.Loaded, f.Rejected)
		}
		want, clean := plain(content)
		if f.State != evidence.Loaded || !clean {
			return errUndo
		}
		var got [][]string
		if err := scan(t.Context(), tx, &got, `SELECT "line", "loginAt", "email", "B" FROM raw."hubspot.login" ORDER BY "line"`); err != nil {
			return err
		}
		compare(t, want, got, f)
		return errUndo
	})
	var remedy interface{ Remedy() string }
	if !errors.Is(err, errUndo) && (!errors.As(err, &remedy) || strings.Contains(err.Error(), "accounts for")) {
		t.Errorf("%v\n%q", err, content)
	}
}

// plain reads a file with the standard library; clean is false when it complains or reads what is no plain CSV.
func plain(content string) (rows [][]string, clean bool) {
	if !utf8.ValidString(content) || strings.ContainsAny(content, "\x00") {
		return nil, false
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(content, "\uFEFF")))
	for line := 1; ; line++ {
		row, err := r.Read()
		if err == io.EOF {
			return rows, true
		}
		if err != nil {
			return nil, false
		}
		if line > 1 {
			rows = append(rows, append([]string{fmt.Sprint(line)}, row...))
		}
	}
}

func compare(t *testing.T, want, got [][]string, f evidence.File) {
	t.Helper()
	if f.Rejected > 0 { // only a header once more can be rejected in a plain file
		for i := 0; i < len(want); i++ {
			if strings.Join(want[i][1:], ",") == "loginAt,email,B" {
				want = append(want[:i:i], want[i+1:]...)
				i--
			}
		}
	}
	if len(want) != len(got) {
		t.Errorf("%d rows, want %d", len(got), len(want))
		return
	}
	for i := range want {
		for c := range want[i] {
			// the library takes the CR of every CR LF, also inside quotes
			if g := strings.ReplaceAll(got[i][c], "\r\n", "\n"); g != want[i][c] {
				t.Errorf("row %d column %d: %q, want %q", i, c, g, want[i][c])
			}
		}
	}
}

const fuzzHeader = "loginAt,email,B\nx,,\n"

// FuzzAccounting: whatever follows a header, every record is loaded or rejected, and plain files load as they stand.
func FuzzAccounting(f *testing.F) {
	for _, seed := range []string{"", "a,b,c\n", "\"a\",\"b\nc\",\"\"\n", "a,b\n", "a,b,c,\n", "\"a,b,c\nd,e,f\n", "a,b,c\r\nd,e,f\n", "x\ry,b,c\n", "#a,b,c\n", "loginAt,email,B\n", "a,\"b\"c,d\n", "\n\nfooter\n"} {
		f.Add(seed)
	}
	b := newBenchAt(f, f.Context(), f.TempDir())
	f.Fuzz(func(t *testing.T, rest string) { b.accounts(t, fuzzHeader+rest) })
}

// TestRandomFiles builds files of usual and unusual pieces, which random bytes would seldom make.
func TestRandomFiles(t *testing.T) {
	b := newBench(t)
	r := rand.New(rand.NewPCG(7, 9))
	pieces := []string{"a", "b1", "", " ", "x y", ",", `""`, "\n", "\r\n", "\r", "한글", "é", "'", ";", "\t", "|", "#", `\`, "NULL", `\N`, "0", "-1", "1e5", "2026-01-01"}
	for range 60 {
		b.accounts(t, randomFile(r, pieces))
	}
}

func randomFile(r *rand.Rand, pieces []string) string {
	var text strings.Builder
	text.WriteString([]string{"", "\uFEFF"}[r.IntN(6)/5])
	ending, style := []string{"\n", "\n", "\r\n"}[r.IntN(3)], r.IntN(3)
	text.WriteString("loginAt,email,B" + ending + "x,," + ending)
	rows := r.IntN(12)
	if r.IntN(20) == 0 {
		rows = 3000
	}
	for range rows {
		for c := range 3 {
			field := ""
			for range r.IntN(4) {
				field += pieces[r.IntN(len(pieces))]
			}
			quoted := strings.ContainsAny(field, ",\"\n\r") || style == 0 || style == 1 && r.IntN(2) == 0
			if r.IntN(400) == 0 {
				quoted = !quoted // damage
			}
			if quoted {
				field = `"` + field + `"` // pieces hold their quotation marks doubled already
			}
			text.WriteString(field + []string{",", ",", ending}[c])
		}
	}
	return text.String()
}
