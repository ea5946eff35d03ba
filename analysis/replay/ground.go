package replay

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

// ground is what an access rests on. Millions of accesses share a few, so that each is written as a number.
type ground struct {
	grade analysis.Grade
	why   string
}

// readGrounds reads those in use.
func (d *derivation) readGrounds(ctx context.Context) error {
	rows, err := d.db.QueryContext(ctx, "SELECT id, grade, why FROM analysis.ground")
	if err != nil {
		return err
	}
	defer rows.Close()
	d.grounds = map[ground]int32{}
	for rows.Next() {
		var id int32
		var g ground
		if err := rows.Scan(&id, &g.grade, &g.why); err != nil {
			return err
		}
		d.grounds[g] = id
	}
	return rows.Err()
}

// ground is the number of a grade with its reason.
func (d *derivation) ground(ctx context.Context, grade analysis.Grade, why string) (int32, error) {
	g := ground{grade, why}
	if id, ok := d.grounds[g]; ok {
		return id, nil
	}
	id := int32(len(d.grounds) + 1)
	d.grounds[g] = id
	return id, d.exec(ctx, "INSERT INTO analysis.ground VALUES (?, ?, ?)", id, string(grade), why)
}

// numbered is SQL for the ground of a row with columns rank, of its grade, sure, and child: whether it came along with
// another row, by the grade hanging when that is not sure.
func (d *derivation) numbered(ctx context.Context, q *question, decided decision, sure, unsure, hanging analysis.Grade) (string, error) {
	grades := []analysis.Grade{sure, unsure, hanging}
	if len(q.naming()) > 0 {
		grades = append(grades, d.told(q))
	}
	var cases strings.Builder
	for i, g := range grades {
		if g == "" || slices.Contains(grades[:i], g) {
			continue
		}
		whys := [3]string{decided.whySure, whyHanging, decided.whyUnsure}
		if g == analysis.Recorded {
			whys = [3]string{whyNamed, whyNamed, whyNamed}
		}
		for i, certain := range []string{"sure", "child", "NOT sure"} {
			if certain == "child" && hanging == "" {
				continue
			}
			id, err := d.ground(ctx, g, whys[i])
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&cases, " WHEN rank = %d AND %s THEN %d", g.Rank(), certain, id)
		}
	}
	if cases.Len() == 0 {
		return "NULL", nil // nothing is listed
	}
	return "CASE" + cases.String() + " END", nil
}
