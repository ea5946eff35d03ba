package session

import (
	"context"

	"github.com/breachscope/breachscope/analysis"
)

// split finds the clients under each group: temp.client says which one an account at an address is. Only groups with
// nodes that cannot be one client are looked at one by one; there are few of them in any set of logs.
func split(ctx context.Context, db analysis.Engine) error {
	if err := run(ctx, db, "split"); err != nil {
		return err
	}
	nodes, err := splitNodes(ctx, db)
	if err != nil {
		return err
	}
	apart, err := splitPairs(ctx, db)
	if err != nil {
		return err
	}
	var ids, clients []int64
	for _, group := range nodes {
		for i, c := range clientsOf(group, apart) {
			ids, clients = append(ids, group[i].id), append(clients, int64(c))
		}
	}
	if _, err := db.ExecContext(ctx, `CREATE OR REPLACE TEMP TABLE node_client AS
		SELECT unnest($1::BIGINT[]) AS node, unnest($2::BIGINT[]) AS client`, ids, clients); err != nil {
		return err
	}
	return run(ctx, db, "client")
}

// node is one account at one address under a group, in order of first appearance.
type node struct {
	id    int64
	known bool   // an agent is known
	near  string // country and holder of the network: who has no agent goes with the neighbour
}

type pair struct{ one, other int64 }

func splitNodes(ctx context.Context, db analysis.Engine) ([][]node, error) {
	rows, err := db.QueryContext(ctx, `SELECT grp, id, known, concat_ws('/', country, asn, CASE WHEN asn IS NULL THEN network END) FROM temp.node
		WHERE grp IN (SELECT grp FROM temp.split) ORDER BY grp, id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var groups [][]node
	last := int64(-1)
	for rows.Next() {
		var grp int64
		var n node
		if err := rows.Scan(&grp, &n.id, &n.known, &n.near); err != nil {
			return nil, err
		}
		if grp != last {
			groups, last = append(groups, nil), grp
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], n)
	}
	return groups, rows.Err()
}

func splitPairs(ctx context.Context, db analysis.Engine) (map[pair]bool, error) {
	rows, err := db.QueryContext(ctx, "SELECT one, other FROM temp.split")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	apart := map[pair]bool{}
	for rows.Next() {
		var p pair
		if err := rows.Scan(&p.one, &p.other); err != nil {
			return nil, err
		}
		apart[p], apart[pair{p.other, p.one}] = true, true
	}
	return apart, rows.Err()
}

// clientsOf gives each node of a group the number of its client. A node joins a client none of whose nodes it is apart
// from, so that no third node bridges two that are. Nodes with a known agent choose first; one without prefers the
// client of its own network.
func clientsOf(group []node, apart map[pair]bool) []int {
	client := make([]int, len(group))
	for i := range client {
		client[i] = -1
	}
	next := 0
	for _, known := range []bool{true, false} {
		for i, n := range group {
			if n.known != known {
				continue
			}
			client[i] = choose(group, client, apart, i, next)
			next = max(next, client[i]+1)
		}
	}
	return client
}

func choose(group []node, client []int, apart map[pair]bool, i, next int) int {
	best := next
	for c := next - 1; c >= 0; c-- {
		fits, near := true, false
		for j, other := range group {
			if client[j] == c {
				fits = fits && !apart[pair{group[i].id, other.id}]
				near = near || other.near == group[i].near
			}
		}
		if fits && near {
			return c
		}
		if fits {
			best = c
		}
	}
	return best
}
