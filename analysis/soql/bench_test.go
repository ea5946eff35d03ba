package soql_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/analysis/soql"
)

// The longest text the server takes has 100,000 characters.
func BenchmarkParse(b *testing.B) {
	for _, ids := range []int{10, 400, 4000} {
		text := account + "Id IN (" + strings.Repeat("'001300000000000AAA',", ids) + "null) AND (" +
			strings.Repeat("A = 1 OR ", ids) + "B > 2025-08-14T00:17:51Z)"
		b.Run(strconv.Itoa(len(text)), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := soql.Parse(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
