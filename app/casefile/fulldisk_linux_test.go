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

// onSmallDisk is a case on a disk of its own of 24 MB.
func onSmallDisk(t *testing.T) (*casefile.Case, string) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=24m"); err != nil {
		t.Skip("needs the right to mount a small disk: ", err)
	}
	t.Cleanup(func() { syscall.Unmount(disk, syscall.MNT_DETACH) })
	c, err := casefile.Create(t.Context(), filepath.Join(disk, "case"+casefile.Extension), casefile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c, disk
}

// A step for which the disk is full at the commit itself is not taken, says so, and leaves the case as it was.
func TestFullDiskAtTheCommit(t *testing.T) {
	c, disk := onSmallDisk(t)
	step(t, c, "before")
	ballast, err := os.Create(filepath.Join(disk, "ballast"))
	if err != nil {
		t.Fatal(err)
	}
	err = c.Write(t.Context(), func(tx *sql.Tx) error {
		if err := long(tx); err != nil {
			return err
		}
		_, err := tx.ExecContext(t.Context(), "CREATE TABLE raw.large AS SELECT md5(i::VARCHAR) AS text FROM range(100000) t(i)")
		io.Copy(ballast, zeros{}) // nothing has been refused so far: what is left to do is the commit
		return err
	})
	var full *casefile.NoRoom
	if !errors.As(err, &full) {
		t.Errorf("got %v, want NoRoom", err)
	}
	closed := c.Close()
	if err := errors.Join(ballast.Close(), os.Remove(ballast.Name())); err != nil {
		t.Fatal(err)
	}
	c, err = casefile.Open(t.Context(), c.Path(), casefile.Options{})
	if err != nil {
		t.Fatalf("after closing with %v: %v", closed, err)
	}
	defer c.Close()
	step(t, c, "after")
	if entries := journal(t, c); len(entries) != 2 || entries[0].Action != "before" || casefile.CheckChain(entries) != nil {
		t.Errorf("the journal holds %v (closing said: %v)", entries, closed)
	}
}

// A step that was reported as taken must survive a disk that is full when the case is closed.
func TestFullDiskLosesNoStep(t *testing.T) {
	c, disk := onSmallDisk(t)
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
