package event

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

//go:embed sql/collect.sql
var collectSQL string

// textFields are what a mapping gives as text and the events keep as text or cast.
var textFields = []string{"user", "username", "delegate", "delegate_name", "address", "forwarded", "agent", "app", "app_name",
	"login", "token", "request", "job", "status", "object", "record", "text", "target", "rows", "columns", "bytes", "mfa", "method", "tls"}

// view names the temporary view that gives the rows of one raw table in the common shape, everything still text.
func view(i int) string { return fmt.Sprintf("temp.log_%d", i) }

// collect makes one view per raw table and gathers the distinct accounts, addresses, agents, apps and keys they name.
func collect(ctx context.Context, db analysis.Engine, logs []rawLog) error {
	only, err := onlyOrganisation(ctx, db, logs)
	if err != nil {
		return err
	}
	for i, l := range logs {
		if _, err := db.ExecContext(ctx, viewSQL(i, l, only)); err != nil {
			return fmt.Errorf("reading %s: %w", l.kind.Name, err)
		}
	}
	if err := run(ctx, db, collectSQL); err != nil {
		return err
	}
	for i, l := range logs {
		for _, d := range dimensions {
			if !slices.ContainsFunc(d.fields, func(name string) bool { return l.field(name) != "NULL" }) {
				continue
			}
			if _, err := db.ExecContext(ctx, "INSERT INTO temp."+d.distinct+" FROM "+view(i)); err != nil {
				return fmt.Errorf("reading %s: %w", l.kind.Name, err)
			}
		}
	}
	return nil
}

// dimensions are what is gathered, and the fields it comes from.
var dimensions = []struct {
	fields   []string
	distinct string
}{
	{[]string{"user", "username"}, `who SELECT DISTINCT organisation, id18(coalesce("user", '')), lower(trim(coalesce(username, '')))`},
	{[]string{"delegate", "delegate_name"}, `who SELECT DISTINCT organisation, id18(coalesce(delegate, '')), lower(trim(coalesce(delegate_name, '')))`},
	{[]string{"address", "forwarded"}, `seen_address SELECT DISTINCT coalesce(address, ''), coalesce(forwarded, '')`},
	{[]string{"agent"}, `seen_agent SELECT DISTINCT agent`},
	{[]string{"app", "app_name"}, `seen_app SELECT DISTINCT coalesce(app, ''), coalesce(app_name, '')`},
	{[]string{"login"}, `seen_login SELECT DISTINCT organisation, login`},
	{[]string{"token"}, `seen_token SELECT DISTINCT organisation, token`},
}

// viewSQL gives the rows of a raw table: file, line, at, organisation and the text fields. A row that names no
// organisation belongs to the only one there is, else to the one its user id is known from.
func viewSQL(i int, l rawLog, only string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `CREATE OR REPLACE TEMP VIEW log_%d AS SELECT r."file" AS file, r."line" AS line, r.utc AS "at", %s AS action`, i, l.field("action"))
	for _, name := range textFields {
		fmt.Fprintf(&b, ", %s AS %s", l.field(name), analysis.Quote(name))
	}
	// the raw table's columns are named freely: what is joined to it has names that no export has
	said := "left(coalesce(nullif(" + l.kind.Organisation.SQL(l.columns) + `, ''), f."file's organisation"), 15)`
	if only != "" {
		fmt.Fprintf(&b, ", coalesce(nullif(%s, ''), %s) AS organisation", said, analysis.Literal(only))
	} else {
		fmt.Fprintf(&b, `, coalesce(nullif(%s, ''), (SELECT h."user's organisation" FROM (SELECT organisation AS "user's organisation", user_id AS "user at home" FROM temp.home) h
			WHERE h."user at home" = id18(%s)), '') AS organisation`, said, l.field("user"))
	}
	fmt.Fprintf(&b, ` FROM %s r JOIN (SELECT id AS "file's id", organisation AS "file's organisation" FROM evidence.file) f ON f."file's id" = r."file"`, l.table())
	return b.String()
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
		statement := fmt.Sprintf("INSERT INTO temp.said SELECT DISTINCT left(%s, 15), id18(coalesce(%s, '')) FROM %s r", own, l.field("user"), l.table())
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
