package main

import (
	"fmt"
	"io"

	"github.com/breachscope/breachscope/app"
)

type queryGiven struct {
	listing       app.Listing
	discrepancies bool
}

func queryFlags(c *call) {
	g := &queryGiven{}
	c.given = g
	c.flags.BoolVar(&g.discrepancies, "discrepancies", false, "only those whose rows, columns or bytes do not add up, the largest difference first")
	c.flags.StringVar(&g.listing.Only, "only", "", "only those with this `outcome` or carrier")
	c.flags.StringVar(&g.listing.Search, "search", "", "only those that hold this `text`")
	c.flags.Int64Var(&g.listing.Limit, "limit", 1000, "list at most this `many`")
}

// queryRow is a query as it is printed with --json: numbers that nobody knows are null.
type queryRow struct {
	Query           string `json:"query_id"`
	Session         string `json:"session_id"`
	At              string `json:"at"`
	Carrier         string `json:"carrier"`
	Text            string `json:"text"`
	Object          string `json:"object"`
	Outcome         string `json:"outcome"`
	Why             string `json:"why"`
	Excluded        bool   `json:"excluded"`
	RowsLogged      *int64 `json:"rows_logged"`
	RowsReplayed    *int64 `json:"rows_replayed"`
	ColumnsLogged   *int64 `json:"columns_logged"`
	ColumnsReplayed *int64 `json:"columns_replayed"`
	BytesLogged     *int64 `json:"bytes_logged"`
	BytesEstimated  *int64 `json:"bytes_estimated"`
}

func runQueries(c *call) error {
	g := c.given.(*queryGiven)
	if g.discrepancies {
		g.listing.Only, g.listing.Sort, g.listing.Down = app.Discrepant, "discrepancy", true
	}
	return c.withCase(func(opened *app.Case) error {
		list, total, err := opened.Queries(c.ctx, g.listing)
		if err != nil {
			return err
		}
		rows := make([]queryRow, len(list))
		for i, q := range list {
			rows[i] = queryRow{q.QueryID, q.SessionID, minute(q.At), q.Carrier, q.Text, q.Object, q.Outcome, q.Why, q.Excluded, q.RowsLogged, q.RowsReplayed,
				q.ColumnsLogged, q.ColumnsReplayed, q.BytesLogged, q.BytesEstimated}
			if !q.At.IsZero() {
				rows[i].At = q.At.UTC().Format("2006-01-02T15:04:05.000Z")
			}
		}
		return c.print(map[string]any{"total": total, "queries": rows}, func(w io.Writer) {
			table := columns(w, "QUERY", "TIME (UTC)", "ROWS LOGGED", "RUN AGAIN", "COLUMNS", "RUN AGAIN", "BYTES", "OF VALUES", "OUTCOME", "WHY")
			for _, q := range list {
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", q.QueryID, minute(q.At), number(q.RowsLogged), number(q.RowsReplayed),
					number(q.ColumnsLogged), number(q.ColumnsReplayed), number(q.BytesLogged), number(q.BytesEstimated), q.Outcome, q.Why)
			}
			table.Flush()
			fmt.Fprintf(w, "%d of %d queries\n", len(list), total)
		})
	})
}

// number is a count, or a dash where it is not known.
func number(n *int64) string {
	if n == nil {
		return "–"
	}
	return fmt.Sprint(*n)
}
