package evidence

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

// Values of customer tables that a spreadsheet wrote in the manner of its language are brought back to the forms the CRM
// exports, which queries compare with: dates and times to ISO 8601, numbers to digits. What does not read stays as it stands,
// and the register names the columns.

const (
	isoForm     = `[12][0-9]{3}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9]{2}:?[0-9]{2})?)?`
	groupedForm = `-?(₩|\\|\$|€|¥|£)? ?[0-9]{1,3}(,[0-9]{3})+([.][0-9]+)?`
)

var (
	isoDate   = regexp.MustCompile(`^` + isoForm + `$`)
	zoned     = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:?[0-9]{2})$`)
	showsTime = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]+$`) // of no zone
	localDate = regexp.MustCompile(`^([12][0-9]{3}[-/.年년] ?[0-9]{1,2}[-/.月월] ?[0-9]{1,2}[.日일]?|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][12][0-9]{3})([, ].*[:시時时h].*)?$` +
		`|^([0-9]{1,2}[-/.]){2}[0-9]{2} .*:`)
	grouped = regexp.MustCompile(`^` + groupedForm + `$`)
	digits  = regexp.MustCompile(`^-?[0-9]+([.][0-9]+)?$`)
)

// rewriting is what happens to values on their way into a table.
type rewriting struct {
	as             map[int]string // by place of the column; absent: as it stands
	dates, numbers []string       // names of the columns
}

// rewriting tells which columns of a customer table are to be brought back, by their first values.
func (a *addition) rewriting(ctx context.Context, f *File, kind Kind, t *table, names []string) (rewriting, error) {
	found := rewriting{as: map[int]string{}}
	if kind.Carries != Table {
		return found, nil
	}
	for i, name := range names {
		sample := t.filled(i)
		c := fmt.Sprintf("c%d", i)
		switch {
		case all(sample, isoDate, localDate), t.unzoned && all(sample, zoned, showsTime):
			expression, err := a.isoValue(ctx, f, kind, t, names, i)
			if err != nil {
				return found, err
			}
			found.as[i], found.dates = expression, append(found.dates, name)
		case all(sample, digits, grouped):
			found.as[i] = fmt.Sprintf("CASE WHEN regexp_full_match(%[1]s, %s) THEN regexp_replace(%[1]s, '[^0-9.-]', '', 'g') ELSE %[1]s END", c, analysis.Literal(groupedForm))
			found.numbers = append(found.numbers, name)
		}
	}
	return found, nil
}

// noteRewriting says which columns of a file were brought back, and how many of their values could not be.
func (a *addition) noteRewriting(ctx context.Context, f *File, p *portion) error {
	var read []string
	for _, name := range p.values.dates {
		var left int64
		err := a.db.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(*) FROM %[1]s WHERE "file" = ? AND %[2]s <> '' AND NOT regexp_full_match(%[2]s, %[3]s)`,
			p.target, analysis.Quote(name), analysis.Literal(isoForm)), f.ID).Scan(&left)
		if err != nil {
			return err
		}
		if left > 0 {
			f.note(count(left, "value") + " of " + name + " cannot be read as dates and stand as they were")
		} else {
			read = append(read, name)
		}
	}
	if len(read) > 0 {
		f.note("dates of " + strings.Join(read, ", ") + " brought to ISO 8601")
	}
	if len(p.values.numbers) > 0 {
		f.note("separators of thousands taken out of " + strings.Join(p.values.numbers, ", "))
	}
	return nil
}

// filled are the first values of a column that are not empty.
func (t *table) filled(column int) (values []string) {
	for _, row := range t.sample {
		if column < len(row) && row[column] != "" && row[column] != t.columns[column] {
			values = append(values, row[column])
		}
	}
	return values
}

// all reports whether every value has one of two forms, and at least one of them the second alone.
func all(values []string, usual, other *regexp.Regexp) (some bool) {
	for _, v := range values {
		switch {
		case usual.MatchString(v):
		case other.MatchString(v):
			some = true
		default:
			return false
		}
	}
	return some
}

// isoValue is a local date or time as the CRM writes it.
func (a *addition) isoValue(ctx context.Context, f *File, kind Kind, t *table, names []string, column int) (string, error) {
	c := fmt.Sprintf("c%d", column)
	timed := false
	for _, v := range t.filled(column) {
		timed = timed || strings.ContainsAny(v, ":시時时h")
	}
	kept := "CASE WHEN regexp_full_match(" + c + ", " + analysis.Literal(isoForm[:strings.Index(isoForm, "(")]) + ") THEN " + c + " ELSE coalesce(strftime("
	if timed {
		kind.Zone = "local"
		utc, err := a.localClock(ctx, f, kind, t, "nullif("+c+", '')", names, names[column])
		return kept + utc + ", '%Y-%m-%dT%H:%M:%S.%gZ'), " + c + ") END", err
	}
	texts, err := a.unusual(ctx, t, "nullif("+c+", '')", true)
	if err != nil {
		return "", err
	}
	return kept + parsed(c, a.order(f, kind, texts)) + ", '%Y-%m-%d'), " + c + ") END", nil
}
