package app

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Facets by which sessions are narrowed, in the order to show them.
var Facets = []string{"country", "network", "family", "app"}

// facets name the list of a session that a facet looks into, the table that the list points to, and the value there.
var facets = map[string]struct{ list, table, value string }{
	"country": {"addresses", "address", "country"}, "network": {"addresses", "address", "network"},
	"family": {"agents", "agent", "family"}, "app": {"apps", "app", "coalesce(nullif(name, ''), app)"},
}

// Facet is one value that sessions have, and how many of them.
type Facet struct {
	Name, Value        string
	Sessions, Attacker int64
}

// picked is the condition on "id", the session's number, that the facets of a listing make.
func (l Listing) picked() (condition string, args []any) {
	for _, name := range slices.Sorted(maps.Keys(l.Pick)) {
		f, ok := facets[name]
		if !ok || l.Pick[name] == "" {
			continue
		}
		condition += fmt.Sprintf(` AND id IN (SELECT u.id FROM (SELECT id, unnest(%s) AS d FROM analysis.session) u
			WHERE u.d IN (SELECT id FROM analysis.%s WHERE %s = ?))`, f.list, f.table, f.value)
		args = append(args, l.Pick[name])
	}
	return condition, args
}

// Facets counts the sessions of a listing by the values of every facet, at most so many values of each.
func (c *Case) Facets(ctx context.Context, l Listing, most int) (list []Facet, err error) {
	chosen, args := l.sessions()
	query := strings.Replace(statement("facets"), "$sessions", "SELECT id, verdict "+chosen, 1)
	err = c.read(ctx, query, append(args, most), func(rows *sql.Rows) error {
		var f Facet
		err := rows.Scan(&f.Name, &f.Value, &f.Sessions, &f.Attacker)
		list = append(list, f)
		return err
	})
	return list, err
}
