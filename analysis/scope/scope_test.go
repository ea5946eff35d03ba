package scope_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/person"
	"github.com/breachscope/breachscope/analysis/scope"
	"github.com/breachscope/breachscope/app/casefile"
)

// world is a case whose replay is written by hand.
type world struct {
	*testing.T
	file *casefile.Case
}

// The customers: Contacts 1 (name, mail and phone), 2 (name alone), 3 (all empty), Case 4 of Contact 1; 5 is a Contact that
// only a log names.
const customers = `
INSERT INTO evidence.file VALUES (1, 'a', 'Contact.csv', '', 0, 'salesforce.table.Contact', 'Contact', '', 'utf-8', '', 'UTC', NULL, 3, 3, 0, 0, 0, NULL, NULL, TIMESTAMP '2025-11-02', 'loaded', ''),
  (2, 'b', 'Case.csv', '', 0, 'salesforce.table.Case', 'Case', '', 'utf-8', '', 'UTC', NULL, 1, 1, 0, 0, 0, NULL, NULL, TIMESTAMP '2025-11-02', 'loaded', ''),
  (3, 'c', 'RestApi.csv', '', 0, 'salesforce.elf.RestApi', '', '', 'utf-8', '', 'UTC', NULL, 9, 9, 0, 0, 0, NULL, NULL, TIMESTAMP '2025-11-02', 'loaded', '');
CREATE TABLE snapshot."Contact" ("file" INTEGER, "line" BIGINT, "Id" VARCHAR, "LastName" VARCHAR, "Email" VARCHAR, "Phone" VARCHAR);
INSERT INTO snapshot."Contact" VALUES (1, 2, '0035g0000000001AAA', 'Kim', 'kim@x.kr', '010'), (1, 3, '0035g0000000002AAA', 'Lee', '', ''), (1, 4, '0035g0000000003AAA', '', '', '');
CREATE TABLE snapshot."Case" ("file" INTEGER, "line" BIGINT, "Id" VARCHAR, "Subject" VARCHAR, "ContactId" VARCHAR);
INSERT INTO snapshot."Case" VALUES (2, 2, '5005g0000000004AAA', 'refund', '0035g0000000001AAA');
INSERT INTO snapshot.object VALUES ('Contact', '', 'Contact', '003', 'Id', '', '', '', 'LastName', NULL, 3, true, 0), ('Case', '', 'Case', '500', 'Id', '', '', '', 'Subject', NULL, 1, true, 0);
INSERT INTO snapshot.field VALUES ('Contact', 'Id', 0, '', 'id', '', '', '', '', 3), ('Contact', 'LastName', 1, '', 'text', '', '', 'name', '', 2),
  ('Contact', 'Email', 2, '', 'email', '', '', 'contact', '', 1), ('Contact', 'Phone', 3, '', 'phone', '', '', 'contact', '', 1),
  ('Case', 'Id', 0, '', 'id', '', '', '', '', 1), ('Case', 'Subject', 1, '', 'text', '', '', '', '', 1), ('Case', 'ContactId', 2, '', 'reference', 'Contact', 'Contact', '', '', 1);
INSERT INTO analysis.record VALUES (1, 'Contact', '0035g0000000001AAA', true, 1, 2), (2, 'Contact', '0035g0000000002AAA', true, 1, 3), (3, 'Contact', '0035g0000000003AAA', true, 1, 4),
  (4, 'Case', '5005g0000000004AAA', true, 2, 2), (5, 'Contact', '0035g0000000005AAA', false, NULL, NULL);
INSERT INTO analysis.session SELECT i, 's' || i, '', NULL, NULL, [], TIMESTAMP '2025-10-21', NULL, '', [], [], [], 'api', 1, 0, 0, 0, 0, false, false, 0, '' FROM range(1, 3) r(i);
INSERT INTO analysis.event (id, file, line, kind, "at", action) SELECT i, 3, i + 1, 'salesforce.elf.RestApi', TIMESTAMP '2025-10-21 01:00:00' + to_hours(i::INTEGER), 'query' FROM range(1, 10) r(i);
INSERT INTO analysis.ground VALUES (1, 'recorded', 'the log names it'), (2, 'replayed', 'run again'), (3, 'bounded', 'one of many'), (4, 'reachable', 'within reach')`

func newWorld(t *testing.T) *world {
	t.Helper()
	c, err := casefile.Create(t.Context(), filepath.Join(t.TempDir(), "case"+casefile.Extension), casefile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	w := &world{t, c}
	w.exec(customers)
	return w
}

func (w *world) exec(statement string, args ...any) {
	w.Helper()
	err := w.file.Write(w.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(w.Context(), statement, args...)
		return err
	})
	if err != nil {
		w.Fatalf("%v in %s", err, statement)
	}
}

// query writes a query that showed fields ("Contact.Email Contact.*") and touched records ("1 replayed, 2 bounded").
func (w *world) query(id, session int, act analysis.Act, fields, touched string) {
	w.Helper()
	w.exec(`INSERT INTO analysis.query SELECT ?, 'q' || ?, ?, "at", 'soql', 'SELECT ' || ?, '', [], ?, NULL, NULL, NULL, NULL, NULL, NULL, 'matches', '', '', true, false, NULL, NULL, NULL
		FROM analysis.event WHERE id = ?`, id, id, session, fields, string(act), id)
	w.exec(`INSERT INTO analysis.query_event VALUES (?, ?)`, id, id)
	for _, f := range strings.Fields(fields) {
		object, field, _ := strings.Cut(f, ".")
		w.exec(`INSERT INTO analysis.query_field VALUES (?, ?, ?)`, id, object, field)
	}
	for _, touch := range strings.Split(touched, ", ") {
		record, grade, _ := strings.Cut(touch, " ")
		w.exec(`INSERT INTO analysis.touch SELECT ?, ?, id FROM analysis.ground WHERE grade = ?`, id, record, grade)
	}
}

func (w *world) derive() {
	w.Helper()
	if err := w.file.Write(w.Context(), func(tx *sql.Tx) error { return scope.Derive(w.Context(), tx, nil) }); err != nil {
		w.Fatal(err)
	}
}

// lines are the rows of a statement, a value each.
func (w *world) lines(statement string) (lines []string) {
	w.Helper()
	err := w.file.Read(w.Context(), func(db analysis.Engine) error {
		rows, err := db.QueryContext(w.Context(), statement)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				return err
			}
			lines = append(lines, line)
		}
		return rows.Err()
	})
	if err != nil {
		w.Fatal(err)
	}
	return lines
}

const exposures = `SELECT concat_ws(' ', record, list, grade, act, fields, possible_fields, sessions, queries, why) FROM analysis.exposure ORDER BY record`

func (w *world) expect(what string, want ...string) {
	w.Helper()
	if got := w.lines(exposures); !slices.Equal(got, want) {
		w.Errorf("%s:\n got %s\nwant %s", what, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

func TestFieldsCountOnlyWhereFilled(t *testing.T) {
	w := newWorld(t)
	w.query(1, 1, analysis.Acquired, "Contact.LastName Contact.Email", "1 replayed, 2 replayed, 3 replayed")
	w.derive()
	w.expect("fields", "1 confirmed replayed acquired [Email, LastName] [] [1] [1] run again", "2 confirmed replayed acquired [LastName] [] [1] [1] run again",
		"3 confirmed replayed acquired [] [] [1] [1] run again")
}

func TestTheBestAccessDecidesAndWeakerOnesAddPossibleFields(t *testing.T) {
	w := newWorld(t)
	w.query(1, 1, analysis.Viewed, "Contact.LastName", "1 replayed, 2 bounded")
	w.query(2, 2, analysis.Acquired, "Contact.Email Contact.LastName", "1 bounded, 2 bounded")
	w.query(3, 2, analysis.Acquired, "Contact.Phone", "1 reachable, 3 reachable")
	w.derive()
	w.expect("grades", "1 confirmed replayed viewed [LastName] [Email, Phone] [1] [1] run again", "2 possible bounded acquired [LastName] [] [1, 2] [1, 2] one of many",
		"3 possible reachable acquired [] [] [2] [3] within reach")
}

func TestRecordedAndReplayedCountTogether(t *testing.T) {
	w := newWorld(t)
	w.query(1, 1, analysis.Viewed, "Contact.*", "1 recorded")
	w.query(2, 2, analysis.Acquired, "Contact.Email", "1 replayed")
	w.derive()
	w.expect("both", "1 confirmed recorded acquired [Email, Id, LastName, Phone] [] [1, 2] [1, 2] the log names it")
}

func TestOfRecordsAndFieldsTheSnapshotLacksNothingIsCertain(t *testing.T) {
	w := newWorld(t)
	w.query(1, 1, analysis.Viewed, "Contact.*", "5 recorded")
	w.query(2, 1, analysis.Acquired, "Contact.LastName Contact.Secret__c", "2 recorded")
	w.derive()
	w.expect("unknown", "2 confirmed recorded acquired [LastName] [Secret__c] [1] [2] the log names it",
		"5 confirmed recorded viewed [] [Email, Id, LastName, Phone] [1] [1] the log names it")
}

func TestWhatIsDeclaredOutTouchesNobody(t *testing.T) {
	w := newWorld(t)
	w.query(1, 1, analysis.Acquired, "Contact.LastName", "1 replayed, 2 replayed")
	w.query(2, 1, analysis.Acquired, "Contact.Email", "1 bounded")
	w.exec(`UPDATE analysis.query SET excluded = true WHERE id = 1`)
	w.derive()
	w.expect("excluded", "1 possible bounded acquired [Email] [] [1] [2] one of many")
	if reasons := w.why("0035g0000000001AAA"); len(reasons) != 1 || reasons[0].QueryID != "q2" {
		t.Errorf("reasons %+v", reasons)
	}
}

// Records touched by the same queries share what is said of them only if the grounds are the same too.
func TestRecordsOfTheSameQueriesKeepTheirOwnGrades(t *testing.T) {
	w := newWorld(t)
	w.query(1, 1, analysis.Acquired, "Contact.LastName", "1 replayed, 2 bounded, 3 replayed")
	w.query(2, 1, analysis.Acquired, "Contact.LastName", "1 bounded, 2 replayed, 3 bounded")
	w.exec(`INSERT INTO analysis.ground VALUES (5, 'replayed', 'for another reason')`)
	w.exec(`UPDATE analysis.touch SET ground = 5 WHERE record = 3 AND query = 1`)
	w.derive()
	w.expect("grades", "1 confirmed replayed acquired [LastName] [] [1] [1] run again", "2 confirmed replayed acquired [LastName] [] [1] [2] run again",
		"3 confirmed replayed acquired [] [] [1] [1] for another reason")
}

func (w *world) why(record string) (reasons []scope.Reason) {
	w.Helper()
	err := w.file.Read(w.Context(), func(db analysis.Engine) (err error) {
		reasons, err = scope.Why(w.Context(), db, record)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return reasons
}

func TestWhyIsACustomerOnTheList(t *testing.T) {
	w := newWorld(t)
	w.query(1, 1, analysis.Viewed, "Contact.Phone", "1 bounded")
	w.query(2, 2, analysis.Acquired, "Contact.LastName Contact.Email Case.Subject", "1 replayed, 4 replayed")
	w.exec(`INSERT INTO analysis.query_event VALUES (2, 3)`)
	w.derive()
	reasons := w.why("0035g0000000001") // 15 characters will do
	if len(reasons) != 2 {
		t.Fatalf("%d reasons", len(reasons))
	}
	best := reasons[0]
	if got := fmt.Sprint(best.QueryID, best.SessionID, best.Carrier, best.Text, best.Grade, best.Act, best.Why, best.Fields); got !=
		"q2s2soqlSELECT Contact.LastName Contact.Email Case.Subjectreplayedacquiredrun again[Email LastName]" {
		t.Errorf("the best reason is %s", got)
	}
	if at := time.Date(2025, 10, 21, 3, 0, 0, 0, time.UTC); !best.At.Equal(at) {
		t.Errorf("asked at %v, want %v", best.At, at)
	}
	if want := []scope.Line{{File: "RestApi.csv", Number: 3}, {File: "RestApi.csv", Number: 4}}; !slices.Equal(best.Lines, want) {
		t.Errorf("log lines %v, want %v", best.Lines, want)
	}
	if second := reasons[1]; second.Grade != analysis.Bounded || second.Act != analysis.Viewed {
		t.Errorf("the second reason is %+v", second)
	}
}

func TestALinkedRecordLeadsToItsPerson(t *testing.T) {
	w := newWorld(t)
	w.query(1, 1, analysis.Acquired, "Case.Subject", "4 replayed")
	w.derive()
	if err := w.file.Write(w.Context(), func(tx *sql.Tx) error { return person.Derive(w.Context(), tx, nil) }); err != nil {
		t.Fatal(err)
	}
	got := w.lines(`SELECT p.name || ' ' || a.list || ' ' || a.grade || ' ' || a.fields::VARCHAR FROM analysis.affected a JOIN analysis.person p ON p.id = a.person`)
	if want := []string{"Kim confirmed replayed [Case.Subject]"}; !slices.Equal(got, want) {
		t.Errorf("affected %v, want %v", got, want)
	}
}

func TestTheDifferenceToTheListsBefore(t *testing.T) {
	w := newWorld(t)
	w.query(1, 1, analysis.Acquired, "Contact.LastName", "1 replayed, 2 replayed")
	w.derive()
	if err := w.file.Write(w.Context(), func(tx *sql.Tx) error { return scope.Remember(w.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
	w.exec(`UPDATE analysis.touch SET ground = 3 WHERE record = 2; DELETE FROM analysis.touch WHERE record = 1`)
	w.query(2, 1, analysis.Acquired, "Contact.LastName", "3 replayed")
	w.derive()
	var d scope.Difference
	err := w.file.Read(w.Context(), func(db analysis.Engine) (err error) {
		d, err = scope.Compare(w.Context(), db, 2)
		return err
	})
	if err != nil || d.Added != 1 || d.Removed != 1 || d.Regraded != 1 || len(d.Changes) != 2 {
		t.Fatalf("difference %+v, %v", d, err)
	}
	if c := d.Changes[1]; c.RecordID != "0035g0000000002AAA" || c.Before != analysis.Replayed || c.Now != analysis.Bounded || c.ListNow != analysis.Possible {
		t.Errorf("change %+v", c)
	}
}

// More fields than one number has bits.
func TestManyFields(t *testing.T) {
	w := newWorld(t)
	for i := range 140 {
		name := fmt.Sprintf("F%03d", i)
		w.exec(`ALTER TABLE snapshot."Contact" ADD COLUMN ` + name + ` VARCHAR`)
		w.exec(`INSERT INTO snapshot.field VALUES ('Contact', ?, ?, '', 'text', '', '', '', '', 1)`, name, i+4)
	}
	w.exec(`UPDATE snapshot."Contact" SET F061 = 'x', F139 = 'x' WHERE "line" = 2; UPDATE snapshot."Contact" SET F000 = 'x', F062 = 'y' WHERE "line" = 3`)
	w.query(1, 1, analysis.Viewed, "Contact.*", "1 recorded, 2 recorded")
	w.derive()
	w.expect("many", "1 confirmed recorded viewed [Email, F061, F139, Id, LastName, Phone] [] [1] [1] the log names it",
		"2 confirmed recorded viewed [F000, F062, Id, LastName] [] [1] [1] the log names it")
}
