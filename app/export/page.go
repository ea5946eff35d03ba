package export

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/breachscope/breachscope/analysis"
)

// page is a sheet that is read from top to bottom: titles, sentences and small tables. The first problem is kept and
// makes everything after it do nothing; err tells it.
type page struct {
	file   *excelize.File
	styles styles
	notes  notes
	place  string   // as the notes name the sheet
	more   []string // further files of the workbook
	tongue *tongue
	sheet  string
	at     int // the next row to be written
	wide   int // columns that hold anything
	width  []float64
	err    error
}

// Widths of a page: the first column holds words, the others mostly numbers.
const (
	pageColumns = 8
	firstWidth  = 40.0
	otherWidth  = 19.0
	lineChars   = firstWidth + (pageColumns-1)*otherWidth
)

func (b *workbook) page(name string) *page {
	p := b.first
	g := &page{file: p.file, styles: p.styles, notes: b.notes, place: b.place(name), more: b.more, tongue: b.tongue, at: 1, wide: pageColumns}
	name = b.tongue.say(name)
	g.sheet = name
	hidden := false
	g.widen(firstWidth, slices.Repeat([]float64{otherWidth}, pageColumns-1)...)
	g.keep(p.file.SetSheetView(name, 0, &excelize.ViewOptions{ShowGridLines: &hidden}), paper(p.file, name, 1))
	return g
}

// widen sets the widths of the columns.
func (g *page) widen(first float64, others ...float64) {
	g.width = append([]float64{first}, others...)
	for i, width := range g.width {
		name, _ := excelize.ColumnNumberToName(i + 1)
		g.keep(g.file.SetColWidth(g.sheet, name, name, width))
	}
}

// paper prints a sheet on A4 across, so many pages wide, with narrow margins and the number of the page.
func paper(file *excelize.File, sheet string, wide int) error {
	a4, landscape, high, fit, margin := 9, "landscape", 0, true, 0.5
	return errors.Join(
		file.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &a4, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &high}),
		file.SetPageMargins(sheet, &excelize.PageLayoutMarginsOptions{Top: &margin, Bottom: &margin, Left: &margin, Right: &margin}),
		file.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}),
		file.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&L&8&A&R&8&P / &N"}))
}

// readable is how many characters side by side can still be read on one page.
const readable = 300

func (g *page) keep(problems ...error) { g.err = errors.Join(append([]error{g.err}, problems...)...) }

func cellName(column, row int) string {
	name, _ := excelize.CoordinatesToCellName(column, row) // both are within a sheet
	return name
}

// end says how far the sheet reaches, and what went wrong.
func (g *page) end() error {
	g.keep(g.file.SetSheetDimension(g.sheet, "A1:"+cellName(g.wide, max(1, g.at-1))))
	return g.err
}

// set writes one cell of the row at hand.
func (g *page) set(column int, value any, style int) {
	if g.err != nil {
		return
	}
	value = g.say(value)
	if text, is := value.(told); is {
		value = g.notes.fit(g.place, string(text))
	}
	ref := cellName(column, g.at)
	g.wide = max(g.wide, column)
	g.keep(g.file.SetCellValue(g.sheet, ref, value), g.file.SetCellStyle(g.sheet, ref, ref, style))
}

// across writes a text over the whole width, as high as it needs, and goes to the next row.
func (g *page) across(text string, style int, perLine, line float64) {
	text = g.tongue.say(text)
	g.set(1, told(text), style)
	if g.err != nil {
		return
	}
	g.keep(g.file.MergeCell(g.sheet, cellName(1, g.at), cellName(pageColumns, g.at)), g.file.SetCellStyle(g.sheet, cellName(1, g.at), cellName(pageColumns, g.at), style),
		g.file.SetRowHeight(g.sheet, g.at, height(linesOf(text, perLine), line)))
	g.at++
}

func (g *page) title(text string)   { g.across(text, g.styles.title, lineChars/2.2, 30) }
func (g *page) lead(text string)    { g.across(text, g.styles.lead, lineChars*0.95, 17) }
func (g *page) words(text string)   { g.across(text, g.styles.words, lineChars*1.05, 17) }
func (g *page) warning(text string) { g.across(text, g.styles.warning, lineChars*0.9, 17) }
func (g *page) small(text string)   { g.across(text, g.styles.label, lineChars*1.05, 15) }

func (g *page) section(text string) {
	g.at++
	g.across(text, g.styles.section, lineChars, 22)
}

// pair writes a label and what it stands for.
func (g *page) pair(label string, value any) {
	value = g.say(value)
	g.set(1, label, g.styles.label)
	g.set(2, value, g.styles.value)
	g.keep(g.file.MergeCell(g.sheet, cellName(2, g.at), cellName(pageColumns, g.at)))
	if text, is := value.(told); is {
		g.keep(g.file.SetRowHeight(g.sheet, g.at, height(linesOf(string(text), (lineChars-firstWidth)*0.9), 15)))
	}
	g.at++
}

// say puts a text into the language, once.
func (g *page) say(value any) any {
	if text, is := value.(string); is {
		return told(g.tongue.say(text))
	}
	return value
}

// linesOf is how many lines a text takes where so many characters fit into one.
func linesOf(text string, perLine float64) (lines float64) {
	for _, l := range splitLines(text) {
		lines += max(1, math.Ceil(length(l)/perLine))
	}
	return lines
}

// height of so many lines, as far as a row can be high.
func height(lines, line float64) float64 { return min(lines*line+3, excelize.MaxRowHeight) }

// block is where a small table of a page came to stand: its header, its first and last row of data, and the largest
// number in it.
type block struct {
	header, first, last int
	largest             int64
}

// table writes the rows a statement gives. totals says that the last row sums up the others.
func (g *page) table(ctx context.Context, db analysis.Engine, name string, totals bool) block {
	header, rows, err := g.tongue.figures(ctx, db, name, "export_people")
	g.keep(err)
	return g.grid(header, rows, totals)
}

// grid writes a small table.
func (g *page) grid(header []string, rows [][]any, totals bool) block {
	b := block{header: g.at, first: g.at + 1}
	g.header(header, rows)
	for n, row := range rows {
		g.line(row, totals && n == len(rows)-1)
	}
	if len(rows) == 0 {
		g.set(1, "none", g.styles.label)
		g.at++
	}
	b.last = g.at - 1
	if totals && len(rows) > 1 {
		b.last--
		rows = rows[:len(rows)-1]
	}
	b.largest = largest(rows)
	return b
}

// largest is the largest number of a table.
func largest(rows [][]any) (most int64) {
	for _, row := range rows {
		for _, v := range row {
			if n, is := v.(int64); is {
				most = max(most, n)
			}
		}
	}
	return most
}

// header writes the header of a small table; over numbers it stands on the right, as they do.
func (g *page) header(names []string, rows [][]any) {
	lines := 1.0
	for i, name := range names {
		style := g.styles.smallHeader
		if len(rows) > 0 {
			if _, number := rows[0][i].(int64); number {
				style = g.styles.numberHeader
			}
		}
		g.set(i+1, name, style)
		lines = max(lines, math.Ceil(length(g.tongue.say(name))/(g.width[i]*0.85)))
	}
	g.keep(g.file.SetRowHeight(g.sheet, g.at, lines*14+6))
	g.at++
}

// line writes one row of a small table, as high as its longest text needs.
func (g *page) line(row []any, total bool) {
	lines := 1.0
	for i, v := range row {
		v = g.say(v)
		lines = max(lines, linesOf(plain(v), g.width[i]*0.95))
		g.set(i+1, v, g.styles.small(v, total))
	}
	g.keep(g.file.SetRowHeight(g.sheet, g.at, height(lines, 14)))
	g.at++
}

// small is the style of a value in a small table.
func (s styles) small(value any, total bool) int {
	switch value.(type) {
	case int64:
		if total {
			return s.totalCount
		}
		return s.count
	case time.Time:
		return s.moment
	}
	if total {
		return s.total
	}
	return s.value
}

// chart draws the columns of a block; axis says what the numbers count.
func (g *page) chart(kind excelize.ChartType, title, axis string, b block, anchor string, columns []int, most int) {
	if g.err != nil || b.last < b.first {
		return
	}
	last := min(b.last, b.first+most-1)
	span := func(column int) string {
		name, _ := excelize.ColumnNumberToName(column)
		return fmt.Sprintf("'%s'!$%s$%d:$%s$%d", g.sheet, name, b.first, name, last)
	}
	colours := []string{accent, "C08A3E", "B9C4CF"}
	var series []excelize.ChartSeries
	for i, column := range columns {
		name, _ := excelize.ColumnNumberToName(column)
		series = append(series, excelize.ChartSeries{Name: fmt.Sprintf("'%s'!$%s$%d", g.sheet, name, b.header), Categories: span(1), Values: span(column),
			Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colours[i%len(colours)]}}})
	}
	gap, upright := uint(60), excelize.Alignment{}
	if kind == excelize.ColStacked {
		upright.TextRotation = -45
	}
	g.keep(g.file.AddChart(g.sheet, anchor, &excelize.Chart{Type: kind, Series: series, GapWidth: &gap,
		Title:     g.caption(title, 11, ink),
		Legend:    excelize.ChartLegend{Position: "bottom"},
		Dimension: excelize.ChartDimension{Width: 460, Height: 300},
		XAxis:     excelize.ChartAxis{ReverseOrder: kind == excelize.BarStacked, Alignment: upright, Font: excelize.Font{Size: 9, Color: muted}},
		YAxis: excelize.ChartAxis{MajorGridLines: true, MajorUnit: step(b.largest), Title: g.caption(axis, 9, muted),
			NumFmt: excelize.ChartNumFmt{CustomNumFmt: "#,##0"}, Font: excelize.Font{Size: 9, Color: muted}},
	}))
}

func (g *page) caption(text string, size float64, colour string) excelize.ChartTitle {
	font := &excelize.Font{Size: size, Bold: true, Color: colour, Family: "Malgun Gothic"}
	return excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: g.tongue.say(text), Font: font}}}
}

// step is the round number that divides an axis up to largest into five parts or fewer.
func step(largest int64) float64 {
	unit := 1.0
	for {
		for _, round := range []float64{1, 2, 5} {
			if float64(largest) <= 5*round*unit {
				return round * unit
			}
		}
		unit *= 10
	}
}

// figures reads a small table that a statement gives of the people in a table, in words.
func (t *tongue) figures(ctx context.Context, db analysis.Engine, name, people string) (header []string, rows [][]any, err error) {
	header, rows, err = fetch(ctx, db, strings.ReplaceAll(statement(name), "export_people", people))
	for _, row := range rows {
		t.inWords(name, row)
	}
	return header, rows, err
}

// fetch reads a small result whole.
func fetch(ctx context.Context, db analysis.Engine, query string, args ...any) (header []string, list [][]any, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, nil, err
	}
	if header, err = rows.Columns(); err != nil {
		return nil, nil, errors.Join(err, rows.Close())
	}
	var kept keeper
	err = drain(ctx, rows, len(header), []sink{&kept})
	return header, kept, err
}

// keeper is a sink that keeps copies of the rows.
type keeper [][]any

func (k *keeper) row(values []any) error {
	*k = append(*k, append([]any(nil), values...))
	return nil
}
