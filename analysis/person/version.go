package person

import (
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
)

// Version is a state of the lists, frozen under a number.
type Version struct {
	Number   int       `json:"number"`
	At       time.Time `json:"at"` // UTC
	Reason   string    `json:"reason"`
	Incident string    `json:"incident"` // "" for this case, else the name of an earlier incident
	Entry    int64     `json:"entry"`    // of the journal
	Persons  int64     `json:"persons"`
}

// Freeze keeps the lists as they are under the next number, which it returns. Who is on no list is cleared.
func Freeze(ctx context.Context, tx analysis.Engine, v Version) (number int, err error) {
	if number, err = addVersion(ctx, tx, v); err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, views()["freeze"], sql.Named("version", number)); err != nil {
		return 0, fmt.Errorf("freezing the lists: %w", err)
	}
	return number, nil
}

// Earlier keeps the list of people of an earlier incident, an affected-people.csv copied to the staging folder, so that
// Again can tell who is affected for the second time. Persons are known by the ids of their records.
func Earlier(ctx context.Context, tx analysis.Engine, v Version, path string) (number int, err error) {
	columns, persons, err := peopleColumns(path)
	if err != nil {
		return 0, fmt.Errorf("reading an earlier list: %w", err)
	}
	if number, err = addVersion(ctx, tx, v); err != nil {
		return 0, err
	}
	statement := strings.NewReplacer("$path", analysis.Literal(path), "$columns", columns).Replace(views()["earlier"])
	result, err := tx.ExecContext(ctx, statement, sql.Named("version", number))
	if err != nil {
		return 0, fmt.Errorf("reading an earlier list: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n != persons {
		return 0, errors.Join(err, fmt.Errorf("reading an earlier list: the file holds %d persons, %d were read", persons, n))
	}
	return number, nil
}

// NoList: a file is no list of affected people, for it lacks a column.
type NoList struct{ Column string }

func (e *NoList) Error() string { return "the file has no column " + e.Column }

// Remedy says what to do about it.
func (e *NoList) Remedy() string { return "name the affected-people.csv of an export" }

// peopleColumns describes the columns of a list of people to the engine, all of them text, and counts its rows.
func peopleColumns(path string) (columns string, rows int64, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer file.Close()
	reader := csv.NewReader(file)
	header, err := reader.Read()
	if err != nil && err != io.EOF {
		return "", 0, err
	}
	var kinds []string
	for i, name := range header {
		header[i] = strings.TrimPrefix(name, "\ufeff")
		kinds = append(kinds, analysis.Literal(header[i])+": 'VARCHAR'")
	}
	for _, needed := range []string{"person_id", "records", "list"} {
		if !slices.Contains(header, needed) {
			return "", 0, &NoList{needed}
		}
	}
	for ; ; rows++ {
		if _, err := reader.Read(); err == io.EOF {
			return "{" + strings.Join(kinds, ", ") + "}", rows, nil
		} else if err != nil {
			return "", 0, err
		}
	}
}

func addVersion(ctx context.Context, tx analysis.Engine, v Version) (number int, err error) {
	err = tx.QueryRowContext(ctx, `INSERT INTO journal.list_version SELECT coalesce(max(version), 0) + 1, ?, ?, ?, ? FROM journal.list_version RETURNING version`,
		v.At.UTC(), v.Reason, v.Incident, v.Entry).Scan(&number)
	if err != nil {
		return 0, fmt.Errorf("numbering the lists: %w", err)
	}
	return number, nil
}

// Versions lists what was frozen, in order.
func Versions(ctx context.Context, db analysis.Engine) ([]Version, error) {
	return read(ctx, db, "versions", func(scan func(...any) error) (v Version, err error) {
		return v, scan(&v.Number, &v.At, &v.Reason, &v.Incident, &v.Entry, &v.Persons)
	})
}

// Change is what became of a person between two versions of the lists.
type Change struct {
	PersonID string         `json:"person_id"`
	What     string         `json:"what"` // added, removed (that is: cleared), moved to another list, regraded, fields
	OldList  analysis.List  `json:"old_list"`
	NewList  analysis.List  `json:"new_list"`
	OldGrade analysis.Grade `json:"old_grade"`
	NewGrade analysis.Grade `json:"new_grade"`
	More     []string       `json:"more"`
	Less     []string       `json:"less"` // fields, as Object.Field
}

// Changes compares two versions, a page at a time, in order of the kind of change and the person.
func Changes(ctx context.Context, db analysis.Engine, from, to, limit, offset int) ([]Change, error) {
	return read(ctx, db, "changed", func(scan func(...any) error) (c Change, err error) {
		var more, less string
		err = scan(&c.PersonID, &c.What, &c.OldList, &c.NewList, &c.OldGrade, &c.NewGrade, &more, &less)
		c.More, c.Less = fieldsOf(more), fieldsOf(less)
		return c, err
	}, sql.Named("old", from), sql.Named("new", to), sql.Named("limit", limit), sql.Named("offset", offset))
}

func fieldsOf(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ";")
}

// ChangeCounts counts the changes between two versions by kind.
func ChangeCounts(ctx context.Context, db analysis.Engine, from, to int) (map[string]int64, error) {
	type counted struct {
		what string
		n    int64
	}
	list, err := read(ctx, db, "changedcounts", func(scan func(...any) error) (c counted, err error) {
		return c, scan(&c.what, &c.n)
	}, sql.Named("old", from), sql.Named("new", to))
	counts := map[string]int64{}
	for _, c := range list {
		counts[c.what] = c.n
	}
	return counts, err
}

// Repeat is a person who was on a list of an earlier incident.
type Repeat struct {
	PersonID string        `json:"person_id"`
	Incident string        `json:"incident"`
	List     analysis.List `json:"list"` // in the earlier incident
}

// Again lists the affected persons who were affected before.
func Again(ctx context.Context, db analysis.Engine) ([]Repeat, error) {
	return read(ctx, db, "again", func(scan func(...any) error) (r Repeat, err error) {
		return r, scan(&r.PersonID, &r.Incident, &r.List)
	})
}
