package casefile_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app/casefile"
)

func create(t *testing.T, o casefile.Options) *casefile.Case {
	t.Helper()
	c, err := casefile.Create(t.Context(), filepath.Join(t.TempDir(), "case"+casefile.Extension), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func step(t *testing.T, c *casefile.Case, action string) {
	t.Helper()
	err := c.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := casefile.Append(t.Context(), tx, "tester", action, map[string]string{"reason": "because"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func journal(t *testing.T, c *casefile.Case) (entries []casefile.Entry) {
	t.Helper()
	err := c.Read(t.Context(), func(db analysis.Engine) (err error) {
		entries, err = casefile.Journal(t.Context(), db)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func TestJournalSurvivesCloseAndOpen(t *testing.T) {
	for _, passphrase := range []string{"", "correct horse"} {
		c := create(t, casefile.Options{Passphrase: passphrase})
		step(t, c, "first")
		step(t, c, "second")
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(c.Work()); err == nil {
			t.Error("the working folder is still there after closing")
		}
		c, err := casefile.Open(t.Context(), c.Path(), casefile.Options{Passphrase: passphrase})
		if err != nil {
			t.Fatal(err)
		}
		entries := journal(t, c)
		if len(entries) != 2 || casefile.CheckChain(entries) != nil {
			t.Errorf("passphrase %q: journal %v", passphrase, entries)
		}
		c.Close()
	}
}

func TestChainShowsTampering(t *testing.T) {
	c := create(t, casefile.Options{})
	for _, action := range []string{"new", "add", "mark"} {
		step(t, c, action)
	}
	for name, spoil := range map[string]func([]casefile.Entry) []casefile.Entry{
		"reason changed": func(e []casefile.Entry) []casefile.Entry { e[1].Arguments = []byte(`{"reason":"x"}`); return e },
		"entry removed":  func(e []casefile.Entry) []casefile.Entry { return append(e[:1], e[2]) },
		"hash rewritten": func(e []casefile.Entry) []casefile.Entry { e[0].Actor = "x"; e[0].Hash = e[0].Sum(); return e },
	} {
		if casefile.CheckChain(spoil(journal(t, c))) == nil {
			t.Errorf("%s: not noticed", name)
		}
	}
}

func TestFailedStepLeavesNothing(t *testing.T) {
	c := create(t, casefile.Options{})
	failure := errors.New("stop")
	err := c.Write(t.Context(), func(tx *sql.Tx) error {
		if _, err := casefile.Append(t.Context(), tx, "tester", "half", nil); err != nil {
			return err
		}
		return failure
	})
	if !errors.Is(err, failure) || len(journal(t, c)) != 0 {
		t.Errorf("error %v, journal %v", err, journal(t, c))
	}
}

func TestReaderSeesStateBeforeTheWrite(t *testing.T) {
	c := create(t, casefile.Options{})
	err := c.Write(t.Context(), func(tx *sql.Tx) error {
		if _, err := casefile.Append(t.Context(), tx, "tester", "half", nil); err != nil {
			return err
		}
		if n := len(journal(t, c)); n != 0 {
			t.Errorf("a reader sees %d entries of an unfinished step", n)
		}
		return nil
	})
	if err != nil || len(journal(t, c)) != 1 {
		t.Error(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	folder := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	open := func(path, passphrase string) error {
		c, err := casefile.Open(t.Context(), path, casefile.Options{Passphrase: passphrase})
		if err == nil {
			c.Close()
		}
		return err
	}
	var none *casefile.NotACase
	for name, data := range map[string][]byte{"empty": nil, "text": []byte("EVENT_TYPE,TIMESTAMP\n"),
		"damaged": append([]byte("12345678DUCK"), make([]byte, 8192)...)} {
		if err := open(write(name, data), ""); !errors.As(err, &none) {
			t.Errorf("%s: %v", name, err)
		}
	}

	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	if err := open(pipe, ""); !errors.As(err, &none) {
		t.Errorf("a pipe: %v", err)
	}

	c := create(t, casefile.Options{Passphrase: "right"})
	c.Close()
	var sealed *casefile.Sealed
	if err := open(c.Path(), ""); !errors.As(err, &sealed) || sealed.Wrong {
		t.Errorf("sealed case without passphrase: %v", err)
	}
	if err := open(c.Path(), "wrong"); !errors.As(err, &sealed) || !sealed.Wrong {
		t.Errorf("sealed case with a wrong passphrase: %v", err)
	}

	c = create(t, casefile.Options{})
	var busy *casefile.Busy
	if err := open(c.Path(), ""); !errors.As(err, &busy) {
		t.Errorf("case that is open already: %v", err)
	}
	c.Close()
	os.WriteFile(c.Path()+".wal", []byte("log of another database"), 0o600)
	var stray *casefile.StrayLog
	if err := open(c.Path(), ""); !errors.As(err, &stray) {
		t.Errorf("stray log: %v", err)
	}
	if _, err := casefile.Create(t.Context(), c.Path(), casefile.Options{}); err == nil {
		t.Error("creating over an existing case went through")
	}
}

// A case of another build, or the database of another program, is refused in a sentence, and stays as it was.
func TestOtherLayoutsAreRefused(t *testing.T) {
	for statement, want := range map[string]any{
		"UPDATE main.setting SET value = 'of other tables' WHERE name = 'schema_sum'": new(*casefile.OtherBuild),
		"DELETE FROM main.setting WHERE name = 'schema_sum'":                          new(*casefile.OtherBuild),
		"UPDATE main.setting SET value = '99' WHERE name = 'schema'":                  new(*casefile.Newer),
		"DROP TABLE main.setting":                                                     new(*casefile.NotACase),
	} {
		c := create(t, casefile.Options{})
		err := c.Write(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(t.Context(), statement)
			return err
		})
		if err := errors.Join(err, c.Close()); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := casefile.Open(t.Context(), c.Path(), casefile.Options{}); !errors.As(err, want) {
				t.Errorf("%s: %v", statement, err)
			}
		}
	}
}

// The engine must not read or write outside the staging folder, whatever a statement says.
func TestEngineIsLockedDown(t *testing.T) {
	c := create(t, casefile.Options{})
	outside := filepath.Join(t.TempDir(), "secret.csv")
	os.WriteFile(outside, []byte("a\n1\n"), 0o600)
	inside := filepath.Join(c.Staging(), "in.csv")
	os.WriteFile(inside, []byte("a\n1\n"), 0o600)
	run := func(statement string) error {
		return c.Write(context.Background(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(context.Background(), statement)
			return err
		})
	}
	for _, statement := range []string{"SELECT * FROM read_csv('" + outside + "')", "COPY (SELECT 1) TO '" + outside + ".out'",
		"ATTACH '" + outside + ".db'", "INSTALL httpfs", "SET enable_external_access=true", "SET lock_configuration=false", "SET threads=64",
		"SET allowed_configs=['threads']"} {
		if run(statement) == nil {
			t.Errorf("%s: allowed", statement)
		}
	}
	if err := run("SELECT * FROM read_csv('" + inside + "')"); err != nil {
		t.Error(err)
	}
}

// While a step is bounded the engine keeps to the limit; afterwards the case has its own again, and never more than that.
func TestBounded(t *testing.T) {
	for own, want := range map[string][2]string{"1GB": {"95.3 MiB", "953.6 MiB"}, "80MB": {"76.2 MiB", "76.2 MiB"}} {
		c, err := casefile.Create(t.Context(), filepath.Join(t.TempDir(), "c"+casefile.Extension), casefile.Options{Memory: own})
		if err != nil {
			t.Fatal(err)
		}
		limit := func() (text string) {
			err := c.Read(t.Context(), func(db analysis.Engine) error {
				return db.QueryRowContext(t.Context(), "SELECT current_setting('memory_limit')").Scan(&text)
			})
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
		failed := errors.New("the step failed")
		if err := c.Bounded(t.Context(), "100MB", func() error {
			if got := limit(); got != want[0] {
				t.Errorf("%s bounded: %s, want %s", own, got, want[0])
			}
			return failed
		}); err != failed {
			t.Errorf("the step's error became %v", err)
		}
		if got := limit(); got != want[1] {
			t.Errorf("%s afterwards: %s, want %s", own, got, want[1])
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}
