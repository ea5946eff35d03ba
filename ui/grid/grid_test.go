package grid_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"github.com/breachscope/breachscope/ui/grid"
	"github.com/breachscope/breachscope/ui/kit"
)

// endless has any number of rows and remembers which were drawn.
type endless struct {
	n     int64
	drawn map[int64]bool
}

func (e *endless) Len() int64 { return e.n }
func (e *endless) Row(i int64) ([]string, bool) {
	e.drawn[i] = true
	return []string{fmt.Sprint(i), "attacker", "87"}, true
}
func (e *endless) Range(_ context.Context, from, to int64) (rows [][]string, err error) {
	for i := from; i < to; i++ {
		rows = append(rows, []string{fmt.Sprint(i), "a\tb\nc", "87"})
	}
	return rows, nil
}

func shown(t *testing.T, n int64) (*grid.Grid, *endless) {
	test.NewTempApp(t)
	test.ApplyTheme(t, kit.Theme{})
	source := &endless{n: n, drawn: map[int64]bool{}}
	g := grid.New([]grid.Column{{Key: "n", Title: "No.", Width: 80, Look: grid.Number},
		{Key: "v", Title: "Verdict", Width: 100, Look: grid.Pill, Show: func(s string) string { return "공격자" }}, {Title: "Score", Width: 90, Look: grid.Meter, Grow: true}}, source)
	w := test.NewTempWindow(t, g)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(400, 28+10*26+10))
	w.Canvas().Focus(g)
	return g, source
}

func press(g *grid.Grid, name fyne.KeyName) { g.TypedKey(&fyne.KeyEvent{Name: name}) }

func click(g *grid.Grid, x, y float32, mod fyne.KeyModifier) {
	e := &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y), AbsolutePosition: fyne.NewPos(x, y)}, Button: desktop.MouseButtonPrimary, Modifier: mod}
	g.MouseDown(e)
	g.MouseUp(e)
}

func TestTheLastOfTenMillionRowsIsReachedExactly(t *testing.T) {
	const n = 10_000_000
	g, source := shown(t, n)
	clear(source.drawn)
	press(g, fyne.KeyEnd)
	if from, to, ok := g.Selected(); !ok || from != n-1 || to != n-1 {
		t.Fatalf("End selects %d to %d", from, to)
	}
	if !source.drawn[n-1] || !source.drawn[n-10] || source.drawn[n-12] {
		t.Fatal("the rows at the end are not the ones shown")
	}
	press(g, fyne.KeyPageUp)
	if from, _, _ := g.Selected(); from != n-1-9 {
		t.Fatalf("a page up from the end is row %d", from)
	}
	press(g, fyne.KeyHome)
	if from, _, _ := g.Selected(); from != 0 {
		t.Fatalf("Home is row %d", from)
	}
}

func TestOnlyRowsInViewAreRead(t *testing.T) {
	g, source := shown(t, 1_000_000)
	clear(source.drawn)
	g.ScrollTo(500_000.5)
	if len(source.drawn) > 12 || !source.drawn[500_005] {
		t.Fatalf("%d rows read for ten in view", len(source.drawn))
	}
}

func TestAClickSelectsTheRowUnderThePointer(t *testing.T) {
	g, _ := shown(t, 100)
	var told int64 = -1
	g.OnSelect = func(row int64) { told = row }
	click(g, 20, 28+26*3+5, 0)
	if told != 3 {
		t.Fatalf("row %d", told)
	}
	click(g, 20, 28+26*6+5, fyne.KeyModifierShift)
	if from, to, _ := g.Selected(); from != 3 || to != 6 {
		t.Fatalf("shift selects %d to %d", from, to)
	}
	var letter rune
	g.OnKey = func(r rune, from, to int64) { letter = r }
	g.TypedRune('a')
	if letter != 'a' {
		t.Fatal("a letter typed on a selection is not passed on")
	}
}

func TestAHeaderSortsBothWays(t *testing.T) {
	g, _ := shown(t, 10)
	var asked []string
	g.OnSort = func(key string, down bool) { asked = append(asked, fmt.Sprint(key, down)) }
	click(g, 20, 10, 0)
	click(g, 20, 10, 0)
	click(g, 130, 10, 0)
	click(g, 300, 10, 0) // has no key
	if got := strings.Join(asked, " "); got != "nfalse ntrue vfalse" {
		t.Fatal(got)
	}
}

func TestTheCopyIsWhatStandsThere(t *testing.T) {
	g, _ := shown(t, 10)
	tsv, err := g.TSV(t.Context(), 2, 4)
	if err != nil {
		t.Fatal(err)
	}
	if want := "No.\tVerdict\tScore\n2\t공격자\t87\n3\t공격자\t87"; tsv != want {
		t.Fatalf("copied %q", tsv)
	}
}

func TestTabsInACellDoNotShiftColumns(t *testing.T) {
	test.NewTempApp(t)
	g := grid.New([]grid.Column{{Title: "A", Width: 50}, {Title: "B", Width: 50}}, &endless{n: 1, drawn: map[int64]bool{}})
	tsv, _ := g.TSV(t.Context(), 0, 1)
	if tsv != "A\tB\n0\ta b c" {
		t.Fatalf("copied %q", tsv)
	}
}

func TestACopyOfTooMuchSaysSo(t *testing.T) {
	g, _ := shown(t, 150_000)
	done := make(chan string, 1)
	g.OnCopied = func(rows int64, all bool, err error) { done <- fmt.Sprint(rows, all, err) }
	g.TypedShortcut(&fyne.ShortcutSelectAll{})
	g.TypedShortcut(&fyne.ShortcutCopy{})
	if got := <-done; got != "100000 false <nil>" {
		t.Fatal(got)
	}
}

func BenchmarkScroll(b *testing.B) {
	test.NewTempApp(b)
	g := grid.New([]grid.Column{{Title: "A", Width: 100}, {Title: "B", Width: 100, Look: grid.Pill}, {Title: "C", Width: 100, Look: grid.Meter}}, &endless{n: 10_000_000, drawn: map[int64]bool{}})
	w := test.NewTempWindow(b, g)
	w.Resize(fyne.NewSize(1300, 900))
	b.ReportAllocs()
	for i := range b.N {
		g.ScrollTo(float64(i) * 0.4)
	}
}

func TestACellThatDoesNotFitIsToldUnderThePointer(t *testing.T) {
	test.NewTempApp(t)
	test.ApplyTheme(t, kit.Theme{})
	long := "first words of a sentence that is much longer than its column and " + strings.Repeat("가", 60)
	g := grid.New([]grid.Column{{Title: "Text", Width: 230}, {Title: "Short", Width: 200}}, &grid.Rows[[]string]{
		All: [][]string{{long, "short"}}, Cells: func(r []string) []string { return r }})
	w := test.NewTempWindow(t, g)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(600, 300))
	told := func() (all string) {
		for _, o := range test.LaidOutObjects(g) {
			if text, ok := o.(*canvas.Text); ok && text.Color == kit.Color(kit.TipText) {
				all += text.Text
			}
		}
		return strings.ReplaceAll(all, " ", "")
	}
	at := func(x float32) {
		g.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, 40)}})
	}
	if at(20); told() != strings.ReplaceAll(long, " ", "") {
		t.Errorf("over the long cell: %q", told())
	}
	if at(300); told() != "" {
		t.Errorf("over the short cell: %q", told())
	}
	at(20)
	if g.Scrolled(&fyne.ScrollEvent{}); told() != "" {
		t.Errorf("after scrolling: %q", told())
	}
}

// The room of a window goes first to the cells that are cut, in every column but those that grow.
func TestCutCellsGetTheRoomThereIs(t *testing.T) {
	test.NewTempApp(t)
	test.ApplyTheme(t, kit.Theme{})
	rows := &grid.Rows[[]string]{All: [][]string{{"a", "3시간 51분 12초", "undetermined"}}, Cells: func(r []string) []string { return r }}
	columns := []grid.Column{{Title: "Account", Width: 80, Grow: true}, {Title: "Time", Width: 60, Look: grid.Number}, {Title: "Verdict", Width: 60, Look: grid.Pill}}
	shown := func(width float32) string {
		g := grid.New(columns, rows)
		g.Resize(fyne.NewSize(width, 200))
		var texts []string
		for _, o := range test.LaidOutObjects(g) {
			if text, ok := o.(*canvas.Text); ok && (strings.HasPrefix(text.Text, "3") || strings.HasPrefix(text.Text, "u")) {
				texts = append(texts, text.Text)
			}
		}
		return strings.Join(texts, " ")
	}
	if got := shown(500); got != "3시간 51분 12초 undetermined" {
		t.Errorf("in a wide window: %q", got)
	}
	if got := shown(210); strings.Count(got, "…") != 2 {
		t.Errorf("in a narrow window: %q", got)
	}
}

// A page lays itself out again when more of it is known; the row chosen before must not slip out of sight.
func TestAChosenRowStaysInSightWhenTheGridShrinks(t *testing.T) {
	test.NewTempApp(t)
	rows := &grid.Rows[string]{Cells: func(s string) []string { return []string{s} }}
	for i := range 100 {
		rows.All = append(rows.All, fmt.Sprint("row ", i))
	}
	g := grid.New([]grid.Column{{Title: "n", Width: 100}}, rows)
	shown := func(height float32) map[string]bool {
		g.Resize(fyne.NewSize(200, height))
		seen := map[string]bool{}
		for _, o := range test.LaidOutObjects(g) {
			if text, ok := o.(*canvas.Text); ok {
				seen[text.Text] = true
			}
		}
		return seen
	}
	g.Select(90, false) // before there is room
	for _, height := range []float32{600, 300, 450, 200} {
		if seen := shown(height); !seen["row 90"] {
			t.Errorf("%v high, the chosen row is not among %v", height, seen)
		}
	}
	g.ScrollTo(0) // she looks elsewhere
	if seen := shown(180); !seen["row 0"] {
		t.Errorf("the list jumped to %v", seen)
	}
}
