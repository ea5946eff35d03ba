package export

import (
	"strings"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/app/words"
)

// categories puts codes joined with ';' into words; what is no code stays as it is.
func (t *tongue) categories(codes, between string) string {
	list := strings.Split(codes, ";")
	for i, code := range list {
		if list[i] = analysis.CategoryWords(code, t.code); list[i] == code {
			list[i] = t.say(code)
		}
	}
	return strings.Join(list, between)
}

// reasoned is a text with the words of its rules alone.
func (t *tongue) reasoned(text string) string { return words.Reasoned(text, t.cell) }

// each says every text of a list.
func (t *tongue) each(list []string) (said []string) {
	for _, text := range list {
		said = append(said, t.cell(text))
	}
	return said
}

// inWords puts a row of a small table into words, by the name of its statement.
func (t *tongue) inWords(statement string, row []any) {
	switch statement {
	case "summary_countries":
		row[0] = t.country(plain(row[0]))
	case "summary_categories":
		row[0] = t.categories(plain(row[0]), "; ")
	case "summary_combinations":
		row[0] = t.categories(plain(row[0]), " + ")
	case "summary_sessions":
		before, list := words.Reasons(plain(row[len(row)-1]))
		if before == "" && len(list) > 0 {
			before = "for the reasons below"
		}
		row[len(row)-1] = before
	}
}
