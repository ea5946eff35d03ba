package replay_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/event"
	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/analysis/replay"
	"github.com/breachscope/breachscope/analysis/scope"
	"github.com/breachscope/breachscope/app/casefile"
	"github.com/breachscope/breachscope/assets"
)

// truth is what really happened in the shared incident.
type truth struct {
	Snapshot time.Time `json:"snapshot_at"`
	Ignored  []string  `json:"ignored_fields"`
	Scored   []string  `json:"scored_objects"`
	Sets     []string  `json:"field_sets"`
	Sessions []struct {
		ID      string
		Account string    `json:"account_id"`
		Login   string    `json:"login_key"`
		Tokens  []string  `json:"session_keys"`
		Ips     []string  `json:"ips"`
		FirstAt time.Time `json:"first_at"`
		LastAt  time.Time `json:"last_at"`
	} `json:"attacker_sessions"`
	Queries []struct {
		ID, Text, Carrier, Note string
		At                      time.Time
		Recon, Determined       bool
		Children                int64   `json:"child_rows"`
		Rows                    []int64 `json:"replay_rows"`
	}
	Records []struct {
		Object, ID, Ideal, Act string
		Taken                  bool
		Scored                 bool     `json:"fields_scored"`
		Min                    int      `json:"fields_min"`
		Max                    int      `json:"fields_max"`
		TakenBy                []string `json:"taken_by"`
	}
}

// shared finds the folder of shared material beside the module.
func shared(t testing.TB) string {
	t.Helper()
	at, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; at != filepath.Dir(at); at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			folder := filepath.Join(at, "..", "shared")
			if _, err := os.Stat(folder); err == nil {
				return folder
			}
		}
	}
	t.Skip("the folder ../shared is not here")
	return ""
}

func readTruth(t *testing.T, folder string) (tr truth) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "incident", "truth.json"))
	if err != nil {
		t.Skip(err)
	}
	if err := json.Unmarshal(text, &tr); err != nil {
		t.Fatal(err)
	}
	return tr
}

// assign gives the truth's attacker sessions their events, by keys, address and time.
const assign = `
INSERT INTO analysis.attribution
WITH mine AS (
  SELECT e.id, e.request, e.account, a.address IN (SELECT unnest(?1::VARCHAR[])) AS own, coalesce(a.public, false) AS placed,
    l.login_key = ?2 OR k.session_key IN (SELECT unnest(?3::VARCHAR[])) AS keyed
  FROM analysis.event e LEFT JOIN analysis.account c ON c.id = e.account LEFT JOIN analysis.address a ON a.id = e.address
  LEFT JOIN analysis.login l ON l.id = e.login LEFT JOIN analysis.token k ON k.id = e.token
  WHERE coalesce(left(nullif(c.user_id, ''), 15), left(?4, 15)) = left(?4, 15) AND (c.user_id <> '' OR l.id IS NOT NULL OR k.id IS NOT NULL) AND e."at" BETWEEN ?5::TIMESTAMP - INTERVAL 1 SECOND AND ?6::TIMESTAMP + INTERVAL 5 SECOND)
SELECT id, ?7, NULL, 'truth', true FROM mine m WHERE own OR (NOT placed AND (coalesce(keyed, false) OR EXISTS (FROM mine o WHERE o.own AND o.request = m.request) OR account IS NOT NULL AND NOT EXISTS (FROM mine o WHERE o.placed AND NOT o.own)))`

func TestIncident(t *testing.T) {
	folder := shared(t)
	tr := readTruth(t, folder)
	c, err := casefile.Create(t.Context(), filepath.Join(t.TempDir(), "case"+casefile.Extension), casefile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	kinds := assets.Folder("kinds")
	catalog, err := evidence.LoadCatalog([]fs.FS{kinds}...)
	if err != nil {
		t.Fatal(err)
	}
	settings := analysis.Settings{Timezone: "Asia/Seoul", FiscalStart: 1}
	err = c.Write(t.Context(), func(tx *sql.Tx) error {
		began := time.Now()
		if _, err := evidence.Add(t.Context(), tx, catalog, c.Staging(), []string{filepath.Join(folder, "incident", "evidence")}, evidence.Options{SnapshotAt: tr.Snapshot, Timezone: "Asia/Seoul"}, nil); err != nil {
			return err
		}
		if err := event.Derive(t.Context(), tx, catalog, settings, nil); err != nil {
			return err
		}
		t.Logf("evidence and events: %v", time.Since(began))
		for i, s := range tr.Sessions {
			_, err := tx.ExecContext(t.Context(), `INSERT INTO analysis.session SELECT ?, ?, '', (SELECT min(id) FROM analysis.account WHERE left(user_id, 15) = left(?, 15)), NULL, [], ?, ?, '', [], [], [], '', 0, 0, 0, 0, 0, false, false, 0, ''`,
				i+1, s.ID, s.Account, s.FirstAt, s.LastAt)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(t.Context(), assign, s.Ips, s.Login, s.Tokens, s.Account, s.FirstAt, s.LastAt, i+1); err != nil {
				return err
			}
			if _, err := tx.ExecContext(t.Context(), `INSERT INTO analysis.verdict VALUES (?, 'attacker', '', 1)`, i+1); err != nil {
				return err
			}
		}
		began = time.Now()
		if err := replay.Derive(t.Context(), tx, settings, nil); err != nil {
			return err
		}
		t.Logf("replay: %v", time.Since(began))
		began = time.Now()
		err := scope.Derive(t.Context(), tx, nil)
		t.Logf("scope: %v", time.Since(began))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = c.Read(t.Context(), func(db analysis.Engine) error {
		checkQueries(t, db, tr)
		checkRecords(t, db, tr)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

type replayed struct {
	at                    time.Time
	carrier, text, object string
	logged, rows          sql.NullInt64
	outcome, why          string
}

func checkQueries(t *testing.T, db analysis.Engine, tr truth) {
	rows, err := db.QueryContext(t.Context(), `SELECT "at", carrier, text, object, rows_logged, rows_replayed, outcome, why FROM analysis.query WHERE carrier <> 'record' ORDER BY "at"`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var list []replayed
	for rows.Next() {
		var q replayed
		if err := rows.Scan(&q.at, &q.carrier, &q.text, &q.object, &q.logged, &q.rows, &q.outcome, &q.why); err != nil {
			t.Fatal(err)
		}
		list = append(list, q)
		t.Logf("%s %s %s logged %v replayed %v %s\n      %s\n      %s", q.at.Format(time.DateTime), q.carrier, q.object, q.logged.Int64, q.rows.Int64, q.outcome, strings.Join(strings.Fields(q.text), " "), q.why)
	}
	for _, want := range tr.Queries {
		found := slices.IndexFunc(list, func(q replayed) bool {
			same := strings.EqualFold(strings.Join(strings.Fields(q.text), " "), strings.Join(strings.Fields(want.Text), " ")) || want.Carrier != "rest" && want.Carrier != "bulk2" && strings.Contains(q.text, want.Text[:15])
			if !same || q.at.Sub(want.At).Abs() > 15*time.Minute || q.outcome == "not-understood" {
				return false
			}
			return want.Recon || q.rows.Valid && want.Rows[0] <= q.rows.Int64 && q.rows.Int64 <= want.Rows[1]+2*want.Children
		})
		if found < 0 {
			t.Errorf("query %s is missing or off: %s %s want %v (%s)", want.ID, want.At, want.Text, want.Rows, want.Note)
		}
	}
}

func checkRecords(t *testing.T, db analysis.Engine, tr truth) {
	rows, err := db.QueryContext(t.Context(), `SELECT r.object, r.record_id, e.list, e.grade, e.act, array_to_string(e.fields, ';') FROM analysis.exposure e JOIN analysis.record r ON r.id = e.record`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	type exposure struct{ list, grade, act, fields string }
	got := map[string]exposure{}
	for rows.Next() {
		var object, id string
		var e exposure
		if err := rows.Scan(&object, &id, &e.list, &e.grade, &e.act, &e.fields); err != nil {
			t.Fatal(err)
		}
		if slices.Contains(tr.Scored, object) {
			got[object+" "+id] = e
		}
	}
	var missed, wrong, weak, fields, idealPossible, possible, reachable, confirmed, idealConfirmed int
	known := map[string]bool{}
	perQuery := map[string]int{}
	for _, r := range tr.Records {
		k := r.Object + " " + r.ID
		known[k] = true
		e, listed := got[k]
		if r.Taken && r.Ideal != "unknowable" && !listed {
			missed++
			perQuery["missed "+strings.Join(r.TakenBy, ",")]++
		}
		if e.list == "confirmed" && !r.Taken {
			wrong++
			t.Logf("wrongly confirmed %s", k)
		}
		switch r.Ideal {
		case "confirmed":
			idealConfirmed++
			if e.list != "confirmed" {
				weak++
				perQuery["weak "+strings.Join(r.TakenBy, ",")]++
			} else if r.Scored {
				if d := difference(e.fields, tr.Sets[r.Min], tr.Sets[r.Max], tr.Ignored); d != "" {
					fields++
					if fields < 6 {
						t.Logf("fields of %s taken by %v: %s", k, r.TakenBy, d)
					}
				}
			}
		case "possible":
			idealPossible++
		}
	}
	for k, e := range got {
		switch {
		case e.list == "confirmed":
			confirmed++
			if !known[k] {
				wrong++
				t.Logf("wrongly confirmed %s (%s)", k, e.grade)
			}
		case e.grade == "reachable":
			reachable++
		default:
			possible++
		}
	}
	t.Logf("confirmed %d of ideal %d, possible %d of ideal %d, reachable %d; missed %d, wrongly confirmed %d, not confirmed %d, field sets off %d",
		confirmed, idealConfirmed, possible, idealPossible, reachable, missed, wrong, weak, fields)
	var keys []string
	for k, n := range perQuery {
		keys = append(keys, fmt.Sprintf("%s: %d", k, n))
	}
	sort.Strings(keys)
	t.Log(strings.Join(keys, "\n"))
	if missed > 0 || wrong > 0 || weak*100 > idealConfirmed || fields*100 > idealConfirmed || possible*10 > idealPossible*11 {
		t.Error("the lists do not agree with the truth")
	}
}

// difference says which fields are missing below the least set or in excess of the largest.
func difference(got, least, most string, ignored []string) string {
	set := func(text string) []string {
		return slices.DeleteFunc(strings.Split(text, ";"), func(f string) bool { return f == "" || strings.Contains(f, ".") || slices.Contains(ignored, f) })
	}
	var d []string
	for _, f := range set(least) {
		if !slices.Contains(set(got), f) {
			d = append(d, "-"+f)
		}
	}
	for _, f := range set(got) {
		if !slices.Contains(set(most), f) {
			d = append(d, "+"+f)
		}
	}
	return strings.Join(d, " ")
}
