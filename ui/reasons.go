package ui

import (
	"fyne.io/fyne/v2"

	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui/kit"
)

func (w *Window) reasons(records []app.Affected) fyne.CanvasObject     { return kit.Body("…") }
func (w *Window) personLines(records []app.Affected) fyne.CanvasObject { return kit.Body("…") }
