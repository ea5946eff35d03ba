package export

import (
	"context"
	"strings"

	"golang.org/x/text/width"

	"github.com/breachscope/breachscope/analysis"
)

// measure is a sink that finds widths at which the rows it sees can be read.
type measure []float64

func (m measure) row(values []any) error {
	for i, v := range values {
		m[i] = max(m[i], min(narrowest+length(plain(v)), widest))
	}
	return nil
}

// spoken hands rows on as a sheet shows them.
type spoken struct {
	words map[int]func(string) string
	to    sink
}

func (s spoken) row(values []any) error {
	for i, say := range s.words {
		if text, is := values[i].(string); is {
			values[i] = say(text)
		}
	}
	return s.to.row(values)
}

const narrowest, widest = 3.0, 60.0

// widths looks at the first rows of a table.
func (f *frozen) widths(ctx context.Context, db analysis.Engine, t *tongue) (measure, error) {
	m := make(measure, len(f.columns))
	for i, c := range f.columns {
		m[i] = narrowest + 3 + length(t.heading(c.name))
		if c.time() {
			m[i] = 21
		}
	}
	rows, err := db.QueryContext(ctx, "SELECT "+f.list()+" FROM "+f.source()+" WHERE n <= 500 ORDER BY n")
	if err != nil {
		return nil, err
	}
	if err := drain(ctx, rows, len(f.columns), []sink{spoken{t.spoken(f), m}}); err != nil {
		return nil, err
	}
	for i, c := range f.columns {
		if c.time() {
			m[i] = 21
		}
	}
	return m, nil
}

// length of a text in columns of a fixed-width font: Hangul, Han and kana take two.
func length(text string) float64 {
	n := 0.0
	for _, r := range text {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

func splitLines(text string) []string { return strings.Split(text, "\n") }
