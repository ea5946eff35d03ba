package app

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"github.com/breachscope/breachscope/analysis/soql"
)

// Problem is a failure as a person is told of it: one sentence what happened, one what to do.
type Problem struct {
	What, Do string
	Cause    error
}

func (p *Problem) Error() string { return p.What }
func (p *Problem) Unwrap() error { return p.Cause }

// Remedy says what to do about it.
func (p *Problem) Remedy() string { return p.Do }

// Explain turns any failure into what happened and what to do. Errors that know their remedy keep it.
func Explain(err error) Problem {
	var (
		known interface{ Remedy() string }
		text  *soql.Error
	)
	switch {
	case errors.As(err, &known):
		return Problem{err.Error(), known.Remedy(), err}
	case errors.Is(err, context.Canceled):
		return Problem{"the step was cancelled", "the case is as it was before; start the step again when you like", err}
	case errors.Is(err, syscall.ENOSPC), strings.Contains(err.Error(), "No space left"), strings.Contains(err.Error(), "max_temp_directory_size"):
		return Problem{"the disk is full: " + err.Error(), "make room where the case lies, then repeat the step; the case is as it was", err}
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission), strings.Contains(err.Error(), "Permission denied"), strings.Contains(err.Error(), "Read-only file system"):
		return Problem{"not allowed: " + firstLine(err), "choose a folder you may write to and files you may read; a case on a read-only medium has to be copied first", err}
	case errors.As(err, &text):
		return Problem{"the query cannot be read: " + text.Error(), "look at the character named; strings stand in single quotes", err}
	case errors.Is(err, fs.ErrNotExist):
		return Problem{"not found: " + err.Error(), "check the name of the file or folder", err}
	}
	return Problem{firstLine(err), "breachscope-cli verify tells whether the case is whole; if this happens again, please report it with the sentence above", err}
}

// firstLine leaves out the statement that the engine prints below its message.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
