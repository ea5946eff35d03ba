package replay_test

import (
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/replay"
)

// column is a field of the archive's objects.
type column struct {
	name, kind, references string
	pool                   []string // values to choose from
}

type design struct {
	object, prefix string
	size           int
	columns        []column
	children       []string // FROM of a child query, object, lookup
}

var designs = []design{
	{"User", "005", 4, []column{{name: "Name", kind: "text", pool: texts}, {name: "IsActive", kind: "boolean", pool: bools}, {name: "ManagerId", kind: "reference", references: "User"}}, nil},
	{"Group", "00G", 2, []column{{name: "Name", kind: "text", pool: texts}}, nil},
	{"Account", "001", 8, []column{{name: "Name", kind: "text", pool: texts}, {name: "Industry", kind: "text", pool: words}, {name: "Revenue__c", kind: "number", pool: numbers},
		{name: "Strategic__c", kind: "boolean", pool: bools}, {name: "Founded__c", kind: "date", pool: dates}, {name: "ParentId", kind: "reference", references: "Account"},
		{name: "OwnerId", kind: "reference", references: "User,Group"}}, []string{"Contacts", "Contact", "AccountId"}},
	{"Contact", "003", 22, []column{{name: "LastName", kind: "text", pool: texts}, {name: "Tier__c", kind: "text", pool: words}, {name: "Likes__c", kind: "multipicklist", pool: picks},
		{name: "Spend__c", kind: "number", pool: numbers}, {name: "Vip__c", kind: "boolean", pool: bools}, {name: "Birthdate", kind: "date", pool: dates},
		{name: "SeenAt__c", kind: "datetime", pool: times}, {name: "AccountId", kind: "reference", references: "Account"},
		{name: "OwnerId", kind: "reference", references: "User"}, {name: "ReportsToId", kind: "reference", references: "Contact"}}, []string{"Assets", "Asset", "ContactId"}},
	{"Asset", "02i", 16, []column{{name: "Name", kind: "text", pool: texts}, {name: "Price__c", kind: "number", pool: numbers}, {name: "PurchaseDate", kind: "date", pool: dates},
		{name: "ContactId", kind: "reference", references: "Contact"}, {name: "AccountId", kind: "reference", references: "Account"}}, nil},
}

var (
	texts   = []string{"", "Kim", "KIM", "kim lee", "Élan", "élan", "elan", "50% off", "a_b", "aXb", "O'Hara", `back\slash`, "김철수", "Zoe"}
	words   = []string{"", "Gold", "gold", "Silver", "Bronze"}
	picks   = []string{"", "Bags", "Bags;Shoes", "Shoes;Hats", "bags;Hats;Shoes", "Hats"}
	numbers = []string{"", "-5", "0", "7", "7.5", "100", "2000.50"}
	bools   = []string{"", "true", "false"}
	dates   = []string{"", "2025-10-22", "2025-10-21", "2025-10-19", "2025-09-30", "2024-12-31", "2024-02-29", "2025-04-01", "2026-01-02", "1990-10-22"}
	times   = []string{"", "2025-10-22T00:10:00.000Z", "2025-10-21T15:00:00.000Z", "2025-10-21T14:59:59.000Z", "2025-10-19T04:00:00.000Z", "2025-03-31T20:00:00.000Z",
		"2024-11-03T05:30:00.000Z", "2024-10-22T00:00:00.000Z", "2026-02-01T00:00:00.000Z"}
	created = []string{"2025-10-21T15:00:00.000Z", "2025-10-21T14:59:59.000Z", "2025-10-20T00:00:00.000Z", "2025-09-30T23:30:00.000Z", "2024-12-31T23:30:00.000Z", "2020-01-01T00:00:00.000Z"}
)

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// fill makes an archive. A restless one goes on living after the queries: records are edited, deleted, purged and added.
func fill(r *rand.Rand, restless bool) *archive {
	a := &archive{cards: map[string]*card{}}
	chance := func(n int) bool { return r.IntN(n) == 0 }
	for _, d := range designs {
		for n := range d.size {
			c := &card{object: d.object, then: map[string]string{"Id": id(d.prefix, n+1), "CreatedDate": pick(r, created), "IsDeleted": fmt.Sprint(chance(8))}}
			c.then["LastModifiedDate"] = c.then["CreatedDate"]
			for _, f := range d.columns {
				c.then[f.name] = f.value(r)
			}
			if !slices.Contains([]string{"Account", "Contact", "Asset"}, d.object) {
				delete(c.then, "IsDeleted")
			}
			c.now = maps.Clone(c.then)
			if restless {
				c.age(r, d)
			}
			a.order, a.cards[short15(c.id())] = append(a.order, c), c
		}
	}
	a.mend()
	return a
}

// mend keeps a lookup of an old record from leading to one that did not exist yet.
func (a *archive) mend() {
	for _, c := range a.order {
		for _, f := range designOf(c.object).columns {
			if f.kind != "reference" || c.then == nil {
				continue
			}
			if to := a.cards[short15(c.then[f.name])]; to == nil || to.then == nil {
				c.then[f.name] = ""
				if c.now != nil {
					c.now[f.name] = ""
				}
			}
		}
	}
}

func designOf(object string) design {
	return designs[slices.IndexFunc(designs, func(d design) bool { return d.object == object })]
}

func (f column) value(r *rand.Rand) string {
	if f.kind != "reference" {
		return pick(r, f.pool)
	}
	if r.IntN(4) == 0 {
		return ""
	}
	to := designOf(pick(r, strings.Split(f.references, ",")))
	return id(to.prefix, 1+r.IntN(to.size))
}

// age lets time pass over a record.
func (c *card) age(r *rand.Rand, d design) {
	chance := func(n int) bool { return r.IntN(n) == 0 }
	state, bin := c.then["IsDeleted"]
	switch {
	case state == "true":
	case chance(10): // was added later
		c.now["CreatedDate"], c.now["LastModifiedDate"], c.then = "2025-10-25T00:00:00.000Z", "2025-10-26T00:00:00.000Z", nil
	case chance(12):
		c.now = nil
	case bin && chance(8):
		c.now["IsDeleted"], c.now["LastModifiedDate"] = "true", "2025-10-25T00:00:00.000Z"
	case chance(4):
		for _, f := range d.columns {
			if f.kind != "reference" && chance(2) {
				c.now[f.name] = f.value(r)
			}
		}
		c.now["LastModifiedDate"] = "2025-10-25T00:00:00.000Z"
	}
}

// store writes the archive as a snapshot.
func (w *world) store(a *archive) {
	for _, d := range designs {
		names, columns := []string{"Id", "CreatedDate", "LastModifiedDate"}, []string{"Id:id", "CreatedDate:datetime", "LastModifiedDate:datetime"}
		for _, f := range d.columns {
			kind := f.kind
			if f.references != "" {
				kind += ">" + f.references
			}
			names, columns = append(names, f.name), append(columns, f.name+":"+kind)
		}
		if d.object == "Account" || d.object == "Contact" || d.object == "Asset" {
			names, columns = append(names, "IsDeleted"), append(columns, "IsDeleted:boolean")
		}
		var rows []string
		for _, c := range a.order {
			if c.object != d.object || c.now == nil {
				continue
			}
			var cells []string
			for _, n := range names {
				cells = append(cells, c.now[n])
			}
			rows = append(rows, strings.Join(cells, "|"))
		}
		w.table(d.object, d.prefix, strings.Join(columns, " "), rows...)
	}
}

// asker makes queries.
type asker struct {
	*rand.Rand
	*archive
	zone *time.Location
}

func (g asker) chance(n int) bool { return g.IntN(n) == 0 }

func (g asker) inquiry() *inquiry {
	q := &inquiry{object: pick(g.Rand, []string{"Contact", "Contact", "Account", "Asset"}), limit: -1}
	if g.chance(3) {
		q.alias = "x"
	}
	if !g.chance(10) {
		q.where = g.clause(q.object, 3)
	}
	if g.chance(3) {
		q.parents = append(q.parents, g.path(q.object, "text"))
	}
	q.mine = q.object == "Contact" && g.chance(12)
	if rel := designOf(q.object).children; rel != nil && g.chance(5) {
		q.child = &inquiry{object: rel[1], relationship: rel[0], by: rel[2], limit: -1}
		if !g.chance(3) {
			q.child.where = g.clause(rel[1], 1)
		}
		if g.chance(3) {
			q.child.limit = g.IntN(3)
		}
	}
	if g.chance(3) {
		g.sort(q)
	}
	return q
}

func (g asker) sort(q *inquiry) {
	for range g.IntN(3) {
		f := pick(g.Rand, designOf(q.object).columns)
		if f.kind == "reference" || f.kind == "multipicklist" {
			f = column{name: "CreatedDate", kind: "datetime"}
		}
		q.order = append(q.order, sorting{f.name, f.kind, g.chance(2), g.chance(2)})
	}
	if !g.chance(3) {
		q.order = append(q.order, sorting{"Id", "id", g.chance(2), false})
	}
	if !g.chance(4) {
		q.limit = g.IntN(8)
	}
	if g.chance(4) {
		q.offset = 1 + g.IntN(4)
	}
}

// path is a field of that kind, of the object or up to two lookups away; any kind when it is ”.
func (g asker) path(object, kind string) []string {
	var steps []string
	for {
		d := designOf(object)
		var fields []column
		for _, f := range d.columns {
			single := f.kind == "reference" && !strings.Contains(f.references, ",")
			if f.kind == kind || kind == "" && f.kind != "reference" || single && len(steps) < 2 && g.chance(3) {
				fields = append(fields, f)
			}
		}
		if len(fields) == 0 {
			continue
		}
		f := pick(g.Rand, fields)
		if f.kind == kind || f.kind != "reference" {
			return append(steps, f.name)
		}
		steps, object = append(steps, strings.TrimSuffix(f.name, "Id")), f.references
	}
}

func (g asker) kind(object string, path []string) string {
	for _, step := range path[:len(path)-1] {
		object = designOf(object).column(step + "Id").references
	}
	return designOf(object).column(path[len(path)-1]).kind
}

func (d design) column(name string) column {
	return d.columns[slices.IndexFunc(d.columns, func(f column) bool { return f.name == name })]
}

func (g asker) clause(object string, depth int) clause {
	if depth == 0 || g.chance(3) {
		return g.leaf(object, depth > 0)
	}
	if g.chance(3) {
		return not{g.clause(object, depth-1)}
	}
	var terms []clause
	for range 2 + g.IntN(2) {
		terms = append(terms, g.clause(object, depth-1))
	}
	if g.chance(2) {
		return every(terms)
	}
	return either(terms)
}

func (g asker) leaf(object string, joins bool) clause {
	switch n := g.IntN(12); {
	case n == 0:
		return g.idTest(object)
	case n == 1 && object == "Account":
		return leadsTo{[]string{"Owner"}, pick(g.Rand, []string{"=", "!="}), pick(g.Rand, []string{"User", "Group"})}
	case n <= 3 && joins:
		if m, ok := g.among(object); ok {
			return m
		}
	case n == 4:
		return g.part(object)
	case n == 5:
		return g.test([]string{"CreatedDate"}, "datetime")
	}
	path := g.path(object, "")
	return g.test(path, g.kind(object, path))
}

func (g asker) idTest(object string) clause {
	d := designOf(object)
	var values []value
	for range 1 + g.IntN(3) {
		i := id(d.prefix, 1+g.IntN(d.size+1))
		if g.chance(2) {
			i = i[:15]
		}
		if g.chance(8) {
			i = strings.ToLower(i[:15])
		}
		values = append(values, value{text: "'" + i + "'", plain: i})
	}
	op := pick(g.Rand, []string{"=", "!=", ">", "<=", "IN", "NOT IN"})
	if !listed[op] {
		values = values[:1]
	}
	return test{[]string{"Id"}, "id", op, values}
}

func (g asker) among(object string) (among, bool) {
	inner := func(o string) clause {
		if g.chance(4) {
			return nil
		}
		return g.clause(o, 1)
	}
	var choices []among
	switch object {
	case "Contact":
		choices = []among{{"Id", false, "Asset", "ContactId", inner("Asset")}, {"AccountId", false, "Account", "Id", inner("Account")},
			{"AccountId", false, "Asset", "AccountId", inner("Asset")}, {"OwnerId", false, "User", "Id", inner("User")}, {"ReportsToId", false, "Contact", "Id", inner("Contact")}}
	case "Account":
		choices = []among{{"Id", false, "Contact", "AccountId", inner("Contact")}, {"OwnerId", false, "User", "Id", inner("User")}, {"OwnerId", false, "User", "ManagerId", inner("User")}}
	case "Asset":
		choices = []among{{"ContactId", false, "Contact", "Id", inner("Contact")}, {"AccountId", false, "Contact", "AccountId", inner("Contact")}}
	default:
		return among{}, false
	}
	m := pick(g.Rand, choices)
	m.not = g.chance(2)
	return m, true
}

func (g asker) part(object string) clause {
	p := part{field: "CreatedDate", kind: "datetime", zoned: g.chance(2), op: pick(g.Rand, []string{"=", "!=", "<", ">"})}
	if date := map[string]string{"Contact": "Birthdate", "Account": "Founded__c", "Asset": "PurchaseDate"}[object]; date != "" && g.chance(2) {
		p.field, p.kind, p.zoned = date, "date", false
	}
	functions := map[string]int{"CALENDAR_YEAR": 2024, "CALENDAR_MONTH": 10, "CALENDAR_QUARTER": 4, "DAY_IN_WEEK": 3, "DAY_IN_MONTH": 21, "DAY_IN_YEAR": 294, "WEEK_IN_YEAR": 43,
		"FISCAL_MONTH": 7, "FISCAL_QUARTER": 3, "FISCAL_YEAR": 2026, "HOUR_IN_DAY": 15}
	p.function = pick(g.Rand, slices.Sorted(maps.Keys(functions)))
	if p.kind == "date" && p.function == "HOUR_IN_DAY" {
		p.function = "DAY_IN_YEAR"
	}
	p.n = functions[p.function] + g.IntN(2)
	return p
}

func (g asker) test(path []string, kind string) clause {
	op := pick(g.Rand, []string{"=", "!=", "IN", "NOT IN"})
	switch {
	case kind == "multipicklist":
		op = pick(g.Rand, []string{"INCLUDES", "EXCLUDES", "="})
	case kind == "boolean":
		op = pick(g.Rand, []string{"=", "!="})
	case kind == "text" && g.chance(3):
		op = "LIKE"
	case kind != "text" && g.chance(2):
		op = pick(g.Rand, []string{"<", "<=", ">", ">="})
	}
	t := test{path, kind, op, nil}
	n := 1
	if listed[op] {
		n += g.IntN(3)
	}
	for range n {
		t.values = append(t.values, g.value(kind, op))
	}
	return t
}

func quote(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(text) + "'"
}

func (g asker) value(kind, op string) value {
	if op != "LIKE" && op[0] != '<' && op[0] != '>' && op != "INCLUDES" && op != "EXCLUDES" && kind != "boolean" && g.chance(8) {
		if kind == "text" && g.chance(2) {
			return value{text: "''", null: true}
		}
		return value{text: "null", null: true}
	}
	switch kind {
	case "boolean":
		v := pick(g.Rand, []string{"true", "FALSE"})
		return value{text: v, plain: v}
	case "number":
		v := pick(g.Rand, []string{"-5", "0", "7", "7.50", "100", "2000.5", "1e0"[:1]})
		n, _ := strconv.ParseFloat(v, 64)
		return value{text: v, n: n}
	case "multipicklist":
		v := pick(g.Rand, []string{"Bags", "bags;shoes", "Hats;Shoes", "hats", "Caps"})
		return value{text: quote(v), plain: v}
	case "date", "datetime":
		return g.when(kind)
	}
	if op == "LIKE" {
		v := pick(g.Rand, []string{"k%", "%im", "%LEE%", "a\\_b", "a_b", "50\\%%", "é%", "___", "%", "o\\'%"})
		return value{text: "'" + v + "'", plain: strings.ReplaceAll(v, `\'`, "'")}
	}
	v := pick(g.Rand, []string{"kim", "Kim Lee", "ÉLAN", "elan", "50% OFF", "a_b", "o'hara", `BACK\slash`, "김철수", "GOLD", "silver", "none"})
	return value{text: quote(v), plain: v}
}

// when is a date, a time or a date literal.
func (g asker) when(kind string) value {
	if kind == "date" && g.chance(2) {
		v := pick(g.Rand, dates[1:])
		at, _ := time.Parse(time.DateOnly, v)
		return value{text: v, at: at}
	}
	if kind == "datetime" && g.chance(2) {
		v := pick(g.Rand, []string{"2025-10-21T15:00:00Z", "2025-10-22T00:00:00+09:00", "2024-12-31T18:30:00.000-0500", "2020-01-01T00:00:00Z"})
		at, err := time.Parse("2006-01-02T15:04:05Z07:00", v)
		if err != nil {
			at, _ = time.Parse("2006-01-02T15:04:05Z0700", v)
		}
		return value{text: v, at: at}
	}
	return g.literal()
}

// literal is a date literal, told by the number of the unit a day lies in, counted from that of today.
func (g asker) literal() value {
	unit := pick(g.Rand, []string{"DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR"})
	n := 1 + g.IntN(4)
	form := pick(g.Rand, []string{"THIS_%s", "LAST_%s", "NEXT_%s", "LAST_N_%sS:%d", "NEXT_N_%sS:%d", "N_%sS_AGO:%d"})
	from, to := 0, 0
	switch form {
	case "LAST_%s":
		from, to = -1, -1
	case "NEXT_%s":
		from, to = 1, 1
	case "LAST_N_%sS:%d":
		from, to = -n, -1
		if unit == "DAY" {
			to = 0
		}
	case "NEXT_N_%sS:%d":
		from, to = 1, n
	case "N_%sS_AGO:%d":
		from, to = -n, -n
	}
	text := fmt.Sprintf(form, unit, n)
	if !strings.Contains(form, "%d") {
		text = fmt.Sprintf(form, unit)
	}
	if day, ok := map[string]string{"THIS_DAY": "TODAY", "LAST_DAY": "YESTERDAY", "NEXT_DAY": "TOMORROW"}[text]; ok {
		text = day
	}
	return value{text: text, span: func(a *asking, day time.Time) int {
		local := a.at.In(a.zone)
		today := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
		switch apart := a.number(unit, day) - a.number(unit, today); {
		case apart < from:
			return -1
		case apart > to:
			return 1
		}
		return 0
	}}
}

// number counts units: weeks begin on Sunday, fiscal years in their month.
func (a *asking) number(unit string, day time.Time) int {
	days := int(day.Unix() / 86400)
	months := day.Year()*12 + int(day.Month()) - 1
	switch unit {
	case "DAY":
		return days
	case "WEEK":
		return (days + 4) / 7 // 1 January 1970 was a Thursday
	case "MONTH":
		return months
	case "QUARTER":
		return months / 3
	case "YEAR":
		return months / 12
	case "FISCAL_QUARTER":
		return (months - a.fiscal + 1) / 3
	}
	return (months - a.fiscal + 1) / 12
}

// TestReplayAgreesWithTheNaiveAnswer asks random queries of random snapshots. Nothing a query may have returned is left
// out; nothing is confirmed that it may not have; and where nothing was changed since, the answer is exact.
func TestReplayAgreesWithTheNaiveAnswer(t *testing.T) {
	worlds, first := 3, uint64(1)
	if n, err := strconv.Atoi(os.Getenv("BREACHSCOPE_WORLDS")); err == nil { // to search longer
		worlds, first = n, uint64(time.Now().Unix())
	}
	for n := range worlds {
		seed := first + uint64(n)
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			differ(t, seed, n%2 == 1, pick(rand.New(rand.NewPCG(seed, 1)), []string{"Asia/Seoul", "America/New_York"}))
		})
	}
}

type asked struct {
	*inquiry
	asking
	got       answer
	must, may map[*card]bool
	counted   int
}

func differ(t *testing.T, seed uint64, restless bool, zone string) {
	r := rand.New(rand.NewPCG(seed, 0))
	w := newWorld(t)
	a := fill(r, restless)
	w.store(a)
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	g := asker{r, a, location}
	var queries []*asked
	var rows []row
	for i := range 100 {
		q := &asked{inquiry: g.inquiry(), asking: asking{archive: a, at: now.Add(time.Duration(i) * minute), zone: location, fiscal: 4, user: id("005", 1), all: r.IntN(6) == 0}}
		q.reading = pick(r, []reading{plain, plain, plain, strict, generous})
		q.got = q.answer(q.inquiry, a.order)
		var children int
		q.must, q.may, children = q.touched(q.inquiry, q.got)
		q.counted = q.got.rows
		if restless || r.IntN(2) == 0 { // where a count of parents alone looks like one of both, edited ones are left out
			q.counted += children
		}
		if r.IntN(8) == 0 || len(q.got.must) != len(q.got.may) && children > 0 {
			q.counted = -1
		}
		line := rest(q.print(), int64(q.counted), time.Duration(i)*minute)
		if q.all {
			line.target = "/services/data/v61.0/queryAll"
		}
		queries, rows = append(queries, q), append(rows, line)
	}
	for i, object := range []string{"Account", "Contact", "Asset"} { // tells how many were purged since
		n := len(slices.DeleteFunc(slices.Clone(a.order), func(c *card) bool { return c.object != object || c.then == nil || c.then["IsDeleted"] == "true" }))
		rows = append(rows, rest("SELECT COUNT() FROM "+object, int64(n), time.Duration(len(queries)+i)*minute))
	}
	w.logs(rows...)
	w.exec("UPDATE analysis.account SET timezone = ?", zone)
	w.check(queries, restless)
}

// check compares what the replay wrote with the answers.
func (w *world) check(queries []*asked, restless bool) {
	type access struct{ at, id, grade string }
	grades := map[string]map[string]string{} // by time of the query, by record
	told := map[string]string{}
	w.write(func(tx *sql.Tx) error {
		if err := replay.Derive(w.Context(), tx, analysis.Settings{Timezone: "Asia/Seoul", FiscalStart: 4}, nil); err != nil {
			return err
		}
		rows, err := tx.QueryContext(w.Context(), `SELECT strftime(q."at", '%H:%M'), coalesce(left(r.record_id, 15), ''), coalesce(a.grade, ''), q.outcome || ': ' || q.why
			FROM analysis.query q LEFT JOIN analysis.access a ON a.query = q.id LEFT JOIN analysis.record r ON r.id = a.record`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var x access
			var why string
			if err := rows.Scan(&x.at, &x.id, &x.grade, &why); err != nil {
				return err
			}
			if told[x.at] = why; grades[x.at] == nil {
				grades[x.at] = map[string]string{}
			}
			if x.id != "" {
				grades[x.at][x.id] = x.grade
			}
		}
		return rows.Err()
	})
	for _, q := range queries {
		at := q.at.Format("15:04")
		if problem := q.compare(grades[at], restless); problem != "" || told[at] == "" {
			w.Errorf("%s\n%s\ncounted %d, reading %d, all %v, replay says %s", problem, q.print(), q.counted, q.reading, q.all, told[at])
		}
	}
}

// openList is a negated list that names null: whether it holds for empty values nobody documents.
var openList = regexp.MustCompile(`NOT IN \([^()]*(null|'')[^()]*\)`)

// antiJoin may have more rows the fewer its inner query has: the strict answer is then no part of the plain one.
var antiJoin = regexp.MustCompile(`(NOT .*|NOT IN )\(SELECT`)

// contested says whether a LIMIT cuts the answers of both readings to as many rows, but not to the same.
func (q *asked) contested() bool {
	other := q.asking
	other.reading = strict
	return (q.limit >= 0 || q.offset > 0) && !maps.Equal(other.answer(q.inquiry, q.archive.order).may, q.got.may)
}

// compare says what is wrong with the grades of the records a query is said to have touched.
func (q *asked) compare(grades map[string]string, restless bool) string {
	if q.leaned || q.reading == strict && (restless || antiJoin.MatchString(q.print())) {
		return ""
	}
	counted := !q.all || q.limit < 0 && q.offset == 0 // the recycle bin was not
	exact := counted && !restless && q.reading == plain && !openList.MatchString(q.print()) && !q.contested()
	var problems []string
	for _, c := range q.snapshot() {
		grade, touched := grades[short15(c.id())]
		switch {
		case q.may[c] && !touched:
			problems = append(problems, "left out "+short15(c.id()))
		case grade == "replayed" && !q.must[c] && q.reading == plain:
			problems = append(problems, "confirmed "+short15(c.id()))
		case exact && touched && !q.may[c]:
			problems = append(problems, "added "+short15(c.id()))
		case exact && q.must[c] && grade != "replayed" && q.counted >= 0 && q.child == nil:
			problems = append(problems, "doubted "+short15(c.id()))
		}
	}
	return strings.Join(problems, ", ")
}

// snapshot lists the records the snapshot holds.
func (q *asked) snapshot() []*card {
	return slices.DeleteFunc(slices.Clone(q.archive.order), func(c *card) bool { return c.now == nil })
}
