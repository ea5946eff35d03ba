package app

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/duty"
	"github.com/breachscope/breachscope/analysis/session"
)

// Story is the case told in order of time; StoryOptions are what the investigator asks of it.
type (
	Story        = session.Story
	StoryOptions = session.StoryOptions
)

// Story tells what the thief did when. Without other dates, those of the facts say when somebody noticed; without other
// ranges, the allow-list asked about is that of the investigator's own networks.
func (c *Case) Story(ctx context.Context, o StoryOptions) (s Story, err error) {
	if o.Detected == nil {
		if o.Detected, err = c.noticed(ctx); err != nil {
			return s, err
		}
	}
	if o.Allowed == nil {
		networks, err := c.Networks(ctx)
		if err != nil {
			return s, err
		}
		o.Allowed = ranges(networks)
	}
	err = c.file.Read(ctx, func(db analysis.Engine) error {
		s, err = session.Tell(ctx, db, o)
		return err
	})
	return s, err
}

// noticed are the dates of the facts by name, in order of time.
func (c *Case) noticed(ctx context.Context) (dates []session.Date, err error) {
	f, err := c.Facts(ctx)
	if err != nil {
		return nil, err
	}
	for _, clock := range duty.Clocks {
		if m := f.Dates[clock]; !m.IsZero() {
			dates = append(dates, session.Date{Name: string(clock), At: m.From})
		}
	}
	slices.SortStableFunc(dates, func(a, b session.Date) int { return a.At.Compare(b.At) })
	return dates, nil
}

// ParseRanges reads addresses and ranges, separated by commas, semicolons or spaces.
func ParseRanges(text string) (ranges []netip.Prefix, err error) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",; \t\n", r) }) {
		p, err := netip.ParsePrefix(part)
		if err != nil {
			a, err := netip.ParseAddr(part)
			if err != nil {
				return nil, &Problem{fmt.Sprintf("%q is no address and no range", part), "write it as 203.0.113.0/24 or 203.0.113.7", err}
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		ranges = append(ranges, p.Masked())
	}
	return ranges, nil
}

// EventsByID lists log rows by their numbers, in order of time.
func (c *Case) EventsByID(ctx context.Context, ids []int64, l Listing) ([]Event, error) {
	text := l.page(`SELECT * FROM (`+statement("events")+` WHERE e.id IN (SELECT unnest(?::BIGINT[]))) e
		QUALIFY row_number() OVER (PARTITION BY id ORDER BY certain DESC) = 1`, nil, `"at" NULLS LAST, id`)
	return c.events(ctx, text, ids)
}
