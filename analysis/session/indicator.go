package session

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
)

// Indicator is something the investigator holds against the thief. What is given has to hold together; nothing given
// means no session.
type Indicator struct {
	Session    string    `json:"session,omitempty"`     // session id, or its beginning
	Address    string    `json:"ip,omitempty"`          // address or range (193.138.7.0/24)
	Account    string    `json:"account,omitempty"`     // login name or user id, 15 or 18 characters
	From       time.Time `json:"from,omitzero"`         // sessions that end before are not meant
	To         time.Time `json:"to,omitzero"`           // sessions that start after are not meant
	App        string    `json:"app,omitempty"`         // name or id of the connected app
	Agent      string    `json:"agent,omitempty"`       // part of the user agent
	SessionKey string    `json:"session_key,omitempty"` // session key or login key
}

// Unclear: an indicator that cannot be read, or says too little.
type Unclear struct{ What, Do string }

func (u *Unclear) Error() string { return u.What }

// Remedy says what to do about it.
func (u *Unclear) Remedy() string { return u.Do }

// Find returns the sessions an indicator means, in order of their ids. Errors: *Unclear.
func Find(ctx context.Context, db analysis.Engine, i Indicator) ([]int32, error) {
	if i.Session+i.Address+i.Account+i.App+i.Agent+i.SessionKey == "" {
		return nil, &Unclear{"the indicator names nothing", "name a session, an address, an account, an app, an agent or a session key"}
	}
	if err := oneSession(ctx, db, i.Session); err != nil {
		return nil, err
	}
	addresses, err := inRange(ctx, db, i.Address)
	if err != nil {
		return nil, err
	}
	if !i.To.IsZero() && i.To.Before(i.From) {
		return nil, &Unclear{"the window of time ends before it begins", "give the earlier time first"}
	}
	rows, err := db.QueryContext(ctx, findSQL, i.Session, i.Address == "", addresses, i.Account, i.Account, i.Account,
		moment(i.From), moment(i.To), i.App, i.App, i.App, i.Agent, i.Agent, i.SessionKey, i.SessionKey, i.SessionKey)
	if err != nil {
		return nil, fmt.Errorf("finding sessions: %w", err)
	}
	defer rows.Close()
	var found []int32
	for rows.Next() {
		var id int32
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("finding sessions: %w", err)
		}
		found = append(found, id)
	}
	return found, rows.Err()
}

// findSQL needs each condition only when it is given; an account matches in both forms of its id.
const findSQL = `
SELECT s.id FROM analysis.session s
LEFT JOIN analysis.account a ON a.id = s.account
LEFT JOIN analysis.login l ON l.id = s.login
WHERE starts_with(s.session_id, lower(?))
  AND (? OR list_has_any(s.addresses, ?::INTEGER[]))
  AND (? = '' OR lower(a.username) = lower(?) OR a.user_id = id18(?))
  AND s.ended_at >= coalesce(?::TIMESTAMP, '-infinity'::TIMESTAMP) AND s.started_at <= coalesce(?::TIMESTAMP, 'infinity'::TIMESTAMP)
  AND (? = '' OR list_has_any(s.apps, (SELECT coalesce(list(id), []) FROM analysis.app WHERE lower(app) = lower(?) OR lower(name) = lower(?))))
  AND (? = '' OR list_has_any(s.agents, (SELECT coalesce(list(id), []) FROM analysis.agent WHERE contains(lower(agent), lower(?)))))
  AND (? = '' OR l.login_key = ? OR list_has_any(s.tokens, (SELECT coalesce(list(id), []) FROM analysis.token WHERE session_key = ?)))
ORDER BY s.id`

// Whole returns the id of the one session whose id begins so. Errors: *Unclear when there is none, or several.
func Whole(ctx context.Context, db analysis.Engine, beginning string) (string, error) {
	n, some, err := beginSo(ctx, db, beginning)
	if err == nil && n != 1 {
		err = unlessOne(n, beginning, some)
	}
	return some, err
}

// oneSession refuses the beginning of an id that several sessions share.
func oneSession(ctx context.Context, db analysis.Engine, id string) error {
	if id == "" {
		return nil
	}
	n, some, err := beginSo(ctx, db, id)
	if err == nil && n > 1 {
		err = unlessOne(n, id, some)
	}
	return err
}

func unlessOne(n int64, beginning, some string) error {
	if n == 0 {
		return &Unclear{"there is no session " + beginning, "copy its id from the list of sessions"}
	}
	return &Unclear{fmt.Sprintf("%d sessions have an id that begins with %s", n, beginning), "give more of the id: " + some}
}

// beginSo counts the sessions whose id begins so, and names up to five of them.
func beginSo(ctx context.Context, db analysis.Engine, beginning string) (n int64, some string, err error) {
	err = db.QueryRowContext(ctx, `SELECT count(*), coalesce(string_agg(session_id, ', ' ORDER BY session_id) FILTER (n <= 5), '') FROM (
		SELECT session_id, row_number() OVER (ORDER BY session_id) AS n FROM analysis.session WHERE starts_with(session_id, lower(?)))`, strings.TrimSpace(beginning)).Scan(&n, &some)
	if err != nil {
		err = fmt.Errorf("finding sessions: %w", err)
	}
	return n, some, err
}

func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC()
}

// inRange returns the addresses inside an address or range.
func inRange(ctx context.Context, db analysis.Engine, text string) ([]int32, error) {
	found := []int32{}
	if text == "" {
		return found, nil
	}
	within, err := prefix(text)
	if err != nil {
		return nil, &Unclear{fmt.Sprintf("%q is neither an address nor a range", text), "write it as 193.138.7.89 or 193.138.7.0/24"}
	}
	rows, err := db.QueryContext(ctx, `SELECT id, address FROM analysis.address ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("finding addresses: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int32
		var address string
		if err := rows.Scan(&id, &address); err != nil {
			return nil, fmt.Errorf("finding addresses: %w", err)
		}
		if ip, err := netip.ParseAddr(strings.TrimSpace(address)); err == nil && within.Contains(ip.Unmap().WithZone("")) {
			found = append(found, id)
		}
	}
	return found, rows.Err()
}

func prefix(text string) (netip.Prefix, error) {
	if p, err := netip.ParsePrefix(strings.TrimSpace(text)); err == nil {
		return p.Masked(), nil
	}
	ip, err := netip.ParseAddr(strings.TrimSpace(text))
	if err != nil {
		return netip.Prefix{}, err
	}
	return ip.Unmap().Prefix(ip.Unmap().BitLen())
}
