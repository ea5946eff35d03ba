// Package lanes is the swimlane time line: one lane an account, one bar a stretch of work, coloured by judgement.
// The wheel zooms about the pointer, dragging pans, the keyboard walks from bar to bar.
package lanes

import (
	"math"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/breachscope/breachscope/ui/kit"
)

// Bar is a stretch of time in a lane. Bars of one Group (a session's segments) light up and are selected together.
type Bar struct {
	From, To int64 // Unix seconds
	Tone     kit.Tone
	Group    int // index that OnSelect is given
	Index    int // index that Tip is given

	level, levels uint8 // bars at the same time lie one below the other
}

// Lane is one line of the chart.
type Lane struct {
	Name, Note string
	Bars       []Bar // any order; New sorts them
	longest    int64 // of its bars, bounds the search to the left
}

// Lanes is the widget. Its callbacks run on the main goroutine.
type Lanes struct {
	widget.BaseWidget
	Zone     *time.Location
	Most     int      // lanes that the chart asks room for; the rest scrolls
	Extent   [2]int64 // belongs to the whole even where no bar lies, Unix seconds; zero: the bars alone
	Tip      func(index int) string
	OnSelect func(group int)
	OnOpen   func(group int)      // double click or Enter
	OnKey    func(letter rune)    // a letter typed on the chart
	OnRange  func(from, to int64) // the stretch shown has changed

	lanes    []Lane
	from, to float64 // shown, Unix seconds
	least    float64 // of all bars
	most     float64
	top      float32 // vertical scroll, pixels
	hovered  target
	selected int // group, -1 none
	cursor   target
	focused  bool
	pointer  fyne.Position
	dragged  bool
	painter  *drawing
}

// target is a bar by position; lane -1 is none.
type target struct{ lane, bar int }

var nothing = target{-1, -1}

// Sizes of the parts.
const (
	LaneHeight = 26
	LabelWidth = 190
	axisHeight = 22
	shortest   = 30 // seconds shown at the deepest zoom
	slack      = 3  // pixels around a bar that still hit it
)

var (
	_ fyne.Scrollable     = (*Lanes)(nil)
	_ fyne.Draggable      = (*Lanes)(nil)
	_ fyne.Focusable      = (*Lanes)(nil)
	_ fyne.DoubleTappable = (*Lanes)(nil)
	_ desktop.Hoverable   = (*Lanes)(nil)
	_ desktop.Mouseable   = (*Lanes)(nil)
	_ desktop.Cursorable  = (*Lanes)(nil)
)

// New makes a chart that shows everything.
func New(in []Lane) *Lanes {
	l := &Lanes{Zone: time.UTC, Most: 8, hovered: nothing, cursor: nothing, selected: -1}
	l.ExtendBaseWidget(l)
	l.Set(in)
	return l
}

// Put shows other lanes: whole, or (keep) the same stretch of time and the same extent as before.
func (l *Lanes) Put(in []Lane, keep bool) {
	if !keep {
		l.Set(in)
		return
	}
	least, most, from, to, top := l.least, l.most, l.from, l.to, l.top
	report := l.OnRange
	l.OnRange = nil
	l.Set(in)
	l.OnRange = report
	l.least, l.most, l.from, l.to, l.top = least, most, from, to, l.clampTop(top)
	l.Refresh()
}

// Set shows other lanes, whole.
func (l *Lanes) Set(in []Lane) {
	l.lanes, l.hovered, l.cursor, l.selected, l.top = in, nothing, nothing, -1, 0
	l.least, l.most = math.Inf(1), math.Inf(-1)
	if l.Extent != [2]int64{} {
		l.least, l.most = float64(l.Extent[0]), float64(l.Extent[1])
	}
	for i := range l.lanes {
		lane := &l.lanes[i]
		slices.SortFunc(lane.Bars, func(a, b Bar) int { return int(a.From - b.From) })
		lane.longest = 0
		for _, b := range lane.Bars {
			l.least, l.most = min(l.least, float64(b.From)), max(l.most, float64(b.To))
			lane.longest = max(lane.longest, b.To-b.From)
		}
		stack(lane.Bars)
	}
	if l.least > l.most {
		l.least, l.most = 0, 3600
	}
	margin := max(60, (l.most-l.least)*0.01)
	l.least, l.most = l.least-margin, l.most+margin
	l.Fit()
}

// mostLevels bounds how thin bars at the same time become; more of them share a level.
const mostLevels = 3

// stack puts bars at the same time below each other, so that the owner's session does not cover the thief's. Bars that
// follow each other keep the whole height.
func stack(bars []Bar) {
	var ends [mostLevels]int64
	start, end, levels := 0, int64(math.MinInt64), uint8(1)
	for i := range bars {
		b := &bars[i]
		if b.From >= end {
			spread(bars[start:i], levels)
			start, levels = i, 1
			ends = [mostLevels]int64{}
			for l := range ends {
				ends[l] = math.MinInt64
			}
		}
		b.level = free(ends, b.From)
		ends[b.level], end = max(ends[b.level], b.To), max(end, b.To)
		levels = max(levels, b.level+1)
	}
	spread(bars[start:], levels)
}

// free is the first level on which nothing runs any more, else the one that ends first.
func free(ends [mostLevels]int64, from int64) uint8 {
	best := 0
	for l, end := range ends {
		if end <= from {
			return uint8(l)
		}
		if end < ends[best] {
			best = l
		}
	}
	return uint8(best)
}

func spread(bars []Bar, levels uint8) {
	for i := range bars {
		bars[i].levels = levels
	}
}

// band is where a bar lies in its lane: how far below the lane's top, and how high.
func (b Bar) band() (y, height float32) {
	height = (LaneHeight - 10) / float32(max(1, b.levels))
	return 5 + float32(b.level)*height, height - 1
}

// Fit shows everything.
func (l *Lanes) Fit() { l.show(l.least, l.most) }

// Shown is the stretch of time on screen, Unix seconds.
func (l *Lanes) Shown() (from, to int64) { return int64(l.from), int64(l.to) }

// Whole says whether everything is on screen.
func (l *Lanes) Whole() bool { return l.from <= l.least && l.to >= l.most }

// Window sets the stretch of time on screen, Unix seconds.
func (l *Lanes) Window(from, to int64) { l.show(float64(from), float64(to)) }

// show sets the stretch on screen, kept inside the data and not shorter than makes sense.
func (l *Lanes) show(from, to float64) {
	span := min(max(to-from, shortest), l.most-l.least)
	from = min(max(from, l.least), l.most-span)
	l.from, l.to = from, from+span
	if l.OnRange != nil {
		l.OnRange(l.Shown())
	}
	l.Refresh()
}

// Zoom changes the stretch on screen by a factor about a moment.
func (l *Lanes) Zoom(factor, about float64) {
	l.show(about-(about-l.from)*factor, about+(l.to-about)*factor)
}

// Select lights a group up without telling OnSelect, and brings its first bar into view.
func (l *Lanes) Select(group int) {
	l.selected, l.cursor = group, nothing
	for i, lane := range l.lanes {
		for j, b := range lane.Bars {
			if b.Group == group && l.cursor == nothing {
				l.cursor = target{i, j}
			}
		}
	}
	l.reveal()
}

func (l *Lanes) reveal() {
	if l.cursor == nothing {
		l.Refresh()
		return
	}
	y := float32(l.cursor.lane) * LaneHeight
	l.top = l.clampTop(min(max(l.top, y+LaneHeight-l.bodyHeight()), y))
	b := l.lanes[l.cursor.lane].Bars[l.cursor.bar]
	if span := l.to - l.from; float64(b.To) < l.from || float64(b.From) > l.to {
		l.show(float64(b.From)-span/2, float64(b.From)+span/2)
		return
	}
	l.Refresh()
}

func (l *Lanes) bodyWidth() float32  { return max(1, l.Size().Width-LabelWidth) }
func (l *Lanes) bodyHeight() float32 { return max(1, l.Size().Height-axisHeight) }

func (l *Lanes) clampTop(y float32) float32 {
	return min(max(0, y), max(0, float32(len(l.lanes))*LaneHeight-l.bodyHeight()))
}

func (l *Lanes) x(t float64) float32 {
	return LabelWidth + float32((t-l.from)/(l.to-l.from))*l.bodyWidth()
}

func (l *Lanes) moment(x float32) float64 {
	return l.from + float64((x-LabelWidth)/l.bodyWidth())*(l.to-l.from)
}

// first is the first bar of a lane that may reach past a moment.
func (lane Lane) first(t float64) int {
	i, _ := slices.BinarySearchFunc(lane.Bars, int64(t)-lane.longest, func(b Bar, from int64) int { return int(b.From - from) })
	return i
}

// at is the bar under a point, or the nearest one above or below it in the lane; of several, the one that begins last,
// which is drawn on top.
func (l *Lanes) at(p fyne.Position) target {
	i := int((p.Y + l.top) / LaneHeight)
	if p.X < LabelWidth || p.Y > l.bodyHeight() || i < 0 || i >= len(l.lanes) {
		return nothing
	}
	reach := (l.to - l.from) / float64(l.bodyWidth()) * slack
	t, inside := l.moment(p.X), p.Y+l.top-float32(i)*LaneHeight
	hit, off, lane := nothing, float32(math.Inf(1)), l.lanes[i]
	for j := lane.first(t - reach); j < len(lane.Bars) && float64(lane.Bars[j].From) <= t+reach; j++ {
		y, height := lane.Bars[j].band()
		distance := max(0, y-inside, inside-y-height)
		if float64(lane.Bars[j].To) >= t-reach && distance <= off {
			hit, off = target{i, j}, distance
		}
	}
	return hit
}

func (l *Lanes) bar(t target) (Bar, bool) {
	if t == nothing || t.lane >= len(l.lanes) || t.bar >= len(l.lanes[t.lane].Bars) {
		return Bar{}, false
	}
	return l.lanes[t.lane].Bars[t.bar], true
}
