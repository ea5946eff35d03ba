package replay

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

// tie is a table of the case that ties files to the records they hang on, or versions of files to their documents: the
// folded names its columns may have.
type tie struct {
	schema, table string
	from, to, at  []string
	version       bool
}

var ties = []tie{
	{schema: "snapshot", table: "ContentDocumentLink", from: []string{"contentdocumentid"}, to: []string{"linkedentityid"}, at: []string{"createddate", "systemmodstamp"}},
	{schema: "raw", table: "salesforce.elf.ContentDocumentLink", from: []string{"document_id"}, to: []string{"shared_with_entity_id"}, at: []string{"timestamp_derived"}},
	{schema: "raw", table: "salesforce.elo.ContentDocLinkEventLog", from: []string{"documentidentifier"}, to: []string{"sharedwithobjectidentifier"}, at: []string{"timestamp"}},
	{schema: "snapshot", table: "Attachment", from: []string{"id"}, to: []string{"parentid"}, at: []string{"createddate"}},
	{schema: "snapshot", table: "ContentVersion", from: []string{"contentdocumentid"}, to: []string{"firstpublishlocationid"}, at: []string{"createddate"}},
	{schema: "snapshot", table: "ContentVersion", from: []string{"id"}, to: []string{"contentdocumentid"}, version: true},
	{schema: "raw", table: "salesforce.elf.ContentTransfer", from: []string{"version_id"}, to: []string{"document_id"}, version: true},
	{schema: "raw", table: "salesforce.elo.ContentTransferEventLog", from: []string{"versionidentifier"}, to: []string{"documentidentifier"}, version: true},
	{schema: "raw", table: "salesforce.rtem.FileEventStore", from: []string{"versionid"}, to: []string{"documentid"}, version: true},
}

// followFiles ties the files opened and downloaded to the records they hang on.
func (d *derivation) followFiles(ctx context.Context) error {
	if err := d.exec(ctx, "CREATE OR REPLACE TEMP TABLE hangs (file VARCHAR, record VARCHAR, since TIMESTAMP)"); err != nil {
		return err
	}
	if err := d.exec(ctx, "CREATE OR REPLACE TEMP TABLE document_of (version VARCHAR, document VARCHAR)"); err != nil {
		return err
	}
	for _, t := range ties {
		if err := d.tie(ctx, t); err != nil {
			return fmt.Errorf("reading %s: %w", t.table, err)
		}
	}
	return run(ctx, d.db, "files")
}

func (d *derivation) tie(ctx context.Context, t tie) error {
	columns, err := d.columnsOf(ctx, t.schema, t.table)
	if err != nil {
		return err
	}
	column := func(names []string) string {
		for _, name := range names {
			if i := slices.IndexFunc(columns, func(c string) bool { return fold(c) == name }); i >= 0 {
				return "t." + analysis.Quote(columns[i])
			}
		}
		return ""
	}
	from, to, since := column(t.from), column(t.to), column(t.at)
	switch {
	case from == "" || to == "":
		return nil
	case t.version:
		return d.exec(ctx, fmt.Sprintf("INSERT INTO document_of SELECT DISTINCT left(%s, 15), left(%s, 15) FROM %s.%s t WHERE %[1]s <> '' AND %[2]s <> ''",
			from, to, t.schema, analysis.Quote(t.table)))
	}
	at := "NULL::TIMESTAMP"
	if since != "" {
		at = moment(since)
	}
	return d.exec(ctx, fmt.Sprintf("INSERT INTO hangs SELECT left(%s, 15), left(%s, 15), min(%s) FROM %s.%s t WHERE %[1]s <> '' AND %[2]s <> '' GROUP BY 1, 2",
		from, to, at, t.schema, analysis.Quote(t.table)))
}

// columnsOf lists the columns of a table, none when the case has no such table.
func (d *derivation) columnsOf(ctx context.Context, schema, table string) ([]string, error) {
	var joined string
	err := d.db.QueryRowContext(ctx, `SELECT coalesce(string_agg(column_name, chr(30)), '') FROM duckdb_columns() WHERE schema_name = ? AND table_name = ? AND database_name = current_database()`,
		schema, table).Scan(&joined)
	return strings.Split(joined, "\x1e"), err
}
