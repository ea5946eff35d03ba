//go:build unix

package casefile

import "syscall"

// private makes every file this process writes readable by its user alone. The engine does not ask for permissions, and
// its log would otherwise be open to everybody on the machine.
func private() { syscall.Umask(0o077) }
