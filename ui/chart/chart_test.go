package chart

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/breachscope/breachscope/ui/kit"
)

func TestTheAxisEndsAboveTheHighestColumn(t *testing.T) {
	for v, want := range map[float64]float64{0: 2, 1: 2, 3: 4, 9: 10, 11: 20, 401: 500, 1900: 2000, 81_000: 100_000} {
		if got := nice(v); got != want {
			t.Errorf("axis for %v ends at %v, want %v", v, got, want)
		}
	}
}

func TestTheColumnUnderThePointerIsTapped(t *testing.T) {
	test.NewTempApp(t)
	test.ApplyTheme(t, kit.Theme{})
	tapped := -1
	h := NewHistogram(make([]Column, 100), nil, func(float64) string { return "" }, func(i int) { tapped = i })
	w := test.NewTempWindow(t, h)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(leftRoom+1000, 200))
	test.TapAt(h, fyne.NewPos(leftRoom+755, 100))
	if tapped != 75 {
		t.Fatalf("column %d", tapped)
	}
	tapped = -1
	test.TapAt(h, fyne.NewPos(5, 100))
	if tapped != -1 {
		t.Fatal("the axis was taken for a column")
	}
}

func TestAStripTellsSilenceFromAGap(t *testing.T) {
	test.NewTempApp(t)
	test.ApplyTheme(t, kit.Theme{})
	s := NewStrip([]Source{{Name: "RestApi", Counts: []int64{5, 0, 0, 9}, Gap: []bool{false, true, false, false}}}, nil, nil, nil)
	w := test.NewTempWindow(t, s)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(stripLabel+400, 60))
	img := s.painter.raster.Generator(400, stripLine)
	gap, silence, speech := img.At(150, 10), img.At(250, 10), img.At(350, 10)
	if gap == silence || silence == speech || gap == speech {
		t.Fatalf("gap %v, silence %v, speech %v look alike", gap, silence, speech)
	}
}
