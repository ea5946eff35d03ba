package app

import (
	"context"
	"database/sql"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/scope"
)

// Person is one row of the list of affected people.
type Person struct {
	ID            int32
	PersonID      string
	Name          string
	Kind          string // person, company, employee, test
	Residence     string // ISO code, "" when unknown
	ResidenceFrom string // the rule that held
	List          string
	Grade         string
	Act           string
	Categories    string // with ';'
	Fields        string // with ';'
	Records       int64
	First, Last   time.Time
}

var personSorts = map[string]string{"name": "name", "residence": "residence", "list": "list", "grade": "grade", "act": "act",
	"records": "records", "first": "first_at", "last": "last_at"}

// People lists a page of affected people (Only: a list, a country code, or unknown) and how many there are in all.
func (c *Case) People(ctx context.Context, l Listing) (list []Person, total int64, err error) {
	query := `FROM (` + statement("people") + `) WHERE (? = '' OR contains(haystack, lower(?))) AND (? = '' OR list = ? OR residence = CASE WHEN ? = 'unknown' THEN '' ELSE ? END OR residence = ?)`
	args := []any{l.Search, l.Search, l.Only, l.Only, l.Only, l.Only, l.Only}
	err = c.read(ctx, "SELECT count(*) "+query, args, func(rows *sql.Rows) error { return rows.Scan(&total) })
	if err != nil {
		return nil, 0, err
	}
	err = c.read(ctx, l.page("SELECT * EXCLUDE (haystack) "+query, personSorts, "list, name, id"), args, func(rows *sql.Rows) error {
		p, err := scanPerson(rows)
		list = append(list, p)
		return err
	})
	return list, total, err
}

// Affected is one affected record.
type Affected struct {
	Record         int32
	Object         string
	RecordID       string
	List, Grade    string
	Act            string
	Fields         string // with ';'
	PossibleFields string
	Why            string
	First, Last    time.Time
	File           *int32 // where the snapshot holds it; nil: it does not
	Line           *int64
}

// PersonRecords lists the affected records of a person.
func (c *Case) PersonRecords(ctx context.Context, person int32) (list []Affected, err error) {
	return c.affected(ctx, statement("records")+" WHERE x.record IN (SELECT record FROM analysis.person_record WHERE person = ?) ORDER BY r.object, r.record_id", person)
}

// QueryRecords lists a page of the affected records that a query touched.
func (c *Case) QueryRecords(ctx context.Context, query int32, l Listing) (list []Affected, err error) {
	return c.affected(ctx, l.page(statement("records")+" WHERE x.record IN (SELECT record FROM analysis.access WHERE query = ?)", nil, "r.object, r.record_id"), query)
}

func (c *Case) affected(ctx context.Context, query string, args ...any) (list []Affected, err error) {
	err = c.read(ctx, query, args, func(rows *sql.Rows) error {
		var a Affected
		var first, last sql.NullTime
		err := rows.Scan(&a.Record, &a.Object, &a.RecordID, &a.List, &a.Grade, &a.Act, &a.Fields, &a.PossibleFields, &a.Why,
			&first, &last, &a.File, &a.Line)
		a.First, a.Last = first.Time, last.Time
		list = append(list, a)
		return err
	})
	return list, err
}

// Reason is one access that put a record on its list.
type Reason = scope.Reason

// Why answers why a record is on its list: every access with its query, session, grade and log lines.
func (c *Case) Why(ctx context.Context, recordID string) (reasons []Reason, err error) {
	err = c.file.Read(ctx, func(db analysis.Engine) error {
		reasons, err = scope.Why(ctx, db, recordID)
		return err
	})
	return reasons, err
}
