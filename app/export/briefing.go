package export

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"github.com/breachscope/breachscope/analysis"
)

//go:embed letters/*.txt
var letters embed.FS

// brief writes the short report and the drafts of the notices, with the same figures as the workbook.
func (w *writer) brief(ctx context.Context, db analysis.Engine) error {
	w.progress.Tell(analysis.Step{Name: "Writing the briefing", File: "briefing.docx"})
	f, err := readFacts(ctx, db)
	if err != nil {
		return err
	}
	if err := w.briefing(ctx, db, f); err != nil {
		return fmt.Errorf("writing the briefing: %w", err)
	}
	if err := w.drafts(ctx, db, f); err != nil {
		return fmt.Errorf("writing the drafts of the notices: %w", err)
	}
	return nil
}

// briefingTables are the small tables of the Summary that the briefing shows, each with the rows it has room for.
var briefingTables = []struct {
	title, statement string
	totals           bool
	most             int
}{
	{"How many", "summary_lists", true, 10},
	{"Between which numbers the truth lies", "summary_range", false, 10},
	{"By country of residence", "summary_countries", true, 12},
	{"By kind of personal data", "summary_categories", false, 15},
	{"What running the queries again gave", "summary_outcomes", false, 10},
	{"Log gaps", "summary_gaps", false, 8},
}

func (w *writer) briefing(ctx context.Context, db analysis.Engine, f facts) error {
	d := document{tongue: w.tongue}
	d.paragraph("Title", "Briefing: "+w.manifest.Case)
	d.paragraph("Lead", fmt.Sprintf("Made on %s by %s. Purpose: %s. The workbook breachscope-report.xlsx of the same export holds every name and reason. Key of the case: %s.",
		w.moment(w.At), named(w.Actor, "an unnamed person"), named(w.Reason, "not stated"), w.manifest.Fingerprint))
	for _, s := range w.story(f) {
		style := "Normal"
		if s.warning {
			style = "Warning"
		}
		d.paragraph(style, s.text)
	}
	for _, t := range briefingTables {
		header, rows, err := w.tongue.figures(ctx, db, t.statement, "export_people")
		if err != nil {
			return err
		}
		d.paragraph("Heading", t.title)
		if len(rows) > t.most {
			d.paragraph("Normal", english.Sprintf("The first %d of %d rows; all are on the Summary of the workbook.", t.most, len(rows)))
			rows = shortened(rows, t.most, t.totals)
		}
		if len(rows) == 0 {
			d.paragraph("Normal", "None.")
			continue
		}
		d.table(header, rows, t.totals)
	}
	d.paragraph("Heading", "How to read this")
	d.paragraph("Normal", "Confirmed: the log names the record, or the same query run again gives exactly it. Possible by a query: a query contained it, that it was taken is not proven. Possible by permission: the account could read it and the logs do not say what it read. This is no legal advice.")
	return d.save(filepath.Join(w.folder, "briefing.docx"))
}

// shortened keeps the first rows, and the sum when there is one.
func shortened(rows [][]any, most int, totals bool) [][]any {
	if !totals {
		return rows[:most]
	}
	return append(rows[:most-1:most-1], rows[len(rows)-1])
}

// drafts writes the notices for the persons of each list, in English and Korean.
func (w *writer) drafts(ctx context.Context, db analysis.Engine, f facts) error {
	known, err := w.known(ctx, db, f)
	if err != nil {
		return err
	}
	folder := filepath.Join(w.folder, "notices")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	for _, name := range []string{"confirmed.en", "confirmed.ko", "possible.en", "possible.ko"} {
		t, err := template.ParseFS(letters, "letters/"+name+".txt")
		if err != nil {
			return err
		}
		var text bytes.Buffer
		if err := t.Execute(&text, known); err != nil {
			return err
		}
		if err := letter(text.String()).save(filepath.Join(folder, "notice-"+name+".docx")); err != nil {
			return err
		}
	}
	return nil
}

// letter reads the few marks the drafts are written with.
func letter(text string) *document {
	d := document{tongue: &tongue{code: "en"}} // letters have their language
	for _, l := range strings.Split(strings.TrimSpace(text), "\n") {
		style := "Normal"
		for _, mark := range []struct{ begin, style string }{{"# ", "Title"}, {"## ", "Heading"}, {"> ", "Lead"}, {"- ", "Item"}} {
			if rest, is := strings.CutPrefix(l, mark.begin); is {
				l, style = rest, mark.style
				break
			}
		}
		if style == "Item" {
			l = "• " + l
		}
		d.paragraph(style, l)
	}
	return &d
}

// known is what the case knows of the things a notice has to say; what it does not know is left open.
func (w *writer) known(ctx context.Context, db analysis.Engine, f facts) (map[string]string, error) {
	k := map[string]string{"Case": w.manifest.Case, "MadeAt": w.At.Format("2006-01-02 15:04 UTC"),
		"First": w.told(f["first_at"], "2 January 2006 15:04"), "Last": w.told(f["last_at"], "2 January 2006 15:04"),
		"FirstKo": w.told(f["first_at"], "2006. 1. 2. 15:04"), "LastKo": w.told(f["last_at"], "2006. 1. 2. 15:04")}
	for name, list := range map[string]string{"Items": "confirmed", "PossibleItems": "possible"} {
		_, rows, err := fetch(ctx, db, `SELECT DISTINCT unnest(string_split(categories, ';')) AS category FROM export_people WHERE kind = 'person' AND list = ? ORDER BY ALL`, list)
		if err != nil {
			return nil, err
		}
		k[name], k[name+"Ko"] = listed(rows, "en", "kinds of data"), listed(rows, "ko", "항목")
	}
	return k, nil
}

// told is a moment on the clock of the organisation, or an open place.
func (w *writer) told(value any, form string) string {
	t, is := value.(time.Time)
	if !is {
		return openMark + "date and time" + closeMark
	}
	zone, err := time.LoadLocation(w.manifest.Timezone)
	if err != nil || w.manifest.Timezone == "" {
		zone = time.UTC
	}
	return t.In(zone).Format(form) + " (" + zone.String() + ")"
}

func listed(rows [][]any, language, open string) string {
	var words []string
	for _, row := range rows {
		if category := plain(row[0]); category != "" {
			words = append(words, analysis.CategoryWords(category, language))
		}
	}
	if len(words) == 0 {
		return openMark + open + closeMark
	}
	return strings.Join(words, ", ")
}
