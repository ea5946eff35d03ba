package export

import (
	"archive/zip"
	"bytes"
	"embed"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

//go:embed docx/*.xml
var docxParts embed.FS

// document is a text for a word processor: headings, paragraphs, lists and plain tables.
type document struct {
	body   strings.Builder
	tongue *tongue
}

// open marks, in a paragraph, what the case does not know and a person has to fill in: 〔…〕, shown highlighted.
const openMark, closeMark = "〔", "〕"

func (d *document) paragraph(style, text string) {
	fmt.Fprintf(&d.body, `<w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr>`, style)
	d.runs(d.tongue.say(text), false)
	d.body.WriteString(`</w:p>`)
}

// runs writes a text and highlights what is open in it.
func (d *document) runs(text string, bold bool) {
	for text != "" {
		before, rest, found := strings.Cut(text, openMark)
		d.run(before, bold, false)
		if !found {
			return
		}
		inside, after, _ := strings.Cut(rest, closeMark)
		d.run(openMark+inside+closeMark, bold, true)
		text = after
	}
}

func (d *document) run(text string, bold, open bool) {
	if text == "" {
		return
	}
	d.body.WriteString(`<w:r><w:rPr>`)
	if bold {
		d.body.WriteString(`<w:b/>`)
	}
	if open {
		d.body.WriteString(`<w:highlight w:val="yellow"/>`)
	}
	d.body.WriteString(`</w:rPr><w:t xml:space="preserve">` + escaped(text) + `</w:t></w:r>`)
}

func escaped(text string) string {
	var b bytes.Buffer
	xml.EscapeText(&b, []byte(text)) // writing into memory does not fail; what XML cannot hold becomes U+FFFD
	return b.String()
}

// table writes a header and rows; the last row is a sum when totals says so.
func (d *document) table(header []string, rows [][]any, totals bool) {
	d.body.WriteString(`<w:tbl><w:tblPr><w:tblStyle w:val="Plain"/><w:tblW w:w="5000" w:type="pct"/></w:tblPr><w:tblGrid>` +
		strings.Repeat(`<w:gridCol/>`, len(header)) + `</w:tblGrid>`)
	names := make([]any, len(header))
	for i, name := range header {
		names[i] = name
	}
	d.tableRow(names, true, `<w:tblHeader/>`) // stands again where the table goes on
	for i, row := range rows {
		d.tableRow(row, totals && i == len(rows)-1, "")
	}
	d.body.WriteString(`</w:tbl>`)
	d.paragraph("Normal", "")
}

func (d *document) tableRow(row []any, bold bool, repeat string) {
	d.body.WriteString(`<w:tr><w:trPr><w:cantSplit/>` + repeat + `</w:trPr>`)
	for i, value := range row {
		align := "left"
		if _, number := value.(int64); number || i > 0 && bold {
			align = "right"
		}
		fmt.Fprintf(&d.body, `<w:tc><w:p><w:pPr><w:pStyle w:val="Cell"/><w:jc w:val="%s"/></w:pPr>`, align)
		d.runs(d.tongue.say(said(value)), bold)
		d.body.WriteString(`</w:p></w:tc>`)
	}
	d.body.WriteString(`</w:tr>`)
}

// said is a value as a reader wants it: numbers with separators, times (UTC) to the minute.
func said(value any) string {
	switch v := value.(type) {
	case int64:
		return english.Sprintf("%d", v)
	case time.Time:
		return v.UTC().Format("2006-01-02 15:04")
	}
	return plain(value)
}

// save writes the document.
func (d *document) save(path string) (err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Sync(), file.Close()) }()
	out := zip.NewWriter(file)
	for _, part := range []struct{ name, file string }{
		{"[Content_Types].xml", "types.xml"}, {"_rels/.rels", "package.xml"}, {"word/_rels/document.xml.rels", "document.xml"}, {"word/styles.xml", "styles.xml"},
	} {
		body, err := docxParts.ReadFile("docx/" + part.file)
		if err != nil {
			return err
		}
		if err := put(out, part.name, body); err != nil {
			return err
		}
	}
	page := `<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>`
	body := xml.Header + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + d.body.String() + page + `</w:body></w:document>`
	return errors.Join(put(out, "word/document.xml", []byte(body)), out.Close())
}

func put(out *zip.Writer, name string, body []byte) error {
	w, err := out.Create(name)
	if err != nil {
		return err
	}
	_, err = w.Write(body)
	return err
}
