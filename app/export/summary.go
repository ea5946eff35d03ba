package export

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/person"
	"github.com/breachscope/breachscope/app/words"
)

var english = message.NewPrinter(language.English)

// many is a number with its noun: "1 person", "1,234 persons".
func many(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return english.Sprintf("%d %s", n, plural(noun))
}

func plural(noun string) string {
	if strings.HasSuffix(noun, "y") {
		return strings.TrimSuffix(noun, "y") + "ies"
	}
	if strings.HasSuffix(noun, "s") {
		return noun + "es"
	}
	return noun + "s"
}

// facts are the figures the sentences of the Summary are made of, by the names of sql/facts.sql.
type facts map[string]any

func readFacts(ctx context.Context, db analysis.Engine) (facts, error) {
	header, rows, err := fetch(ctx, db, statement("facts"))
	if err != nil {
		return nil, fmt.Errorf("counting: %w", err)
	}
	f := facts{}
	for i, name := range header {
		f[name] = rows[0][i]
	}
	return f, nil
}

func (f facts) n(name string) int64     { n, _ := f[name].(int64); return n }
func (f facts) text(name string) string { s, _ := f[name].(string); return s }

// moment in UTC and on the clock of the organisation.
func (w *writer) moment(value any) string {
	t, is := value.(time.Time)
	if !is {
		return "an unknown time"
	}
	text := t.UTC().Format(w.tongue.date() + " 15:04 UTC")
	if zone, err := time.LoadLocation(w.manifest.Timezone); err == nil && zone != time.UTC && w.manifest.Timezone != "" {
		text += w.tongue.local(t.In(zone))
	}
	return text
}

// summary is the first sheet, for a reader who never saw the program.
func (w *writer) summary(ctx context.Context, db analysis.Engine, book *workbook) error {
	f, err := readFacts(ctx, db)
	if err != nil {
		return err
	}
	g := book.page("Summary")
	g.title("Affected customers: " + w.manifest.Case)
	g.lead(fmt.Sprintf("Made on %s by %s with %s. Purpose: %s. Times are UTC unless another clock is named.",
		w.moment(w.At), named(w.Actor, "an unnamed person"), w.Program, named(w.Reason, "not stated")))
	g.section("In short")
	for _, s := range w.story(f) {
		if s.warning {
			g.warning(s.text)
		} else {
			g.words(s.text)
		}
	}
	g.section("How many")
	w.counts(ctx, db, g)
	charts := g.at + 1
	g.keep(g.file.InsertPageBreak(g.sheet, cellName(1, g.at)))
	g.at += 17
	w.tables(ctx, db, g, charts)
	w.about(g)
	return g.end()
}

func named(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// sentence of the story; a warning is one that must not be overlooked.
type sentence struct {
	text    string
	warning bool
}

// story says in sentences what happened, how many are affected and how complete the evidence is.
func (w *writer) story(f facts) (list []sentence) {
	say := func(text string) { list = append(list, sentence{text, false}) }
	if f.n("attacker") == 0 {
		list = append(list, sentence{fmt.Sprintf("No session has been judged to be the attacker's yet (%s unreviewed). The figures below are no result.", many(f.n("unreviewed"), "session")), true})
	} else {
		say("What happened. " + strings.Join(w.happened(f), " "))
	}
	say("Who is affected. " + strings.Join(f.affected(), " "))
	say(english.Sprintf("How many records. %d confirmed, %d possible because of a query, %d possible because of permissions only; the customer tables hold %d. Single looks at a record: %d.",
		f.n("records_confirmed"), f.n("records_bounded"), f.n("records_reachable"), f.n("snapshot_records"), f.n("accesses")))
	if f.n("missing") > 0 {
		say(english.Sprintf("Beyond these. The logs counted %d rows that can no longer be named: their records were deleted for good before the customer tables were exported.", f.n("missing")))
	}
	say("How complete this is. " + w.coverage(f))
	if spanned := f.spanned(); spanned != "" {
		list = append(list, sentence{spanned, true})
	}
	if open := f.open(); open != "" {
		say("What is open. " + open)
	}
	if alarms := w.alarms(); alarms != "" {
		list = append(list, sentence{"What is due. " + alarms, true})
	}
	return list
}

// happened tells the use of accounts apart from the logins that failed, by which nobody got in.
func (w *writer) happened(f facts) (said []string) {
	if f.n("used") > 0 {
		said = append(said, fmt.Sprintf("Someone else used %s of %s, %s, between %s and %s. Addresses: %s.", many(f.n("used"), "session"),
			many(f.n("accounts"), "account"), f.text("account_names"), w.moment(f["first_at"]), w.moment(f["last_at"]), named(f.text("addresses"), "none in the logs")))
	} else {
		said = append(said, "No login judged to be the attacker's succeeded.")
	}
	if n := f.n("refused_logins"); n > 0 {
		said = append(said, fmt.Sprintf("Besides, %s to %s failed, between %s and %s.", many(n, "login"), many(f.n("refused_accounts"), "account"),
			w.moment(f["refused_from"]), w.moment(f["refused_to"])))
	}
	return said
}

func (f facts) affected() []string {
	said := []string{english.Sprintf("%s confirmed: the log names their record, or the same query, run again on the customer table, gives exactly them.", many(f.n("persons_confirmed"), "person"))}
	if f.n("persons_bounded") > 0 {
		said = append(said, english.Sprintf("%s possible: a query contained them, but that their row was taken is not proven.", many(f.n("persons_bounded"), "further person")))
	}
	if f.n("persons_reachable") > 0 {
		said = append(said, english.Sprintf("%s possible by permission only: the account could read them, and the logs do not say which rows it read.", many(f.n("persons_reachable"), "further person")))
	}
	if n := f.n("records_of_nobody"); n > 0 {
		said = append(said, english.Sprintf("Besides, %s on a list %s to no customer known (guests, for example): people may stand behind them who are in no count.", many(n, "record"), map[bool]string{true: "belongs", false: "belong"}[n == 1]))
	}
	if lists := f.n("earlier_lists"); lists > 0 {
		said = append(said, english.Sprintf("Compared with %s: %s affected before.", many(lists, "list")+" of earlier incidents", many(f.n("persons_again"), "person")+map[bool]string{true: " was", false: " were"}[f.n("persons_again") == 1]))
	}
	if f.n("others") > 0 {
		said = append(said, english.Sprintf("Not counted among them: %s (companies, own employees, tests).", many(f.n("others"), "entry")))
	}
	return said
}

// coverage says how complete the evidence is, in the same breath as the figures.
func (w *writer) coverage(f facts) string {
	text := english.Sprintf("%s with %s were read: %d loaded, %d repeated, %d rejected (%d of these not yet looked at). ",
		many(f.n("files"), "file"), many(f.n("rows_read"), "row"), f.n("rows_loaded"), f.n("rows_duplicate"), f.n("rows_rejected"), f.n("rejects_open"))
	if n := f.n("files_again"); n > 0 {
		text += english.Sprintf("%s handed in again with the same bytes, not counted a second time. ", many(n, "file"))
	}
	if _, is := f["logs_from"].(time.Time); is {
		text += fmt.Sprintf("The logs reach from %s to %s. ", w.moment(f["logs_from"]), w.moment(f["logs_to"]))
	}
	if f.n("gaps") == 0 {
		return text + "No gap was found in them."
	}
	return text + strings.Join(f.gaps(), " ")
}

// gaps says what the logs are silent about; that another source shows a part of it does not close a gap.
func (f facts) gaps() []string {
	said := []string{english.Sprintf("Gaps in them: %d.", f.n("gaps"))}
	if n := f.n("gaps_dark"); n > 0 {
		said = append(said, english.Sprintf("No other source shows anything of %d of them.", n))
	}
	if n := f.n("gaps") - f.n("gaps_dark"); n > 0 {
		said = append(said, english.Sprintf("%d partly shown by %s (that calls happened, not what came back).", n, f.text("gaps_shown_by")))
	}
	return said
}

// spanned names the sessions of the attacker that a gap lies in, "" when none is.
func (f facts) spanned() string {
	n := f.n("attacker_with_gap")
	if n == 0 {
		return ""
	}
	names := f.text("attacker_gap_names")
	if more := n - int64(strings.Count(names, "; ")) - 1; more > 0 {
		names += english.Sprintf("; and %d more, on the sheet Sessions", more)
	}
	return fmt.Sprintf("In a gap of the logs, partly shown or not, lies a part of %s of the attacker: %s. What came back in it may be missing from the figures.", many(n, "session"), names)
}

// open names what still has to be done.
func (f facts) open() string {
	var list []string
	for _, x := range []struct{ fact, noun, state string }{
		{"unreviewed", "session", "not reviewed"}, {"undetermined", "session", "left undetermined"}, {"not_understood", "query", "not understood"},
		{"excluded", "query", "set aside by the investigator"}, {"unrecognised", "file", "not recognised"},
	} {
		if n := f.n(x.fact); n > 0 {
			list = append(list, many(n, x.noun)+" "+x.state)
		}
	}
	if len(list) == 0 {
		return ""
	}
	return strings.Join(list, "; ") + "."
}

// counts shows persons by list, and between which numbers the truth lies.
func (w *writer) counts(ctx context.Context, db analysis.Engine, g *page) {
	g.table(ctx, db, "summary_lists", true)
	g.small("Confirmed and possible exclude each other: a person stands on the list of the surest of her records. By a query: a query contained the record. By permission only: the account could read it, and the logs do not say what it read.")
	g.at++
	g.table(ctx, db, "summary_range", false)
	g.small("Minimum: every doubtful link between two records holds. Likely: the links named on the sheet Method hold. Maximum: no link holds, every record is a person of its own. The rows need not add up: a further record of a person confirmed, were it another's, counts in the last row alone. On the sheet People the minimum is the number of distinct groups that may be one person, the maximum the sum of the persons at most.")
}

// tables follow the sentences; the charts go where charts says.
func (w *writer) tables(ctx context.Context, db analysis.Engine, g *page, charts int) {
	g.section("Persons by country of residence")
	countries := g.table(ctx, db, "summary_countries", true)
	g.section("Persons by kind of personal data")
	categories := g.table(ctx, db, "summary_categories", false)
	g.small("Only values that were not empty count. A person counts in every kind that was exposed, so the column has no sum.")
	g.section("Persons by exact combination of data")
	g.table(ctx, db, "summary_combinations", true)
	g.section("Records by object")
	g.table(ctx, db, "summary_records", true)
	w.outside(ctx, db, g)
	g.section("When")
	timeline := g.table(ctx, db, "summary_timeline", false)
	g.section("Sessions of the attacker")
	g.table(ctx, db, "summary_sessions", false)
	w.reasons(ctx, db, g)
	g.section("Queries and what running them again gave")
	g.table(ctx, db, "summary_outcomes", false)
	g.section("Log sources and gaps")
	g.table(ctx, db, "summary_coverage", false)
	g.at++
	g.table(ctx, db, "summary_gaps", false)
	g.chart(excelize.ColStacked, "Records by the time they were first touched", "Records", timeline, cellName(1, charts), []int{2, 3}, 96)
	g.chart(excelize.BarStacked, "Persons by residence", "Persons", countries, cellName(3, charts), []int{2, 3, 4}, 12)
	g.chart(excelize.BarStacked, "Persons by kind of data", "Persons", categories, cellName(6, charts), []int{2, 3, 4}, 15)
}

// outside names the records that are in no customer table, and those that belong to nobody known.
func (w *writer) outside(ctx context.Context, db analysis.Engine, g *page) {
	var logged int64
	g.keep(db.QueryRowContext(ctx, "SELECT count(*) FROM export_records WHERE NOT in_snapshot").Scan(&logged))
	if logged > 0 {
		g.small(english.Sprintf("%s named only in the logs and in no customer table: the total without them and the cleared ones together are the rows of the table.", many(logged, "record")))
	}
	found, err := person.Nobody(ctx, db)
	g.keep(err)
	if len(found) == 0 {
		return
	}
	var rows [][]any
	for _, u := range found {
		rows = append(rows, []any{u.Object, string(u.List), u.Records})
	}
	g.at++
	g.grid([]string{"Records that belong to no customer known", "List", "Records"}, rows, false)
	g.small("Guests and others who left a record without a customer's. People may stand behind these records who are in no count of persons.")
}

// reasonsShown bounds the sessions whose reasons stand on the Summary.
const reasonsShown = 40

// reasons says in words what speaks against each session of the attacker.
func (w *writer) reasons(ctx context.Context, db analysis.Engine, g *page) {
	_, rows, err := fetch(ctx, db, statement("summary_reasons"))
	g.keep(err)
	if len(rows) == 0 {
		return
	}
	g.at++
	g.small("What the program found in these sessions, the weightiest first. It suggests; the investigator judges.")
	for _, row := range rows[:min(len(rows), reasonsShown)] {
		_, list := words.Reasons(plain(row[1]))
		g.pair(plain(row[0]), told("• "+strings.Join(w.tongue.each(list), "\n• ")))
	}
	if n := len(rows) - reasonsShown; n > 0 {
		g.small(english.Sprintf("The reasons of %d more stand on the sheet Sessions.", n))
	}
}

// about says where the figures come from and how the export can be checked.
func (w *writer) about(g *page) {
	m := w.manifest
	g.section("About this export")
	if len(g.more) > 0 {
		g.pair("Sheets longer than a file holds go on in", told(strings.Join(g.more, "; ")))
	}
	g.pair("Made by", named(m.MadeBy, "not stated"))
	g.pair("Purpose", named(m.Reason, "not stated"))
	g.pair("Made at", w.moment(m.MadeAt))
	g.pair("Program", m.Program)
	g.pair("Law table", m.Versions["law"])
	g.pair("Rules, kinds of evidence", fmt.Sprintf("%s, %s (begin of the SHA-256 of their contents)", m.Versions["rules"], m.Versions["kinds"]))
	g.pair("Journal", english.Sprintf("%d steps; last hash %s", m.Journal.Entries, named(m.Journal.Hash, "none")))
	g.pair("Key of the case", m.Fingerprint+" (fingerprint of the key that signs manifest.json, to be compared by voice)")
	if w.OpenPassword != "" {
		g.pair("Password to open", "The workbooks ask for one. It keeps the curious out, not somebody who wants in, and the CSV and Parquet files have none: for transport pack the whole export.")
	}
	for _, sentence := range w.notes.sentences() {
		g.pair("Changed to fit a file", sentence)
	}
	if len(w.notes) == 0 {
		g.pair("Changed to fit a file", "nothing: every value is shown as it was found")
	}
}
