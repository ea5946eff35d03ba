package duty

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/assets"
)

//go:embed sql/flow.sql
var flowSQL string

// flowStep is a statement of flow.sql by the name that stands before it.
func flowStep(name string) string {
	_, rest, _ := strings.Cut(flowSQL, "-- step: "+name+"\n")
	statement, _, _ := strings.Cut(rest, "-- step: ")
	return statement
}

// Taken counts what an attacker reached across borders: persons of a residence, by the country of the client and the
// kind of the account. Countries are ISO codes, "" where unknown, ';' between several clients of a session.
type Taken struct {
	Residence string `json:"residence"`
	Client    string `json:"client"`
	Account   string `json:"account"`
	Persons   int64  `json:"persons"`
	Accesses  int64  `json:"accesses"`
}

// Usual counts what everybody else read, by the country of the client and the kind of the account. The logs do not say
// whose rows these were.
type Usual struct {
	Client   string `json:"client"`
	Account  string `json:"account"`
	Sessions int64  `json:"sessions"`
	Rows     int64  `json:"rows"`
}

// Axis is a question of the Chinese finding on transfers abroad, to be answered by people, with the counts beside it.
type Axis struct {
	Name      string `json:"name"`
	Statute   string `json:"statute"`
	Question  string `json:"question"`
	Outcome   string `json:"outcome"`
	Residents int64  `json:"residents"` // persons resident in China in the customer tables
	Affected  int64  `json:"affected"`  // of them on a list
	Abroad    int64  `json:"abroad"`    // of them reached from a client known to be in another country
}

// Border is the cross-border view.
type Border struct {
	Taken []Taken `json:"taken"`
	Usual []Usual `json:"usual"`
	Axes  []Axis  `json:"axes"`
}

// Flows reads the cross-border view.
func Flows(ctx context.Context, db analysis.Engine) (Border, error) {
	var b Border
	err := each(ctx, db, "taken", func(rows *sql.Rows) error {
		var t Taken
		err := rows.Scan(&t.Residence, &t.Client, &t.Account, &t.Persons, &t.Accesses)
		b.Taken = append(b.Taken, t)
		return err
	})
	if err != nil {
		return b, err
	}
	err = each(ctx, db, "usual", func(rows *sql.Rows) error {
		var u Usual
		err := rows.Scan(&u.Client, &u.Account, &u.Sessions, &u.Rows)
		b.Usual = append(b.Usual, u)
		return err
	})
	if err != nil {
		return b, err
	}
	b.Axes, err = axesOf(ctx, db, "CN")
	return b, err
}

func axesOf(ctx context.Context, db analysis.Engine, country string) ([]Axis, error) {
	list := append([]Axis(nil), axes()...)
	err := each(ctx, db, "axes", func(rows *sql.Rows) error {
		var residents, affected, abroad int64
		err := rows.Scan(&residents, &affected, &abroad)
		for i := range list {
			list[i].Residents, list[i].Affected, list[i].Abroad = residents, affected, abroad
		}
		return err
	}, sql.Named("country", country))
	return list, err
}

// axes are the questions, read once.
var axes = sync.OnceValue(func() (list []Axis) {
	err := eachRow(assets.Folder("law"), "axes.csv", func(r row) error {
		list = append(list, Axis{Name: r["axis"], Statute: r["statute"], Question: r["question"], Outcome: r["outcome"]})
		return nil
	})
	if err != nil {
		panic(err) // embedded, and read by a test
	}
	return list
})

func each(ctx context.Context, db analysis.Engine, step string, take func(*sql.Rows) error, args ...any) error {
	rows, err := db.QueryContext(ctx, flowStep(step), args...)
	if err != nil {
		return fmt.Errorf("reading flows (%s): %w", step, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := take(rows); err != nil {
			return fmt.Errorf("reading flows (%s): %w", step, err)
		}
	}
	return rows.Err()
}
