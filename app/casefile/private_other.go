//go:build !unix

package casefile

// private leaves permissions to the folder: other systems have no mask for them.
func private() {}
