package export

import (
	"sort"
)

// notes counts, per sheet, the values that a workbook cannot hold as they are. The CSV files hold them unchanged.
type notes map[note]int

type note struct {
	sheet string
	what  change
}

// what happened to a value, for one and for several
type change struct{ one, several string }

var (
	cutText = change{"value was cut at 32,767 characters", "values were cut at 32,767 characters"}
	odd     = change{"value held control characters, shown as \uFFFD", "values held control characters, shown as \uFFFD"}
)

func (n notes) add(sheet string, what change) { n[note{sheet, what}]++ }

// sentences are the notes in words, sorted.
func (n notes) sentences() []string {
	list := []string{}
	for k, count := range n {
		words := k.what.several
		if count == 1 {
			words = k.what.one
		}
		list = append(list, english.Sprintf("Sheet %s: %d %s. The CSV and Parquet files hold what was found.", k.sheet, count, words))
	}
	sort.Strings(list)
	return list
}
