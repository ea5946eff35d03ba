package export

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"regexp"
	"strings"
	"sync"
)

//go:embed words.csv
var words []byte

// labels are the categories of personal data in words, by language and category.
var labels = sync.OnceValue(func() map[string]map[string]string {
	rows, err := csv.NewReader(bytes.NewReader(words)).ReadAll()
	if err != nil || len(rows) == 0 {
		panic("words.csv is damaged") // it is part of the program
	}
	l := map[string]map[string]string{}
	for j, language := range rows[0][1:] {
		l[language] = map[string]string{}
		for _, row := range rows[1:] {
			l[language][row[0]] = row[j+1]
		}
	}
	return l
})

// categories puts codes joined with ';' into words; what is no code stays as it is.
func categories(codes, between string) string {
	list := strings.Split(codes, ";")
	for i, code := range list {
		list[i] = named(labels()["en"][code], code)
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
func reasoned(text string) string {
	before, list := reasons(text)
	words := strings.Join(list, "; ")
	if before == "" || words == "" {
		return before + words
	}
	return before + ": " + words
}

// worded are the columns that the sheets show in words; the CSV and Parquet files keep the codes.
var worded = map[string]func(string) string{
	"category":            func(s string) string { return categories(s, "; ") },
	"categories":          func(s string) string { return categories(s, "; ") },
	"possible_categories": func(s string) string { return categories(s, "; ") },
	"reasons":             reasoned,
	"verdict_reason":      reasoned,
}

// inWords puts rows of a small table into words, by the name of its statement.
var inWords = map[string]func(row []any){
	"summary_countries":    func(row []any) { row[0] = countryOrSum(plain(row[0])) },
	"summary_categories":   func(row []any) { row[0] = categories(plain(row[0]), "; ") },
	"summary_combinations": func(row []any) { row[0] = categories(plain(row[0]), " + ") },
	"summary_sessions": func(row []any) {
		before, list := reasons(plain(row[len(row)-1]))
		if before == "" && len(list) > 0 {
			before = "for the reasons below"
		}
		row[len(row)-1] = before
	},
}

// spoken are the columns of a table that its sheet shows in words, by their place.
func (f *frozen) spoken() map[int]func(string) string {
	s := map[int]func(string) string{}
	for i, c := range f.columns {
		if say := worded[c.name]; say != nil {
			s[i] = say
		}
	}
	return s
}
