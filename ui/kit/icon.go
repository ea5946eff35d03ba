package kit

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"github.com/breachscope/breachscope/assets"
)

// icon is a stroke drawing in a theme colour. Its name carries the colour because the toolkit caches drawings by name.
type icon struct {
	name  string
	color fyne.ThemeColorName
}

// Icon is an embedded icon drawn in a theme colour.
func Icon(name string, color fyne.ThemeColorName) fyne.Resource { return icon{name, color} }

// Picture is an icon as an object, 16 units square.
func Picture(name string, color fyne.ThemeColorName) *widget.Icon {
	return widget.NewIcon(Icon(name, color))
}

func (i icon) hex() string {
	r, g, b, _ := Color(i.color).RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

func (i icon) Name() string { return i.name + i.hex() + ".svg" }

func (i icon) Content() []byte {
	return []byte(strings.ReplaceAll(string(assets.Icon(i.name)), "currentColor", i.hex()))
}

// ThemeColorName makes the toolkit draw the icon again when the theme changes.
func (i icon) ThemeColorName() fyne.ThemeColorName { return i.color }
