package ui

import (
	"fyne.io/fyne/v2"

	"github.com/breachscope/breachscope/ui/kit"
)

func (w *Window) dutiesPage() fyne.CanvasObject { return kit.Body("…") }
