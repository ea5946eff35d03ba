package main

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/breachscope/breachscope/analysis"
)

// progress shows one line on a terminal, renewed at most five times a second; nothing when standard error is a file.
func (c *call) progress() (show analysis.Progress, end func()) {
	file, ok := c.problems.(*os.File)
	if c.quiet || !ok || !isTerminal(file) {
		return nil, func() {}
	}
	var lock sync.Mutex
	var last time.Time
	show = func(s analysis.Step) {
		lock.Lock()
		defer lock.Unlock()
		if time.Since(last) < 200*time.Millisecond {
			return
		}
		last = time.Now()
		fmt.Fprintf(file, "\r\033[K%s", describe(s))
	}
	return show, func() { fmt.Fprint(file, "\r\033[K") }
}

func describe(s analysis.Step) string {
	line := s.Name
	if s.File != "" {
		line += " " + s.File
	}
	if s.Total > 0 {
		line += fmt.Sprintf(" %d %%", 100*s.Done/s.Total)
	}
	if s.Rows > 0 {
		line += fmt.Sprintf(" %d rows", s.Rows)
	}
	return line
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
