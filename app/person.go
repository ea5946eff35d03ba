package app

import (
	"context"
	"database/sql"
)

// PersonOf returns the affected person that a record of the customer tables is of, or hangs on.
func (c *Case) PersonOf(ctx context.Context, recordID string) (p Person, err error) {
	found := false
	query := `SELECT * EXCLUDE (haystack) FROM (` + statement("people") + `) WHERE id = (SELECT p.person FROM analysis.person_record p
		JOIN analysis.record r ON r.id = p.record WHERE r.record_id = id18(?) ORDER BY p.holding = 'own' DESC, p.person LIMIT 1)`
	err = c.read(ctx, query, []any{recordID}, func(rows *sql.Rows) (err error) {
		found = true
		p, err = scanPerson(rows)
		return err
	})
	if err == nil && !found {
		err = &Problem{"record " + recordID + " is of nobody on the lists", "read the list of customers again", nil}
	}
	return p, err
}

func scanPerson(rows *sql.Rows) (p Person, err error) {
	var first, last sql.NullTime
	err = rows.Scan(&p.ID, &p.PersonID, &p.Name, &p.Kind, &p.Residence, &p.ResidenceFrom, &p.List, &p.Grade, &p.Act,
		&p.Categories, &p.Fields, &p.Records, &first, &last)
	p.First, p.Last = first.Time, last.Time
	return p, err
}

// Holding is a record that is a person's own or hangs on one, and why it is counted as hers.
type Holding struct {
	Object, RecordID string
	Reason           string
	How              string // own, linked
	File             *int32 // where the snapshot holds it; nil: it does not
	Line             *int64
}

// Holdings lists the records of a person, her own first, whether they were touched or not.
func (c *Case) Holdings(ctx context.Context, person int32) (list []Holding, err error) {
	err = c.read(ctx, statement("holdings"), []any{person}, func(rows *sql.Rows) error {
		var h Holding
		err := rows.Scan(&h.Object, &h.RecordID, &h.Reason, &h.How, &h.File, &h.Line)
		list = append(list, h)
		return err
	})
	return list, err
}

// Tie says why two records are, or may be, one person's.
type Tie struct {
	ObjectA, A, ObjectB, B string
	Reason                 string
	Strength               string // certain, likely: they are counted as one person's; possible: they are not
}

// Ties lists what ties the records of a person to each other, and to those of others.
func (c *Case) Ties(ctx context.Context, person int32) (list []Tie, err error) {
	err = c.read(ctx, statement("ties"), []any{person, person}, func(rows *sql.Rows) error {
		var t Tie
		err := rows.Scan(&t.ObjectA, &t.A, &t.ObjectB, &t.B, &t.Reason, &t.Strength)
		list = append(list, t)
		return err
	})
	return list, err
}
