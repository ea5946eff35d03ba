package event

import (
	"context"
	_ "embed"
	"strings"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/evidence"
)

//go:embed sql/account.sql
var accountSQL string

// accounts fills analysis.account from the ids and names the logs give and the User table of the snapshot.
func accounts(ctx context.Context, db analysis.Engine) error {
	statement, err := personSQL(ctx, db)
	if err != nil {
		return err
	}
	return run(ctx, db, statement+accountSQL)
}

// userColumns are the columns of a User table that an account is described by: the first that is there and filled.
var userColumns = []struct {
	name    string
	sources []string
}{
	{"username", []string{"Username"}},
	{"name", []string{"Name"}},
	{"first", []string{"FirstName"}},
	{"last", []string{"LastName"}},
	{"role", []string{"Profile.Name", "ProfileName", "Profile", "UserRole.Name", "UserRole", "Title", "Department"}},
	{"email", []string{"Email"}},
	{"federation", []string{"FederationIdentifier"}},
	{"timezone", []string{"TimeZoneSidKey"}},
	{"locale", []string{"LocaleSidKey", "LanguageLocaleKey"}},
	{"type", []string{"UserType", "Profile.UserLicense.Name", "UserLicense"}},
}

// personSQL makes temp.person: one row per organisation and user of the snapshot, the last exported when several exports
// name one; with an empty organisation where nothing tells whose export it is.
func personSQL(ctx context.Context, db analysis.Engine) (string, error) {
	rows, err := db.QueryContext(ctx, `SELECT column_name FROM duckdb_columns() WHERE schema_name = 'snapshot'
		AND lower(table_name) = 'user' AND database_name = current_database()`)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var columns evidence.Columns
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return "", err
		}
		columns = append(columns, name)
	}
	if err := rows.Err(); err != nil {
		return "", err
	}
	first := func(names []string) string {
		sources := make(evidence.Sources, len(names))
		for i, n := range names {
			sources[i].Column = n
		}
		return "coalesce(" + sources.SQL(columns) + ", '')"
	}
	var b strings.Builder
	b.WriteString("CREATE OR REPLACE TEMP TABLE person AS SELECT * EXCLUDE (file, line) FROM (SELECT id18(" + first([]string{"Id"}) + `) AS user_id,
		left(coalesce(f."file's organisation", ''), 15) AS organisation`)
	for _, c := range userColumns {
		b.WriteString(", " + first(c.sources) + " AS " + c.name)
	}
	users := `(SELECT 0 AS "file", 0 AS "line" WHERE false)`
	if len(columns) > 0 {
		users = `snapshot."User"`
	}
	b.WriteString(`, u."file" AS file, u."line" AS line FROM ` + users + ` u JOIN (` + organisationOfFile + `) f ON f."file's id" = u."file")
		QUALIFY row_number() OVER (PARTITION BY organisation, user_id ORDER BY file DESC, line DESC) = 1;` + "\n")
	return b.String(), nil
}
