package export

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/assets"
)

// countries writes one workbook for every residence, with the people and records of that country alone.
func (w *writer) countries(ctx context.Context, db analysis.Engine, temp string) error {
	_, rows, err := fetch(ctx, db, "SELECT residence FROM export_people GROUP BY residence ORDER BY residence")
	if err != nil {
		return fmt.Errorf("writing the workbooks of the countries: %w", err)
	}
	for i, row := range rows {
		code := plain(row[0])
		w.progress.Tell(analysis.Step{Name: "Writing countries", File: countryFile(code), Done: int64(i), Total: int64(len(rows))})
		if err := w.country(ctx, db, code, temp); err != nil {
			return fmt.Errorf("writing the workbook of %s: %w", countryFile(code), err)
		}
	}
	return nil
}

// countryFile is the name of a country's workbook, without extension.
func countryFile(code string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, code)
	if name == "" {
		return "unknown"
	}
	return name
}

func (w *writer) country(ctx context.Context, db analysis.Engine, code, temp string) error {
	for _, t := range []string{"people", "records"} {
		text := "CREATE OR REPLACE TEMP TABLE export_country_" + t + " AS " + statement("country_"+t)
		if _, err := db.ExecContext(ctx, strings.ReplaceAll(text, "$residence", analysis.Literal(code))); err != nil {
			return err
		}
	}
	return w.bind(ctx, volume{name: countryFile(code), folder: filepath.Join(w.folder, "by-country"), temp: temp, sheets: []string{"Summary", "People", "Records"},
		rows: func(ctx context.Context, book *workbook, q queue) error {
			for _, t := range []table{{"country_people", "", "People", false}, {"country_records", "", "Records", false}} {
				f, err := thaw(ctx, db, t)
				if err != nil {
					return err
				}
				if err := w.lists(ctx, db, f, book, q); err != nil {
					return err
				}
			}
			return nil
		},
		pages: func(book *workbook) error { return w.countrySummary(ctx, db, book, code) }})
}

// countrySummary is the first sheet of a country's workbook.
func (w *writer) countrySummary(ctx context.Context, db analysis.Engine, book *workbook, code string) error {
	g := book.page("Summary")
	g.title("Affected customers: " + w.manifest.Case)
	g.lead(fmt.Sprintf("Only persons whose residence is %s. The whole report lies in breachscope-report.xlsx; its sheet Method explains the words.", w.tongue.countryName(code)))
	for _, part := range []struct{ title, statement string }{
		{"How many", "summary_lists"}, {"Persons by kind of personal data", "summary_categories"}, {"Persons by exact combination of data", "summary_combinations"},
	} {
		g.section(part.title)
		header, rows, err := w.tongue.figures(ctx, db, part.statement, "export_country_people")
		g.keep(err)
		g.grid(header, rows, part.statement != "summary_categories")
	}
	w.about(g)
	return g.end()
}

func (t *tongue) countryName(code string) string { return named(t.country(code), t.say("unknown")) }

// country puts the name of a country before its code; what is no code stays as it is.
func (t *tongue) country(code string) string {
	if name, is := countryNames()[t.code][code]; is {
		return name + " (" + code + ")"
	}
	return code
}

// countryNames are the names by language and ISO code.
var countryNames = sync.OnceValue(func() map[string]map[string]string {
	names := map[string]map[string]string{"en": {}, "ko": {}}
	body, err := fs.ReadFile(assets.Folder("law"), "countries.csv")
	if err != nil {
		return names // codes alone do as well
	}
	rows, _ := csv.NewReader(bytes.NewReader(body)).ReadAll()
	for _, row := range rows {
		if len(row) > 4 {
			names["en"][row[0]], names["ko"][row[0]] = row[3], row[4]
		}
	}
	return names
})
