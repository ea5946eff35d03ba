package replay

import (
	"fmt"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis/soql"
)

// calendar is how the running user counts days: zone, first day of the week, first month of the fiscal year.
type calendar struct {
	zone   *time.Location
	first  time.Weekday
	fiscal time.Month
}

// sundayFirst are the regions whose weeks begin on Sunday (Unicode CLDR, weekData firstDay sun).
const sundayFirst = " AG AS BD BR BS BT BW BZ CA CO DM DO ET GT GU HK HN ID IL IN JM JP KE KH KR LA MH MM MO MT MX MZ NI NP PA PE PH PK PR PT PY SA SG SV TH TT TW UM US VE VI WS YE ZA ZW "

const saturdayFirst = " AE AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY "

// newCalendar reads the zone and the locale of a user (ko_KR, en-US); what is blank falls back to zone and Sunday.
func newCalendar(zone, fallback, locale string, fiscal int) calendar {
	c := calendar{zone: time.UTC, first: time.Sunday, fiscal: time.January}
	for _, name := range []string{zone, fallback} {
		if loc, err := time.LoadLocation(name); err == nil && name != "" {
			c.zone = loc
			break
		}
	}
	if fiscal > 1 && fiscal <= 12 {
		c.fiscal = time.Month(fiscal)
	}
	parts := strings.FieldsFunc(locale, func(r rune) bool { return r == '_' || r == '-' })
	if len(parts) > 1 {
		region := " " + strings.ToUpper(parts[len(parts)-1]) + " "
		switch {
		case strings.Contains(sundayFirst, region):
		case strings.Contains(saturdayFirst, region):
			c.first = time.Saturday
		default:
			c.first = time.Monday
		}
	}
	return c
}

// period is a run of whole local days, from the first up to, not including, the last.
type period struct{ from, to time.Time }

// days is a literal compared with a date.
func (c calendar) days(v soql.Value, at time.Time) (span, bool) {
	switch v := v.(type) {
	case *soql.Date:
		return span{day(v.Day), day(v.Day.AddDate(0, 0, 1))}, true
	case *soql.DateTime:
		local := v.UTC.UTC()
		return span{day(local), day(local.AddDate(0, 0, 1))}, true
	case *soql.DateLiteral:
		p, ok := c.period(v.Name, int(v.N), at)
		return span{day(p.from), day(p.to)}, ok
	}
	return span{}, false
}

// instants is a literal compared with a time: days begin at the user's midnight.
func (c calendar) instants(v soql.Value, at time.Time) (span, bool) {
	switch v := v.(type) {
	case *soql.DateTime:
		return span{from: instant(v.UTC)}, true
	case *soql.Date:
		from := c.midnight(v.Day)
		return span{instant(from), instant(c.midnight(v.Day.AddDate(0, 0, 1)))}, true
	case *soql.DateLiteral:
		p, ok := c.period(v.Name, int(v.N), at)
		return span{instant(c.midnight(p.from)), instant(c.midnight(p.to))}, ok
	}
	return span{}, false
}

// midnight is when a day begins. Where the clock is moved ahead at midnight it begins with that moment.
func (c calendar) midnight(t time.Time) time.Time {
	at := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, c.zone)
	if at.Day() != t.Day() {
		_, at = at.ZoneBounds()
	}
	return at
}

// unit is what a literal counts in: the start of the unit a day lies in, moved by n units.
type unit func(c calendar, today time.Time, n int) time.Time

var units = map[string]unit{
	"DAY": func(_ calendar, t time.Time, n int) time.Time { return date(t.Year(), t.Month(), t.Day()+n) },
	"WEEK": func(c calendar, t time.Time, n int) time.Time {
		back := (int(t.Weekday()) - int(c.first) + 7) % 7
		return date(t.Year(), t.Month(), t.Day()-back+7*n)
	},
	"MONTH":          func(_ calendar, t time.Time, n int) time.Time { return date(t.Year(), t.Month()+time.Month(n), 1) },
	"QUARTER":        func(_ calendar, t time.Time, n int) time.Time { return months(t, time.January, 3, n) },
	"YEAR":           func(_ calendar, t time.Time, n int) time.Time { return months(t, time.January, 12, n) },
	"FISCAL_QUARTER": func(c calendar, t time.Time, n int) time.Time { return months(t, c.fiscal, 3, n) },
	"FISCAL_YEAR":    func(c calendar, t time.Time, n int) time.Time { return months(t, c.fiscal, 12, n) },
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// months is the start of a period of so many months, in a year that begins with the month first, moved by n periods.
func months(t time.Time, first time.Month, length, n int) time.Time {
	into := (int(t.Month()) - int(first) + 12) % 12 % length
	return date(t.Year(), t.Month()-time.Month(into)+time.Month(n*length), 1)
}

// period is a date literal as the days it means on the day of at, in the user's zone.
func (c calendar) period(name string, n int, at time.Time) (period, bool) {
	local := at.In(c.zone)
	today := date(local.Year(), local.Month(), local.Day())
	name = strings.ToUpper(name)
	shift := func(u unit, from, to int) (period, bool) {
		return period{u(c, today, from), u(c, today, to)}, true
	}
	switch name {
	case "YESTERDAY":
		return shift(units["DAY"], -1, 0)
	case "TODAY":
		return shift(units["DAY"], 0, 1)
	case "TOMORROW":
		return shift(units["DAY"], 1, 2)
	case "LAST_90_DAYS": // with today: 91 days
		return shift(units["DAY"], -90, 1)
	case "NEXT_90_DAYS":
		return shift(units["DAY"], 1, 91)
	case "LAST_N_DAYS": // with today
		return shift(units["DAY"], -n, 1)
	case "NEXT_N_DAYS":
		return shift(units["DAY"], 1, n+1)
	case "N_DAYS_AGO":
		return shift(units["DAY"], -n, -n+1)
	}
	return c.counted(name, n, shift)
}

// counted is THIS_, LAST_, NEXT_ and the forms with N: LAST_N_WEEKS, N_WEEKS_AGO, LAST_FISCAL_YEAR.
func (c calendar) counted(name string, n int, shift func(unit, int, int) (period, bool)) (period, bool) {
	for word, u := range units {
		switch name {
		case "THIS_" + word:
			return shift(u, 0, 1)
		case "LAST_" + word:
			return shift(u, -1, 0)
		case "NEXT_" + word:
			return shift(u, 1, 2)
		case "LAST_N_" + word + "S":
			return shift(u, -n, 0)
		case "NEXT_N_" + word + "S":
			return shift(u, 1, n+1)
		case "N_" + word + "S_AGO":
			return shift(u, -n, -n+1)
		}
	}
	return period{}, false
}

// local is a UTC time as the user's clock showed it, as SQL: the offsets of the zone written out, since the engine
// computes with zones only slowly.
func (c calendar) local(moment string) string {
	from, to := date(1990, 1, 1), date(2040, 1, 1)
	offset := func(t time.Time) int { _, seconds := t.In(c.zone).Zone(); return seconds }
	var b strings.Builder
	b.WriteString("(" + moment + " + to_seconds(CASE WHEN false THEN 0")
	for at := from; at.Before(to); {
		_, end := at.In(c.zone).ZoneBounds()
		if end.IsZero() || end.After(to) {
			fmt.Fprintf(&b, " ELSE %d END))", offset(at))
			return b.String()
		}
		fmt.Fprintf(&b, " WHEN %s < %s THEN %d", moment, instant(end), offset(at))
		at = end
	}
	fmt.Fprintf(&b, " ELSE %d END))", offset(to))
	return b.String()
}
