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
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Programs that write workbooks without calculating leave formulas without a result, which every reader takes for empty
// cells. They are counted in the text of the sheet, since the rows of a workbook do not tell them from empty ones.

// noteFormulas says how many formulas of a sheet have no stored result, and where the first stands.
func (a *addition) noteFormulas(f *File, s *staged) error {
	parts, close, err := a.partsOf(s)
	if err != nil {
		return err
	}
	defer close()
	name, err := sheetPart(parts, s.sheet)
	if err != nil || name == "" {
		return err
	}
	sheet, err := parts.Open(name)
	if err != nil {
		return err
	}
	defer sheet.Close()
	n, first, err := unresolved(sheet)
	if n > 0 {
		f.note(fmt.Sprintf("%s without a stored result read as empty, the first in %s; save the workbook in a spreadsheet program and add it again", count(n, "formula"), first))
	}
	return err
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

// sheetPart is the part of a workbook that holds a sheet, "" when it cannot be told (ECMA-376 part 1, section 18.2.19).
func sheetPart(parts *zip.Reader, sheet string) (string, error) {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var links struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		}
	}
	if err := errors.Join(readPart(parts, "xl/workbook.xml", &book), readPart(parts, "xl/_rels/workbook.xml.rels", &links)); err != nil {
		return "", err
	}
	for _, b := range book.Sheets {
		for _, l := range links.Relationship {
			if b.Name == sheet && l.ID == b.ID {
				if strings.HasPrefix(l.Target, "/") { // some programs write the whole path
					return l.Target[1:], nil
				}
				return path.Join("xl", l.Target), nil
			}
		}
	}
	return "", nil
}

func readPart(parts *zip.Reader, name string, into any) error {
	part, err := parts.Open(name)
	if err != nil {
		return err
	}
	defer part.Close()
	return xml.NewDecoder(part).Decode(into)
}

// unresolved counts the cells of a sheet that hold a formula and no value. It goes from tag to tag, without the cost of
// taking the whole document apart.
func unresolved(sheet io.Reader) (n int64, first string, err error) {
	tags := bufio.NewScanner(sheet)
	tags.Buffer(make([]byte, 1<<16), 1<<26)
	tags.Split(untilTag)
	var cell []byte
	formula, value := false, false
	for tags.Scan() {
		tag, text, _ := bytes.Cut(tags.Bytes(), []byte(">"))
		name, attributes, _ := bytes.Cut(bytes.TrimSuffix(tag, []byte("/")), []byte(" "))
		name, ends := bytes.CutPrefix(name, []byte("/"))
		switch string(name[bytes.IndexByte(name, ':')+1:]) {
		case "c":
			if ends && formula && !value {
				if n++; n == 1 {
					first = cellAt.FindString(string(cell))
				}
			}
			cell, formula, value = append(cell[:0], attributes...), false, false
		case "f":
			formula = true
		case "v", "t":
			value = value || !ends && len(text) > 0
		}
	}
	return n, first, tags.Err()
}

// cellAt is the place of a cell as a sheet names it.
var cellAt = regexp.MustCompile(`\b[A-Z]{1,3}[1-9][0-9]*\b`)

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
