package evidence

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
)

// Values of customer tables that a spreadsheet wrote in the manner of its language are brought back to the forms the CRM
// exports, which queries compare with: dates and times to ISO 8601, numbers to digits. What does not read stays as it stands,
// and the register names the columns.

const (
	isoForm     = `[12][0-9]{3}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9]{2}:?[0-9]{2})?)?`
	bareForm    = `[12][0-9]{3}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+` // names no zone
	groupedForm = `-?(₩|\\|\$|€|¥|£)? ?[1-9][0-9]{0,2}(,[0-9]{3})+([.][0-9]+)?`
	commaForm   = `-?(€ ?)?([0-9]{1,3}([. \x{a0}\x{202f}'][0-9]{3})+|[0-9]+)(,[0-9]+)?[ \x{a0}\x{202f}]?€?`
)

var (
	isoDate   = regexp.MustCompile(`^` + isoForm + `$`)
	localDate = regexp.MustCompile(`^([12][0-9]{3}[-/.년年] ?[0-9]{1,2}[-/.월月] ?[0-9]{1,2}[.日일]?|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][12][0-9]{3})([, ].*[:시時时h].*)?$` +
		`|^([0-9]{1,2}[-/.]){2}[0-9]{2} .*:|(?i)^[0-9]{1,2}[.]?[ -](de )?` + monthForm + `[ -](de )?[12][0-9]{3}$|(?i)^` + monthForm + ` [0-9]{1,2},? [12][0-9]{3}$`)
	monthForm = `(` + strings.Join(monthNames, "|") + `)\pL*[.]?`
	// a day whose year has two digits, and one whose month is a name
	shortForm  = `([0-9]{2}[-/.년年] ?[0-9]{1,2}[-/.월月] ?[0-9]{1,2}[.日일]?|[0-9]{1,2}[-/.] ?[0-9]{1,2}[-/.] ?[0-9]{2}[.]?)`
	shortNamed = `(?i)^[0-9]{1,2}[.]?[ -]` + monthForm + `[ -]'?[0-9]{2}$`
	shortDate  = regexp.MustCompile(`^` + shortForm + `$|` + shortNamed)
	clockTime  = regexp.MustCompile(`[0-9] ?[:시時时h]`)
	midnight   = regexp.MustCompile(`(?i) 0?0:00(:00([.]0+)?)?$| 12:00(:00)? ?a[.]? ?m[.]?$| (오전|午前|上午) ?(12|0?0):00(:00)?$`)
	grouped    = regexp.MustCompile(`^` + groupedForm + `$`)
	comma      = regexp.MustCompile(`^` + commaForm + `$`)
	// of numbers with separators, those that cannot be read another way
	decimal   = regexp.MustCompile(`[.][0-9]{3},|,([0-9]{1,2}|[0-9]{4,})[^0-9]*$|^-?0,`)
	thousands = regexp.MustCompile(`,[0-9]{3}[,.]`)
	separated = regexp.MustCompile(`[0-9][,.][0-9]`)
	digits    = regexp.MustCompile(`^-?[0-9]+([.][0-9]+)?$`)
)

// rewriting is what happens to values on their way into a table.
type rewriting struct {
	as             map[int]string  // by place of the column; absent: as it stands
	dates, numbers []string        // names of the columns
	decimals       []string        // names of those with decimal commas
	times          map[string]bool // columns that may hold times in ISO form; true: their first values are, false: those are empty
}

// rewriting tells which columns of a customer table are to be brought back, by their first values.
func (a *addition) rewriting(ctx context.Context, f *File, kind Kind, t *table, names []string) (rewriting, error) {
	found := rewriting{as: map[int]string{}, times: map[string]bool{}}
	if kind.Carries != Table {
		return found, nil
	}
	commas := t.decimalCommas()
	for i, name := range names {
		sample := t.filled(i)
		c := fmt.Sprintf("c%d", i)
		switch {
		case all(sample, isoDate, localDate, shortDate):
			expression, err := a.isoValue(ctx, f, kind, t, names, i)
			if err != nil {
				return found, err
			}
			found.as[i], found.dates = expression, append(found.dates, name)
		case decimalComma(sample, commas):
			found.as[i] = fmt.Sprintf("CASE WHEN regexp_full_match(%[1]s, %s) THEN replace(regexp_replace(%[1]s, '[^0-9,-]', '', 'g'), ',', '.') ELSE %[1]s END", c, analysis.Literal(commaForm))
			found.decimals = append(found.decimals, name)
		case all(sample, digits, grouped):
			found.as[i] = fmt.Sprintf("CASE WHEN regexp_full_match(%[1]s, %s) THEN regexp_replace(%[1]s, '[^0-9.-]', '', 'g') ELSE %[1]s END", c, analysis.Literal(groupedForm))
			found.numbers = append(found.numbers, name)
			if t.semicolons && !slices.ContainsFunc(sample, thousands.MatchString) {
				f.note("the commas of " + name + " are taken for separators of thousands; in a file of semicolons they may be decimal commas")
			}
		case every(sample, digits, grouped, comma) && slices.ContainsFunc(sample, decimal.MatchString):
			f.note("the numbers of " + name + " are written in several manners and stand as they were")
		case !slices.ContainsFunc(sample, func(v string) bool { return !isoDate.MatchString(v) }):
			found.times[name] = len(sample) > 0
		}
	}
	return found, nil
}

// noteRewriting says which columns of dates were brought back and how many of their values could not be, then the same of numbers.
func (a *addition) noteRewriting(ctx context.Context, f *File, p *portion) error {
	var read []string
	for _, name := range p.values.dates {
		var left, short int64
		err := a.db.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(*) FILTER (NOT iso AND NOT short), count(*) FILTER (short) FROM (
			SELECT regexp_full_match(%[2]s, %[3]s) AS iso, NOT iso AND %[4]s AS short FROM %[1]s WHERE "file" = ? AND %[2]s <> '')`,
			p.target, analysis.Quote(name), analysis.Literal(isoForm), shortYearIn(analysis.Quote(name))), f.ID).Scan(&left, &short)
		if err != nil {
			return err
		}
		f.noteShort(name, short)
		if left > 0 {
			f.note(count(left, "value") + " of " + name + " cannot be read as dates and stand as they were")
		} else if short == 0 {
			read = append(read, name)
		}
	}
	if len(read) > 0 {
		f.note("dates of " + strings.Join(read, ", ") + " brought to ISO 8601")
	}
	return a.noteNumbers(ctx, f, p)
}

// shortYearIn is the condition that the text of a column is a day whose year has two digits: its century, and mostly the order
// of its parts, is for the investigator to say.
func shortYearIn(column string) string {
	return fmt.Sprintf("(regexp_full_match(%[1]s, %[2]s) OR regexp_matches(%[1]s, %[3]s))", column, analysis.Literal(shortForm), analysis.Literal(shortNamed))
}

// noteShort says how many values of a column are such days.
func (f *File) noteShort(name string, n int64) {
	if n > 0 {
		f.note(count(n, "value") + " of " + name + " look like dates with a year of two digits and stand as they were; " +
			"give the pattern of dates, and for births the moment of the export")
	}
}

// noteNumbers says which columns of numbers were brought back, and how many of their values could not be.
func (a *addition) noteNumbers(ctx context.Context, f *File, p *portion) error {
	for _, name := range slices.Concat(p.values.numbers, p.values.decimals) {
		var left int64
		err := a.db.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(*) FROM %[1]s WHERE "file" = ? AND %[2]s <> '' AND NOT regexp_full_match(%[2]s, '-?[0-9]+([.][0-9]+)?')`,
			p.target, analysis.Quote(name)), f.ID).Scan(&left)
		if err != nil {
			return err
		}
		if left > 0 {
			f.note(count(left, "value") + " of " + name + " cannot be read as numbers and stand as they were")
		}
	}
	if len(p.values.decimals) > 0 {
		f.note("decimal commas of " + strings.Join(p.values.decimals, ", ") + " made points")
	}
	if len(p.values.numbers) > 0 {
		f.note("separators of thousands taken out of " + strings.Join(p.values.numbers, ", "))
	}
	return nil
}

// bare is the condition that the text of a column is a time that names no zone; what is tried first is cheap.
func bare(column string) string {
	return fmt.Sprintf("strlen(%[1]s) > 10 AND NOT suffix(%[1]s, 'Z') AND regexp_full_match(%[1]s, %[2]s)", column, analysis.Literal(bareForm))
}

// zoneTimes brings the times of a column that name no zone to UTC, as the CRM writes them, in rows of a table.
func zoneTimes(target, column, zone, where string) string {
	c := analysis.Quote(column)
	utc := inZone("try_cast("+c+" AS TIMESTAMP)", zone)
	return fmt.Sprintf(`UPDATE %s SET %s = regexp_replace(strftime(%s, '%%Y-%%m-%%dT%%H:%%M:%%S.%%f'), '000$', '') || 'Z'
		WHERE %s AND %s AND try_cast(%[2]s AS TIMESTAMP) IS NOT NULL`, target, c, utc, where, bare(c))
}

// zoneBare brings the times of a customer table that name no zone to UTC, by the investigator's word or for want of one as
// they stand, and says of every column how many there were. Where all of them are midnights, they are days and stay.
func (a *addition) zoneBare(ctx context.Context, f *File, p *portion) error {
	for _, name := range slices.Sorted(maps.Keys(p.values.times)) {
		c, where := analysis.Quote(name), fmt.Sprintf(`"file" = %d`, f.ID)
		var n, midnights, others, shorts int64
		err := a.db.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(*) FILTER (%[1]s), count(*) FILTER (%[1]s AND regexp_matches(%[2]s, '[T ]00:00(:00([.]0+)?)?$')),
			count(*) FILTER (NOT %[3]t AND strlen(%[2]s) > 0 AND NOT regexp_full_match(%[2]s, %[4]s)), count(*) FILTER (strlen(%[2]s) BETWEEN 6 AND 24 AND %[7]s) FROM %[5]s WHERE %[6]s`,
			bare(c), c, p.values.times[name], analysis.Literal(isoForm), p.target, where, shortYearIn(c))).Scan(&n, &midnights, &others, &shorts)
		if err != nil {
			return err
		}
		f.noteShort(name, shorts)
		switch {
		case n == 0 || others > 0:
			continue
		case n == midnights:
			f.note(count(n, "value") + " of " + name + " are days written with midnight and no zone, and stand as they were")
			continue
		}
		if _, err := a.db.ExecContext(ctx, zoneTimes(p.target, name, a.options.Timezone, where)); err != nil {
			return err
		}
		f.note(count(n, "time") + " of " + name + " name no zone and are read " + a.zoneTaken(f))
	}
	return nil
}

// zoneTaken enters the zone in which the times of a file are read that name none, and says it.
func (a *addition) zoneTaken(f *File) string {
	if f.Timezone = a.options.Timezone; f.Timezone != "" {
		return "in " + f.Timezone
	}
	f.Timezone = "unknown"
	return "as UTC; give the zone of the admin who exported it"
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

// all reports whether every value has the usual form or one of others, and at least one of them one of others alone.
func all(values []string, usual *regexp.Regexp, others ...*regexp.Regexp) (some bool) {
	for _, v := range values {
		switch {
		case usual.MatchString(v):
		case every([]string{v}, others...):
			some = true
		default:
			return false
		}
	}
	return some
}

// every reports whether each value has one of the forms.
func every(values []string, forms ...*regexp.Regexp) bool {
	return !slices.ContainsFunc(values, func(v string) bool {
		return !slices.ContainsFunc(forms, func(form *regexp.Regexp) bool { return form.MatchString(v) })
	})
}

// decimalComma reports whether the values of a column are numbers with decimal commas: one of them can be read in no other
// way, or others of its file cannot.
func decimalComma(values []string, others bool) bool {
	return every(values, comma) && (slices.ContainsFunc(values, decimal.MatchString) || others && slices.ContainsFunc(values, separated.MatchString))
}

// decimalCommas reports whether a file writes numbers with decimal commas: a column of it does, and none has commas between
// thousands.
func (t *table) decimalCommas() (found bool) {
	for i := range t.columns {
		values := t.filled(i)
		found = found || decimalComma(values, false)
		if all(values, digits, grouped) && slices.ContainsFunc(values, thousands.MatchString) {
			return false
		}
	}
	return found
}

// isoValue is a local date or time as the CRM writes it. Where all times are midnights, they are days.
func (a *addition) isoValue(ctx context.Context, f *File, kind Kind, t *table, names []string, column int) (string, error) {
	c := fmt.Sprintf("c%d", column)
	kept := "CASE WHEN regexp_full_match(" + c + ", " + analysis.Literal(isoForm[:strings.Index(isoForm, "(")]) + ") THEN " + c + " ELSE coalesce(strftime("
	if slices.ContainsFunc(t.filled(column), func(v string) bool { return clockTime.MatchString(v) && !midnight.MatchString(v) }) {
		kind.Zone = "local"
		utc, err := a.localClock(ctx, f, kind, t, "nullif("+c+", '')", names, names[column])
		return kept + utc + ", '%Y-%m-%dT%H:%M:%S.%gZ'), " + c + ") END", err
	}
	texts, err := a.unusual(ctx, t, "nullif("+c+", '')", true)
	if err != nil {
		return "", err
	}
	texts = slices.DeleteFunc(texts, shortDate.MatchString)
	day := a.day(f, kind, a.order(f, kind, texts), c, names[column])
	return kept + "CASE WHEN " + day + " = date_trunc('day', " + day + ") THEN " + day + " END, '%Y-%m-%d'), " + c + ") END", nil
}

// day is the date that the text of a column shows. One whose year has two digits is read by a declared pattern only: a birth
// as one of the hundred years before the export, anything else as the engine does.
func (a *addition) day(f *File, kind Kind, p patterns, c, name string) string {
	if !strings.Contains(a.options.Dates, "%y") {
		return p.parsed(c, rewrites)
	}
	declared := patterns{declared: p.declared}.parsed(c, rewrites)
	words := "1969 to 2068"
	if a.catalog.categoryNamed(kind.Object, name) == "birth_gender_nationality" {
		if a.options.SnapshotAt.IsZero() { // an old person or a child
			return "coalesce(CASE WHEN year(" + declared + ") < 2000 THEN " + declared + " END, " + patterns{tried: p.tried}.parsed(c, rewrites) + ")"
		}
		words = "the hundred years before the export"
		declared = "CASE WHEN " + declared + " > " + analysis.Literal(a.options.SnapshotAt.UTC().Format(time.DateTime)) + "::TIMESTAMP THEN " + declared + " - INTERVAL 100 YEAR ELSE " + declared + " END"
	}
	f.note("years of two digits in " + name + " are read as " + words)
	return "coalesce(" + declared + ", " + patterns{tried: p.tried}.parsed(c, rewrites) + ")"
}
