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
	place  string // as the notes name the sheet
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
	p := b.parts[0]
	g := &page{file: p.file, styles: p.styles, notes: b.notes, place: b.place(name), tongue: b.tongue, at: 1, wide: pageColumns}
	name = b.tongue.say(name)
	g.sheet = name
	hidden := false
	g.widen(firstWidth, slices.Repeat([]float64{otherWidth}, pageColumns-1)...)
	g.keep(p.file.SetSheetView(name, 0, &excelize.ViewOptions{ShowGridLines: &hidden}), fitWidth(p.file, name))
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

// landscape turns the paper.
func landscape(file *excelize.File, sheet string) error {
	a4, landscape := 9, "landscape"
	return file.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &a4, Orientation: &landscape})
}

// fitWidth makes a sheet fit the width of the paper, with narrow margins.
func fitWidth(file *excelize.File, sheet string) error {
	wide, high, fit, margin := 1, 0, true, 0.5
	return errors.Join(landscape(file, sheet),
		file.SetPageLayout(sheet, &excelize.PageLayoutOptions{FitToWidth: &wide, FitToHeight: &high}),
		file.SetPageMargins(sheet, &excelize.PageLayoutMarginsOptions{Top: &margin, Bottom: &margin, Left: &margin, Right: &margin}),
		file.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
}

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
	if text, is := value.(string); is {
		value = g.notes.fit(g.place, g.tongue.say(text))
	}
	ref := cellName(column, g.at)
	g.wide = max(g.wide, column)
	g.keep(g.file.SetCellValue(g.sheet, ref, value), g.file.SetCellStyle(g.sheet, ref, ref, style))
}

// across writes a text over the whole width, as high as it needs, and goes to the next row.
func (g *page) across(text string, style int, perLine, height float64) {
	text = g.tongue.say(text)
	g.set(1, text, style)
	if g.err != nil {
		return
	}
	lines := 0.0
	for _, l := range splitLines(text) {
		lines += max(1, math.Ceil(length(l)/perLine))
	}
	g.keep(g.file.MergeCell(g.sheet, cellName(1, g.at), cellName(pageColumns, g.at)), g.file.SetCellStyle(g.sheet, cellName(1, g.at), cellName(pageColumns, g.at), style),
		g.file.SetRowHeight(g.sheet, g.at, min(lines*height+4, excelize.MaxRowHeight)))
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
	if text, is := value.(string); is {
		value = g.tongue.say(text)
	}
	g.set(1, label, g.styles.label)
	g.set(2, value, g.styles.value)
	g.keep(g.file.MergeCell(g.sheet, cellName(2, g.at), cellName(pageColumns, g.at)))
	if text, is := value.(string); is {
		lines := 0.0
		for _, l := range splitLines(text) {
			lines += max(1, math.Ceil(length(l)/((lineChars-firstWidth)*0.9)))
		}
		g.keep(g.file.SetRowHeight(g.sheet, g.at, min(lines*15+3, excelize.MaxRowHeight)))
	}
	g.at++
}

// block is where a small table of a page came to stand: its header and its first and last row of data.
type block struct{ header, first, last int }

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
	}
	return b
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
		lines = max(lines, math.Ceil(length(name)/(g.width[i]*0.85)))
	}
	g.keep(g.file.SetRowHeight(g.sheet, g.at, lines*14+6))
	g.at++
}

// line writes one row of a small table, as high as its longest text needs.
func (g *page) line(row []any, total bool) {
	lines := 1.0
	for i, v := range row {
		lines = max(lines, math.Ceil(length(plain(v))/(g.width[i]*0.95)))
		g.set(i+1, v, g.styles.small(v, total))
	}
	if lines > 1 {
		g.keep(g.file.SetRowHeight(g.sheet, g.at, min(lines*14+3, excelize.MaxRowHeight)))
	}
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

// chart draws the columns of a block over the rows from top on.
func (g *page) chart(kind excelize.ChartType, title string, b block, anchor string, columns []int, most int) {
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
	gap := uint(60)
	g.keep(g.file.AddChart(g.sheet, anchor, &excelize.Chart{Type: kind, Series: series, GapWidth: &gap,
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: g.tongue.say(title), Font: &excelize.Font{Size: 11, Bold: true, Color: ink, Family: "Malgun Gothic"}}}},
		Legend:    excelize.ChartLegend{Position: "bottom"},
		Dimension: excelize.ChartDimension{Width: 460, Height: 300},
		XAxis:     excelize.ChartAxis{ReverseOrder: kind == excelize.BarStacked, Font: excelize.Font{Size: 9, Color: muted}},
		YAxis:     excelize.ChartAxis{MajorGridLines: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "#,##0"}, Font: excelize.Font{Size: 9, Color: muted}},
	}))
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
