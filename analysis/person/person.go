// Package person tells which records are one person's, where she lives and which list she is on.
//
// Two records are one person's when the CRM links them, or when they share a value that people do not share: a
// government id, an e-mail address, a customer number, or a telephone number together with the name. A name or an
// address alone never ties anybody. Values that stand for "none", mailboxes of organisations and numbers of families
// are known by their look and by how many people of different names have them; what they might tie is kept apart and
// only lowers the least number of persons. Every tie is kept with its reason in analysis.merge.
package person

import (
	"context"
	"database/sql"
	"embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/assets"
)

// Namespace is that of the UUIDv5 which identifies a person.
const Namespace = "6f1d3c1a-7d0e-5f39-9c55-0b0c6a3f5e21"

//go:embed sql/*.sql
var files embed.FS

// steps are the statements of a file by the name that stands before each ("-- step: name").
func steps(file string) map[string]string {
	text, err := files.ReadFile("sql/" + file + ".sql")
	if err != nil {
		panic(err) // embedded
	}
	found := map[string]string{}
	for _, part := range strings.Split(string(text), "-- step: ")[1:] {
		name, statement, _ := strings.Cut(part, "\n")
		found[strings.TrimSpace(name)] = statement
	}
	return found
}

// derivation is one run of Derive.
type derivation struct {
	db       analysis.Engine
	progress analysis.Progress
	rules    *rules
	sql      map[string]string // statements of all files, "file.step"
	done     int
}

// stages name what Derive does, in order, for the progress.
var stages = []string{"reading customers", "telephone numbers", "shared values", "persons", "residence", "affected persons"}

// Derive empties and refills analysis.person, person_record, merge and affected from the snapshot, analysis.record,
// exposure and apart. The engine must know the functions of Register.
func Derive(ctx context.Context, tx analysis.Engine, progress analysis.Progress) error {
	d := &derivation{db: tx, progress: progress, rules: loaded(), sql: map[string]string{}}
	for _, file := range []string{"work", "keys", "merge", "person", "affected"} {
		for name, statement := range steps(file) {
			d.sql[file+"."+name] = statement
		}
	}
	for _, stage := range []func(context.Context) error{d.read, d.keys, d.merge, d.persons, d.reside, d.affect} {
		progress.Tell(analysis.Step{Name: stages[d.done], Done: int64(d.done), Total: int64(len(stages))})
		if err := stage(ctx); err != nil {
			return fmt.Errorf("deriving persons (%s): %w", stages[d.done], err)
		}
		d.done++
	}
	return d.run(ctx, "work.drop")
}

// run executes statements in order; a file and step each, as "merge.pair".
func (d *derivation) run(ctx context.Context, names ...string) error {
	for _, name := range names {
		if err := d.with(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

func (d *derivation) with(ctx context.Context, name string, args ...any) error {
	statement, ok := d.sql[name]
	if !ok {
		return fmt.Errorf("no statement %s", name)
	}
	if _, err := d.db.ExecContext(ctx, statement, args...); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (d *derivation) read(ctx context.Context) error {
	if err := d.run(ctx, "work.empty", "work.tables"); err != nil {
		return err
	}
	tables, err := d.tables(ctx)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if err := d.extract(ctx, t); err != nil {
			return fmt.Errorf("%s: %w", t.object, err)
		}
	}
	objects, classes := d.rules.fields.objects()
	if err := d.with(ctx, "work.absent", sql.Named("objects", objects), sql.Named("classes", classes)); err != nil {
		return err
	}
	return d.run(ctx, "work.refer")
}

// objects lists the objects whose rows are somebody's own, and the class of each.
func (f *fields) objects() (names, classes []string) {
	for class, list := range map[class][]string{own: f.Objects.Own, mixed: f.Objects.Mixed, staff: f.Objects.Staff} {
		for _, name := range list {
			names, classes = append(names, name), append(classes, string(class))
		}
	}
	return names, classes
}

func (d *derivation) keys(ctx context.Context) error {
	if err := d.with(ctx, "keys.countries", sql.Named("countries", countries())); err != nil {
		return err
	}
	if err := d.with(ctx, "keys.parts", sql.Named("parts", parts())); err != nil {
		return err
	}
	if err := d.run(ctx, "keys.code", "keys.account", "keys.home"); err != nil {
		return err
	}
	var others string
	if err := d.db.QueryRowContext(ctx, d.sql["keys.others"]).Scan(&others); err != nil {
		return fmt.Errorf("countries of the case: %w", err)
	}
	if err := d.with(ctx, "keys.phone", sql.Named("others", others)); err != nil {
		return err
	}
	if err := d.run(ctx, "keys.called"); err != nil {
		return err
	}
	none := d.rules.placeholders
	return d.with(ctx, "keys.key", sql.Named("phone", anyOf(none.Phone)), sql.Named("email", anyOf(none.Email)),
		sql.Named("number", anyOf(none.Number)), sql.Named("government", anyOf(none.Government)))
}

func (d *derivation) merge(ctx context.Context) error {
	none := d.rules.placeholders
	return errors.Join(
		d.with(ctx, "merge.shared", sql.Named("rows", none.Rows)),
		d.run(ctx, "merge.pair"),
		d.with(ctx, "merge.group", sql.Named("mailbox", anyOf(none.Mailbox))),
		d.with(ctx, "merge.valued", sql.Named("names", none.Names)),
		d.run(ctx, "merge.linked", "merge.accounts", "merge.apart"))
}

func (d *derivation) persons(ctx context.Context) error {
	if err := d.unite(ctx, "merge.likely", "certain", "likely"); err != nil {
		return err
	}
	if err := d.unite(ctx, "merge.cluster", "certain", "likely", "possible"); err != nil {
		return err
	}
	if err := d.run(ctx, "person.member", "person.own"); err != nil {
		return err
	}
	return d.hang(ctx)
}

// unite labels all rows that ties of these strengths connect with the least of them.
func (d *derivation) unite(ctx context.Context, into string, strengths ...string) error {
	if err := d.with(ctx, "merge.edge", sql.Named("strengths", strengths)); err != nil {
		return err
	}
	if err := d.run(ctx, "merge.label"); err != nil {
		return err
	}
	for changed := 1; changed > 0; {
		if err := d.run(ctx, "merge.spread"); err != nil {
			return err
		}
		if err := d.db.QueryRowContext(ctx, d.sql["merge.changed"]).Scan(&changed); err != nil {
			return err
		}
		if err := d.run(ctx, "merge.take"); err != nil {
			return err
		}
	}
	return d.run(ctx, into)
}

// hang gives rows to the persons they refer to, then rows that refer to those, as an order's items do.
func (d *derivation) hang(ctx context.Context) error {
	const depth = 4 // of customer tables: order, item, case of the item, comment
	for range depth {
		if err := d.with(ctx, "person.tie", sql.Named("everybody", d.rules.fields.Everybody)); err != nil {
			return err
		}
		if err := d.run(ctx, "person.hang"); err != nil {
			return err
		}
	}
	return nil
}

func (d *derivation) reside(ctx context.Context) error {
	if err := d.with(ctx, "person.mention", sql.Named("mailbox", anyOf(d.rules.placeholders.Mailbox))); err != nil {
		return err
	}
	if err := d.run(ctx, "person.residence", "person.living"); err != nil {
		return err
	}
	return d.with(ctx, "person.person", sql.Named("namespace", Namespace))
}

// affect works through the persons in parts: what the engine gathers in lists, it cannot keep on disk.
func (d *derivation) affect(ctx context.Context) error {
	const part = 250_000
	var last int
	if err := d.db.QueryRowContext(ctx, d.sql["affected.last"]).Scan(&last); err != nil {
		return err
	}
	for from := 1; from <= last; from += part {
		if err := d.with(ctx, "affected.affected", sql.Named("from", from), sql.Named("to", from+part-1)); err != nil {
			return err
		}
	}
	return nil
}

// countries and parts are JSON lists of the names of countries, and of their states and provinces, each with the ISO code.
var (
	countries = sync.OnceValue(func() string { return named("countries.csv", 1, 3, 9) })
	parts     = sync.OnceValue(func() string { return named("regions.csv", 2, 2, 3) })
)

// named reads names and codes from a table of assets/law: the code is in column 0 and a name too (of a part of a country,
// what follows its hyphen), a further name is in column second, then come those from column from on, and in column
// aliases those joined by ';'.
func named(table string, second, from, aliases int) string {
	type naming struct {
		Name string `json:"name"`
		Code string `json:"code"`
	}
	var list []naming
	for _, row := range lines(table) {
		_, part, is := strings.Cut(row[0], "-")
		if !is {
			part = row[0]
		}
		names := append([]string{part, row[second]}, row[from:aliases]...)
		for _, name := range append(names, strings.Split(row[aliases], ";")...) {
			if name != "" {
				list = append(list, naming{name, row[0]})
			}
		}
	}
	text, err := json.Marshal(list)
	if err != nil {
		panic(err) // strings marshal
	}
	return string(text)
}

// lines are those of a table of assets/law below its header.
func lines(table string) [][]string {
	file, err := assets.Folder("law").Open(table)
	if err != nil {
		panic(err) // embedded
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		panic(err)
	}
	return rows[1:]
}
