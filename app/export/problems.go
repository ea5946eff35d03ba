package export

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// NotFresh: the folder of an export must not hold anything yet.
type NotFresh struct{ Path string }

func (e *NotFresh) Error() string { return e.Path + " is there already" }

// Remedy says what to do about it.
func (e *NotFresh) Remedy() string {
	return "name a folder that does not exist yet, so that an earlier export stays as it was handed out"
}

// NotAFolder: a file is where a folder is needed.
type NotAFolder struct{ Path string }

func (e *NotAFolder) Error() string { return e.Path + " is a file, not a folder" }

// Remedy says what to do about it.
func (e *NotAFolder) Remedy() string { return "name a folder instead" }

// NotWritable: nothing can be written into a folder.
type NotWritable struct {
	Path string
	Err  error
}

func (e *NotWritable) Error() string { return "nothing can be written into " + e.Path }
func (e *NotWritable) Unwrap() error { return e.Err }

// Remedy says what to do about it.
func (e *NotWritable) Remedy() string {
	return "name a folder somewhere you may write to, or have the rights to this one given to you"
}

// Packed: the path is the archive an export was packed into for transport.
type Packed struct{ Path string }

func (e *Packed) Error() string { return e.Path + " is a packed export" }

// Remedy says what to do about it.
func (e *Packed) Remedy() string {
	return "unpack it first, with its password in 7-Zip or with age -d and tar, then verify the folder that comes out"
}

// Ready says whether an export into dir can begin, before anything is written anywhere. Errors: *NotFresh, *NotAFolder,
// *NotWritable, *BadRecipient, *NoSuchLanguage.
func Ready(dir string, o Options) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := empty(dir); err != nil {
		return err
	}
	for _, archive := range o.archives(dir) {
		if there(archive) {
			return &NotFresh{archive}
		}
	}
	if _, err := o.recipients(); err != nil {
		return err
	}
	if _, err := newTongue(o.Language, nil); err != nil {
		return err
	}
	if part := dir + partial; there(part) && !there(filepath.Join(part, marker)) {
		return &NotFresh{part}
	}
	return writable(filepath.Dir(dir))
}

func there(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// empty says whether dir is not there, or an empty folder.
func empty(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return nil // what is wrong with its parents shows when they are tried
	}
	if !info.IsDir() {
		return &NotAFolder{dir}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return &NotWritable{dir, err}
	}
	if len(entries) > 0 {
		return &NotFresh{dir}
	}
	return nil
}

// writable tries whether a folder can be made below parent, or below the first folder above it that is there. Rights
// alone do not say it on every system.
func writable(parent string) error {
	info, err := os.Stat(parent)
	for above := filepath.Dir(parent); err != nil && above != parent; above = filepath.Dir(parent) {
		if errors.Is(err, fs.ErrPermission) {
			return &NotWritable{parent, err}
		}
		parent = above
		info, err = os.Stat(parent)
	}
	if err != nil {
		return &NotWritable{parent, err}
	}
	if !info.IsDir() {
		return &NotAFolder{parent}
	}
	probe, err := os.MkdirTemp(parent, ".breachscope-")
	if err != nil {
		return &NotWritable{parent, err}
	}
	return os.Remove(probe)
}

// IsPacked says whether path is an archive, as an export packed for transport is: a zip, or an age file by its name, for
// a sealed case is one too.
func IsPacked(path string) bool {
	if strings.HasSuffix(path, ".tar.age") {
		return there(path)
	}
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	var begin [4]byte
	n, _ := file.Read(begin[:])
	return n == 4 && string(begin[:]) == "PK\x03\x04"
}
