package app

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app/casefile"
)

// Mark is the investigator's judgement of the sessions an indicator points at.
type Mark struct {
	Verdict   analysis.Verdict  `json:"verdict"`
	Indicator session.Indicator `json:"indicator"`
	Reason    string            `json:"reason"`
	Sessions  int               `json:"sessions"`           // how many it meant when it was made
	Which     []string          `json:"session_ids"`        // their ids, the first thousand
	Changed   map[string]int    `json:"verdicts_overruled"` // how many of them were judged otherwise before, by verdict
	Of        []string          `json:"organisations"`      // whose sessions they are; '' where nothing tells
}

// Mark judges sessions. It fails when the reason is empty or no session fits.
func (c *Case) Mark(ctx context.Context, m Mark) (Mark, error) {
	if strings.TrimSpace(m.Reason) == "" {
		return m, &Problem{"a verdict needs a reason", "say in a sentence why these sessions are judged so (--reason)", nil}
	}
	if !slices.Contains([]analysis.Verdict{analysis.Attacker, analysis.Legitimate, analysis.Undetermined, analysis.Unreviewed}, m.Verdict) {
		return m, &Problem{fmt.Sprintf("%q is no verdict", m.Verdict), "use attacker, legitimate or undetermined", nil}
	}
	err := c.file.Write(ctx, func(tx *sql.Tx) error {
		found, err := session.Find(ctx, tx, m.Indicator)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return &Problem{"no session fits that indicator", "look at the list of sessions for the addresses, accounts and times there are", nil}
		}
		m.Sessions = len(found)
		if err := m.describe(ctx, tx, found); err != nil {
			return err
		}
		e, err := casefile.Append(ctx, tx, c.actor, "mark", m)
		if err != nil {
			return err
		}
		if _, _, err := applyMark(ctx, tx, e); err != nil {
			return err
		}
		return setStale(ctx, tx)
	})
	return m, err
}

// describe notes which sessions are meant and what they were judged before.
func (m *Mark) describe(ctx context.Context, tx analysis.Engine, found []int32) error {
	m.Which, m.Changed, m.Of = nil, map[string]int{}, nil
	rows, err := tx.QueryContext(ctx, `SELECT s.session_id, coalesce(v.verdict, ''), s.organisation FROM analysis.session s LEFT JOIN analysis.verdict v ON v.session = s.id
		WHERE s.id IN (SELECT unnest(?::INTEGER[])) ORDER BY s.id`, found)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, before, organisation string
		if err := rows.Scan(&id, &before, &organisation); err != nil {
			return err
		}
		if !slices.Contains(m.Of, organisation) {
			m.Of = append(m.Of, organisation)
		}
		if len(m.Which) < 1000 {
			m.Which = append(m.Which, id)
		}
		if before != "" && before != string(m.Verdict) {
			m.Changed[before]++
		}
	}
	return rows.Err()
}

// Undo takes the last mark or correction back that still counts, and returns it.
func (c *Case) Undo(ctx context.Context) (entry casefile.Entry, err error) {
	err = c.file.Write(ctx, func(tx *sql.Tx) error {
		entries, err := casefile.Journal(ctx, tx)
		if err != nil {
			return err
		}
		undone := undoneEntries(entries)
		for _, e := range slices.Backward(entries) {
			if (e.Action == "mark" || e.Action == "correct") && !undone[e.Seq] {
				entry = e
				break
			}
		}
		if entry.Seq == 0 {
			return &Problem{"there is no mark or correction to take back", "mark a session first", nil}
		}
		if _, err := casefile.Append(ctx, tx, c.actor, "undo", map[string]int64{"entry": entry.Seq}); err != nil {
			return err
		}
		return c.deriveVerdicts(ctx, tx)
	})
	return entry, err
}

// Session is one row of the list of sessions.
type Session struct {
	ID           int32            `json:"-"`
	SessionID    string           `json:"session_id"`
	Organisation string           `json:"organisation"`
	AccountID    string           `json:"account_id"`
	Account      string           `json:"account_name"` // login name
	Person       string           `json:"person"`       // who the account belongs to
	Started      time.Time        `json:"started_at"`
	Ended        time.Time        `json:"ended_at"`
	EndedBy      string           `json:"ended_by"`
	Addresses    string           `json:"ip"` // several with ';'
	Countries    string           `json:"countries"`
	Agents       string           `json:"user_agent"`
	Apps         string           `json:"app"`
	LoginKey     string           `json:"login_key"`
	SessionKeys  string           `json:"session_keys"`
	Kind         string           `json:"kind"`
	Events       int64            `json:"events"`
	Failed       int64            `json:"failed"`
	Inferred     int64            `json:"inferred"`
	Rows         int64            `json:"rows"`
	Bytes        int64            `json:"bytes"`
	Gap          bool             `json:"gap"`
	Hijack       bool             `json:"hijack"`
	Score        float64          `json:"score"`
	Reasons      string           `json:"reasons"`
	Verdict      analysis.Verdict `json:"verdict"`
	Judgement    string           `json:"reason"` // why it was judged so
	ReasonsKo    string           `json:"reasons_ko"`
}

// mostListed is how many rows a page has that does not say it.
const mostListed = 1000

// Listing asks for one page of a list.
type Listing struct {
	Search string            // text that has to occur, whatever its case
	Only   string            // a value of the list's own filter: a verdict, a list, an outcome, …; "" for all
	Pick   map[string]string // of sessions: values by facet
	Sort   string            // one of the list's sort names; "" for the natural order
	Down   bool              // descending
	Offset int64
	Limit  int64 // 0: 1,000
}

// page adds order and page to a query whose sort names are given; an unknown name is the natural order.
func (l Listing) page(query string, sorts map[string]string, natural string) string {
	order := natural
	if column, ok := sorts[l.Sort]; ok {
		order = column
		if l.Down {
			order += " DESC"
		}
		order += " NULLS LAST, " + natural
	}
	limit := l.Limit
	if limit == 0 {
		limit = mostListed
	}
	return fmt.Sprintf("%s\nORDER BY %s LIMIT %d OFFSET %d", query, order, limit, l.Offset)
}

var sessionSorts = map[string]string{"account": "account_name", "started": "started_at", "ended": "ended_at", "events": "events",
	"rows": "rows", "bytes": "bytes", "score": "score", "verdict": "verdict", "ip": "ip", "agent": "user_agent", "app": "app", "kind": "kind"}

// Sessions lists a page of sessions (Only: a verdict, or "failed", "hijack", "gap") and how many there are in all.
func (c *Case) Sessions(ctx context.Context, l Listing) (list []Session, total int64, err error) {
	query, args := l.sessions()
	err = c.read(ctx, "SELECT count(*) "+query, args, func(rows *sql.Rows) error { return rows.Scan(&total) })
	if err != nil {
		return nil, 0, err
	}
	ids, err := c.sessionPage(ctx, l, total)
	if err != nil || len(ids) == 0 {
		return nil, total, err
	}
	list = make([]Session, len(ids))
	place := make(map[int32]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	chosen := strings.Trim(strings.ReplaceAll(fmt.Sprint(ids), " ", ", "), "[]") // numbers, said of both tables so that their indexes are used
	query = "SELECT * EXCLUDE (haystack) FROM (" + statement("sessions") + " WHERE s.id IN (" + chosen + ") AND t.session IN (" + chosen + "))"
	err = c.read(ctx, query, nil, func(rows *sql.Rows) error {
		s, err := scanSession(rows)
		list[place[s.ID]] = s
		return err
	})
	return list, total, err
}

// sessionPage is which sessions stand on a page, in its order. Only what they are ordered by is sorted, and for the second half
// of the list from its end: the last page costs what the first does.
func (c *Case) sessionPage(ctx context.Context, l Listing, total int64) (ids []int32, err error) {
	limit := l.Limit
	if limit == 0 {
		limit = mostListed
	}
	order := []sorting{{"started_at", false}, {"id", false}}
	if column, ok := sessionSorts[l.Sort]; ok {
		order = append([]sorting{{column, l.Down}}, order...)
	}
	limit = max(0, min(limit, total-l.Offset))
	offset, backwards := l.Offset, l.Offset > total/2
	if backwards {
		offset = max(0, total-l.Offset-limit)
	}
	query, args := l.sessions()
	query = fmt.Sprintf("SELECT id %s ORDER BY %s LIMIT %d OFFSET %d", query, spelledOrder(order, backwards), limit, offset)
	err = c.read(ctx, query, args, func(rows *sql.Rows) error {
		ids = append(ids, 0)
		return rows.Scan(&ids[len(ids)-1])
	})
	if backwards {
		slices.Reverse(ids)
	}
	return ids, err
}

// sorting is a column that a list is ordered by; what has no value comes last either way.
type sorting struct {
	column string
	down   bool
}

func spelledOrder(order []sorting, backwards bool) string {
	parts := make([]string, len(order))
	for i, o := range order {
		parts[i] = o.column
		if o.down != backwards {
			parts[i] += " DESC"
		}
		if parts[i] += " NULLS LAST"; backwards {
			parts[i] = strings.TrimSuffix(parts[i], "LAST") + "FIRST"
		}
	}
	return strings.Join(parts, ", ")
}

// sessions is what a listing asks for of the sessions, without the columns. What it does not ask for is not looked at: the
// texts to search in are long.
func (l Listing) sessions() (query string, args []any) {
	query = "FROM (" + statement("sessions") + ") WHERE true"
	if l.Search != "" {
		query, args = query+" AND contains(haystack, lower(?))", append(args, l.Search)
	}
	switch l.Only {
	case "":
	case "failed":
		query += " AND kind = 'failed'"
	case "hijack", "gap":
		query += " AND " + l.Only
	default:
		query, args = query+" AND verdict = ?", append(args, l.Only)
	}
	picked, values := l.picked()
	return query + picked, append(args, values...)
}

func scanSession(rows *sql.Rows) (Session, error) {
	var s Session
	var started, ended sql.NullTime
	var verdict string
	err := rows.Scan(&s.ID, &s.SessionID, &s.Organisation, &s.AccountID, &s.Account, &s.Person, &started, &ended, &s.EndedBy,
		&s.Addresses, &s.Countries, &s.Agents, &s.Apps, &s.LoginKey, &s.SessionKeys, &s.Kind, &s.Events, &s.Failed, &s.Inferred,
		&s.Rows, &s.Bytes, &s.Gap, &s.Hijack, &s.Score, &s.Reasons, &verdict, &s.Judgement, &s.ReasonsKo)
	s.Started, s.Ended, s.Verdict = started.Time, ended.Time, analysis.Verdict(verdict)
	return s, err
}

// Span is a run of one session by one client, for the time line.
type Span struct {
	Session  int32
	Account  string
	From, To time.Time
	Events   int64
	Verdict  analysis.Verdict
	Score    float64
	Hijack   bool
	Client   string // address and agent in words
}

// Spans lists the segments that touch a window of time, those with the highest scores first when there are more than limit.
func (c *Case) Spans(ctx context.Context, from, to time.Time, l Listing) (spans []Span, err error) {
	limit := l.Limit
	if limit == 0 {
		limit = 5000
	}
	picked, values := l.picked()
	args := []any{to, from, l.Only, l.Only}
	if l.Search != "" {
		picked += ` AND id IN (SELECT session FROM analysis.session_text WHERE contains(haystack, lower(?)))`
		values = append(values, l.Search)
	}
	args = append(append(args, values...), limit)
	err = c.read(ctx, strings.Replace(statement("spans"), "$picked", picked, 1), args, func(rows *sql.Rows) error {
		var s Span
		var verdict string
		err := rows.Scan(&s.Session, &s.Account, &s.From, &s.To, &s.Events, &verdict, &s.Score, &s.Hijack, &s.Client)
		s.Verdict = analysis.Verdict(verdict)
		spans = append(spans, s)
		return err
	})
	return spans, err
}

// Bar is one bar of the histogram over time.
type Bar struct {
	At       time.Time
	Events   int64
	Attacker int64 // of them in sessions marked attacker
	Failed   int64 // of them failed logins
}

// Histogram counts events in bars of equal width. The zero times mean the whole case.
func (c *Case) Histogram(ctx context.Context, from, to time.Time, width time.Duration) (bars []Bar, err error) {
	err = c.read(ctx, statement("histogram"), []any{sql.Named("width", width.Microseconds()), sql.Named("from", nullTime(from)), sql.Named("to", nullTime(to))}, func(rows *sql.Rows) error {
		var b Bar
		err := rows.Scan(&b.At, &b.Events, &b.Attacker, &b.Failed)
		bars = append(bars, b)
		return err
	})
	return bars, err
}

func nullTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// Event is one audit-log row in the common shape.
type Event struct {
	ID                                int64
	File                              int32
	Line                              int64
	Name                              string // of the file
	At                                time.Time
	Kind, Action, Object, Record      string
	Address, Agent, App, Text, Target string
	Status, How                       string
	Certain                           bool
	Rows                              *int64 // nil: not logged
}

// Events lists a page of a session's events in order of time.
func (c *Case) Events(ctx context.Context, session int32, l Listing) (events []Event, err error) {
	query := l.page(statement("events")+" WHERE t.session = ?", nil, `e."at" NULLS LAST, e.id`)
	return c.events(ctx, query, session)
}

// QueryEvents lists the log rows that a query rests on.
func (c *Case) QueryEvents(ctx context.Context, query int32, l Listing) (events []Event, err error) {
	text := l.page(statement("events")+" JOIN analysis.query_event q ON q.event = e.id WHERE q.query = ? AND t.session = (SELECT session FROM analysis.query WHERE id = q.query)", nil, `e."at" NULLS LAST, e.id`)
	return c.events(ctx, text, query)
}

func (c *Case) events(ctx context.Context, query string, args ...any) (events []Event, err error) {
	err = c.read(ctx, query, args, func(rows *sql.Rows) error {
		var e Event
		var at sql.NullTime
		err := rows.Scan(&e.ID, &e.File, &e.Line, &e.Name, &at, &e.Kind, &e.Action, &e.Object, &e.Record, &e.Address, &e.Agent,
			&e.App, &e.Text, &e.Target, &e.Status, &e.How, &e.Certain, &e.Rows)
		e.At = at.Time
		events = append(events, e)
		return err
	})
	return events, err
}
