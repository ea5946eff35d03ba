package casefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Exists: a new case would overwrite a file.
type Exists struct{ Path string }

func (e *Exists) Error() string { return e.Path + " exists already" }

// Remedy says what to do about it.
func (e *Exists) Remedy() string { return "choose another name, or open the existing case" }

// NotACase: the file is something else.
type NotACase struct{ Path, Why string }

func (e *NotACase) Error() string { return fmt.Sprintf("%s is not a case file: %s", e.Path, e.Why) }

// Remedy says what to do about it.
func (e *NotACase) Remedy() string {
	return "name a file that Breachscope made (its name ends in " + Extension + "); evidence is added to a case with add"
}

// Damaged: the file is a case, but not all of it can be read.
type Damaged struct{ Path, Why string }

func (e *Damaged) Error() string {
	return fmt.Sprintf("%s is damaged or was cut short: %s", e.Path, e.Why)
}

// Remedy says what to do about it.
func (e *Damaged) Remedy() string {
	return "copy it again from where it came, or take a backup; the steps of an exported journal can be repeated with breachscope-cli rerun"
}

// Busy: another process has the case open.
type Busy struct{ Path, Process string }

func (e *Busy) Error() string { return fmt.Sprintf("%s is open in %s", e.Path, e.Process) }

// Remedy says what to do about it.
func (e *Busy) Remedy() string { return "close it there first" }

// Sealed: the case needs a passphrase, or the one given is wrong.
type Sealed struct {
	Path  string
	Wrong bool
}

func (e *Sealed) Error() string {
	if e.Wrong {
		return "the passphrase does not open " + e.Path
	}
	return e.Path + " is sealed with a passphrase"
}

// Remedy says what to do about it.
func (e *Sealed) Remedy() string {
	return "give the passphrase the case was sealed with (--passphrase-file)"
}

// NotSealed: a passphrase was given for a case that lies open on the disk.
type NotSealed struct{ Path string }

func (e *NotSealed) Error() string {
	return e.Path + " is not sealed, and a passphrase does not seal it"
}

// Remedy says what to do about it.
func (e *NotSealed) Remedy() string {
	return "open it without one; a case is sealed from its beginning (breachscope-cli new --passphrase-file)"
}

// BadMemory: the memory limit of the engine cannot be read or is too small to begin with.
type BadMemory struct{ Limit string }

func (e *BadMemory) Error() string {
	return fmt.Sprintf("the engine cannot work with a memory limit of %q", e.Limit)
}

// Remedy says what to do about it.
func (e *BadMemory) Remedy() string { return "write it with a unit, as 500MB or 2GB" }

// StrayLog: a write-ahead log lies beside a case that was closed properly, so it is not the case's own.
type StrayLog struct{ Path string }

func (e *StrayLog) Error() string {
	return e.Path + " lies beside a case that was closed properly, so it belongs to another one"
}

// Remedy says what to do about it.
func (e *StrayLog) Remedy() string { return "move that file away and open the case again" }

// Unsaved: the last steps were taken, but could not be brought into the case file.
type Unsaved struct {
	Path, Kept string // the case; where the steps are kept, unencrypted
	Cause      error
}

func (e *Unsaved) Error() string {
	text := "the last steps are not in " + e.Path + " yet; they are kept in " + e.Kept
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

func (e *Unsaved) Unwrap() error { return e.Cause }

// Remedy says what to do about it.
func (e *Unsaved) Remedy() string {
	return "make room on the disk, leave what is kept there, open the case again and close it: nothing has to be repeated"
}

// NoRoom: a step did not fit on the disk of the case, and was not taken.
type NoRoom struct {
	Path  string
	Cause error
}

func (e *NoRoom) Error() string { return "the disk of " + e.Path + " is full; the step was not taken" }

func (e *NoRoom) Unwrap() error { return e.Cause }

// Remedy says what to do about it.
func (e *NoRoom) Remedy() string {
	return "make room on the disk, close the case, open it again and repeat the step: everything before it is there"
}

// untaken gives the engine's refusal to commit the name it has here.
func (c *Case) untaken(err error) error {
	if strings.Contains(err.Error(), "No space left on device") {
		return &NoRoom{c.path, err}
	}
	return err
}

// Newer: the case was written by a later version of the program.
type Newer struct{ Has, Known int }

func (e *Newer) Error() string {
	return fmt.Sprintf("the case has schema %d, this program knows schema %d", e.Has, e.Known)
}

// Remedy says what to do about it.
func (e *Newer) Remedy() string {
	return "open it with the newer version of Breachscope it was made with"
}

// OtherBuild: the case was made by a build whose tables are laid out in another way, though under the same number.
type OtherBuild struct{}

func (e *OtherBuild) Error() string {
	return "the case was made by another build of Breachscope, which lays it out in another way"
}

// Remedy says what to do about it.
func (e *OtherBuild) Remedy() string {
	return "open it with the build it was made with, or begin a new case and add the same evidence; breachscope-cli rerun repeats the steps of an exported journal"
}

type form int

const (
	formPlain form = iota
	formSealed
)

// sniff tells a plain from a sealed case by its first bytes.
func sniff(path string) (form, error) {
	if info, err := os.Stat(path); err == nil && info.Mode()&(os.ModeNamedPipe|os.ModeSocket|os.ModeDevice) != 0 {
		return 0, &NotACase{path, "it is a pipe or a device"} // which would be waited for
	}
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	head := make([]byte, 64)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return 0, &NotACase{path, err.Error()}
	}
	switch head = head[:n]; {
	case bytes.HasPrefix(head, []byte("age-encryption.org/v1")):
		return formSealed, nil
	case n >= 12 && string(head[8:12]) == "DUCK":
		return formPlain, nil
	case n == 0:
		return 0, &NotACase{path, "it is empty"}
	}
	return 0, &NotACase{path, "it begins like another kind of file"}
}

// The path of the program that holds the lock may itself have dots and spaces.
var lockHolder = regexp.MustCompile(`Conflicting lock is held in (?:(.+) \()?PID (\d+)`)

// explain turns the engine's refusal to open a file into one of the errors above.
func (c *Case) explain(err error) error {
	text := err.Error()
	switch {
	case strings.Contains(text, "Could not set lock on file"), strings.Contains(text, "Unique file handle conflict"):
		process := "another process"
		if m := lockHolder.FindStringSubmatch(text + " "); m != nil {
			process = "process " + m[2]
			if m[1] != "" {
				process = filepath.Base(m[1]) + " (" + process + ")"
			}
		}
		return &Busy{c.path, process}
	case strings.Contains(text, "memory_limit="):
		_, limit, _ := strings.Cut(firstLine(text), "memory_limit=")
		return &BadMemory{limit}
	case strings.Contains(text, "Could not read enough bytes"):
		return &Damaged{c.path, "bytes are missing at its end"}
	case strings.Contains(text, "not a valid DuckDB database"), strings.Contains(text, "Corrupt database file"),
		strings.Contains(text, "checksum"):
		return &NotACase{c.path, "the engine cannot read it (" + firstLine(text) + ")"}
	}
	return err
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

func (c *Case) marker() string { return filepath.Join(c.work, "open") }

// markOpen leaves a note that the case is open, by which a log left by a crash is known as the case's own.
func (c *Case) markOpen() error {
	return os.WriteFile(c.marker(), []byte(fmt.Sprintf("%d\n", os.Getpid())), 0o600)
}

// refuseStrayLog: the engine would replay the log of any database, without complaint.
func (c *Case) refuseStrayLog() error {
	log := c.database + ".wal"
	if info, err := os.Lstat(log); err != nil || info.Size() == 0 {
		return nil
	}
	if _, err := os.Lstat(c.marker()); err != nil {
		return &StrayLog{log}
	}
	return nil
}
