package app

import (
	"context"
	"database/sql"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/replay"
)

// Query is one row of the list of queries.
type Query struct {
	ID           int32     `json:"id"`
	QueryID      string    `json:"query_id"`
	SessionID    string    `json:"session_id"`
	Session      int32     `json:"session"`
	Account      string    `json:"account"`
	At           time.Time `json:"at"`
	Carrier      string    `json:"carrier"`
	Text         string    `json:"text"`
	Object       string    `json:"object"`
	Fields       string    `json:"fields"` // with ';'
	Act          string    `json:"act"`
	RowsLogged   *int64    `json:"rows_logged"`   // nil: unknown
	RowsCertain  *int64    `json:"rows_certain"`  // nil: unknown
	RowsReplayed *int64    `json:"rows_replayed"` // nil: unknown
	RowsExtra    *int64    `json:"rows_extra"`    // nil: unknown
	Missing      *int64    `json:"missing"`       // nil: unknown
	Outcome      string    `json:"outcome"`
	Why          string    `json:"why"`
	SQL          string    `json:"sql"`
	Certain      bool      `json:"certain"`
	Excluded     bool      `json:"excluded"`

	BytesLogged     *int64 `json:"bytes_logged"`
	BytesEstimated  *int64 `json:"bytes_estimated"` // nil: unknown; the estimate is of the values alone
	ColumnsLogged   *int64 `json:"columns_logged"`
	ColumnsReplayed *int64 `json:"columns_replayed"` // nil: unknown
}

var querySorts = map[string]string{"at": `"at"`, "carrier": "carrier", "object": "object", "logged": "rows_logged",
	"replayed": "rows_replayed", "outcome": "outcome", "account": "account", "missing": "missing",
	"discrepancy": "abs(coalesce(rows_replayed, 0) - coalesce(rows_logged, rows_replayed, 0))"}

// Discrepant, as Listing.Only, asks for the queries whose rows, columns or bytes do not add up.
const Discrepant = "discrepant"

// Queries lists a page of the queries of attacker sessions (Only: an outcome, a carrier or Discrepant) and how many there
// are in all.
func (c *Case) Queries(ctx context.Context, l Listing) (list []Query, total int64, err error) {
	query := `FROM (` + statement("queries") + `) WHERE (? = '' OR contains(haystack, lower(?))) AND (? = '' OR outcome = ? OR carrier = ? OR ? = '` + Discrepant + `' AND apart)`
	args := []any{l.Search, l.Search, l.Only, l.Only, l.Only, l.Only}
	err = c.read(ctx, "SELECT count(*) "+query, args, func(rows *sql.Rows) error { return rows.Scan(&total) })
	if err != nil {
		return nil, 0, err
	}
	err = c.read(ctx, l.page("SELECT * EXCLUDE (haystack, apart) "+query, querySorts, `"at", id`), args, func(rows *sql.Rows) error {
		var q Query
		var at sql.NullTime
		err := rows.Scan(&q.ID, &q.QueryID, &q.SessionID, &q.Session, &q.Account, &at, &q.Carrier, &q.Text, &q.Object, &q.Fields, &q.Act,
			&q.RowsLogged, &q.RowsCertain, &q.RowsReplayed, &q.RowsExtra, &q.Missing, &q.Outcome, &q.Why, &q.SQL, &q.Certain, &q.Excluded,
			&q.BytesLogged, &q.BytesEstimated, &q.ColumnsLogged, &q.ColumnsReplayed)
		q.At = at.Time
		list = append(list, q)
		return err
	})
	return list, total, err
}

// Explanation shows how a query is understood.
type Explanation = replay.Explanation

// ExplainText says how a SOQL text is understood as of a moment, asked by an account ("" for none in particular).
func (c *Case) ExplainText(ctx context.Context, text string, at time.Time, account string) (x Explanation, err error) {
	err = c.file.Read(ctx, func(db analysis.Engine) error {
		s, err := settings(ctx, db)
		if err != nil {
			return err
		}
		x, err = replay.Explain(ctx, db, s, text, at, account)
		return err
	})
	return x, err
}

// QueryByID returns the query of that id (or the beginning of one).
func (c *Case) QueryByID(ctx context.Context, id string) (Query, error) {
	list, _, err := c.Queries(ctx, Listing{Search: id, Limit: 2})
	switch {
	case err != nil:
		return Query{}, err
	case len(list) != 1:
		return Query{}, &Problem{"no one query has the id " + id, "list the queries of an export (queries.csv), or give the text with --soql", nil}
	}
	return list[0], nil
}
