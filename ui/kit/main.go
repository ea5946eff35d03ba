package kit

import "fyne.io/fyne/v2"

// Do has something done on the goroutine that owns the window, later. It is the toolkit's own; tests put a queue in its
// place, because the toolkit's test driver would do it at once on whatever goroutine asks.
var Do = fyne.Do
