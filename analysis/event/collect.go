package event

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

var (
	//go:embed sql/client.sql
	clientSQL string
	//go:embed sql/collect.sql
	collectSQL string
)

// textFields are what a mapping gives as text and the events keep as text or cast.
var textFields = []string{"user", "username", "delegate", "delegate_name", "address", "forwarded", "agent", "app", "app_name",
	"login", "token", "request", "job", "status", "object", "record", "text", "target", "rows", "columns", "bytes", "mfa", "method", "tls"}

// clientFields are those that say who acted and from where. The rows of a session mostly say the same, so that what is
// made of these fields is made once for every combination of them.
var clientFields = []string{"user", "username", "delegate", "delegate_name", "address", "forwarded", "agent", "app", "app_name", "login", "token"}

// view names the temporary view that gives the rows of one raw table in the common shape, everything still text.
func view(i int) string { return fmt.Sprintf("temp.log_%d", i) }

// collect makes one view per raw table and gathers the distinct clients in all of them, and what they name: accounts,
// addresses, agents, apps and keys.
func collect(ctx context.Context, db analysis.Engine, logs []rawLog) error {
	only, err := onlyOrganisation(ctx, db, logs)
	if err != nil {
		return err
	}
	if err := run(ctx, db, clientSQL); err != nil {
		return err
	}
	for i, l := range logs {
		for _, statement := range []string{l.viewSQL(i), l.clientsSQL(i, only)} {
			if _, err := db.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("reading %s: %w", l.kind.Name, err)
			}
		}
	}
	return run(ctx, db, collectSQL)
}

// organisationOfFile says whose each file is. Tables of evidence have columns that are named freely: what is joined to them
// has names that no export has.
const organisationOfFile = `SELECT id AS "file's id", organisation AS "file's organisation" FROM evidence.file`

// viewSQL gives the rows of a raw table: file, line, at, the text fields, and in said the organisation that row or file name.
func (l rawLog) viewSQL(i int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `CREATE OR REPLACE TEMP VIEW log_%d AS SELECT r."file" AS file, r."line" AS line, r.utc AS "at", %s AS action`, i, l.field("action"))
	for _, name := range textFields {
		fmt.Fprintf(&b, ", %s AS %s", l.field(name), analysis.Quote(name))
	}
	fmt.Fprintf(&b, `, left(coalesce(nullif(%s, ''), f."file's organisation"), 15) AS said
		FROM %s r JOIN (%s) f ON f."file's id" = r."file"`,
		l.kind.Organisation.SQL(l.columns), l.table(), organisationOfFile)
	return b.String()
}

// clientsSQL enters the distinct clients of a raw table. One that names no organisation belongs to the only one there is,
// else to the one its user id is known from.
func (l rawLog) clientsSQL(i int, only string) string {
	fields := ""
	for _, name := range l.clientFields() {
		fields += ", " + analysis.Quote(name)
	}
	organisation, home := analysis.Literal(only), ""
	if only == "" && l.has("user") {
		organisation, home = "h.organisation, ''", ` LEFT JOIN temp.home h ON h.user_id = id18(c."user")`
	}
	return fmt.Sprintf(`INSERT INTO temp.client BY NAME SELECT %d AS log, c.*, coalesce(nullif(c.said, ''), %s) AS organisation
		FROM (SELECT DISTINCT said%s FROM %s) c%s`, i, organisation, fields, view(i), home)
}

// clientFields are those of clientFields that the rows of the raw table can tell.
func (l rawLog) clientFields() []string {
	return slices.DeleteFunc(slices.Clone(clientFields), func(name string) bool { return !l.has(name) })
}

// onlyOrganisation is the organisation of the case when there is just one, else "". With several it fills temp.home:
// the organisation each user id is known from.
func onlyOrganisation(ctx context.Context, db analysis.Engine, logs []rawLog) (only string, err error) {
	if err := run(ctx, db, `CREATE OR REPLACE TEMP TABLE said (organisation VARCHAR, user_id VARCHAR);
INSERT INTO temp.said SELECT DISTINCT left(organisation, 15), '' FROM evidence.file WHERE organisation <> '';
`); err != nil {
		return "", err
	}
	for _, l := range logs {
		own := l.kind.Organisation.SQL(l.columns)
		if own == "NULL" {
			continue
		}
		statement := fmt.Sprintf("INSERT INTO temp.said SELECT DISTINCT left(o, 15), id18(u) FROM (SELECT DISTINCT %s AS o, coalesce(%s, '') AS u FROM %s)",
			own, l.field("user"), l.table())
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return "", err
		}
	}
	err = run(ctx, db, `DELETE FROM temp.said WHERE coalesce(organisation, '') = '';
CREATE OR REPLACE TEMP TABLE home AS SELECT user_id, min(organisation) AS organisation FROM temp.said WHERE user_id <> ''
  GROUP BY user_id HAVING count(DISTINCT organisation) = 1;
`)
	if err != nil {
		return "", err
	}
	err = db.QueryRowContext(ctx, "SELECT CASE WHEN count(DISTINCT organisation) = 1 THEN min(organisation) ELSE '' END FROM temp.said").Scan(&only)
	return only, err
}
