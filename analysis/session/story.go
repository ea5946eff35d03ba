package session

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
)

// StoryOptions are what the investigator adds to the evidence.
type StoryOptions struct {
	Account   int32          // tell of this account only; 0: of the whole case
	Detected  []Date         // when somebody noticed, blocked, reported
	Allowed   []netip.Prefix // ranges an allow-list would have let in
	RowsLimit int64          // most rows a session might have read; 0: no limit asked about
}

// Date is a moment the investigator knows of.
type Date struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

// Story answers what regulators ask: what happened when, for how long, when it could have been seen, what would have
// stopped it. It rests on the sessions marked as the thief's and on failed logins from their networks.
type Story struct {
	First          time.Time     `json:"first,omitzero"`
	Last           time.Time     `json:"last,omitzero"` // first and last action of the thief, failed logins left out; zero: nothing is marked
	Dwell          time.Duration `json:"dwell_ns"`      // between them
	FirstKnock     time.Time     `json:"first_knock"`   // first failed login from one of the thief's networks; zero: none
	Lines          []Line        `json:"lines"`
	Delays         []Delay       `json:"delays"`
	Rules          []Fired       `json:"rules"`
	NoSecondFactor []Entry       `json:"no_second_factor"`
	AllowList      WhatIf        `json:"allow_list"` // had only the allowed ranges been let in
	Limit          WhatIf        `json:"limit"`      // had no session been allowed more than RowsLimit rows
}

// Line is one line of the time line.
type Line struct {
	At      time.Time `json:"at"`
	Session int32     `json:"session"`
	Account string    `json:"account"`
	What    string    `json:"what"` // knock, login, recon, read, view, export, bulk, deleted, end
	Words   string    `json:"words"`
	WordsKo string    `json:"words_ko"`
	Events  []int64   `json:"events"` // log rows that show it, at most twenty
}

// Delay is how long after the thief's first action something was noticed.
type Delay struct {
	Date
	After time.Duration `json:"after_ns"` // negative: before it
}

// Fired is the first time a rule would have spoken about one of the thief's sessions, had it been watched.
type Fired struct {
	Rule      string    `json:"rule"`
	At        time.Time `json:"at"`
	Session   int32     `json:"session"`
	Words     string    `json:"words"`
	WordsKo   string    `json:"words_ko"`
	RowsAfter int64     `json:"rows_after"` // rows the thief read after that moment
}

// Entry is a login of the thief without a second factor.
type Entry struct {
	At      time.Time `json:"at"`
	Session int32     `json:"session"`
	Account string    `json:"account"`
	Address string    `json:"address"`
	Method  string    `json:"method"`
	Event   int64     `json:"event"`
}

// WhatIf counts what a measure would have stopped.
type WhatIf struct {
	Asked        bool  `json:"asked"`
	Sessions     int64 `json:"sessions"`
	Events       int64 `json:"events"`
	Rows         int64 `json:"rows"` // stopped
	OfSessions   int64 `json:"of_sessions"`
	OfEvents     int64 `json:"of_events"` // of all of the thief's
	OfRows       int64 `json:"of_rows"`
	Legitimate   int64 `json:"legitimate"`
	OfLegitimate int64 `json:"of_legitimate"` // legitimate sessions the measure would have hit too
}

// Tell puts the story of the case, or of one account, together.
func Tell(ctx context.Context, db analysis.Engine, o StoryOptions) (Story, error) {
	var s Story
	for _, part := range []func(context.Context, analysis.Engine, StoryOptions, *Story) error{bounds, lines, rules, entries, allowList, rowsLimit} {
		if err := part(ctx, db, o, &s); err != nil {
			return Story{}, fmt.Errorf("telling the story: %w", err)
		}
	}
	for _, d := range o.Detected {
		if !s.First.IsZero() {
			s.Delays = append(s.Delays, Delay{d, d.At.Sub(s.First)})
		}
	}
	return s, nil
}

// query runs the named file and hands each row to scan.
func query(ctx context.Context, db analysis.Engine, file string, scan func(func(...any) error) error, args ...any) error {
	text, err := statements.ReadFile("sql/" + file + ".sql")
	if err != nil {
		return err
	}
	rows, err := db.QueryContext(ctx, string(text), args...)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows.Scan); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return rows.Err()
}

// optional reads a time that may be missing.
func optional(t *time.Time) *nullTime { return &nullTime{t} }

type nullTime struct{ to *time.Time }

func (n *nullTime) Scan(v any) error {
	if t, ok := v.(time.Time); ok {
		*n.to = t
	}
	return nil
}

func bounds(ctx context.Context, db analysis.Engine, o StoryOptions, s *Story) error {
	return query(ctx, db, "story_bounds", func(scan func(...any) error) error {
		err := scan(optional(&s.First), optional(&s.Last), optional(&s.FirstKnock))
		s.Dwell = s.Last.Sub(s.First)
		return err
	}, o.Account)
}

func lines(ctx context.Context, db analysis.Engine, o StoryOptions, s *Story) error {
	return query(ctx, db, "story_lines", func(scan func(...any) error) error {
		var l Line
		var ids []any
		if err := scan(optional(&l.At), &l.Session, &l.Account, &l.What, &l.Words, &l.WordsKo, &ids); err != nil {
			return err
		}
		for _, id := range ids {
			l.Events = append(l.Events, id.(int64))
		}
		s.Lines = append(s.Lines, l)
		return nil
	}, o.Account)
}

func rules(ctx context.Context, db analysis.Engine, o StoryOptions, s *Story) error {
	return query(ctx, db, "story_rules", func(scan func(...any) error) error {
		var f Fired
		err := scan(&f.Rule, optional(&f.At), &f.Session, &f.Words, &f.WordsKo, &f.RowsAfter)
		s.Rules = append(s.Rules, f)
		return err
	}, o.Account)
}

func entries(ctx context.Context, db analysis.Engine, o StoryOptions, s *Story) error {
	return query(ctx, db, "story_entries", func(scan func(...any) error) error {
		var e Entry
		err := scan(optional(&e.At), &e.Session, &e.Account, &e.Address, &e.Method, &e.Event)
		s.NoSecondFactor = append(s.NoSecondFactor, e)
		return err
	}, o.Account)
}

// allowList counts the sessions none of whose known addresses lies in an allowed range.
func allowList(ctx context.Context, db analysis.Engine, o StoryOptions, s *Story) error {
	if len(o.Allowed) == 0 {
		return nil
	}
	allowed := []int32{}
	err := query(ctx, db, "story_addresses", func(scan func(...any) error) error {
		var id int32
		var text string
		if err := scan(&id, &text); err != nil {
			return err
		}
		ip, err := netip.ParseAddr(strings.TrimSpace(text))
		for _, p := range o.Allowed {
			if err == nil && p.Contains(ip) {
				allowed = append(allowed, id)
				break
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return whatIf(ctx, db, "story_allowed", &s.AllowList, o.Account, allowed)
}

func rowsLimit(ctx context.Context, db analysis.Engine, o StoryOptions, s *Story) error {
	if o.RowsLimit <= 0 {
		return nil
	}
	return whatIf(ctx, db, "story_limit", &s.Limit, o.Account, o.RowsLimit)
}

func whatIf(ctx context.Context, db analysis.Engine, file string, w *WhatIf, args ...any) error {
	w.Asked = true
	return query(ctx, db, file, func(scan func(...any) error) error {
		return scan(&w.Sessions, &w.Events, &w.Rows, &w.OfSessions, &w.OfEvents, &w.OfRows, &w.Legitimate, &w.OfLegitimate)
	}, args...)
}
