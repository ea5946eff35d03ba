package export

import (
	"fmt"
	"sort"
)

// notes counts, per sheet, the values that a workbook cannot hold as they are. The CSV files hold them unchanged.
type notes map[note]int

type note struct{ sheet, what string }

const (
	cutText = "were cut at 32,767 characters"
	odd     = "held control characters, shown as \uFFFD"
)

func (n notes) add(sheet, what string) { n[note{sheet, what}]++ }

// sentences are the notes in words, sorted.
func (n notes) sentences() []string {
	list := []string{}
	for k, count := range n {
		list = append(list, fmt.Sprintf("Sheet %s: %d values %s; the CSV and Parquet files hold them unchanged.", k.sheet, count, k.what))
	}
	sort.Strings(list)
	return list
}
