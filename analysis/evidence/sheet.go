package evidence

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/breachscope/breachscope/analysis"
)

// takeBook enters a workbook: as one file when one of its sheets holds rows, else every sheet that does as a file of its
// own, BOOK/SHEET. Sheets have no bytes of their own, so theirs are known by the workbook's hash and their name.
func (a *addition) takeBook(ctx context.Context, f item, s *staged) error {
	book, why, err := a.openBook(f.name, s)
	if err != nil {
		return err
	}
	if book == nil {
		s.refusal = why
		return a.takeStaged(ctx, f, s)
	}
	defer book.Close()
	sheets, err := a.sheetsWithRows(f.name, s, book)
	if err != nil {
		return err
	}
	for _, sheet := range sheets {
		own, part := f, *s
		part.book, part.sheet = book, sheet
		if len(sheets) > 1 {
			own.name = f.name + "/" + sheet.name
			sum := sha256.Sum256([]byte(s.sha256 + "/" + sheet.name))
			part.sha256 = hex.EncodeToString(sum[:])
			part.notes = append(slices.Clone(s.notes), fmt.Sprintf("one of %d sheets of the workbook with SHA-256 %s", len(sheets), s.sha256))
		}
		if err := a.takeStaged(ctx, own, &part); err != nil {
			return err
		}
	}
	if len(sheets) == 0 {
		return a.takeStaged(ctx, f, s)
	}
	return nil
}

// openBook opens a workbook; book is nil for a document that is none, and why says so.
func (a *addition) openBook(name string, s *staged) (book *excelize.File, why string, err error) {
	if locked, err := encryptedBook(s); err != nil {
		return nil, "", err
	} else if locked && a.options.Password == "" {
		return nil, "", &Locked{name, false}
	}
	book, err = excelize.OpenFile(s.path, excelize.Options{Password: a.options.Password, TmpDir: a.stager.folder})
	switch {
	case errors.Is(err, excelize.ErrWorkbookFileFormat), errors.Is(err, zip.ErrFormat):
		return nil, "it is a document of an older office program; save it as .xlsx or CSV", nil
	case errors.Is(err, excelize.ErrWorkbookPassword):
		return nil, "", &Locked{name, a.options.Password != ""}
	case err != nil:
		return nil, "", &Damaged{name, err.Error()}
	}
	return book, "", nil
}

// sheetsWithRows lists the sheets of a workbook that hold anything, in their order. Charts on sheets of their own do not.
func (a *addition) sheetsWithRows(name string, s *staged, book *excelize.File) (sheets []sheetText, err error) {
	texts, err := a.examine(name, s, book.GetSheetList())
	if err != nil {
		return nil, err
	}
	for _, sheet := range texts {
		rows, err := openRows(book, sheet.name)
		if err != nil && strings.HasSuffix(err.Error(), "is not a worksheet") {
			continue
		}
		if err != nil {
			return nil, &Damaged{name, err.Error()}
		}
		head, err := firstRows(rows, 1)
		rows.close()
		if err != nil {
			return nil, &Damaged{name, err.Error()}
		}
		if len(head) > 0 {
			sheets = append(sheets, sheet)
		} else if err := a.complete(name, s, sheet, 0); err != nil {
			return nil, err
		}
	}
	return sheets, nil
}

// tabulateSheet reads one sheet of a workbook.
func (a *addition) tabulateSheet(ctx context.Context, f *File, s *staged) (*table, error) {
	if s.book == nil {
		f.unrecognised(orText(s.refusal, "it is a workbook without rows"))
		return nil, nil
	}
	t, err := a.tabulateOne(ctx, f, s)
	if err != nil || t == nil {
		return t, err
	}
	if n := s.sheet.unresolved; n > 0 {
		f.note(fmt.Sprintf("%s without a stored result read as empty, the first in %s; save the workbook in a spreadsheet program and add it again", count(n, "formula"), s.sheet.first))
	}
	t.notes = append(t.notes, "sheet "+strconv.Quote(s.sheet.name))
	if visible, err := s.book.GetSheetVisible(s.sheet.name); err == nil && !visible {
		f.note("the sheet " + strconv.Quote(s.sheet.name) + " is hidden in the workbook")
	}
	return t, nil
}

// encryptedBook tells a protected workbook from a document of an older office program; both lie in the same container.
func encryptedBook(s *staged) (bool, error) {
	if !bytes.HasPrefix(s.head, []byte("\xD0\xCF\x11\xE0")) {
		return false, nil
	}
	content, err := os.ReadFile(s.path)
	var name []byte
	for _, b := range []byte("EncryptedPackage") {
		name = append(name, b, 0)
	}
	return bytes.Contains(content, name), err
}

// sheetRows walks the rows of a sheet. Cells are given as stored, so that long numbers keep their digits, and as
// shown, so that dates are known for what they are.
type sheetRows struct {
	stored, shown *excelize.Rows
	since1904     bool
	filled        int64 // cells read that hold something
}

func openRows(book *excelize.File, sheet string) (r *sheetRows, err error) {
	r = &sheetRows{}
	if properties, err := book.GetWorkbookProps(); err == nil && properties.Date1904 != nil {
		r.since1904 = *properties.Date1904
	}
	if r.stored, err = book.Rows(sheet); err != nil {
		return nil, err
	}
	if r.shown, err = book.Rows(sheet); err != nil {
		r.stored.Close()
		return nil, err
	}
	return r, nil
}

func (r *sheetRows) close() {
	r.stored.Close()
	r.shown.Close()
}

func (r *sheetRows) next() bool {
	return r.stored.Next() && r.shown.Next()
}

func (r *sheetRows) cells() ([]string, error) {
	stored, err := r.stored.Columns(excelize.Options{RawCellValue: true})
	if err != nil {
		return nil, err
	}
	shown, err := r.shown.Columns()
	if err != nil {
		return nil, err
	}
	for i := range stored {
		if stored[i] != "" {
			r.filled++
		}
		if i < len(shown) && shown[i] != stored[i] {
			stored[i] = cell(stored[i], shown[i], r.since1904)
		}
	}
	return stored, nil
}

var (
	shownDay  = regexp.MustCompile(`\d{1,4}[-/.年년] ?\d{1,2}[-/.月월] ?\d{1,4}|\d{1,2}[月월]|(?i)(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)`)
	shownDate = regexp.MustCompile(shownDay.String() + `|\d:\d\d`)
	serial    = regexp.MustCompile(`^\d{1,5}(\.\d+)?([eE][-+]?\d+)?$`)
	signs     = regexp.MustCompile(`[,\s%()₩$€¥£\\]`) // beside the digits of a number as shown
)

// cell gives a date in ISO form, a truth as the CRM writes it, and anything else as it is stored, numbers without exponent.
// since1904 is how the workbook counts its days.
func cell(stored, shown string, since1904 bool) string {
	number, err := strconv.ParseFloat(stored, 64)
	_, plain := strconv.ParseFloat(signs.ReplaceAllString(shown, ""), 64)
	switch {
	case err != nil:
		return stored
	case shown == "TRUE" || shown == "FALSE":
		return strings.ToLower(shown)
	case plain != nil && serial.MatchString(stored) && shownDate.MatchString(shown):
		at, err := excelize.ExcelDateToTime(number, since1904)
		if err != nil {
			return stored
		}
		at = at.Round(time.Millisecond)
		if number < 1 && strings.Contains(shown, ":") || number < 60 && !shownDay.MatchString(shown) { // a time of day, or a span
			span := time.Duration(number * 24 * float64(time.Hour)).Round(time.Millisecond)
			return fmt.Sprintf("%02d", int(span.Hours())) + time.Time{}.Add(span).Format(":04:05.999")
		}
		if at.Equal(at.Truncate(24*time.Hour)) && !strings.Contains(shown, ":") {
			return at.Format("2006-01-02")
		}
		return at.Format("2006-01-02 15:04:05.999")
	case strings.ContainsAny(stored, "eE"):
		return strconv.FormatFloat(number, 'f', -1, 64)
	}
	return stored
}

// tabulateOne stages a sheet as plain rows, nil when it holds none.
func (a *addition) tabulateOne(ctx context.Context, f *File, s *staged) (*table, error) {
	rows, err := openRows(s.book, s.sheet.name)
	if err != nil {
		return nil, &Damaged{f.Name, err.Error()}
	}
	defer rows.close()
	head, err := firstRows(rows, 40)
	if err != nil {
		return nil, &Damaged{f.Name, err.Error()}
	}
	if len(head) == 0 {
		return nil, nil
	}
	at, _ := headerOf(padded(head))
	t := &table{columns: trimmed(head[at])}
	if at > 0 {
		t.notes = append(t.notes, count(at, "row")+" above the header")
	}
	if twice := t.beside(); twice != "" {
		f.note("its header names " + twice + " again behind an empty column: a second table may stand beside the first; save it as a sheet of its own")
	}
	w, err := a.newRewriter(len(t.columns))
	if err != nil {
		return nil, err
	}
	defer w.close()
	for _, cells := range head[at+1:] {
		w.cells(t, cells)
	}
	if err := a.restOf(ctx, f, rows, w, t); err != nil {
		return nil, err
	}
	if err := a.complete(f.Name, s, s.sheet, rows.filled); err != nil {
		return nil, err
	}
	if err := w.flush(); err != nil {
		return nil, err
	}
	t.rewritten(w)
	return t, nil
}

// beside is the first column that is named again behind one without a name, "" for none.
func (t *table) beside() string {
	gap := slices.Index(t.columns, "")
	for i := gap + 1; gap > 0 && i < len(t.columns); i++ {
		if name := t.columns[i]; name != "" && slices.Contains(t.columns[:gap], name) {
			return name
		}
	}
	return ""
}

// restOf stages the rows of a sheet below those read to find its header.
func (a *addition) restOf(ctx context.Context, f *File, rows *sheetRows, w *rewriter, t *table) error {
	for rows.next() {
		if w.line%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		cells, err := rows.cells()
		if err != nil {
			return &Damaged{f.Name, err.Error()}
		}
		w.cells(t, cells)
		if w.line%4096 == 0 {
			a.progress.Tell(analysis.Step{Name: "reading rows", File: f.Name, Rows: w.records})
		}
	}
	if err := rows.stored.Error(); err != nil {
		return &Damaged{f.Name, err.Error()}
	}
	return nil
}

// cells stages a row of a sheet, which leaves out the empty cells at its end.
func (w *rewriter) cells(t *table, cells []string) {
	r := record{fields: trimmed(cells)}
	switch {
	case len(r.fields) == 0:
	case len(r.fields) > w.width:
		r.problem, r.text = "has "+count(len(r.fields), "cell")+", the header has "+strconv.Itoa(w.width), strings.Join(r.fields, "\t")
		w.reject(r)
	default:
		r.fields = append(slices.Clip(r.fields), make([]string, w.width-len(r.fields))...)
		if len(t.sample) < sampleRows {
			t.sample = append(t.sample, r.fields)
		}
		w.accept(r)
	}
}

// rewritten takes over what a rewriter staged.
func (t *table) rewritten(w *rewriter) {
	t.files = append(t.files, w.good.Name(), w.bad.Name())
	t.records, t.rejected, t.numbered = w.records, w.rejected, true
	t.staged, t.delimiter, t.longest = w.good.Name(), ',', w.longest
	t.from = readCSV([]string{t.staged}, t.delimiter, t.read(), t.longest)
	if w.rejected > 0 {
		t.rejects, t.longestReject = w.bad.Name(), w.longestReject
	}
}

func firstRows(rows *sheetRows, n int) (head [][]string, err error) {
	for len(head) < n && rows.next() {
		cells, err := rows.cells()
		if err != nil {
			return nil, fmt.Errorf("reading a sheet: %w", err)
		}
		if len(trimmed(cells)) > 0 {
			head = append(head, cells)
		}
	}
	return head, nil
}

// padded makes rows equally wide: a sheet leaves out empty cells at the end of a row, which says nothing about it.
func padded(rows [][]string) [][]string {
	width := 0
	for _, r := range rows {
		width = max(width, len(trimmed(r)))
	}
	wide := make([][]string, len(rows))
	for i, r := range rows {
		wide[i] = append([]string{}, trimmed(r)...)
		if 2*len(wide[i]) > width {
			for len(wide[i]) < width {
				wide[i] = append(wide[i], "")
			}
		}
	}
	return wide
}

// trimmed leaves out empty cells at the end.
func trimmed(cells []string) []string {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	return cells
}
