package kit

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

func luminance(c color.Color) float64 {
	linear := func(v uint32) float64 {
		x := float64(v) / 65535
		if x <= 0.03928 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	r, g, b, _ := c.RGBA()
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// WCAG AA asks for 3 between a control that is typed into or ticked and what is behind it.
func TestFieldsCanBeFoundInBothThemes(t *testing.T) {
	for _, dark := range []bool{false, true} {
		for _, ground := range []fyne.ThemeColorName{Surface, theme.ColorNameInputBackground} {
			if c := contrast((Theme{dark}).Color(theme.ColorNameInputBorder, 0), (Theme{dark}).Color(ground, 0)); c < 3 {
				t.Errorf("dark %v: a field's border on %s has contrast %.2f", dark, ground, c)
			}
		}
	}
}

// WCAG AA asks for 4.5 between text and what is behind it.
func TestTextCanBeReadInBothThemes(t *testing.T) {
	pairs := [][2]fyne.ThemeColorName{{Text, Surface}, {Text, theme.ColorNameBackground}, {Text, Side}, {Muted, Surface}, {Muted, theme.ColorNameBackground},
		{Accent, Surface}, {theme.ColorNameForegroundOnPrimary, Accent}, {Text, theme.ColorNameSelection}, {TipText, TipBG}, {theme.ColorNameDisabled, Surface}, {theme.ColorNameDisabled, theme.ColorNameOverlayBackground}, {theme.ColorNamePlaceHolder, theme.ColorNameInputBackground}}
	for tone := range tones {
		pairs = append(pairs, [2]fyne.ThemeColorName{tone.Fore(), tone.Back()}, [2]fyne.ThemeColorName{tone.Fore(), Surface})
	}
	for _, dark := range []bool{false, true} {
		for _, p := range pairs {
			a, b := (Theme{dark}).Color(p[0], 0), (Theme{dark}).Color(p[1], 0)
			if c := contrast(a, b); c < 4.5 {
				t.Errorf("dark %v: %s on %s has contrast %.2f", dark, p[0], p[1], c)
			}
		}
	}
}

func TestHangulAndHanAreInTheEmbeddedFont(t *testing.T) {
	for _, style := range []fyne.TextStyle{{}, {Bold: true}, {Monospace: true}} {
		if f := (Theme{}).Font(style); f != regular && f != bold {
			t.Errorf("%+v is drawn in %s", style, f.Name())
		}
	}
}

func TestAnAreaIsPressedByMouseAndKeyboard(t *testing.T) {
	test.NewTempApp(t)
	pressed := 0
	a := NewArea(Body("x"), func(State) {}, func() { pressed++ })
	test.Tap(a)
	a.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	a.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	a.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if pressed != 3 {
		t.Fatalf("pressed %d times", pressed)
	}
}

func TestSplitSharesWhatIsLeft(t *testing.T) {
	a, b := Space(10, 40), Space(10, 60)
	c := Split([]float32{1, 3}, a, b)
	c.Resize(fyne.NewSize(100, 40+60+Gap+80))
	if a.Size().Height != 60 || b.Size().Height != 120 || b.Position().Y != 70 {
		t.Fatal(a.Size(), b.Size(), b.Position())
	}
}
