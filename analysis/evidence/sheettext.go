package evidence

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// The library that reads the rows of a sheet takes the place where its text breaks off or breaks down for its end, puts cells
// that are out of order in other columns, and gives formulas that were never calculated as empty cells. So the tags of every
// sheet are gone through on their own, without the cost of taking the text apart, and the cells counted.

// sheetText is what the text of a sheet tells beside its rows.
type sheetText struct {
	name       string
	filled     int64  // cells with a value
	unresolved int64  // formulas without one
	first      string // the place of the first
	ends       bool   // the tag that ends it is there
}

// examine goes through the text of every sheet of a workbook.
func (a *addition) examine(name string, s *staged, sheets []string) (texts []sheetText, err error) {
	parts, close, err := a.partsOf(s)
	if err != nil {
		return nil, err
	}
	defer close()
	for _, sheet := range sheets {
		part, err := openSheet(parts, sheet)
		if err != nil {
			return nil, &Damaged{name, "its sheet " + strconv.Quote(sheet) + " cannot be found (" + err.Error() + ")"}
		}
		text, err := sheetTextOf(part)
		part.Close()
		if err != nil {
			return nil, &Damaged{name, "its sheet " + strconv.Quote(sheet) + " cannot be read (" + err.Error() + ")"}
		}
		text.name = sheet
		texts = append(texts, text)
	}
	return texts, nil
}

// partsOf opens the archive that a workbook is; a ciphered one is held in memory.
func (a *addition) partsOf(s *staged) (parts *zip.Reader, close func() error, err error) {
	if bytes.HasPrefix(s.head, []byte("PK")) {
		file, err := zip.OpenReader(s.path)
		if err != nil {
			return nil, nil, err
		}
		return &file.Reader, file.Close, nil
	}
	content, err := os.ReadFile(s.path)
	if err != nil {
		return nil, nil, err
	}
	if content, err = excelize.Decrypt(content, &excelize.Options{Password: a.options.Password}); err != nil {
		return nil, nil, err
	}
	parts, err = zip.NewReader(bytes.NewReader(content), int64(len(content)))
	return parts, func() error { return nil }, err
}

// openSheet opens the part of a workbook that holds a sheet (ECMA-376 part 1, section 18.2.19).
func openSheet(parts *zip.Reader, sheet string) (io.ReadCloser, error) {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"id,attr"` // of relationships, in either of the two namespaces of the standard
		} `xml:"sheets>sheet"`
	}
	var links struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		}
	}
	if err := errors.Join(readPart(parts, "xl/workbook.xml", &book), readPart(parts, "xl/_rels/workbook.xml.rels", &links)); err != nil {
		return nil, err
	}
	for _, b := range book.Sheets {
		for _, l := range links.Relationship {
			if b.Name == sheet && l.ID == b.ID {
				name := path.Join("xl", l.Target)
				if strings.HasPrefix(l.Target, "/") { // some programs write the whole path
					name = l.Target[1:]
				}
				return openPart(parts, name)
			}
		}
	}
	return nil, errors.New("the workbook names no part for it")
}

// openPart opens a part by its name, which is without regard to case (ECMA-376 part 2, section 6.2.2.3).
func openPart(parts *zip.Reader, name string) (io.ReadCloser, error) {
	for _, part := range parts.File {
		if strings.EqualFold(part.Name, name) {
			return part.Open()
		}
	}
	return nil, fmt.Errorf("it has no part %s", name)
}

func readPart(parts *zip.Reader, name string, into any) error {
	part, err := openPart(parts, name)
	if err != nil {
		return err
	}
	defer part.Close()
	return xml.NewDecoder(part).Decode(into)
}

var errDisorder = errors.New("its cells do not stand in their order; save the workbook in a spreadsheet program")

// sheetTextOf goes from tag to tag through the text of a sheet.
func sheetTextOf(sheet io.Reader) (found sheetText, err error) {
	tags := bufio.NewScanner(sheet)
	tags.Buffer(make([]byte, 1<<20), 1<<26)
	tags.Split(untilTag)
	var cell string
	var row, column int
	var within, formula, value bool // within the rows
	for err == nil && tags.Scan() {
		tag, text, _ := bytes.Cut(tags.Bytes(), []byte(">"))
		name, attributes, _ := bytes.Cut(bytes.TrimSuffix(tag, []byte("/")), []byte(" "))
		name, ends := bytes.CutPrefix(name, []byte("/"))
		name = name[bytes.IndexByte(name, ':')+1:]
		switch string(name) {
		case "worksheet", "chartsheet", "dialogsheet", "macrosheet":
			found.ends = ends
		case "sheetData":
			within = !ends && !bytes.HasSuffix(tag, []byte("/"))
		case "row":
			if within && !ends {
				row, err = after(row, named(attributes), strconv.Atoi)
				column = 0
			}
		case "c":
			switch {
			case ends && value:
				found.filled++
			case ends && formula:
				if found.unresolved++; found.unresolved == 1 {
					found.first = cell
				}
			}
			if formula, value = false, false; within && !ends {
				cell = named(attributes)
				column, err = after(column, strings.TrimRight(cell, "0123456789"), excelize.ColumnNameToNumber)
			}
		case "f":
			formula = true
		case "v", "t":
			value = value || !ends && len(text) > 0
		}
	}
	return found, errors.Join(err, tags.Err())
}

// named is the attribute r of a tag, by which rows and cells name their place.
func named(attributes []byte) string {
	for rest := attributes; len(rest) > 3; rest = rest[1:] {
		at := bytes.IndexByte(rest, 'r')
		if at < 0 || at+2 >= len(rest) {
			break
		}
		before := at == 0 && &rest[0] == &attributes[0] || at > 0 && rest[at-1] == ' '
		if before && rest[at+1] == '=' {
			name, _, _ := bytes.Cut(rest[at+3:], rest[at+2:at+3])
			return string(name)
		}
		rest = rest[at:]
	}
	return ""
}

// after is the number of a row or column, which must come after the one before; one without a name is the next.
func after(before int, name string, number func(string) (int, error)) (int, error) {
	if name == "" {
		return before + 1, nil
	}
	n, err := number(name)
	if err == nil && n <= before {
		err = errDisorder
	}
	return n, err
}

// untilTag splits a document before every tag.
func untilTag(data []byte, atEnd bool) (advance int, token []byte, err error) {
	if at := bytes.IndexByte(data, '<'); at >= 0 {
		return at + 1, data[:at], nil
	}
	if atEnd && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// wellFormed takes the text of a sheet apart to its end; the error says where it cannot.
func wellFormed(sheet io.Reader) error {
	for contents := xml.NewDecoder(bufio.NewReader(sheet)); ; {
		if _, err := contents.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// complete looks again at a sheet of which not as many cells were read as its text has: one that is no XML to its end was read
// in part. In one that is, the others hold empty texts.
func (a *addition) complete(name string, s *staged, sheet sheetText, read int64) error {
	if sheet.ends && sheet.filled == read {
		return nil
	}
	parts, close, err := a.partsOf(s)
	if err != nil {
		return err
	}
	defer close()
	part, err := openSheet(parts, sheet.name)
	if err != nil {
		return err
	}
	defer part.Close()
	if err := wellFormed(part); err != nil {
		return &Damaged{name, "its sheet " + strconv.Quote(sheet.name) + " cannot be read to the end (" + err.Error() + ")"}
	}
	return nil
}
