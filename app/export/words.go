package export

import (
	"regexp"
	"strings"

	"github.com/breachscope/breachscope/analysis"
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

// ruleCode begins each of the reasons 'rule +weight words; …' of a session.
var ruleCode = regexp.MustCompile(`(?:^|[;:] )[a-z][a-z0-9]*(?:-[a-z0-9]+)* [+-][0-9.]+ `)

// reasons splits a text into what stands before the first rule, and the words of each rule.
func reasons(text string) (before string, list []string) {
	at := ruleCode.FindAllStringIndex(text, -1)
	if len(at) == 0 {
		return text, nil
	}
	for i, rule := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		list = append(list, text[rule[1]:end])
	}
	return text[:at[0][0]], list
}

// reasoned is a text with the words of its rules alone.
func (t *tongue) reasoned(text string) string {
	before, list := reasons(text)
	before, words := t.cell(before), strings.Join(t.each(list), "; ")
	if before == "" || words == "" {
		return before + words
	}
	return before + ": " + words
}

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
		before, list := reasons(plain(row[len(row)-1]))
		if before == "" && len(list) > 0 {
			before = "for the reasons below"
		}
		row[len(row)-1] = before
	}
}
