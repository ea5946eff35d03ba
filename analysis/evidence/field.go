package evidence

import (
	"cmp"
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

type nullTime = sql.NullTime

var (
	//go:embed sql/profile.sql
	profileSQL string
	//go:embed sql/caseless.sql
	caselessSQL string
	//go:embed sql/organisation.sql
	organisationSQL string
	//go:embed sql/organisation_only.sql
	onlyOrganisationSQL string
)

// profile is what the values of a column look like, over rows spread evenly through the table.
type profile struct {
	field                                                             string
	filled, sampled, ids, booleans, integers, numbers, dates, moments int64
	emails, phones, lists, long                                       int64
	prefixes                                                          string // prefixes of its ids, most frequent first, ';'
	values                                                            []string
}

// describeFields refills snapshot.field for one object. Categories the investigator set stay.
func (a *addition) describeFields(ctx context.Context, o *object) error {
	profiles, err := a.profiles(ctx, o)
	if err != nil {
		return err
	}
	if _, err := a.db.ExecContext(ctx, `CREATE OR REPLACE TEMP TABLE kept_category AS
		SELECT field, category FROM snapshot.field WHERE object = ? AND category_from = 'investigator'`, o.name); err != nil {
		return err
	}
	if _, err := a.db.ExecContext(ctx, "DELETE FROM snapshot.field WHERE object = ?", o.name); err != nil {
		return err
	}
	prefixes, err := a.prefixes(ctx, o)
	if err != nil {
		return err
	}
	var args []any
	for i, column := range o.columns {
		p := profiles[column]
		reference := o.reference(column, p, prefixes)
		if reference == "" && p.guids() {
			if reference, err = a.keyed(ctx, o, column); err != nil {
				return err
			}
		}
		category, from := a.catalog.category(o.name, column, p.values)
		kind := o.kindOf(column, p, reference, category)
		if kind == "id" || kind == "reference" {
			category, from = "", ""
		}
		args = append(args, o.name, column, i+1, column, kind, reference, relationship(column, reference), category, from, p.filled)
	}
	if len(args) > 0 {
		if _, err := a.db.ExecContext(ctx, `INSERT INTO snapshot.field (object, field, position, label, type, reference, relationship, category, category_from, filled)
			VALUES `+marks(len(o.columns), 10), args...); err != nil {
			return err
		}
	}
	return run(ctx, a.db, `UPDATE snapshot.field f SET category = k.category, category_from = 'investigator' FROM kept_category k
		WHERE f.object = `+analysis.Literal(o.name)+` AND f.field = k.field;
DROP TABLE kept_category`)
}

// profiles looks at the values of all columns in one pass.
func (a *addition) profiles(ctx context.Context, o *object) (map[string]profile, error) {
	found := map[string]profile{}
	if len(o.columns) == 0 {
		return found, nil
	}
	quoted, counts := make([]string, len(o.columns)), make([]string, len(o.columns))
	for i, c := range o.columns {
		quoted[i] = "coalesce(" + analysis.Quote(c) + ", '') AS " + analysis.Quote(c)
		counts[i] = "count(nullif(" + analysis.Quote(c) + ", '')) AS " + analysis.Quote(c)
	}
	script := strings.NewReplacer("{target}", o.target, "{sound}", literals(append(o.sound, "")), "{columns}", strings.Join(quoted, ", "), "{counts}", strings.Join(counts, ", ")).Replace(profileSQL)
	rows, err := a.db.QueryContext(ctx, script)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p profile
		var values string
		if err := rows.Scan(&p.field, &p.filled, &p.sampled, &p.ids, &p.booleans, &p.integers, &p.numbers, &p.dates, &p.moments, &p.emails,
			&p.phones, &p.lists, &p.long, &p.prefixes, &values); err != nil {
			return nil, err
		}
		p.values = strings.Split(values, "\x1f")
		found[p.field] = p
	}
	return found, rows.Err()
}

// guids reports whether every value seen is a GUID, as keys and lookups of Dataverse are.
func (p profile) guids() bool {
	return p.filled > 0 && !slices.ContainsFunc(p.values, func(v string) bool { return v != "" && !guid.MatchString(v) })
}

// keyed are the objects with rows whose key stands in a column of GUIDs.
func (a *addition) keyed(ctx context.Context, o *object, column string) (string, error) {
	if strings.EqualFold(column, o.key) {
		return "", nil
	}
	keys := map[string]string{}
	rows, err := a.db.QueryContext(ctx, "SELECT DISTINCT object, key_column FROM snapshot.object WHERE key_column NOT IN ('', 'Id')")
	if err != nil {
		return "", err
	}
	defer rows.Close()
	for rows.Next() {
		var name, key string
		if err := rows.Scan(&name, &key); err != nil {
			return "", err
		}
		keys[name] = key
	}
	var targets []string
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		var there bool
		query := fmt.Sprintf("SELECT EXISTS (SELECT 1 FROM %s t SEMI JOIN snapshot.%s r ON lower(t.%s) = lower(r.%s))", o.target,
			analysis.Quote(name), analysis.Quote(column), analysis.Quote(keys[name]))
		if err := a.db.QueryRowContext(ctx, query).Scan(&there); err != nil {
			return "", err
		}
		if there {
			targets = append(targets, name)
		}
	}
	return strings.Join(targets, ";"), rows.Err()
}

// prefixes maps the prefixes of ids to objects: those known beforehand and those of the tables in the case.
func (a *addition) prefixes(ctx context.Context, o *object) (map[string]string, error) {
	found := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(a.catalog.objects)) {
		if p := a.catalog.objects[name].Prefix; p != "" {
			found[p] = name
		}
	}
	rows, err := a.db.QueryContext(ctx, "SELECT prefix, object FROM snapshot.object WHERE prefix <> '' ORDER BY object")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var prefix, name string
		if err := rows.Scan(&prefix, &name); err != nil {
			return nil, err
		}
		found[prefix] = name
	}
	if o.prefix != "" {
		found[o.prefix] = o.name
	}
	return found, rows.Err()
}

// reference is what a column of ids points to: what is known of it, else what its values say.
func (o *object) reference(column string, p profile, prefixes map[string]string) string {
	if strings.EqualFold(column, o.key) {
		return ""
	}
	known := ""
	for name, to := range o.known.Reference {
		if strings.EqualFold(name, column) {
			known = to
		}
	}
	if p.sampled == 0 || 20*p.ids < 19*p.sampled {
		return known
	}
	var targets []string
	for _, prefix := range strings.Split(p.prefixes, ";") {
		if to, ok := prefixes[prefix]; ok && !slices.Contains(targets, to) {
			targets = append(targets, to)
		}
	}
	slices.Sort(targets)
	return cmp.Or(known, strings.Join(targets, ";"))
}

// relationship is the name a lookup goes by in a path: ContactId is Contact, Store__c is Store__r.
func relationship(column, reference string) string {
	switch {
	case reference == "":
		return ""
	case strings.HasSuffix(column, "__c"), strings.HasSuffix(column, "__C"):
		return column[:len(column)-1] + "r"
	case strings.HasSuffix(column, "Id"), strings.HasSuffix(column, "ID"):
		return column[:len(column)-2]
	}
	return column
}

// kindOf is the type of a column: by what is known of it, else by what nearly all of its values look like.
func (o *object) kindOf(column string, p profile, reference, category string) string {
	for name, kind := range o.known.Types {
		if strings.EqualFold(name, column) {
			return kind
		}
	}
	nearly := func(n int64) bool { return p.sampled > 0 && 100*n >= 98*p.sampled }
	name := fold(customSuffix.ReplaceAllString(column, ""))
	switch {
	case strings.EqualFold(column, o.key) && (strings.EqualFold(column, "Id") || p.guids()):
		return "id"
	case reference != "", nearly(p.ids) && p.sampled > 0, p.guids():
		return "reference"
	case nearly(p.booleans):
		return "boolean"
	case nearly(p.moments):
		return "datetime"
	case nearly(p.dates):
		return "date"
	case nearly(p.emails), p.sampled == 0 && strings.Contains(name, "email"):
		return "email"
	case strings.HasSuffix(name, "phone") || strings.HasSuffix(name, "fax") || strings.Contains(name, "mobile") || nearly(p.phones):
		return "phone"
	case numberName(name) && nearly(p.numbers):
		return "currency"
	case category == "contact" && nearly(p.numbers):
		return "phone"
	case digitsAreText(name), slices.Contains([]string{"customer_id", "government_id", "financial", "postal_address"}, category):
	case nearly(p.integers):
		return "integer"
	case nearly(p.numbers):
		return "number"
	}
	switch {
	case p.long > 0:
		return "longtext"
	case p.sampled > 0 && 10*p.lists > p.sampled:
		return "multipicklist"
	case p.sampled == 0 && strings.HasSuffix(name, "date"):
		return "date"
	}
	return "text"
}

func numberName(name string) bool {
	return slices.ContainsFunc([]string{"amount", "price", "revenue", "spend", "total", "cost"}, func(s string) bool { return strings.Contains(name, s) })
}

// digitsAreText: numbers that name something are compared as text, zeros in front included.
func digitsAreText(name string) bool {
	return slices.ContainsFunc([]string{"number", "code", "zip", "postal", "serial", "no", "name", "passport", "street"}, func(s string) bool {
		return strings.HasSuffix(name, s) || strings.HasPrefix(name, "postal")
	})
}

// organisations finds whose the files are that do not say it: the organisation whose id stands in their path, else the only
// one there is, else the one whose users their rows name. What rested on there being only one is looked at again.
func (a *addition) organisations(ctx context.Context) error {
	if err := run(ctx, a.db, strings.ReplaceAll(organisationSQL, "{home}", homeSQL)); err != nil {
		return err
	}
	known, err := a.texts(ctx, "SELECT DISTINCT left(organisation, 15) FROM evidence.file WHERE organisation <> '' ORDER BY 1")
	if err != nil {
		return err
	}
	if len(known) == 1 {
		err = run(ctx, a.db, strings.ReplaceAll(onlyOrganisationSQL, "{only}", analysis.Literal(known[0])))
	} else if len(known) > 1 {
		err = a.organisationsByUser(ctx)
	}
	if err != nil {
		return err
	}
	if err := a.readOrganisations(ctx); err != nil {
		return err
	}
	for _, f := range a.files {
		if len(known) > 1 && f.Organisation == "" && f.State == Loaded && strings.HasPrefix(f.Kind, "salesforce.") {
			f.note(fmt.Sprintf("its rows do not tell which of %d organisations they are of; add it from a folder named by the organisation's id", len(known)))
		}
	}
	moved, err := a.texts(ctx, `SELECT DISTINCT f.object FROM evidence.file f JOIN temp.home_before b ON b.id = f.id
		WHERE f.object <> '' AND f.organisation <> b.organisation AND f.state = 'loaded' ORDER BY 1`)
	for _, object := range moved {
		a.touched["snapshot."+analysis.Quote(object)] = true
	}
	return err
}

// readOrganisations brings what the register learned back to the files of this addition.
func (a *addition) readOrganisations(ctx context.Context) error {
	texts, err := a.texts(ctx, "SELECT organisation FROM evidence.file WHERE id >= ? ORDER BY id", a.first)
	if err != nil {
		return err
	}
	for i, organisation := range texts {
		a.files[i].Organisation = organisation
	}
	for _, f := range a.files {
		if f.State == Same {
			f.Organisation = a.counted(f).Organisation
		}
	}
	return nil
}

// organisationsByUser compares the users that rows of tables name with those that rows of logs name.
func (a *addition) organisationsByUser(ctx context.Context) error {
	if err := run(ctx, a.db, "CREATE OR REPLACE TEMP TABLE user_home (organisation VARCHAR, user_id VARCHAR);\nCREATE OR REPLACE TEMP TABLE file_user (file INTEGER, user_id VARCHAR)"); err != nil {
		return err
	}
	tables, err := a.tablesOf(ctx)
	if err != nil {
		return err
	}
	for _, target := range tables {
		columns, err := a.columnsOf(ctx, target)
		if err != nil {
			return err
		}
		organisation, named := columns.find("ORGANIZATION_ID")
		for _, name := range []string{"USER_ID", "UserId", "OwnerId", "CreatedById", "LastModifiedById", "Id"} {
			user, ok := columns.find(name)
			if !ok {
				continue
			}
			if named && strings.HasPrefix(target, "raw.") {
				_, err = a.db.ExecContext(ctx, fmt.Sprintf("INSERT INTO user_home SELECT DISTINCT left(%s, 15), left(%s, 15) FROM %s", analysis.Quote(organisation), analysis.Quote(user), target))
			} else {
				_, err = a.db.ExecContext(ctx, fmt.Sprintf(`INSERT INTO file_user SELECT DISTINCT "file", left(%[1]s, 15) FROM %[2]s WHERE %[1]s LIKE '005%%'`, analysis.Quote(user), target))
			}
			if err != nil {
				return err
			}
		}
	}
	return run(ctx, a.db, `UPDATE evidence.file f SET organisation = n.organisation FROM (
  SELECT file, min(organisation) AS organisation FROM (
    SELECT DISTINCT u.file, h.organisation FROM file_user u JOIN user_home h ON h.user_id = u.user_id AND h.organisation <> '')
  GROUP BY file HAVING count(*) = 1) n
WHERE n.file = f.id AND f.organisation = '' AND f.state = 'loaded';
INSERT INTO evidence.inferred SELECT id, 'users' FROM evidence.file f WHERE organisation <> '' AND id IN (SELECT file FROM file_user)
  AND id IN (SELECT file FROM nameless) AND id NOT IN (SELECT file FROM evidence.inferred);
DROP TABLE user_home;
DROP TABLE file_user`)
}

// tablesOf lists raw and customer tables.
func (a *addition) tablesOf(ctx context.Context) (tables []string, err error) {
	rows, err := a.db.QueryContext(ctx, `SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = current_database()
		AND (schema_name = 'raw' OR schema_name = 'snapshot' AND table_name NOT IN ('object', 'field')) ORDER BY ALL`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var schema, name string
		if err := rows.Scan(&schema, &name); err != nil {
			return nil, err
		}
		tables = append(tables, schema+"."+analysis.Quote(name))
	}
	return tables, rows.Err()
}

// repairIDs brings back the case of 18-character ids that a program without regard for it made all capitals or none: their
// last three characters say which of the others are. An id of mixed case whose checksum fails is damaged otherwise.
func (a *addition) repairIDs(ctx context.Context, o *object) error {
	bent, err := a.bentColumns(ctx, o)
	if err != nil {
		return err
	}
	for _, column := range bent {
		c := analysis.Quote(column)
		which := fmt.Sprintf(`length(%[1]s) = 18 AND regexp_full_match(%[1]s, '[A-Za-z0-9]{15}[A-Za-z0-5]{3}')
			AND left(%[1]s, 15) IN (upper(left(%[1]s, 15)), lower(left(%[1]s, 15))) AND NOT is_id(%[1]s) AND is_id(%[2]s)`, c, recased(c))
		err := a.noteEach(ctx, fmt.Sprintf(`SELECT "file", count(*) FROM %s WHERE "file" >= ? AND %s GROUP BY 1 ORDER BY 1`, o.target, which), func(f *File, n int64) {
			f.note(fmt.Sprintf("%s of %s written back in their own case, which their checksum tells", count(n, "id"), column))
		})
		if err != nil {
			return err
		}
		if _, err := a.db.ExecContext(ctx, fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s", o.target, c, recased(c), which)); err != nil {
			return err
		}
	}
	return nil
}

// bentColumns are the columns of ids with values as long as one that are none. Each value is judged once, however often it
// occurs: the condition stands in the aggregate, since the engine would apply a WHERE before it makes values distinct.
func (a *addition) bentColumns(ctx context.Context, o *object) ([]string, error) {
	var parts []string
	for _, column := range o.columns {
		if column == o.key || strings.HasSuffix(strings.ToLower(column), "id") {
			o.sound = append(o.sound, column)
			parts = append(parts, fmt.Sprintf("SELECT %s AS c, count(*) FILTER (length(v) = 18 AND NOT is_id(v)) AS n FROM (SELECT DISTINCT %s AS v FROM %s)",
				analysis.Literal(column), analysis.Quote(column), o.target))
		}
	}
	if len(parts) == 0 {
		return nil, nil
	}
	bent, err := a.texts(ctx, "SELECT c FROM ("+strings.Join(parts, " UNION ALL ")+") WHERE n > 0 ORDER BY c")
	o.sound = slices.DeleteFunc(o.sound, func(c string) bool { return slices.Contains(bent, c) })
	return bent, err
}

// caselessLetters: so many letters of ids would hardly all be capitals, or none, by chance.
const caselessLetters = 5

// noteCaseless says which columns of a file hold ids of 15 characters in capitals or small letters alone, as programs leave
// them that have no regard for case. Only the case tells such ids apart, and nothing brings it back.
func (a *addition) noteCaseless(ctx context.Context, o *object) error {
	prefixes, err := a.prefixes(ctx, o)
	if err != nil {
		return err
	}
	known := "(?i)(" + strings.Join(append(slices.Sorted(maps.Keys(prefixes)), "a.."), "|") + ")[a-z0-9]{12}"
	for _, column := range o.columns {
		isKey := strings.EqualFold(column, o.key)
		if !isKey && !strings.HasSuffix(strings.ToLower(column), "id") {
			continue
		}
		if err := a.noteCaselessColumn(ctx, o, column, known, isKey); err != nil {
			return err
		}
	}
	return nil
}

func (a *addition) noteCaselessColumn(ctx context.Context, o *object, column, form string, isKey bool) error {
	var places []string
	for i := 4; i <= 15; i++ {
		places = append(places, fmt.Sprintf("count(DISTINCT v[%d]) FILTER (lower(v[%[1]d]) BETWEEN 'a' AND 'z')", i))
	}
	query := strings.NewReplacer("{target}", o.target, "{id}", analysis.Quote(column), "{form}", analysis.Literal(form),
		"{counted}", strings.Join(places, " + "), "{letters}", fmt.Sprint(caselessLetters)).Replace(caselessSQL)
	err := a.noteEach(ctx, `SELECT "file", ids FROM (`+query+")", func(f *File, n int64) {
		f.note(count(n, "id") + " of " + column + " have lost the case of their letters, as it seems, and cannot be compared with those of logs and other tables; " +
			"export them with 18 characters")
	})
	if err != nil || !isKey {
		return err
	}
	return a.noteEach(ctx, `SELECT "file", shared FROM (`+query+") WHERE shared > 0", func(f *File, n int64) {
		f.note(count(n, "row") + " with the id of another, which may be other records: only one of each stands in the table")
	})
}

// recased is the 18-character id in column c with the capitals its checksum tells.
func recased(c string) string {
	var parts []string
	for i := range 15 {
		bit := fmt.Sprintf("((strpos('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', upper(%s[%d])) - 1) >> %d) & 1 = 1", c, 16+i/5, i%5)
		parts = append(parts, fmt.Sprintf("CASE WHEN %s THEN upper(%s[%d]) ELSE lower(%s[%d]) END", bit, c, i+1, c, i+1))
	}
	return strings.Join(parts, " || ") + " || upper(" + c + "[16:18])"
}
