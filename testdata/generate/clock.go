package main

import (
	"strconv"
	"time"
)

// Times are milliseconds since 1970 in UTC.
const (
	second = int64(1000)
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
	seoul  = 9 * hour // Korea has no summer time
)

func utc(year int, month time.Month, d, h, m, s int) int64 {
	return time.Date(year, month, d, h, m, s, 0, time.UTC).UnixMilli()
}

// The week that is told. Logs cover seven UTC days from a Monday.
var (
	firstClient = utc(2016, 1, 4, 2, 0, 0)
	recentFrom  = utc(2026, 1, 19, 2, 0, 0)
	logsFrom    = utc(2026, 3, 9, 0, 0, 0)
	logsTo      = logsFrom + 7*day
	attackFrom  = utc(2026, 3, 11, 5, 31, 0)
	snapshotAt  = utc(2026, 3, 19, 16, 0, 0)
	gapFrom     = utc(2026, 3, 11, 8, 0, 0) // the hour of which no RestApi rows were delivered
	gapTo       = gapFrom + hour
)

// The two periods for which real-time events were exported.
var windows = [][2]int64{
	{utc(2026, 3, 11, 17, 0, 0), utc(2026, 3, 11, 17, 15, 0)},
	{utc(2026, 3, 11, 23, 20, 0), utc(2026, 3, 11, 23, 42, 0)},
}

func inWindow(at int64) bool {
	for _, w := range windows {
		if at >= w[0] && at < w[1] {
			return true
		}
	}
	return false
}

// appendDigits writes n right-aligned digits of v.
func appendDigits(b []byte, v, n int) []byte {
	for div := pow10(n - 1); div > 0; div /= 10 {
		b = append(b, byte('0'+v/div%10))
	}
	return b
}

func pow10(n int) int {
	p := 1
	for range n {
		p *= 10
	}
	return p
}

// stamp is a moment taken apart once, written in the two forms of an event log file.
type stamp struct{ y, mo, d, h, mi, s, ms int }

func newStamp(at int64) stamp {
	t := time.UnixMilli(at).UTC()
	y, mo, d := t.Date()
	h, mi, s := t.Clock()
	return stamp{y, int(mo), d, h, mi, s, int(at % 1000)}
}

// compact is yyyyMMddHHmmss.SSS.
func (t stamp) compact() string {
	b := make([]byte, 0, 18)
	for _, p := range [...][2]int{{t.y, 4}, {t.mo, 2}, {t.d, 2}, {t.h, 2}, {t.mi, 2}, {t.s, 2}} {
		b = appendDigits(b, p[0], p[1])
	}
	return string(appendDigits(append(b, '.'), t.ms, 3))
}

// iso is yyyy-MM-ddTHH:mm:ss.SSSZ.
func (t stamp) iso() string {
	b := make([]byte, 0, 24)
	b = append(appendDigits(b, t.y, 4), '-')
	b = append(appendDigits(b, t.mo, 2), '-')
	b = append(appendDigits(b, t.d, 2), 'T')
	b = append(appendDigits(b, t.h, 2), ':')
	b = append(appendDigits(b, t.mi, 2), ':')
	b = append(appendDigits(b, t.s, 2), '.')
	return string(append(appendDigits(b, t.ms, 3), 'Z'))
}

func iso(at int64) string { return newStamp(at).iso() }

// seoulDate is the calendar day in Seoul, yyyy-mm-dd.
func seoulDate(at int64) string { return newStamp(at + seoul).iso()[:10] }

// seoulMidnight is the start of the day in Seoul that at falls into.
func seoulMidnight(at int64) int64 { return (at+seoul)/day*day - seoul }

// seoulMonths is the first instant of the month that lies n months from that of at, in Seoul.
func seoulMonths(at int64, n int) int64 {
	t := time.UnixMilli(at + seoul).UTC()
	return time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC).UnixMilli() - seoul
}

func itoa(n int) string { return strconv.Itoa(n) }
