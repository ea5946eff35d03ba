//go:build unix

package evidence_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/app/casefile"
)

// TestWhatIsNoFileInAFolder: nothing waits for a pipe, follows a circle or reads a device without end; each is named, and
// the good file beside it is not taken without it.
func TestWhatIsNoFileInAFolder(t *testing.T) {
	for name, put := range map[string]func(path string) error{
		"pipe.csv":   func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"circle.csv": func(path string) error { return os.Symlink("circle.csv", path) },
		"lost.csv":   func(path string) error { return os.Symlink("nowhere.csv", path) },
		"above":      func(path string) error { return os.Symlink("..", path) },
		"zero.csv":   func(path string) error { return os.Symlink("/dev/zero", path) },
	} {
		b := newBench(t)
		folder := filepath.Dir(b.write("good.csv", logins(2)))
		if err := put(filepath.Join(folder, name)); err != nil {
			t.Skip(err)
		}
		_, err := b.add(evidence.Options{}, folder)
		var remedy interface{ Remedy() string }
		if !errors.As(err, &remedy) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s gives %v", name, err)
		}
		b.empty()
	}
}

// TestForbiddenFile: a file that may not be read is named.
func TestForbiddenFile(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read every file")
	}
	b := newBench(t)
	path := b.write("secret.csv", logins(2))
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	var unreadable *evidence.Unreadable
	if _, err := b.add(evidence.Options{}, filepath.Dir(path)); !errors.As(err, &unreadable) || !strings.Contains(err.Error(), "secret.csv") {
		t.Errorf("%v", err)
	}
	b.empty()
}

// TestFileCutWhileRead: what disappears under the reader is noticed like what is added.
func TestFileCutWhileRead(t *testing.T) {
	b := newBench(t)
	path := b.write("shrinking.csv", logins(40000))
	cut := false
	err := b.file.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := evidence.Add(t.Context(), tx, b.catalog, b.file.Staging(), []string{path}, evidence.Options{}, func(analysis.Step) {
			if !cut {
				cut = true
				os.Truncate(path, 1<<20)
			}
		})
		return err
	})
	var changed *evidence.Changed
	if !errors.As(err, &changed) {
		t.Errorf("got %v, want Changed", err)
	}
	b.empty()
}

// TestCancelInEveryPhase: whenever the investigator stops an import, it ends as stopped and leaves nothing.
func TestCancelInEveryPhase(t *testing.T) {
	b := newBench(t)
	folder := filepath.Dir(b.write("Login.csv", logins(20000)))
	for name, content := range map[string]string{
		"again.csv":   logins(20000) + "\n\n", // duplicates of every row
		"odd.csv":     logins(16000) + "\"cut off\"\n",
		"Contact.csv": "Id,LastName,Email,CreatedDate\n" + strings.Repeat("0035g000008pz1lAAA,Kim,kim@example.test,2025-01-01T00:00:00.000Z\n", 3000),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	add := func(ctx context.Context, tell analysis.Progress) error {
		return b.file.Write(ctx, func(tx *sql.Tx) error {
			_, err := evidence.Add(ctx, tx, b.catalog, b.file.Staging(), []string{folder}, evidence.Options{}, tell)
			return errors.Join(err, ctx.Err(), errUndo)
		})
	}
	var phases []string
	if err := add(t.Context(), func(s analysis.Step) {
		if !slices.Contains(phases, s.Name) {
			phases = append(phases, s.Name)
		}
	}); err == nil || strings.Contains(err.Error(), "cancel") {
		t.Fatal(err)
	}
	for _, known := range []string{"reading", "repairing", "loading", "comparing", "describing"} {
		if !slices.Contains(phases, known) {
			t.Errorf("no phase %q among %v", known, phases)
		}
	}
	for _, phase := range phases {
		ctx, cancel := context.WithCancel(t.Context())
		err := add(ctx, func(s analysis.Step) {
			if s.Name == phase {
				cancel()
			}
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled while %s: %v", phase, err)
		}
		b.empty()
	}
}

// TestTooLittleMemory: the error says that memory is missing, not that the file is at fault, and with more of it the file
// is taken.
func TestTooLittleMemory(t *testing.T) {
	path := writeLog(t, 100000)
	for _, limit := range []string{"48MB", "256MB"} {
		c, err := casefile.Create(t.Context(), filepath.Join(t.TempDir(), "case"+casefile.Extension), casefile.Options{Memory: limit})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		b := newBench(t)
		b.file = c
		files, err := b.add(evidence.Options{}, path)
		var less *evidence.NoMemory
		switch {
		case err == nil && files[0].Loaded == 100000:
		case limit == "48MB" && errors.As(err, &less) && strings.Contains(less.Remedy(), "memory"):
			b.empty()
		default:
			t.Errorf("with %s: %v %v", limit, files, err)
		}
	}
}
