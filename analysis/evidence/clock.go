package evidence

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

// Orders of day and month in dates that write both as numbers.
const (
	monthFirst = "month-first"
	dayFirst   = "day-first"
)

// usual is the time of a text in one of the shapes that need no word about the file: digits, ISO 8601 with or without
// offset, milliseconds or seconds of the epoch. The engine's own cast drops offsets, so those are cut off and applied.
const usual = `CASE
	WHEN %[1]s IS NULL OR %[1]s = '' THEN NULL
	WHEN %[1]s[5] = '-' AND %[1]s[-1] = 'Z' THEN try_cast(replace(%[1]s[:-2], 'T', ' ') AS TIMESTAMP)
	WHEN %[1]s[5] = '-' AND regexp_matches(%[1]s, '[0-9][+-][0-9]{2}:?[0-9]{2}$') THEN
		try_cast(regexp_replace(%[1]s, '[+-][0-9]{2}:?[0-9]{2}$', '') AS TIMESTAMP) - to_minutes(
			(regexp_extract(%[1]s, '([+-])[0-9]{2}:?[0-9]{2}$', 1) || '1')::INTEGER *
			(60 * regexp_extract(%[1]s, '[+-]([0-9]{2}):?[0-9]{2}$', 1)::INTEGER + regexp_extract(%[1]s, '[+-][0-9]{2}:?([0-9]{2})$', 1)::INTEGER))
	WHEN %[1]s[5] = '-' THEN coalesce(%[2]s, %[3]s)
	WHEN regexp_full_match(%[1]s, '[12][0-9]{13}([.][0-9]{0,6})?') THEN try_cast(%[1]s[1:4] || '-' || %[1]s[5:6] || '-' || %[1]s[7:8] || ' ' ||
		%[1]s[9:10] || ':' || %[1]s[11:12] || ':' || %[1]s[13:] AS TIMESTAMP)
	WHEN regexp_full_match(%[1]s, '1[0-9]{12}') THEN make_timestamp(%[1]s::BIGINT * 1000)
	WHEN regexp_full_match(%[1]s, '1[0-9]{9}([.][0-9]+)?') THEN make_timestamp((%[1]s::DOUBLE * 1000000)::BIGINT)
	ELSE %[3]s END`

// unzoned is the time of a text in ISO form that names no zone; the engine's cast would read past one.
func unzoned(text string) string {
	return "CASE WHEN regexp_full_match(" + text + ", '[0-9-]+([T ][0-9:.]+)?') THEN try_cast(" + text + " AS TIMESTAMP) END"
}

// serialDay is the time of a text that a spreadsheet wrote as its number of days since 1899-12-30, in the zone it showed.
func serialDay(text, zone string) string {
	day := "TIMESTAMP '1899-12-30' + to_milliseconds(round(try_cast(" + text + " AS DOUBLE) * 86400000)::BIGINT)"
	return "CASE WHEN regexp_full_match(" + text + ", '[2-7][0-9]{4}([.][0-9]+)?') THEN " + inZone("("+day+")", zone) + " END"
}

// clockOf is the expression of a row's time in UTC over the columns c0, c1, … of a table, "" when the kind has no time.
// For texts in a local form it decides zone and order of day and month by the whole file, and says what it decided.
func (a *addition) clockOf(ctx context.Context, f *File, kind Kind, t *table, names []string) (string, error) {
	if kind.Carries != Log {
		return "", nil
	}
	if a.options.Map != "" && kind.Name == a.options.Kind {
		if vain := kind.Event.vain(names); len(vain) > 0 {
			f.note("the mapping names columns the file does not have: " + strings.Join(vain, ", "))
		}
	}
	var parts []string
	for _, s := range kind.Event.Fields["at"] {
		at := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, s.Column) })
		if at < 0 {
			continue
		}
		s.Column = fmt.Sprintf("c%d", at)
		text := s.sql(Columns{s.Column})
		local, err := a.localClock(ctx, f, kind, t, text, names, names[at])
		if err != nil {
			return "", err
		}
		parts = append(parts, local)
	}
	if len(parts) == 0 {
		f.note("it has no column that gives the time of a row")
		return "NULL::TIMESTAMP", nil
	}
	return "coalesce(" + strings.Join(parts, ", ") + ", NULL)", nil
}

// localClock reads one column's times.
func (a *addition) localClock(ctx context.Context, f *File, kind Kind, t *table, text string, names []string, column string) (string, error) {
	plain := unzoned(text)
	if kind.Zone != "local" && !t.unusual(names, column) {
		return fmt.Sprintf(usual, text, plain, "NULL"), nil
	}
	texts, err := a.unusual(ctx, t, text, kind.Zone == "local")
	if err != nil {
		return "", err
	}
	if len(texts) == 0 {
		return fmt.Sprintf(usual, text, plain, "NULL"), nil
	}
	zone := ""
	if kind.Zone == "local" {
		zone = a.zoneOf(f, texts)
	}
	return a.inManner(text, zone, a.order(f, kind, texts)), nil
}

// inManner is the time of a text in one of the usual shapes, in the manner of some language or as a spreadsheet's number.
func (a *addition) inManner(text, zone string, p patterns) string {
	local := "coalesce(" + a.abbreviated(text, p.parsed(text, slices.Concat(rewrites, shortYears)), zone) + ", " + serialDay(text, zone) + ")"
	return fmt.Sprintf(usual, text, inZone(unzoned(text), zone), local)
}

// patterns are those of dates (strptime): what was declared of a file or its kind, and what is tried beside it.
type patterns struct{ declared, tried []string }

// parsed is the time that a text written in the manner of some language shows, whatever its zone. As it stands it is read by
// what was declared, else by all patterns after the rewrites.
func (p patterns) parsed(text string, rewrites []rewrite) string {
	bare := "regexp_replace(regexp_replace(" + text + ", '[\\s\u202f\u00a0]+', ' ', 'g'), ' (?:[A-Z]{3,5}|(?:GMT|UTC)?[+-][0-9:]+)$', '')"
	rewritten := bare
	for _, r := range rewrites {
		rewritten = "regexp_replace(" + rewritten + ", " + analysis.Literal(r.pattern) + ", " + analysis.Literal(r.as) + ", 'g')"
	}
	read := func(text string, patterns []string) string { // %Y takes 25 for a year as well
		at := "try_strptime(trim(" + text + "), [" + strings.Trim(literals(patterns), "()") + "])"
		return "CASE WHEN year(" + at + ") > 999 THEN " + at + " END"
	}
	usual := read(rewritten, slices.Concat(p.declared, p.tried))
	if len(p.declared) == 0 {
		return usual
	}
	return "coalesce(" + read(bare, p.declared) + ", " + usual + ")"
}

var plainTime = regexp.MustCompile(`^([12][0-9]{3}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9]{2}:?[0-9]{2})?)?|[12][0-9]{13}(\.[0-9]*)?|1[0-9]{9}([0-9]{3}|\.[0-9]+)?)$`)

// unusual reports whether a column's first values hold times in another shape than the usual ones.
func (t *table) unusual(names []string, column string) bool {
	at := slices.Index(names, column)
	for _, row := range t.sample {
		if at < len(row) && row[at] != "" && !strings.EqualFold(row[at], t.columns[at]) && !plainTime.MatchString(row[at]) {
			return true
		}
	}
	return false
}

// rewrites bring what other languages write of a time to what strptime knows: AM and PM after it, colons between its
// parts, months and years as numbers.
var rewrites = slices.Concat([]rewrite{
	{`([0-9]{1,2}) ?[시時时点] ?([0-9]{1,2}) ?[분分] ?([0-9]{1,2}) ?[초秒]`, `\1:\2:\3`}, {`([0-9]{1,2}) ?[시時时点] ?([0-9]{1,2}) ?[분分]`, `\1:\2`},
	{`([0-9]{1,2}) ?h ?([0-9]{2}) ?min ?([0-9]{2}) ?s`, `\1:\2:\3`}, {`([0-9]{1,2}) ?h ?([0-9]{2})( ?min)?`, `\1:\2`},
	{`(?i)(오전|午前|上午) ?([0-9:]+)`, `\2 AM`}, {`(?i)(오후|午後|下午) ?([0-9:]+)`, `\2 PM`}, {`(?i) ?\b([ap])\. ?m\.`, ` \1m`}, {`(?i)\b([ap]m) ([0-9:]+)$`, `\2 \1`},
	{` ?[월화수목금토일]요일| ?[月火水木金土日]曜日| ?[(][월화수목금토일月火水木金土日][)]| ?星期[一二三四五六日天]`, ``},
	{`(?i)^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? `, ``},
	{`([0-9]{4})[.年년] ?([0-9]{1,2})[.月월] ?([0-9]{1,2})[.日일]?`, `\1-\2-\3`},
	{`,`, ``}, {`(?i) (?:à|um|alle|às|a las|at) `, ` `}, {` ([0-9]{1,2})\.([0-9]{2})\.([0-9]{2})$`, ` \1:\2:\3`},
}, months())

// shortYears bring years of two digits to four, as times of logs may be read: their century is that of the CRM.
var shortYears = []rewrite{{`^([0-9]{2})\. ?([0-9]{1,2})\. ?([0-9]{1,2})\.`, `20\1-\2-\3`}, {shortYear, `\120\2\3`}}

type rewrite struct{ pattern, as string }

// shortYear is a date that writes its year, the last part, with two digits.
const shortYear = `^([0-9]{1,2}[-/.][0-9]{1,2}[-/.])([0-9]{2})( |$)`

// monthNames are how the months begin in English, French, German, Italian, Spanish, Portuguese and Dutch.
var monthNames = []string{"jan|jän|gen|ene", "feb|fév|fev", "mar|mär|mrz|maart|mrt", "apr|avr|abr", "may|mai|mag|mei", "jun|juin|giu",
	"jul|juil|lug", "aug|aoû|ago", "sep|set", "oct|okt|ott|out", "nov", "dec|déc|dez|dic"}

// months write the names of months as numbers.
func months() (list []rewrite) {
	for i, names := range monthNames {
		list = append(list, rewrite{fmt.Sprintf(`(?i)^([0-9]{1,2})\.?[ -](?:de )?(?:%s)\pL*\.?[ -](?:de )?([12][0-9]{3})`, names), fmt.Sprintf(`\2-%02d-\1`, i+1)})
	}
	return list
}

func inZone(expression, zone string) string {
	if zone == "" || zone == "UTC" {
		return expression
	}
	return "(" + expression + " AT TIME ZONE " + analysis.Literal(zone) + ") AT TIME ZONE 'UTC'"
}

// offset is a zone written as hours from UTC at the end of a time: +09:00, GMT+9, UTC-0330.
const offset = ` (?:GMT|UTC)?([+-])([0-9]{1,2}):?([0-9]{2})?$`

// abbreviated applies the zone a text ends in (KST, CEST, GMT+9), else the file's.
func (a *addition) abbreviated(text, parsed, zone string) string {
	part := func(n int) string {
		return fmt.Sprintf("regexp_extract(%s, %s, %d)", text, analysis.Literal(offset), n)
	}
	minutes := fmt.Sprintf("to_minutes((%s || '1')::INTEGER * (60 * %s::INTEGER + coalesce(try_cast(%s AS INTEGER), 0)))", part(1), part(2), part(3))
	var b strings.Builder
	b.WriteString("CASE WHEN regexp_matches(" + text + ", " + analysis.Literal(offset) + ") THEN (" + parsed + ") - " + minutes + " ELSE ")
	b.WriteString("((" + parsed + ") AT TIME ZONE CASE regexp_extract(" + text + ", ' ([A-Z]{3,5})$', 1)")
	for _, name := range slices.Sorted(maps.Keys(a.catalog.zones)) {
		b.WriteString(" WHEN " + analysis.Literal(name) + " THEN " + analysis.Literal(a.catalog.zones[name]))
	}
	b.WriteString(" ELSE " + analysis.Literal(cmp.Or(zone, "UTC")) + " END")
	return b.String() + ") AT TIME ZONE 'UTC' END"
}

// unusual are the distinct texts that are in none of the usual shapes with a zone, a sample of them.
func (a *addition) unusual(ctx context.Context, t *table, text string, local bool) (texts []string, err error) {
	shape := fmt.Sprintf(usual, text, unzoned(text), "NULL")
	where := "(" + shape + ") IS NULL"
	if local {
		where = "(" + where + " OR " + text + "[5] = '-' AND NOT regexp_matches(" + text + ", '(Z|[+-][0-9]{2}:?[0-9]{2})$'))"
	}
	// large logs are in UTC and in one shape; their first rows tell, and what is not read is counted after loading
	rows, err := a.db.QueryContext(ctx, "SELECT DISTINCT x FROM (SELECT "+text+" AS x FROM "+t.from+" WHERE "+where+" LIMIT 20000) WHERE x IS NOT NULL ORDER BY x")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var x string
		if err := rows.Scan(&x); err != nil {
			return nil, err
		}
		texts = append(texts, x)
	}
	return texts, rows.Err()
}

// zoneName is an abbreviated zone at the end of a time; AM and PM are too short to be taken for one.
var (
	zoneName   = regexp.MustCompile(` [A-Z]{3,5}$`)
	zoneOffset = regexp.MustCompile(offset)
)

// zoneOf is the zone of texts that name none: the investigator's word, else UTC with a note.
func (a *addition) zoneOf(f *File, texts []string) string {
	named, unclear := 0, ""
	for _, x := range texts {
		abbreviation := zoneName.FindString(x)
		if _, ok := a.catalog.zones[strings.TrimSpace(abbreviation)]; ok || zoneOffset.MatchString(x) {
			named++
		} else if abbreviation != "" {
			unclear = strings.TrimSpace(abbreviation)
		}
	}
	if named == len(texts) {
		f.Timezone = "named in each row"
		return "UTC"
	}
	if unclear != "" {
		f.note(unclear + ", which its times end in, names no one zone")
	}
	if words := a.zoneTaken(f); f.Timezone == "unknown" {
		f.note("its times name no zone and are read " + words)
	}
	return cmp.Or(a.options.Timezone, "UTC")
}

// order decides whether the day or the month comes first in the dates of a file, and returns the patterns to read it by.
func (a *addition) order(f *File, kind Kind, texts []string) patterns {
	order, decided := orderOf(texts)
	if slices.ContainsFunc(texts, regexp.MustCompile(shortYear).MatchString) && !strings.Contains(a.options.Dates, "%y") {
		f.note("its dates write the year with two digits, which are taken for the last part of the date")
	}
	if a.options.patterned() { // the patterns a kind knows stay for rows written in another way
		f.Dialect = joined(f.Dialect, "dates "+a.options.Dates)
		return patterns{slices.Concat([]string{a.options.Dates}, kind.Dates), patternsOf(orderIn(a.options.Dates))}
	}
	switch {
	case a.options.Dates != "":
		order = a.options.Dates
	case !decided:
		f.note("its dates do not tell whether the day or the month comes first; they are read as " + order + ", say which it is if that is wrong")
	}
	if order != "" {
		f.Dialect = joined(f.Dialect, "dates "+order)
	}
	return patterns{kind.Dates, patternsOf(order)}
}

// orderIn is the order in which a pattern writes day and month.
func orderIn(pattern string) string {
	if day := strings.Index(pattern, "%d"); day >= 0 && day < strings.Index(pattern, "%m") {
		return dayFirst
	}
	return monthFirst
}

// Times before the first or from the second of these years on are placeholders of programs, as 0001-01-01 or 9999-12-31, or
// were misread: such a row keeps its text and has no time.
const firstYear, endYear = 1990, 2100

// unlikely takes the times from rows that cannot have them, and reports whether there were any.
func (a *addition) unlikely(ctx context.Context, p *portion, tallies []tally) (bool, error) {
	if !slices.ContainsFunc(tallies, func(t tally) bool {
		return t.from.Valid && t.from.Time.Year() < firstYear || t.to.Valid && t.to.Time.Year() >= endYear
	}) {
		return false, nil
	}
	_, err := a.db.ExecContext(ctx, fmt.Sprintf("UPDATE %s SET utc = NULL WHERE %s AND (year(utc) < %d OR year(utc) >= %d)", p.target, p.files(), firstYear, endYear))
	return true, err
}

// noteUntimed says how many rows of a file have no time, and what stands in the first of them.
func (a *addition) noteUntimed(ctx context.Context, f *File, p *portion, rows int64) error {
	text := p.kind.Event.Fields["at"].SQL(p.names)
	if rows == 0 || text == "NULL" { // clockOf has said so
		return nil
	}
	var line int64
	var first string
	err := a.db.QueryRowContext(ctx, fmt.Sprintf(`SELECT min("line"), coalesce(arg_min(%s, "line") FILTER (%[1]s IS NOT NULL), '') FROM %s WHERE "file" = %d AND utc IS NULL`,
		text, p.target, f.ID)).Scan(&line, &first)
	words := count(rows, "row") + " without a readable time, the first in record " + strconv.FormatInt(line, 10)
	if first != "" {
		words += ", which says " + strconv.Quote(firstRunes(first, 40))
	}
	f.note(words)
	return err
}

// orderOf reads dates as 3/12/2025: a number beyond 12 in one place decides. decided is true as well when no such
// dates occur. Without a decision, the order under which the rows of an export lie closest together wins.
func orderOf(texts []string) (order string, decided bool) {
	beyond := [2]bool{}
	seen := 0
	for _, x := range texts {
		var first, second, year int
		if n, _ := fmt.Sscanf(strings.NewReplacer("/", " ", ".", " ", "-", " ", ",", " ").Replace(x), "%d %d %d", &first, &second, &year); n < 3 || first > 31 || year > 99 && year < 1900 {
			continue
		}
		seen++
		beyond[0] = beyond[0] || first > 12
		beyond[1] = beyond[1] || second > 12
	}
	switch {
	case seen == 0:
		return "", true
	case beyond[0] && !beyond[1]:
		return dayFirst, true
	case beyond[1] && !beyond[0]:
		return monthFirst, true
	case strings.Contains(texts[0], "."): // dots are written where the day comes first
		return dayFirst, true
	}
	return monthFirst, false
}

// patternsOf are the patterns of dates for an order, most telling first.
func patternsOf(order string) (list []string) {
	dates := []string{"%Y-%m-%d", "%Y/%m/%d", "%d %b %Y", "%b %d %Y", "%d %B %Y", "%B %d %Y"}
	if order == dayFirst {
		dates = append(dates, "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y")
	} else {
		dates = append(dates, "%m/%d/%Y", "%m.%d.%Y", "%m-%d-%Y")
	}
	for _, date := range dates {
		for _, clock := range []string{" %I:%M:%S %p", " %I:%M:%S.%g %p", " %H:%M:%S", " %H:%M:%S.%g", " %I:%M %p", " %H:%M", ""} {
			list = append(list, date+clock)
		}
	}
	return list
}
