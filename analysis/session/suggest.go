package session

import (
	"context"
	"fmt"
	"slices"

	"github.com/breachscope/breachscope/analysis"
)

// Strength says how much a shared trait proves.
type Strength string

const (
	Strong   Strength = "strong"   // rare here, and the session is away from its account's home
	Moderate Strength = "moderate" // rare here, but something speaks for the owner
	Weak     Strength = "weak"     // worth a look
)

func (s Strength) rank() int { return slices.Index([]Strength{Strong, Moderate, Weak}, s) }

// Shared is one trait a session shares with one already held to be the thief's, or, Trait being "itself", what speaks
// for it alone.
type Shared struct {
	Trait    string   `json:"trait"` // address, network, app, agent, query, account, holder, itself
	Value    string   `json:"value"`
	With     int32    `json:"with"`     // session it is shared with; 0 when it speaks for itself
	Sessions int64    `json:"sessions"` // sessions of the organisation with the trait
	Accounts int64    `json:"accounts"` // accounts they belong to
	Strength Strength `json:"strength"`
	Words    string   `json:"words"`
	WordsKo  string   `json:"words_ko"`
}

// Suggestion is a session that belongs to those marked, with the reasons, strongest first.
type Suggestion struct {
	Session   int32    `json:"session"`
	SessionID string   `json:"session_id"`
	Account   string   `json:"account"`
	Score     float64  `json:"score"`
	Strength  Strength `json:"strength"`
	Round     int      `json:"round"` // 1: follows from the marked sessions themselves, 2: from sessions suggested in round 1, …
	Shared    []Shared `json:"shared"`
	Chain     []int32  `json:"chain"` // from a marked session to this one
}

// Suggest names the sessions that share rare traits with those marked as the thief's, and goes on from the strong ones
// until nothing new appears. Sessions with another verdict than undetermined are left alone.
func Suggest(ctx context.Context, db analysis.Engine) ([]Suggestion, error) {
	marked, err := markedSessions(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("suggesting sessions: %w", err)
	}
	found := map[int32]*Suggestion{}
	var order []int32
	for round, from, held := 1, marked, slices.Clone(marked); len(from) > 0; round++ {
		links, err := linked(ctx, db, from, held)
		if err != nil {
			return nil, fmt.Errorf("suggesting sessions: %w", err)
		}
		from = nil
		for _, l := range links { // a strong one is held from the next round on
			s, known := found[l.Session]
			if !known {
				s = &Suggestion{Session: l.Session, SessionID: l.SessionID, Account: l.Account, Score: l.Score, Strength: Weak, Round: round}
				found[l.Session], order = s, append(order, l.Session)
			}
			strong := s.Strength == Strong
			s.add(l.Shared[0])
			if s.Strength == Strong && !strong {
				s.Round, s.Chain = round, chain(found, l.Shared[0].With, l.Session)
				from = append(from, l.Session)
			}
		}
		held = append(held, from...)
	}
	list := make([]Suggestion, len(order))
	for i, id := range order {
		if found[id].Chain == nil {
			found[id].Chain = chain(found, found[id].Shared[0].With, id)
		}
		list[i] = *found[id]
	}
	slices.SortStableFunc(list, func(a, b Suggestion) int {
		if a.Strength != b.Strength {
			return a.Strength.rank() - b.Strength.rank()
		}
		return a.Round - b.Round
	})
	return list, nil
}

// add puts a trait among those of the suggestion, the strongest first, each trait once.
func (s *Suggestion) add(t Shared) {
	if i := slices.IndexFunc(s.Shared, func(o Shared) bool { return o.Trait == t.Trait && o.Value == t.Value }); i >= 0 {
		return
	}
	s.Shared = append(s.Shared, t)
	slices.SortStableFunc(s.Shared, func(a, b Shared) int { return a.Strength.rank() - b.Strength.rank() })
	s.Strength = s.Shared[0].Strength
}

// chain leads from a marked session over suggested ones to the last.
func chain(found map[int32]*Suggestion, with, last int32) []int32 {
	if with == 0 {
		return []int32{last}
	}
	if s, suggested := found[with]; suggested {
		return append(slices.Clone(s.Chain), last)
	}
	return []int32{with, last}
}

func markedSessions(ctx context.Context, db analysis.Engine) (ids []int32, err error) {
	rows, err := db.QueryContext(ctx, "SELECT DISTINCT session FROM analysis.verdict WHERE verdict = 'attacker' ORDER BY session")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int32
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// linked returns one Suggestion with one trait per session and trait shared with one of from.
func linked(ctx context.Context, db analysis.Engine, from, held []int32) ([]Suggestion, error) {
	text, err := statements.ReadFile("sql/suggest.sql")
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, string(text), from, held)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Suggestion
	for rows.Next() {
		var s Suggestion
		var t Shared
		if err := rows.Scan(&s.Session, &s.SessionID, &s.Account, &s.Score, &t.Trait, &t.Value, &t.With, &t.Sessions, &t.Accounts, &t.Strength, &t.Words, &t.WordsKo); err != nil {
			return nil, err
		}
		s.Shared = []Shared{t}
		list = append(list, s)
	}
	return list, rows.Err()
}

// Warning is a trait of a session marked as the thief's that occurs in sessions not marked so, too: the mark may be wrong,
// theirs missing, or the trait proves nothing.
type Warning struct {
	Session   int32   `json:"session"`
	SessionID string  `json:"session_id"`
	Account   string  `json:"account"`
	Trait     string  `json:"trait"`
	Value     string  `json:"value"`
	Sessions  []int32 `json:"sessions"` // with it, marked legitimate or unmarked and at home; at most twenty
	Words     string  `json:"words"`
	WordsKo   string  `json:"words_ko"`
}

// Warn lists what speaks against the marks made so far.
func Warn(ctx context.Context, db analysis.Engine) ([]Warning, error) {
	text, err := statements.ReadFile("sql/warn.sql")
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, string(text))
	if err != nil {
		return nil, fmt.Errorf("looking for doubts: %w", err)
	}
	defer rows.Close()
	var list []Warning
	for rows.Next() {
		var w Warning
		var ids []any
		if err := rows.Scan(&w.Session, &w.SessionID, &w.Account, &w.Trait, &w.Value, &ids, &w.Words, &w.WordsKo); err != nil {
			return nil, fmt.Errorf("looking for doubts: %w", err)
		}
		for _, id := range ids {
			w.Sessions = append(w.Sessions, id.(int32))
		}
		list = append(list, w)
	}
	return list, rows.Err()
}
