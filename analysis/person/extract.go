package person

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

// table is a customer table and what its columns say about persons.
type table struct {
	object  string
	columns []column
	roles   map[string][]string // role -> columns
	class   class
}

func (t table) has(roles ...string) bool {
	return slices.ContainsFunc(roles, func(role string) bool { return len(t.roles[role]) > 0 })
}

// tables reads the description of the snapshot.
func (d *derivation) tables(ctx context.Context) ([]table, error) {
	rows, err := d.db.QueryContext(ctx, `SELECT object, field, type, category, reference FROM snapshot.field
		WHERE object IN (SELECT DISTINCT object FROM snapshot.object) ORDER BY object, position, field`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []table
	for rows.Next() {
		var object string
		var c column
		if err := rows.Scan(&object, &c.name, &c.kind, &c.category, &c.reference); err != nil {
			return nil, err
		}
		if len(list) == 0 || list[len(list)-1].object != object {
			list = append(list, table{object: object, roles: map[string][]string{}})
		}
		t := &list[len(list)-1]
		t.columns = append(t.columns, c)
		if role := d.rules.fields.role(c); role != "" {
			t.roles[role] = append(t.roles[role], c.name)
		}
	}
	for i := range list {
		list[i].class = d.rules.fields.class(list[i])
	}
	return list, rows.Err()
}

// extract copies what the table says about persons into the work tables.
func (d *derivation) extract(ctx context.Context, t table) error {
	statements := []string{t.raw()}
	if t.class != linked {
		statements = append(statements, t.rows(&d.rules.fields))
		statements = append(statements, t.traits()...)
		statements = append(statements, t.links()...)
	} else {
		statements = append(statements, t.mentions()...)
	}
	statements = append(statements, t.places()...)
	statements = append(statements, t.references(&d.rules.fields)...)
	for _, statement := range statements {
		if _, err := d.db.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// raw joins the rows of the table with their records once; snapshot columns are text and hold ” for nothing.
func (t table) raw() string {
	return `CREATE OR REPLACE TEMP TABLE work_raw AS SELECT r.id AS " record", coalesce(f.organisation, '') AS " organisation", s.*
		FROM analysis.record r JOIN snapshot.` + analysis.Quote(t.object) + ` s ON s."file" = r.file AND s."line" = r.line
		LEFT JOIN evidence.file f ON f.id = r.file
		WHERE r.present AND r.object = ` + analysis.Literal(t.object)
}

func (t table) rows(f *fields) string {
	family, given, name := t.first("family"), t.first("given"), t.first("name")
	personal := t.isTrue("individual")
	natural := personal + " OR " + given + " <> ''"
	for _, column := range t.roles["type"] {
		for _, word := range f.Natural {
			natural += " OR contains(person_squash(" + analysis.Quote(column) + "), " + analysis.Literal(word) + ")"
		}
	}
	return fmt.Sprintf(`INSERT INTO work_row SELECT " record", %s, %s, " organisation", %s, %s, %s, %s, %s, %s, %s, person_kind(%s, %s, %s) FROM work_raw`,
		t.classOf(), analysis.Literal(t.object), family, given, name, t.birth(), personal, natural, t.first("modified"), family, given, name)
}

// classOf: a user who is a contact is a customer with a login, no employee.
func (t table) classOf() string {
	plain := analysis.Literal(string(t.class))
	if t.class != staff || !slices.ContainsFunc(t.columns, func(c column) bool { return c.name == "ContactId" }) {
		return plain
	}
	return `CASE WHEN "ContactId" <> '' THEN 'own' ELSE ` + plain + ` END`
}

// first is the value of the first column of a role that holds one.
func (t table) first(role string) string {
	parts := []string{}
	for _, name := range t.roles[role] {
		parts = append(parts, "nullif(trim("+analysis.Quote(name)+"), '')")
	}
	return "coalesce(" + strings.Join(append(parts, "''"), ", ") + ")"
}

func (t table) isTrue(role string) string {
	return "lower(" + t.first(role) + ") IN ('true', '1', 'yes', 'y')"
}

// birth reads dates written year first, with four digits; others are ambiguous, and the age of their persons is unknown.
func (t table) birth() string {
	value := t.first("birth")
	return `CASE WHEN regexp_matches(` + value + `, '^(1[89]|20)[0-9]{2}') THEN coalesce(TRY_CAST(left(` + value + `, 10) AS DATE),
		try_strptime(left(` + value + `, 10), ['%Y/%m/%d', '%Y.%m.%d', '%Y%m%d'])::DATE) END`
}

func (t table) traits() (statements []string) {
	for _, role := range []string{"email", "phone", "mobile", "government", "number"} {
		kind := role
		if role == "mobile" {
			kind = "phone"
		}
		for _, name := range t.roles[role] {
			value := "trim(" + analysis.Quote(name) + ")"
			statements = append(statements, fmt.Sprintf(`INSERT INTO work_trait SELECT " record", %s, %t,
				CASE WHEN strlen(%[3]s) = length(%[3]s) THEN %[3]s ELSE nfc_normalize(translate(%[3]s, %[4]s, %[5]s)) END FROM work_raw WHERE %[3]s <> ''`,
				analysis.Literal(kind), role == "mobile", value, analysis.Literal(fullWidth), analysis.Literal(halfWidth)))
		}
	}
	return statements
}

// Full-width characters of addresses and numbers, as East Asian keyboards write them, and their usual forms.
var fullWidth, halfWidth = widths()

func widths() (full, half string) {
	for r := '!'; r <= '~'; r++ {
		full, half = full+string(r-'!'+'！'), half+string(r)
	}
	return full + "　", half + " "
}

func (t table) links() (statements []string) {
	for _, name := range t.roles["link"] {
		statements = append(statements, t.ids("work_link", analysis.Literal(t.object+"."+name), name))
	}
	if t.class == staff && slices.ContainsFunc(t.columns, func(c column) bool { return c.name == "ContactId" }) {
		statements = append(statements, t.ids("work_link", analysis.Literal(t.object+".ContactId"), "ContactId"))
	}
	return statements
}

func (t table) mentions() (statements []string) {
	for _, name := range t.roles["email"] {
		statements = append(statements, fmt.Sprintf(`INSERT INTO work_mention SELECT " record", %s, trim(%s) FROM work_raw WHERE contains(%[2]s, '@')`,
			analysis.Literal(t.object+"."+name), analysis.Quote(name)))
	}
	return statements
}

func (t table) ids(into, what, name string) string {
	return fmt.Sprintf(`INSERT INTO %s SELECT " record", %s, id18(%s) FROM work_raw WHERE %[3]s <> ''`, into, what, analysis.Quote(name))
}

// Ranks of the rules for residence: 5 is a linked row's billing country, 6 and 7 a telephone number, 8 the country of an
// account that is not her own.
var placeRanks = map[string]int{"country": 1, "mailing": 2, "other": 3, "billing": 4, "store": 9}

func (t table) places() (statements []string) {
	for role, rank := range placeRanks {
		for _, name := range t.roles[role] {
			statements = append(statements, fmt.Sprintf(`INSERT INTO work_place SELECT " record", %d, %s, trim(%s) FROM work_raw WHERE trim(%[3]s) <> ''`,
				rank, analysis.Literal(role+": "+t.object+"."+name), analysis.Quote(name)))
		}
	}
	for role, rank := range placeRanks {
		for _, name := range t.roles[role+" region"] {
			statements = append(statements, fmt.Sprintf(`INSERT INTO work_region SELECT " record", %d, trim(%s) FROM work_raw WHERE trim(%[2]s) <> ''`, rank, analysis.Quote(name)))
		}
	}
	slices.Sort(statements)
	return statements
}

// references are the columns through which a row names whom it is about.
func (t table) references(f *fields) (statements []string) {
	for i, c := range t.columns {
		rank := slices.Index(f.About, c.name)
		switch {
		case rank >= 0:
		case slices.Contains(f.Accounts, c.name):
			rank = 1000 + i
		case c.kind != "reference":
			continue
		case f.toPerson(c) && !f.toMixed(c):
			rank = 100 + i
		case f.toMixed(c):
			rank = 1000 + i
		case f.toStaff(c):
			continue
		default: // a row of another table, which may itself hang on somebody
			rank = 2000 + i
		}
		statements = append(statements, t.ids("work_reference", fmt.Sprintf("%d, %s", rank, analysis.Literal(t.object+"."+c.name)), c.name))
	}
	return statements
}

func (f *fields) toMixed(c column) bool { return f.refersTo(c, f.Objects.Mixed) }
func (f *fields) toStaff(c column) bool { return f.refersTo(c, f.Objects.Staff) }

func (f *fields) refersTo(c column, objects []string) bool {
	return slices.ContainsFunc(strings.Split(c.reference, ";"), func(object string) bool { return slices.Contains(objects, object) })
}
