// Package kit is the visual language of the window: colours, sizes, text, cards, controls and the gaps between them.
// Screens take every colour and every distance from here, so that light and dark stay one design.
package kit

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"github.com/breachscope/breachscope/assets"
)

// Colours by meaning. The Bar colours fill areas and are paler than the colours of text.
const (
	Text     = theme.ColorNameForeground
	Accent   = theme.ColorNamePrimary
	Edge     = theme.ColorNameSeparator
	Muted    = fyne.ThemeColorName("muted")
	Surface  = fyne.ThemeColorName("surface")
	Side     = fyne.ThemeColorName("side")
	Rule     = fyne.ThemeColorName("rule")
	AccentBG = fyne.ThemeColorName("accentBG")
	Danger   = fyne.ThemeColorName("danger")
	DangerBG = fyne.ThemeColorName("dangerBG")
	Warn     = fyne.ThemeColorName("warn")
	WarnBG   = fyne.ThemeColorName("warnBG")
	Good     = fyne.ThemeColorName("good")
	GoodBG   = fyne.ThemeColorName("goodBG")
	MutedBG  = fyne.ThemeColorName("mutedBG")
	BarPlain = fyne.ThemeColorName("barPlain")
	BarRed   = fyne.ThemeColorName("barRed")
	BarAmber = fyne.ThemeColorName("barAmber")
	BarGreen = fyne.ThemeColorName("barGreen")
	TipBG    = fyne.ThemeColorName("tipBG")
	TipText  = fyne.ThemeColorName("tipText")
	Outlined = fyne.ThemeColorName("outlined") // buttons and chips, lighter than what is typed or ticked
)

// shades of one colour name: in the light and in the dark theme, as RRGGBB or RRGGBBAA.
type shades struct{ light, dark string }

var palette = parse(map[fyne.ThemeColorName]shades{
	theme.ColorNameBackground: {"f5f6f8", "14171c"},
	Text:                      {"1c2430", "e3e7ee"},
	Accent:                    {"2b5fd9", "6b9bf5"},
	Edge:                      {"e3e6eb", "2a303a"},
	Muted:                     {"616b7f", "8f99a9"},
	Surface:                   {"ffffff", "1b1f26"},
	Side:                      {"eceef2", "101318"},
	Rule:                      {"eef0f3", "252b34"},
	AccentBG:                  {"e6edfc", "1e2b45"},
	Danger:                    {"c8372d", "f0786f"},
	DangerBG:                  {"fdecea", "3a1f1e"},
	Warn:                      {"9a5a06", "e0a84f"},
	WarnBG:                    {"fdf3e0", "35290f"},
	Good:                      {"18744d", "57c193"},
	GoodBG:                    {"e4f5ec", "12301f"},
	MutedBG:                   {"eef0f4", "262c35"},
	BarPlain:                  {"8fb1f2", "4a74c4"},
	BarRed:                    {"dc5b50", "d9655b"},
	BarAmber:                  {"e8b04c", "c98f35"},
	BarGreen:                  {"6fbf99", "3f9270"},
	TipBG:                     {"1c2430f5", "39414ef5"},
	TipText:                   {"ffffff", "ffffff"},
	Outlined:                  {"b3bbc8", "4b5462"},

	theme.ColorNamePlaceHolder:         {"6b7687", "8c96a6"},
	theme.ColorNameDisabled:            {"697484", "8f99a9"},
	theme.ColorNameForegroundOnPrimary: {"ffffff", "0d1117"},
	theme.ColorNameError:               {"c8372d", "f0786f"},
	theme.ColorNameForegroundOnError:   {"ffffff", "14171c"},
	theme.ColorNameButton:              {"ffffff", "252a33"},
	theme.ColorNameDisabledButton:      {"eef0f3", "20252d"},
	theme.ColorNameInputBackground:     {"ffffff", "14171c"},
	theme.ColorNameInputBorder:         {"8a94a4", "5f6a7a"},
	theme.ColorNameHeaderBackground:    {"ffffff", "1b1f26"},
	theme.ColorNameHyperlink:           {"2b5fd9", "6b9bf5"},
	theme.ColorNameSelection:           {"dce7fd", "24365c"},
	theme.ColorNameHover:               {"0f1b2d0b", "ffffff0e"},
	theme.ColorNamePressed:             {"0f1b2d18", "ffffff1c"},
	theme.ColorNameScrollBar:           {"0f1b2d33", "ffffff33"},
	theme.ColorNameScrollBarBackground: {"00000000", "00000000"},
	theme.ColorNameFocus:               {"2b5fd955", "6b9bf555"},
	theme.ColorNameOverlayBackground:   {"ffffff", "1f242c"},
	theme.ColorNameMenuBackground:      {"ffffff", "1f242c"},
	theme.ColorNameShadow:              {"10182826", "00000080"},
})

func parse(in map[fyne.ThemeColorName]shades) map[fyne.ThemeColorName][2]color.NRGBA {
	out := make(map[fyne.ThemeColorName][2]color.NRGBA, len(in))
	for name, s := range in {
		out[name] = [2]color.NRGBA{hex(s.light), hex(s.dark)}
	}
	return out
}

func hex(s string) color.NRGBA {
	if len(s) == 6 {
		s += "ff"
	}
	v, err := strconv.ParseUint(s, 16, 32)
	if err != nil {
		panic(err) // a mistake in the palette above
	}
	return color.NRGBA{R: uint8(v >> 24), G: uint8(v >> 16), B: uint8(v >> 8), A: uint8(v)}
}

var sizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNameText: 13, theme.SizeNameCaptionText: 11.5, theme.SizeNameSubHeadingText: 15, theme.SizeNameHeadingText: 20,
	theme.SizeNamePadding: 4, theme.SizeNameInnerPadding: 7, theme.SizeNameInlineIcon: 16, theme.SizeNameLineSpacing: 3,
	theme.SizeNameScrollBar: 10, theme.SizeNameScrollBarSmall: 5, theme.SizeNameScrollBarRadius: 3,
	theme.SizeNameInputRadius: 6, theme.SizeNameButtonRadius: 6, theme.SizeNameSelectionRadius: 4,
	theme.SizeNameCardRadius: 8, theme.SizeNameDialogRadius: 10, theme.SizeNamePopupRadius: 8, theme.SizeNameInputBorder: 1,
	// The window behind a dialog would be blurred anew at every blink of a cursor; without a graphics card that is felt.
	theme.SizeNameModalBlurRadius: 0,
}

var (
	regular = fyne.NewStaticResource("ui-regular.otf", assets.FontRegular)
	bold    = fyne.NewStaticResource("ui-bold.otf", assets.FontBold)
)

// Theme is the look of the window. Its zero value is the light one.
type Theme struct{ Dark bool }

// Color ignores the system's variant: the investigator chooses light or dark in the window.
func (t Theme) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	variant, i := theme.VariantLight, 0
	if t.Dark {
		variant, i = theme.VariantDark, 1
	}
	if c, ok := palette[name]; ok {
		return c[i]
	}
	return theme.DefaultTheme().Color(name, variant)
}

// Font uses one family for everything, monospace too: any cell may hold a Korean name, which the stock monospace lacks.
func (t Theme) Font(style fyne.TextStyle) fyne.Resource {
	switch {
	case style.Symbol:
		return theme.DefaultTheme().Font(style)
	case style.Bold:
		return bold
	}
	return regular
}

// Icon draws an empty check box with a stroke that can be seen at 16 units; the toolkit's is half as strong.
func (t Theme) Icon(name fyne.ThemeIconName) fyne.Resource {
	if name == theme.IconNameCheckButton {
		return fyne.NewStaticResource("check-box.svg", assets.Icon("check-box"))
	}
	return theme.DefaultTheme().Icon(name)
}

func (t Theme) Size(name fyne.ThemeSizeName) float32 {
	if s, ok := sizes[name]; ok {
		return s
	}
	return theme.DefaultTheme().Size(name)
}

// Color is the current theme's colour of a name.
func Color(name fyne.ThemeColorName) color.Color { return theme.Color(name) }
