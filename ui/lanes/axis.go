package lanes

import "time"

// tick is a mark on the time axis.
type tick struct {
	at    int64
	label string
}

// steps between marks, in seconds; days and longer are walked on the calendar.
var steps = []int64{1, 5, 15, 30, 60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, day, 2 * day, 7 * day, 14 * day}

const day = 86400

// ticks are the marks of a stretch at most so many, at round local times.
func ticks(from, to float64, most int, zone *time.Location) []tick {
	span := to - from
	for _, step := range steps {
		if span/float64(step) <= float64(most) {
			return even(int64(from), int64(to), step, zone)
		}
	}
	return months(int64(from), int64(to), 1+int(span/(30*day))/max(1, most), zone)
}

// even marks every step counted from a local midnight, so that days begin on days across a change to summer time.
// The first mark names its day.
func even(from, to, step int64, zone *time.Location) (out []tick) {
	start := time.Unix(from, 0).In(zone)
	midnight := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, zone)
	for at := midnight; at.Unix() <= to; {
		if at.Unix() >= from {
			out = append(out, tick{at.Unix(), label(at, step)})
			if len(out) == 1 && step < day {
				out[0].label = at.Format("01-02 15:04")
			}
		}
		if step >= day {
			at = at.AddDate(0, 0, int(step/day))
		} else {
			at = at.Add(time.Duration(step) * time.Second)
		}
	}
	return out
}

func label(at time.Time, step int64) string {
	switch {
	case at.Hour() == 0 && at.Minute() == 0 && at.Second() == 0:
		return at.Format("01-02")
	case step < 60:
		return at.Format("15:04:05")
	}
	return at.Format("15:04")
}

func months(from, to int64, every int, zone *time.Location) (out []tick) {
	start := time.Unix(from, 0).In(zone)
	for at := time.Date(start.Year(), start.Month(), 1, 0, 0, 0, 0, zone); at.Unix() <= to; at = at.AddDate(0, every, 0) {
		if at.Unix() >= from {
			out = append(out, tick{at.Unix(), at.Format("2006-01")})
		}
	}
	return out
}
