package export

import (
	"errors"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Limits of a spreadsheet.
const (
	maxText    = 32_767 // UTF-16 units in a cell
	maxInteger = 1 << 53
)

// sheetRows is the number of rows of one sheet, its header included.
var sheetRows int64 = 1_048_576

// sheet streams one table into as many workbooks as it needs.
type sheet struct {
	book    *workbook
	table   *frozen
	part    *part // the file at hand; nil before the first
	stream  *excelize.StreamWriter
	written int64 // rows of this part, the header included
	done    int64 // rows of all parts, without headers
	cells   []any
	width   []float64
	name    string                      // of the sheet, in the language of the workbook
	spoken  map[int]func(string) string // columns shown in words
}

// sheet begins the sheet of a table. width holds the widths of its columns.
func (b *workbook) sheet(f *frozen, width []float64) (*sheet, error) {
	s := &sheet{book: b, table: f, cells: make([]any, len(f.columns)), width: width, spoken: b.tongue.spoken(f), name: b.tongue.say(f.sheet)}
	return s, s.next()
}

// next goes on in the next workbook.
func (s *sheet) next() error {
	s.written = 0
	p := s.book.first
	if s.part != nil {
		var err error
		if p, err = s.book.further(s.table.sheet); err != nil {
			return err
		}
	}
	s.part = p
	// the stream begins with the range, so it has to be known before the rows
	last := min(s.table.rows-s.done+1, sheetRows)
	if err := errors.Join(s.print(p.file), p.file.SetSheetDimension(s.name, "A1:"+cellName(len(s.table.columns), int(last)))); err != nil {
		return err
	}
	var err error
	if s.stream, err = p.file.NewStreamWriter(s.name); err != nil {
		return err
	}
	if err := s.layout(p.styles); err != nil {
		return err
	}
	for i, c := range s.table.columns {
		s.cells[i] = excelize.Cell{StyleID: p.styles.header, Value: s.book.tongue.heading(c.name)}
	}
	return s.put(excelize.RowOpts{Height: 20})
}

// print repeats the header and the first column on every page, and takes as many pages side by side as reading needs.
func (s *sheet) print(file *excelize.File) error {
	wide := 0.0
	for _, width := range s.width {
		wide += width
	}
	sheet := "'" + s.name + "'!"
	return errors.Join(paper(file, s.name, int(math.Ceil(wide/readable))),
		file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: sheet + "$A:$A," + sheet + "$1:$1", Scope: s.name}))
}

// layout sets what has to be known before the first row.
func (s *sheet) layout(styles styles) error {
	for i, c := range s.table.columns {
		n := i + 1
		if err := errors.Join(s.stream.SetColStyle(n, n, styles.of(c)), s.stream.SetColWidth(n, n, s.width[i])); err != nil {
			return err
		}
	}
	return s.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

func (s *sheet) row(values []any) error {
	if s.written == sheetRows {
		if err := errors.Join(s.close(), s.next()); err != nil {
			return err
		}
	}
	s.done++
	for i, v := range values {
		if text, is := v.(string); is && s.spoken[i] != nil {
			v = s.spoken[i](text)
		}
		s.cells[i] = s.cell(v)
	}
	return s.put()
}

func (s *sheet) put(o ...excelize.RowOpts) error {
	s.written++
	ref, err := excelize.CoordinatesToCellName(1, int(s.written))
	if err != nil {
		return err
	}
	return s.stream.SetRow(ref, s.cells, o...)
}

// close ends the sheet in the present file and gives it a filter. A further file is complete with it.
func (s *sheet) close() error {
	err := s.filter()
	if err == nil && s.part != s.book.first {
		s.book.finish()
	}
	return err
}

func (s *sheet) filter() error {
	if s.written > 1 {
		last, err := excelize.CoordinatesToCellName(len(s.table.columns), int(s.written))
		if err != nil {
			return err
		}
		stripes := true
		err = s.stream.AddTable(&excelize.Table{Range: "A1:" + last, Name: s.table.sheet, StyleName: "TableStyleLight1", ShowRowStripes: &stripes})
		if err != nil {
			return err
		}
	}
	return s.stream.Flush()
}

// cell is a value as a spreadsheet can hold it: a text stays a text whatever it begins with, and so does a number with
// more digits than a spreadsheet keeps.
func (s *sheet) cell(value any) any {
	switch v := value.(type) {
	case string:
		if v == "" {
			return nil
		}
		return s.book.notes.fit(s.book.place(s.table.sheet), v)
	case int64:
		if v > maxInteger || v < -maxInteger {
			return plain(v)
		}
	case bool:
		if v {
			return s.book.tongue.say("yes")
		}
		return s.book.tongue.say("no")
	}
	return value
}

// fit makes a text fit into a cell and notes what that changed.
func (n notes) fit(place, text string) string {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unprintable) {
		n.add(place, odd, 1)
		text = strings.Map(func(r rune) rune {
			if unprintable(r) {
				return utf8.RuneError
			}
			return r
		}, text)
	}
	if len(text) <= maxText {
		return text
	}
	if cut, is := shorten(text); is {
		n.add(place, cutText, 1)
		return cut
	}
	return text
}

// unprintable runes cannot stand in the XML of a workbook.
func unprintable(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
}

// shorten cuts a text to what a cell holds and says whether it had to.
func shorten(text string) (string, bool) {
	units, end := 0, 0
	for i, r := range text {
		n := 1
		if r > 0xFFFF {
			n = 2
		}
		if units += n; units < maxText {
			end = i + utf8.RuneLen(r)
		}
	}
	if units <= maxText {
		return text, false
	}
	return text[:end] + "…", true
}
