package replay_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/replay"
)

// TestQuestionsThatShareAnswersFindWhatTheyFindAlone asks the same few things again and again while records come, change and
// go, and compares every answer with that of the question asked alone.
func TestQuestionsThatShareAnswersFindWhatTheyFindAlone(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { together(t, rand.New(rand.NewPCG(seed, 7))) })
	}
}

func together(t *testing.T, r *rand.Rand) {
	w := newWorld(t)
	a := fill(r, true)
	for _, c := range a.order { // things happen while the questions are asked, and around it
		if c.now == nil {
			continue
		}
		when := func() string {
			return now.Add(time.Duration(r.IntN(24)-8) * time.Hour).Format("2006-01-02T15:04:05.000Z")
		}
		switch r.IntN(4) {
		case 0:
			c.now["LastModifiedDate"] = when()
		case 1:
			c.now["CreatedDate"], c.now["LastModifiedDate"] = when(), "2025-10-24T00:00:00.000Z"
		}
	}
	w.store(a)
	g := asker{r, a, time.UTC}
	var texts []string
	for len(texts) < 5 {
		if q := g.inquiry(); q.child == nil && q.limit < 0 && q.offset == 0 { // how many rows are gone is told by other questions
			texts = append(texts, q.print())
		}
	}
	texts = append(texts, "SELECT Id, Account.Name, ReportsTo.LastName FROM Contact WHERE Account.Industry = 'Gold' OR ReportsTo.Tier__c = 'gold'",
		"SELECT Id FROM Contact", "SELECT LastName FROM Contact LIMIT 3", "SELECT Id, Contact.LastName FROM Asset WHERE Price__c > 0")
	var rows []row
	for round := range 3 {
		for i, text := range texts {
			line := rest(text, pick(r, []int64{-1, 3, 1000}), time.Duration(round*5)*time.Hour+time.Duration(i)*minute)
			if i == 6 && round == 2 {
				line.target = "/services/data/v61.0/queryAll"
			}
			rows = append(rows, line)
		}
	}
	w.logs(rows...)
	all := w.accesses()
	shared := w.one("SELECT count(*) FROM (FROM analysis.query_answer SELECT answer GROUP BY answer HAVING count(DISTINCT query) > 1)")
	if shared == "0" {
		t.Error("no answer was shared")
	}
	for i := range rows {
		w.logs(rows[i])
		for name, alone := range w.accesses() {
			if all[name] != alone {
				t.Errorf("%s\ntogether %s\nalone    %s", name, all[name], alone)
			}
		}
	}
}

// accesses are the records each question touched, with grades, by its time and text.
func (w *world) accesses() map[string]string {
	list := map[string]string{}
	w.write(func(tx *sql.Tx) error {
		if err := replay.Derive(w.Context(), tx, analysis.Settings{Timezone: "UTC", FiscalStart: 4}, nil); err != nil {
			return err
		}
		rows, err := tx.QueryContext(w.Context(), `SELECT strftime(q."at", '%d %H:%M ') || q.text, concat_ws(' ', any_value(q.outcome), any_value(q.rows_certain), any_value(q.rows_replayed)) ||
				string_agg(' ' || r.object || left(r.record_id, 15) || ' ' || a.grade, '' ORDER BY r.object, r.record_id)
			FROM analysis.query q LEFT JOIN analysis.access a ON a.query = q.id LEFT JOIN analysis.record r ON r.id = a.record GROUP BY 1`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			var found sql.NullString
			if err := rows.Scan(&name, &found); err != nil {
				return err
			}
			list[name] = strings.TrimSpace(found.String)
		}
		return rows.Err()
	})
	return list
}

// TestOnePassAnswersManyQuestions asks more different questions than one pass over a table answers.
func TestOnePassAnswersManyQuestions(t *testing.T) {
	w := newWorld(t)
	w.store(fill(rand.New(rand.NewPCG(3, 7)), true))
	var rows []row
	for i := range 140 {
		text := fmt.Sprintf("SELECT Id, Account.Name FROM Contact WHERE Tier__c = 'Gold' OR CreatedDate >= LAST_N_DAYS:%d", i*25+1)
		rows = append(rows, rest(text, -1, time.Duration(i)*minute))
	}
	w.logs(rows...)
	all := w.accesses()
	if held := w.one("SELECT count(DISTINCT answer) FROM analysis.answer"); held != "140" {
		t.Errorf("%s of 140 questions have an answer that may be shared", held)
	}
	for _, i := range []int{0, 30, 31, 62, 123, 124, 139} { // first and last of a number, and of a pass
		w.logs(rows[i])
		for name, alone := range w.accesses() {
			if all[name] != alone || alone == "" {
				t.Errorf("%s\ntogether %s\nalone    %s", name, all[name], alone)
			}
		}
	}
}

func TestControlCharactersOfAQuestionAreText(t *testing.T) {
	w := newWorld(t)
	w.store(fill(rand.New(rand.NewPCG(3, 7)), true))
	var rows []row
	for i, literal := range []string{"\x01", "\x02", "\x01t0.rec\x02", "\x01t0.rec\x02 "} {
		text := fmt.Sprintf("SELECT Id FROM Contact WHERE LastName = '%s' OR Tier__c = 'Gold'", literal)
		rows = append(rows, rest(text, -1, time.Duration(i)*minute))
	}
	w.logs(append(rows, rest("SELECT Id FROM Contact WHERE Tier__c = 'Gold'", -1, 10*minute))...)
	answers := map[string]bool{}
	for _, records := range w.accesses() {
		answers[records] = true
	}
	if len(answers) != 1 || answers[""] {
		t.Errorf("questions that differ by names nobody has are answered differently: %v", answers)
	}
}
