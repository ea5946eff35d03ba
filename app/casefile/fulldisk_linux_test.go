package casefile_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/breachscope/breachscope/app/casefile"
)

// zeros is an endless reader.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// A step that was reported as taken must survive a disk that is full when the case is closed.
func TestFullDiskLosesNoStep(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=24m"); err != nil {
		t.Skip("needs the right to mount a small disk: ", err)
	}
	defer syscall.Unmount(disk, syscall.MNT_DETACH)
	c, err := casefile.Create(t.Context(), filepath.Join(disk, "case"+casefile.Extension), casefile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ballast, err := os.Create(filepath.Join(disk, "ballast"))
	if err != nil {
		t.Fatal(err)
	}
	taken := 0
	for room := 0; room < 8; room++ { // fill the disk between the steps until one of them is refused
		io.Copy(ballast, io.LimitReader(zeros{}, 4<<20))
		if c.Write(t.Context(), long) != nil {
			break
		}
		taken++
	}
	io.Copy(ballast, zeros{})
	closed := c.Close()
	ballast.Close()
	os.Remove(ballast.Name())
	c, err = casefile.Open(t.Context(), c.Path(), casefile.Options{})
	if err != nil {
		t.Fatalf("after closing with %v: %v", closed, err)
	}
	defer c.Close()
	if entries := journal(t, c); len(entries) != taken || casefile.CheckChain(entries) != nil {
		t.Errorf("%d steps were taken, the journal holds %d (closing said: %v)", taken, len(entries), closed)
	}
	var unsaved *casefile.Unsaved
	if closed != nil && !errors.As(closed, &unsaved) {
		t.Error(closed)
	}
}

func long(tx *sql.Tx) error {
	_, err := casefile.Append(context.Background(), tx, "tester", "mark", strings.Repeat("reason ", 20000))
	return err
}
