package evidence

import (
	"fmt"
	"strings"
)

// Damaged: a packed or structured file ends or breaks before its end.
type Damaged struct{ Name, Why string }

func (e *Damaged) Error() string { return e.Name + " is damaged: " + e.Why }

// Remedy says what to do about it.
func (e *Damaged) Remedy() string { return "get the file again from its source, or leave it out" }

// Changed: a file was written to while it was read.
type Changed struct{ Name string }

func (e *Changed) Error() string { return e.Name + " changed while it was read" }

// Remedy says what to do about it.
func (e *Changed) Remedy() string {
	return "wait until it is written completely, or copy it first, and add it again"
}

// Locked: a container needs a password, or the one given is wrong.
type Locked struct {
	Name  string
	Wrong bool
}

func (e *Locked) Error() string {
	if e.Wrong {
		return "the password does not open " + e.Name
	}
	return e.Name + " is protected by a password"
}

// Remedy says what to do about it.
func (e *Locked) Remedy() string { return "give its password when adding it" }

// Unreadable: the file cannot be read from disk.
type Unreadable struct {
	Name string
	Err  error
}

func (e *Unreadable) Error() string { return fmt.Sprintf("%s cannot be read: %v", e.Name, e.Err) }
func (e *Unreadable) Unwrap() error { return e.Err }

// Remedy says what to do about it.
func (e *Unreadable) Remedy() string { return "check that the file is there and that you may read it" }

// NoFile: what was named holds no file that could be read: an empty folder, a pipe, a device.
type NoFile struct{ Name, Why string }

func (e *NoFile) Error() string { return e.Name + " cannot be added: " + e.Why }

// Remedy says what to do about it.
func (e *NoFile) Remedy() string {
	return "name the files or the folder that hold the evidence; take out what is no file"
}

// Entangled: a file cannot be taken in another way, because something rests on how it was taken.
type Entangled struct{ Name, Why string }

func (e *Entangled) Error() string {
	return e.Name + " is in the case already and cannot be taken in another way: " + e.Why
}

// Remedy says what to do about it.
func (e *Entangled) Remedy() string {
	return "begin a new case and add the files there the way you want them"
}

// Failed: reading a file failed for a reason that has no name of its own here.
type Failed struct {
	Name string
	Err  error
}

func (e *Failed) Error() string { return fmt.Sprintf("%s could not be taken: %v", e.Name, e.Err) }
func (e *Failed) Unwrap() error { return e.Err }

// Remedy says what to do about it.
func (e *Failed) Remedy() string {
	return "get the file again from its source, or leave it out; nothing of this import was kept"
}

// NoRoom: the staging folder or the case's disk is full, or may not be written to.
type NoRoom struct {
	Name string
	Err  error
}

func (e *NoRoom) Error() string {
	return fmt.Sprintf("%s cannot be copied into the case: %v", e.Name, e.Err)
}
func (e *NoRoom) Unwrap() error { return e.Err }

// Remedy says what to do about it.
func (e *NoRoom) Remedy() string {
	return "free space on the disk of the case (about twice the size of the unpacked file), or move the case"
}

// NoMemory: the engine may use too little memory for a file.
type NoMemory struct {
	Name string
	Err  error
}

func (e *NoMemory) Error() string {
	line, _, _ := strings.Cut(e.Err.Error(), "\n")
	return fmt.Sprintf("the memory the engine may use is not enough for %s: %s", e.Name, line)
}
func (e *NoMemory) Unwrap() error { return e.Err }

// Remedy says what to do about it.
func (e *NoMemory) Remedy() string {
	return "allow the engine more memory (breachscope-cli: --memory 2GB), or close other programs"
}

// BadOption: an option names something that does not exist.
type BadOption struct{ Option, Value, Why string }

func (e *BadOption) Error() string { return fmt.Sprintf("%s %q: %s", e.Option, e.Value, e.Why) }

// Remedy says what to do about it.
func (e *BadOption) Remedy() string {
	return "correct it; breachscope-cli add --help says what is possible"
}

// BadMapping: a mapping by hand cannot be understood.
type BadMapping struct{ Err error }

func (e *BadMapping) Error() string {
	why := strings.Join(strings.Fields(strings.ReplaceAll(e.Err.Error(), "unmarshal errors:", "")), " ")
	return "the mapping cannot be used: " + inOwnWords.Replace(why)
}
func (e *BadMapping) Unwrap() error { return e.Err }

// inOwnWords puts the names of Go types, which the YAML library speaks of, into words of the form.
var inOwnWords = strings.NewReplacer("into evidence.catalogFile", "as a mapping", " in type evidence.catalogFile", " in a mapping",
	" in type evidence.Kind", " in a kind", "into evidence.Kind", "as a kind", "into []evidence.Kind", "as a list of kinds",
	"cannot unmarshal", "cannot read", "!!", "")

// Remedy says what to do about it.
func (e *BadMapping) Remedy() string {
	return "correct the line it names; breachscope-cli look CASE FILE shows a mapping that fits the file"
}

// NotRejected: there is no such rejected row to treat.
type NotRejected struct {
	File int32
	Line int64
}

func (e *NotRejected) Error() string {
	return fmt.Sprintf("line %d of file %d is no rejected row that could be treated", e.Line, e.File)
}

// Remedy says what to do about it.
func (e *NotRejected) Remedy() string {
	return "copy the line from breachscope-cli rejects; a row that was repaired stays repaired"
}

// Unaccounted: the engine loaded another number of rows than the file has. It is a defect of the program, never of the
// file; nothing is kept.
type Unaccounted struct {
	Name           string
	Read, Expected int64
}

func (e *Unaccounted) Error() string {
	return fmt.Sprintf("%s holds %d rows, the engine accounts for %d", e.Name, e.Expected, e.Read)
}

// Remedy says what to do about it.
func (e *Unaccounted) Remedy() string {
	return "nothing was loaded; please report this with the first lines of the file"
}
