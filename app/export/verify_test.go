package export_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/app/export"
)

// failed lists the checks that do not hold.
func failed(r export.Report) string {
	var names []string
	for _, c := range r.Checks {
		if !c.OK {
			names = append(names, c.Name)
		}
	}
	return strings.Join(names, " ")
}

func TestVerifySeesEveryChange(t *testing.T) {
	c := incident(t)
	for what, v := range map[string]struct {
		change func(dir string) error
		failed string
	}{
		"nothing":          {func(string) error { return nil }, ""},
		"a row taken out":  {edit("affected-people.csv", "王芳", ""), "files"},
		"a line taken out": {edit("affected-records.csv", "Contact,0035g00000AAAADAA4", "\"", "Contact,0035g00000AAAADAA4"), "files totals"},
		"another verdict":  {edit("sessions.csv", ",attacker,", ",legitimate,"), "files totals"},
		"the workbook":     {edit("breachscope-report.xlsx", "PK", "pk"), "files"},
		"a file removed":   {func(dir string) error { return os.Remove(filepath.Join(dir, "gaps.parquet")) }, "files"},
		"a file added":     {func(dir string) error { return os.WriteFile(filepath.Join(dir, "more.csv"), nil, 0o600) }, "files"},
		"a journal entry":  {edit("journal.jsonl", "tester", "nobody"), "files journal"},
		"the last entry":   {cutLast("journal.jsonl"), "files journal"},
		"the manifest":     {edit("manifest.json", "J. Seo", "X. Seo"), "signature"},
		"a promised total": {edit("manifest.json", `"people.confirmed": 3`, `"people.confirmed": 2`), "signature totals"},
		"the accounting":   {edit("evidence.csv", ",7,7,0,0,", ",7,6,0,0,"), "files totals"},
		"another signature": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "manifest.sig"), make([]byte, 64), 0o600)
		}, "signature"},
	} {
		dir, _ := write(t, c, options)
		if err := v.change(dir); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		r, err := export.Verify(t.Context(), dir)
		if err != nil || failed(r) != v.failed || r.OK != (v.failed == "") {
			t.Errorf("%s: %+v %v", what, r, err)
		}
	}
}

// edit replaces the first old by the first of fresh; with a third text everything from old to the end of its line goes.
func edit(name, old string, fresh ...string) func(string) error {
	return func(dir string) error {
		path := filepath.Join(dir, name)
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text := string(body)
		if len(fresh) == 2 {
			i := strings.Index(text, old)
			end := i + strings.Index(text[i:], "\n") + 1
			return os.WriteFile(path, []byte(text[:i]+text[end:]), 0o600)
		}
		return os.WriteFile(path, []byte(strings.Replace(text, old, fresh[0], 1)), 0o600)
	}
}

func cutLast(name string) func(string) error {
	return func(dir string) error {
		path := filepath.Join(dir, name)
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		lines := strings.SplitAfter(strings.TrimSuffix(string(body), "\n"), "\n")
		return os.WriteFile(path, []byte(strings.Join(lines[:len(lines)-1], "")), 0o600)
	}
}

func TestVerifyOfAFolderThatIsNoExport(t *testing.T) {
	for name, want := range map[string]string{"": "no export", ".incomplete": "broken off", "manifest.json": "cannot be read"} {
		dir := t.TempDir()
		if name != "" {
			if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		r, err := export.Verify(t.Context(), dir)
		if err != nil || r.OK || failed(r) != "manifest" || !strings.Contains(r.Checks[0].Detail, want) {
			t.Errorf("a folder with %q: %+v %v", name, r, err)
		}
	}
	if _, err := export.Verify(t.Context(), filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a folder that is not there was verified")
	}
	var file *export.NotAFolder
	path := filepath.Join(t.TempDir(), "report.txt")
	if err := os.WriteFile(path, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := export.Verify(t.Context(), path); !errors.As(err, &file) {
		t.Errorf("a file: %v", err)
	}
}

func TestVerifyOfAPackedExportSaysToUnpackIt(t *testing.T) {
	o := options
	o.Password = "x"
	dir, _ := write(t, incident(t), o)
	var packed *export.Packed
	if _, err := export.Verify(t.Context(), dir+".zip"); !errors.As(err, &packed) || !strings.Contains(packed.Remedy(), "unpack it first") {
		t.Errorf("a packed export: %v", err)
	}
}

func TestTwoExportsBearTheSameKey(t *testing.T) {
	c := incident(t)
	_, first := write(t, c, options)
	_, second := write(t, c, options)
	if first.PublicKey != second.PublicKey || first.Fingerprint == "" {
		t.Errorf("keys %s and %s", first.Fingerprint, second.Fingerprint)
	}
}

func TestVerifyCase(t *testing.T) {
	for statement, want := range map[string]string{
		"SELECT 1": "",
		`DELETE FROM raw."salesforce.elf.RestApi" WHERE line = 4`:             "rows",
		`DELETE FROM evidence.reject`:                                         "rows",
		`DELETE FROM evidence.definition`:                                     "rows",
		`DELETE FROM evidence.duplicate`:                                      "rows",
		`UPDATE evidence.file SET rows_read = 13 WHERE id = 1`:                "rows",
		`UPDATE journal.entry SET arguments = '{"reason":"x"}' WHERE seq = 2`: "journal",
		`DELETE FROM journal.entry WHERE seq = 2`:                             "journal",
	} {
		c := incident(t)
		err := c.Write(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(t.Context(), statement)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		r, err := export.VerifyCase(t.Context(), c, nil)
		if err != nil || failed(r) != want {
			t.Errorf("%s: %+v %v", statement, r, err)
		}
	}
}

// verified names the checks of an export that do not hold.
func verified(t *testing.T, dir string) string {
	t.Helper()
	r, err := export.Verify(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return failed(r)
}
