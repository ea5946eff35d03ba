package session_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/event"
	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app/casefile"
	"github.com/breachscope/breachscope/assets"
)

// truth is what really happened in an invented incident.
type truth struct {
	AttackerSessions []truthSession `json:"attacker_sessions"`
	SameAccounts     []truthSession `json:"legit_sessions_same_accounts"`
	Decoys           []truthSession `json:"decoys"`
	Gaps             []struct {
		EventType string    `json:"event_type"`
		From, To  time.Time `json:"-"`
		FromText  string    `json:"from"`
		ToText    string    `json:"to"`
	} `json:"gaps"`
}

type truthSession struct {
	ID          string   `json:"id"`
	AccountID   string   `json:"account_id"`
	LoginKey    string   `json:"login_key"`
	SessionKeys []string `json:"session_keys"`
	IPs         []string `json:"ips"`
	Events      int64    `json:"events"`
}

// derived is a session as the case holds it.
type derived struct {
	id          int32
	account, ip string
	login       string
	score       float64
	hijack      bool
	kind        string
}

func (d derived) is(s truthSession) bool {
	ips := strings.Split(d.ip, ";")
	return d.account == s.AccountID && d.login == s.LoginKey && slices.ContainsFunc(s.IPs, func(ip string) bool { return slices.Contains(ips, ip) })
}

// incident loads the shared incident into a case and derives its sessions.
func incident(t *testing.T) (*casefile.Case, truth) {
	t.Helper()
	root := filepath.Join("..", "..", "..", "shared", "incident")
	data, err := os.ReadFile(filepath.Join(root, "truth.json"))
	if err != nil {
		t.Skipf("the shared incident is not there: %v", err)
	}
	var want truth
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	c, err := casefile.Create(ctx, filepath.Join(t.TempDir(), "incident"+casefile.Extension), casefile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	catalog, err := evidence.LoadCatalog(assets.Folder("kinds"))
	if err != nil {
		t.Fatal(err)
	}
	settings := analysis.Settings{Timezone: "Asia/Seoul"}
	err = c.Write(ctx, func(tx *sql.Tx) error {
		if _, err := evidence.Add(ctx, tx, catalog, c.Staging(), []string{filepath.Join(root, "evidence")}, evidence.Options{Timezone: settings.Timezone}, nil); err != nil {
			return err
		}
		if err := event.Derive(ctx, tx, catalog, settings, nil); err != nil {
			return err
		}
		return session.Derive(ctx, tx, settings, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, want
}

func read(t *testing.T, c *casefile.Case, do func(analysis.Engine) error) {
	t.Helper()
	if err := c.Read(context.Background(), do); err != nil {
		t.Fatal(err)
	}
}

func sessions(t *testing.T, c *casefile.Case) (list []derived) {
	t.Helper()
	read(t, c, func(db analysis.Engine) error {
		rows, err := db.QueryContext(context.Background(), `SELECT s.id, coalesce(u.user_id, ''), coalesce((SELECT string_agg(a.address, ';') FROM analysis.address a WHERE list_contains(s.addresses, a.id)), ''),
			coalesce(l.login_key, ''), s.score, s.hijack, s.kind FROM analysis.session s LEFT JOIN analysis.account u ON u.id = s.account LEFT JOIN analysis.login l ON l.id = s.login ORDER BY s.id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var d derived
			if err := rows.Scan(&d.id, &d.account, &d.ip, &d.login, &d.score, &d.hijack, &d.kind); err != nil {
				return err
			}
			list = append(list, d)
		}
		return rows.Err()
	})
	return list
}

// TestIncident walks the way an investigator goes: sessions, scores, one mark, suggestions, story.
func TestIncident(t *testing.T) {
	c, want := incident(t)
	all := sessions(t, c)
	thief := map[int32]string{}
	t.Run("every attacker session is one session and holds no row of its owner", func(t *testing.T) {
		for _, s := range want.AttackerSessions {
			var hits []derived
			for _, d := range all {
				if d.is(s) {
					hits, thief[d.id] = append(hits, d), s.ID
				}
			}
			if len(hits) != 1 {
				t.Errorf("%s is %d sessions: %+v", s.ID, len(hits), hits)
			}
			for _, own := range want.SameAccounts {
				if len(hits) > 0 && hits[0].is(own) {
					t.Errorf("%s is mixed with the owner's %s", s.ID, own.ID)
				}
			}
		}
	})
	t.Run("every attacker session ranks above every other", func(t *testing.T) {
		lowest, highest, who := 101.0, -1.0, int32(0)
		for _, d := range all {
			if thief[d.id] != "" {
				lowest = min(lowest, d.score)
			} else if d.score > highest {
				highest, who = d.score, d.id
			}
		}
		if lowest <= highest {
			t.Errorf("lowest attacker session %.0f, highest other %.0f (session %d)", lowest, highest, who)
		}
	})
	t.Run("one hijacked session", func(t *testing.T) {
		for _, d := range all {
			if d.hijack != (thief[d.id] == "C1") {
				t.Errorf("session %d: hijack = %v", d.id, d.hijack)
			}
		}
	})
	t.Run("every event belongs somewhere", func(t *testing.T) { everyEventBelongs(t, c) })
	t.Run("the gap", func(t *testing.T) { onlyTrueGaps(t, c, want) })
	t.Run("one mark leads to all", func(t *testing.T) { oneMarkLeadsToAll(t, c, thief) })
	t.Run("story", func(t *testing.T) { tell(t, c) })
}

func everyEventBelongs(t *testing.T, c *casefile.Case) {
	read(t, c, func(db analysis.Engine) error {
		var lost, wrong int64
		err := db.QueryRowContext(context.Background(), `SELECT (SELECT count(*) FROM analysis.event e ANTI JOIN analysis.attribution x ON x.event = e.id),
			(SELECT count(*) FROM (SELECT event FROM analysis.attribution GROUP BY event HAVING count(*) > 1 AND bool_or(certain)))`).Scan(&lost, &wrong)
		if lost > 0 || wrong > 0 {
			t.Errorf("%d events belong to no session, %d to several for certain", lost, wrong)
		}
		return err
	})
}

func onlyTrueGaps(t *testing.T, c *casefile.Case, want truth) {
	read(t, c, func(db analysis.Engine) error {
		rows, err := db.QueryContext(context.Background(), `SELECT kind, strftime(from_at, '%Y-%m-%dT%H:%M:%S.%gZ'), strftime(to_at, '%Y-%m-%dT%H:%M:%S.%gZ'), covered_by FROM evidence.gap ORDER BY ALL`)
		if err != nil {
			return err
		}
		defer rows.Close()
		n := 0
		for ; rows.Next(); n++ {
			var kind, from, to, covered string
			if err := rows.Scan(&kind, &from, &to, &covered); err != nil {
				return err
			}
			if n >= len(want.Gaps) || kind != "salesforce.elf."+want.Gaps[n].EventType || from != want.Gaps[n].FromText || to != want.Gaps[n].ToText || covered == "" {
				t.Errorf("gap %s %s %s covered by %q", kind, from, to, covered)
			}
		}
		if n != len(want.Gaps) {
			t.Errorf("%d gaps, want %d", n, len(want.Gaps))
		}
		return rows.Err()
	})
}

func oneMarkLeadsToAll(t *testing.T, c *casefile.Case, thief map[int32]string) {
	ctx := context.Background()
	err := c.Write(ctx, func(tx *sql.Tx) error {
		marked, err := session.Find(ctx, tx, session.Indicator{Address: "193.138.7.89"})
		if err != nil {
			return err
		}
		suggestions, err := mark(ctx, tx, marked, func() ([]session.Suggestion, error) { return session.Suggest(ctx, tx) })
		if err != nil {
			return err
		}
		found := slices.Clone(marked)
		for _, s := range suggestions {
			if s.Strength == session.Strong {
				found = append(found, s.Session)
				if len(s.Shared) == 0 || s.Shared[0].Words == "" || s.Chain[len(s.Chain)-1] != s.Session {
					t.Errorf("suggestion without a reason or chain: %+v", s)
				}
			}
		}
		for _, id := range found {
			if thief[id] == "" {
				t.Errorf("session %d is not the thief's", id)
			}
		}
		if len(found) != len(thief) {
			t.Errorf("%d sessions found, want %d", len(found), len(thief))
		}
		_, err = mark(ctx, tx, found[len(marked):], func() ([]session.Suggestion, error) { return session.Suggest(ctx, tx) })
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func mark(ctx context.Context, tx *sql.Tx, ids []int32, then func() ([]session.Suggestion, error)) ([]session.Suggestion, error) {
	for _, id := range ids {
		if _, err := tx.ExecContext(ctx, "INSERT INTO analysis.verdict VALUES ($1, 'attacker', 'test', 1)", id); err != nil {
			return nil, err
		}
	}
	return then()
}

func tell(t *testing.T, c *casefile.Case) {
	detected := time.Date(2025, 10, 24, 0, 20, 0, 0, time.UTC)
	read(t, c, func(db analysis.Engine) error {
		s, err := session.Tell(context.Background(), db, session.StoryOptions{
			Detected: []session.Date{{Name: "app blocked", At: detected}},
			Allowed:  []netip.Prefix{netip.MustParsePrefix("210.96.117.0/24"), netip.MustParsePrefix("218.38.176.0/24")}, RowsLimit: 500})
		if err != nil {
			return err
		}
		first := time.Date(2025, 10, 21, 5, 31, 8, 366e6, time.UTC)
		if !s.First.Equal(first) || s.Dwell <= 0 || s.FirstKnock.IsZero() || !s.FirstKnock.Before(first) {
			t.Errorf("from %v to %v, first knock %v", s.First, s.Last, s.FirstKnock)
		}
		if len(s.Delays) != 1 || s.Delays[0].After != detected.Sub(first) {
			t.Errorf("delays %+v", s.Delays)
		}
		if len(s.Lines) < 12 || s.Lines[0].What != "knock" || !slices.IsSortedFunc(s.Lines, func(a, b session.Line) int { return a.At.Compare(b.At) }) {
			t.Errorf("%d lines, first %+v", len(s.Lines), s.Lines[0])
		}
		if len(s.Rules) == 0 || s.Rules[0].RowsAfter == 0 || len(s.NoSecondFactor) == 0 {
			t.Errorf("%d rules, %d logins without a second factor", len(s.Rules), len(s.NoSecondFactor))
		}
		if s.AllowList.Sessions != s.AllowList.OfSessions || s.AllowList.Legitimate == 0 {
			t.Errorf("allow-list %+v", s.AllowList)
		}
		if s.Limit.Sessions == 0 || s.Limit.Rows >= s.Limit.OfRows {
			t.Errorf("limit %+v", s.Limit)
		}
		return nil
	})
}
