package lanes

import (
	"math"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/breachscope/breachscope/ui/kit"
)

const hour = 3600

func chart(t *testing.T, in []Lane) *Lanes {
	test.NewTempApp(t)
	test.ApplyTheme(t, kit.Theme{})
	l := New(in)
	w := test.NewTempWindow(t, l)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(LabelWidth+1000, axisHeight+5*LaneHeight))
	return l
}

func sample() []Lane {
	return []Lane{
		{Name: "kim", Bars: []Bar{{From: 10 * hour, To: 12 * hour, Group: 1}, {From: 0, To: 90 * hour, Group: 0}, {From: 50 * hour, To: 51 * hour, Tone: kit.Red, Group: 2}}},
		{Name: "lee", Bars: []Bar{{From: 52 * hour, To: 60 * hour, Group: 3}, {From: 99 * hour, To: 100 * hour, Group: 4}}},
	}
}

func point(l *Lanes, t float64, lane int) fyne.Position {
	return fyne.NewPos(l.x(t), float32(lane)*LaneHeight+LaneHeight/2)
}

// The owner works all day; within it, at the same time and in the same account, somebody else does.
func TestTwoSessionsAtTheSameTimeAreBothSeen(t *testing.T) {
	l := chart(t, []Lane{{Name: "kim", Bars: []Bar{{From: 0, To: 10 * hour, Tone: kit.Green, Group: 0}, {From: 4 * hour, To: 5 * hour, Tone: kit.Red, Group: 1}, {From: 20 * hour, To: 30 * hour, Group: 2}}}})
	a, sizeA := l.box(target{0, 0})
	b, sizeB := l.box(target{0, 1})
	if a.Y+sizeA.Height > b.Y {
		t.Fatal("the later session covers the earlier one")
	}
	for group, p := range []fyne.Position{a.AddXY(sizeA.Width/2+LabelWidth, 3), b.AddXY(LabelWidth+3, 3)} {
		if hit, ok := l.bar(l.at(p)); !ok || hit.Group != group {
			t.Errorf("group %d is not hit where it is drawn", group)
		}
	}
	if _, alone := l.box(target{0, 2}); alone.Height <= sizeB.Height {
		t.Error("a session alone does not have the whole lane")
	}
}

func TestTheWheelKeepsTheMomentUnderThePointer(t *testing.T) {
	l := chart(t, sample())
	p := point(l, 50*hour, 0)
	for _, dy := range []float32{10, 10, 40, -15} {
		l.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: p}, Scrolled: fyne.NewDelta(0, dy)})
		if got := l.moment(p.X); math.Abs(got-50*hour) > 60 {
			t.Fatalf("the moment under the pointer moved to hour %.2f", got/hour)
		}
	}
	if from, to := l.Shown(); to-from >= 100*hour {
		t.Fatal("nothing was zoomed")
	}
}

func TestTheChartCannotBeLostOutsideTheData(t *testing.T) {
	l := chart(t, sample())
	l.Zoom(0.1, 50*hour)
	for range 50 {
		l.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(-500, 300)})
	}
	if from, to := l.Shown(); to > int64(l.most) || from >= to {
		t.Fatalf("shown %d to %d of %.0f", from, to, l.most)
	}
	l.Zoom(1e9, 50*hour)
	if from, to := l.Shown(); from != int64(l.least) || to != int64(l.most) {
		t.Fatal("zooming out does not end at the whole")
	}
}

func TestTheBarOnTopIsTheOneThatIsHit(t *testing.T) {
	l := chart(t, sample())
	for _, c := range []struct {
		at    float64
		lane  int
		group int
	}{{11 * hour, 0, 1}, {30 * hour, 0, 0}, {50.5 * hour, 0, 2}, {55 * hour, 1, 3}, {80 * hour, 1, -1}, {55 * hour, 3, -1}} {
		got := -1
		if b, ok := l.bar(l.at(point(l, c.at, c.lane))); ok {
			got = b.Group
		}
		if got != c.group {
			t.Errorf("at hour %.1f of lane %d: group %d, want %d", c.at/hour, c.lane, got, c.group)
		}
	}
}

// A chart that holds the foremost bars alone can be moved over the time of the others too.
func TestTheWholeReachesAsFarAsItsExtent(t *testing.T) {
	l := New(nil)
	l.Extent = [2]int64{-100 * hour, 900 * hour}
	l.Put(sample(), false)
	if from, to := l.Shown(); from > -100*hour || to < 900*hour || !l.Whole() {
		t.Errorf("shown %d to %d hours", from/hour, to/hour)
	}
}

// Two segments of a session light up together, but each tells of itself.
func TestThePointerOnASegmentTellsOfThatSegment(t *testing.T) {
	l := chart(t, []Lane{{Name: "kim", Bars: []Bar{{From: 0, To: 10 * hour, Group: 7, Index: 0}, {From: 50 * hour, To: 100 * hour, Group: 7, Index: 1}}}})
	told := -1
	l.Tip = func(index int) string { told = index; return "" }
	for index, at := range []float64{5 * hour, 80 * hour} {
		l.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: point(l, at, 0)}})
		l.Refresh()
		if told != index {
			t.Errorf("at hour %.0f it tells of segment %d", at/hour, told)
		}
	}
}

func TestAClickSelectsAndADragDoesNot(t *testing.T) {
	l := chart(t, sample())
	chosen := -1
	l.OnSelect = func(group int) { chosen = group }
	e := &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: point(l, 55*hour, 1)}}
	l.MouseDown(e)
	l.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(30, 0)})
	l.MouseUp(e)
	if chosen != -1 {
		t.Fatal("letting go after a drag selected something")
	}
	l.Fit()
	l.MouseDown(e)
	l.MouseUp(e)
	if chosen != 3 {
		t.Fatalf("selected %d", chosen)
	}
}

func TestTheKeyboardWalksFromBarToBar(t *testing.T) {
	l := chart(t, sample())
	var walked []int
	l.OnSelect = func(group int) { walked = append(walked, group) }
	for _, key := range []fyne.KeyName{fyne.KeyDown, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyRight, fyne.KeyRight, fyne.KeyDown, fyne.KeyRight} {
		l.TypedKey(&fyne.KeyEvent{Name: key})
	}
	want := []int{2, 1, 0, 1, 2, 3, 4}
	for i := range want {
		if i >= len(walked) || walked[i] != want[i] {
			t.Fatalf("walked %v, want %v", walked, want)
		}
	}
	var typed rune
	l.OnKey = func(r rune) { typed = r }
	l.TypedRune('a')
	if typed != 'a' {
		t.Fatal("the letter of a verdict is swallowed")
	}
}

func TestSelectingFarAwayBringsItIntoView(t *testing.T) {
	l := chart(t, sample())
	l.Zoom(0.02, 5*hour)
	l.Select(4)
	from, to := l.Shown()
	if from > 99*hour || to < 100*hour-hour {
		t.Fatalf("shown %d to %d, the bar is at %d", from/hour, to/hour, 99)
	}
}

func TestOtherBarsOfTheSameStretchKeepTheView(t *testing.T) {
	l := chart(t, sample())
	l.Zoom(0.1, 50*hour)
	before, _ := l.Shown()
	l.Put([]Lane{{Name: "kim", Bars: []Bar{{From: 50 * hour, To: 51 * hour}}}}, true)
	if after, _ := l.Shown(); after != before {
		t.Fatal("the view jumped")
	}
	l.Fit()
	if from, to := l.Shown(); to-from < 90*hour {
		t.Fatal("the extent of the whole was forgotten")
	}
}

func TestAMillionBarsAreDrawnOncePerPixel(t *testing.T) {
	bars := make([]Bar, 1_000_000)
	for i := range bars {
		bars[i] = Bar{From: int64(i), To: int64(i) + 1, Group: i}
	}
	l := chart(t, []Lane{{Name: "api", Bars: bars}})
	img := l.painter.paint(1000, 100)
	_, _, _, alpha := img.At(500, 8).RGBA()
	if alpha == 0 {
		t.Fatal("the lane is empty")
	}
}

func TestMarksStandAtRoundLocalTimes(t *testing.T) {
	seoul, err := time.LoadLocation("Asia/Seoul")
	if err != nil {
		t.Skip("no time zones on this machine")
	}
	paris, _ := time.LoadLocation("Europe/Paris")
	from := time.Date(2025, 10, 24, 7, 13, 0, 0, seoul)
	for span, want := range map[time.Duration]string{20 * time.Minute: "10-24 07:15", 10 * time.Hour: "10-24 08:00", 9 * 24 * time.Hour: "10-25", 400 * 24 * time.Hour: "2025-12"} {
		got := ticks(float64(from.Unix()), float64(from.Add(span).Unix()), 10, seoul)
		if len(got) == 0 || len(got) > 11 || got[0].label != want {
			t.Errorf("%v: %v, want first %s", span, got, want)
		}
	}
	summer := time.Date(2025, 10, 25, 0, 0, 0, 0, paris) // the night of the 26th has 25 hours
	for _, m := range ticks(float64(summer.Unix()), float64(summer.AddDate(0, 0, 5).Unix()), 6, paris) {
		if at := time.Unix(m.at, 0).In(paris); at.Hour() != 0 {
			t.Errorf("a day begins at %v", at)
		}
	}
}
