package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/xuri/excelize/v2"
	"golang.org/x/sync/errgroup"
)

const reportName = "breachscope-report"

// sheets of a report, in order.
var sheets = []string{"Summary", "People", "Records", "Fields", "Sessions", "Queries", "Duties", "Evidence", "Method", "Journal", "Employees"}

// workbook is a report: one file with all sheets, and further ones for what of a long table does not fit into its sheet.
type workbook struct {
	ctx    context.Context // of the export; its end ends the saving
	folder string          // where the files go
	name   string          // of the first file, without extension
	sheets []string
	temp   string // private folder for what is being streamed
	notes  notes
	first  *part
	open   *part          // the further file that is being written, if any
	more   []string       // the further files, each with the sheet that goes on in it
	saving errgroup.Group // of the further files, one beside the writing of the next

	password string // to open the files, "" none
	tongue   *tongue
}

type part struct {
	file   *excelize.File
	styles styles
	name   string // of the file
}

func newWorkbook(ctx context.Context, folder, name, temp string, sheets []string, n notes, t *tongue) (b *workbook, err error) {
	b = &workbook{ctx: ctx, folder: folder, name: name, temp: temp, sheets: sheets, notes: n, tongue: t}
	b.saving.SetLimit(1)
	b.first, err = b.part(name+".xlsx", sheets)
	return b, err
}

// place names a sheet in the notes; one of the report is named without its file.
func (b *workbook) place(sheet string) string {
	if b.name == reportName {
		return "Sheet " + sheet
	}
	return b.name + ".xlsx, sheet " + sheet
}

// part begins a file with these sheets.
func (b *workbook) part(file string, sheets []string) (*part, error) {
	names := make([]string, len(sheets))
	for i, name := range sheets {
		names[i] = b.tongue.say(name)
	}
	p, err := newPart(names, b.temp)
	if err != nil {
		return nil, err
	}
	p.name = file
	return p, nil
}

// further begins NAME-2.xlsx, NAME-3.xlsx, …, in which a sheet goes on.
func (b *workbook) further(sheet string) (p *part, err error) {
	name := fmt.Sprintf("%s-%d.xlsx", b.name, len(b.more)+2)
	b.more = append(b.more, b.tongue.say(sheet)+": "+name)
	b.open, err = b.part(name, []string{sheet})
	return b.open, err
}

func newPart(names []string, temp string) (*part, error) {
	file := excelize.NewFile(excelize.Options{TmpDir: temp})
	if err := errors.Join(file.SetDefaultFont("Malgun Gothic"), file.SetSheetName("Sheet1", names[0])); err != nil {
		return nil, err
	}
	for _, name := range names[1:] {
		if _, err := file.NewSheet(name); err != nil {
			return nil, err
		}
	}
	styles, err := newStyles(file)
	return &part{file: file, styles: styles}, err
}

// finish saves a further file and lets it go: open, each would keep its last 32 MB in memory.
func (b *workbook) finish() {
	p := b.open
	b.open = nil
	b.saving.Go(func() error { return errors.Join(b.save(p), p.file.Close()) })
}

// end saves the first file, when its pages are written, and waits for the others.
func (b *workbook) end() error { return errors.Join(b.save(b.first), b.saving.Wait()) }

func (b *workbook) save(p *part) error {
	path := filepath.Join(b.folder, p.name)
	p.file.SetActiveSheet(0)
	if err := p.save(b.ctx, path); err != nil {
		return fmt.Errorf("saving %s: %w", p.name, err)
	}
	if b.password == "" {
		return nil
	}
	return lock(path, b.password)
}

func (p *part) save(ctx context.Context, path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	p.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return newContainer(file, stoppable{ctx, file}) })
	_, err = p.file.WriteToBuffer() // the buffer stays empty
	return errors.Join(err, file.Sync(), file.Close())
}

// stoppable ends a long write when its context ends.
type stoppable struct {
	ctx context.Context
	io.Writer
}

func (s stoppable) Write(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.Writer.Write(p)
}

func (b *workbook) close() error {
	b.saving.Wait() // its problem is told by end, or came after another
	if b.open != nil {
		return errors.Join(b.open.file.Close(), b.first.file.Close())
	}
	return b.first.file.Close()
}

// Colours of the report.
const (
	ink    = "1F2933"
	muted  = "66727F"
	accent = "2F5D7C"
	pale   = "EEF2F6"
	line   = "C9D2DC"
	warm   = "B4632D"
)

// styles are numbers that a workbook gave to ways of writing a cell.
type styles struct {
	header, text, count, score, moment        int // of a table
	title, lead, section, words, label, value int // of a page
	total, totalCount, warning                int
	smallHeader, numberHeader                 int
}

func (s styles) of(c column) int {
	switch {
	case c.time():
		return s.moment
	case c.kind == "DOUBLE":
		return s.score
	case strings.HasSuffix(c.kind, "INT") || c.kind == "INTEGER":
		return s.count
	}
	return s.text
}

func newStyles(file *excelize.File) (s styles, err error) {
	make := func(to *int, style excelize.Style) {
		id, problem := file.NewStyle(&style)
		*to, err = id, errors.Join(err, problem)
	}
	font := func(size float64, bold bool, colour string) *excelize.Font {
		return &excelize.Font{Family: "Malgun Gothic", Size: size, Bold: bold, Color: colour}
	}
	number := func(format string) *string { return &format }
	top := &excelize.Alignment{Vertical: "top"}
	wrapped := &excelize.Alignment{Vertical: "top", WrapText: true}
	inset := &excelize.Alignment{Vertical: "top", Horizontal: "left", WrapText: true, Indent: 1} // keeps a text off the number on its left
	under := []excelize.Border{{Type: "bottom", Color: accent, Style: 1}}
	over := []excelize.Border{{Type: "top", Color: line, Style: 1}}
	fill := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{pale}}

	make(&s.header, excelize.Style{Font: font(10, true, accent), Fill: fill, Border: under, Alignment: &excelize.Alignment{Vertical: "center"}})
	make(&s.smallHeader, excelize.Style{Font: font(10, true, accent), Fill: fill, Border: under, Alignment: &excelize.Alignment{Vertical: "center", Horizontal: "left", WrapText: true, Indent: 1}})
	make(&s.numberHeader, excelize.Style{Font: font(10, true, accent), Fill: fill, Border: under, Alignment: &excelize.Alignment{Vertical: "center", Horizontal: "right", WrapText: true}})
	make(&s.text, excelize.Style{Font: font(10, false, ink), Alignment: top, NumFmt: 49})
	make(&s.count, excelize.Style{Font: font(10, false, ink), Alignment: top, CustomNumFmt: number("#,##0")})
	make(&s.score, excelize.Style{Font: font(10, false, ink), Alignment: top, CustomNumFmt: number("0.0")})
	make(&s.moment, excelize.Style{Font: font(10, false, ink), Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "left", Indent: 1}, CustomNumFmt: number("yyyy-mm-dd hh:mm:ss")})
	make(&s.title, excelize.Style{Font: font(20, true, ink), Alignment: &excelize.Alignment{Vertical: "center"}})
	make(&s.lead, excelize.Style{Font: font(11, false, muted), Alignment: wrapped})
	make(&s.section, excelize.Style{Font: font(13, true, accent), Border: under, Alignment: &excelize.Alignment{Vertical: "center"}})
	make(&s.words, excelize.Style{Font: font(11, false, ink), Alignment: wrapped})
	make(&s.label, excelize.Style{Font: font(10, false, muted), Alignment: wrapped})
	make(&s.value, excelize.Style{Font: font(10, false, ink), Alignment: inset})
	make(&s.total, excelize.Style{Font: font(10, true, ink), Border: over, Alignment: inset})
	make(&s.totalCount, excelize.Style{Font: font(10, true, ink), Border: over, Alignment: top, CustomNumFmt: number("#,##0")})
	make(&s.warning, excelize.Style{Font: font(11, true, warm), Alignment: wrapped})
	return s, err
}

// heading is a column's name in words.
func heading(name string) string {
	if words, ok := headings[name]; ok {
		return words
	}
	moment := strings.HasSuffix(name, "_at")
	words := strings.ReplaceAll(strings.TrimSuffix(name, "_at"), "_", " ")
	words = strings.ToUpper(words[:1]) + words[1:]
	if moment {
		words += " (UTC)"
	}
	return words
}

// headings that do not follow from the name.
var headings = map[string]string{
	"at": "Time (UTC)", "seq": "No.", "sha256": "SHA-256", "ip": "Address", "ip_countries": "Countries of the addresses",
	"ip_holders": "Holders of the addresses", "sql": "Run again as", "user_agent": "User agent", "account_id": "Account ID", "account_name": "Account",
	"account_holder": "Name", "record_id": "Record ID", "person_id": "Person ID", "session_id": "Session ID", "query_id": "Query ID",
	"list": "List", "act": "Viewed or acquired", "grade": "How it is known", "why": "Why", "in_snapshot": "In the customer table",
	"records": "Record IDs", "residence_from": "Residence taken from", "holding": "Own record or linked", "shared_keys": "Shares its keys with another client",
	"log_gap": "Log gap that no other source shows", "log_gaps": "Log gaps it spans", "rows_replayed": "Rows when run again", "rows_logged": "Rows in the log", "rows_missing": "Rows no longer nameable",
	"organisation_from": "Organisation taken from", "source_keeps_days": "Days the source keeps", "source_holds_from": "Nothing from before (UTC)",
	"rows_certain": "Rows beyond doubt", "rows_extra": "Child rows", "text": "What was asked", "category_from": "Category taken from",
	"rows_apart": "Logged less run again", "columns_logged": "Columns in the log", "columns_replayed": "Columns when run again",
	"cluster": "Group that may be one person", "persons_at_most": "Persons at most", "persons_at_most_any": "Persons at most, records on other lists included",
	"bytes_estimated": "Bytes of the values, estimated",
}
