package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app"
)

var commands []command

func init() { // an init, because help prints the list that holds it
	commands = []command{
		{"new", "CASE", "make a case file (its name should end in .breachscope)", 1, 1, newFlags, runNew},
		{"add", "CASE PATH…", "import files and folders: logs, customer tables, definitions", 2, 0, addFlags, runAdd},
		{"look", "CASE FILE", "how a file reads before it is added: first rows, kind or a guessed mapping", 2, 2, lookFlags, runLook},
		{"rejects", "CASE [FILE]", "the rows that were not loaded: line, reason, text", 1, 2, rejectsFlags, runRejects},
		{"accept", "CASE FILE LINE…", "note that rejected rows were looked at and are rightly left out", 3, 0, acceptFlags, runAccept},
		{"repair", "CASE FILE LINE", "load a rejected row with the values read from its text", 3, 3, repairFlags, runRepair},
		{"status", "CASE", "evidence, coverage, gaps, counts", 1, 1, nil, runStatus},
		{"sessions", "CASE", "the sessions with score and reasons", 1, 1, sessionFlags, runSessions},
		{"mark", "CASE VERDICT", "judge sessions: attacker, legitimate, undetermined, unreviewed", 2, 2, markFlags, runMark},
		{"suggest", "CASE", "sessions that share rare traits with those marked, and why", 1, 1, suggestFlags, runSuggest},
		{"story", "CASE", "what the thief did when, what would have shown and what would have stopped it", 1, 1, storyFlags, runStory},
		{"networks", "CASE [FILE]", "the networks you know (office, vpn, allow-list); with a CSV range,name,class: use these", 1, 2, clearFlags, runNetworks},
		{"rules", "CASE [FOLDER]", "the rules sessions are judged by; with a folder: put yours, or Sigma's, over them", 1, 2, clearFlags, runRules},
		{"undo", "CASE", "take the last mark or correction back", 1, 1, nil, runUndo},
		{"explain", "CASE [QUERY]", "how a query is understood: words, SQL, counts and why", 1, 2, explainFlags, runExplain},
		{"scope", "CASE", "replay the marked sessions: queries, accesses, grades, people", 1, 1, nil, runScope},
		{"queries", "CASE", "what the marked sessions asked for, logged beside replayed", 1, 1, queryFlags, runQueries},
		{"correct", "CASE KIND", "correct the replay: exclude, include, add, clock, snapshot, apart; shows what changes", 2, 2, correctFlags, runCorrect},
		{"freeze", "CASE", "keep the lists as they are under a number", 1, 1, freezeFlags, runFreeze},
		{"changes", "CASE [FROM TO]", "the frozen versions of the lists, or what changed between two", 1, 3, nil, runChanges},
		{"earlier", "CASE FILE", "take in the affected-people.csv of an earlier incident, to tell who is affected again", 2, 2, earlierFlags, runEarlier},
		{"people", "CASE", "persons: least, likely, most; combinations of data; across borders; affected again", 1, 1, nil, runPeople},
		{"facts", "CASE", "dates from which the clocks of the law run, and the duties", 1, 1, factFlags, runFacts},
		{"export", "CASE DIR", "write workbook, lists, journal and manifest into a new folder", 2, 2, exportFlags, runExport},
		{"verify", "CASE|DIR", "check hashes, journal, signature and totals", 1, 1, nil, runVerify},
		{"rerun", "JOURNAL EVIDENCE_DIR", "take every step of an exported journal again and compare", 2, 2, rerunFlags, runRerun},
		{"demo", "[DIR]", "the sample case from evidence to workbook", 0, 1, nil, runDemo},
	}
}

type newGiven struct {
	name, timezone string
	fiscal         int
}

func newFlags(c *call) {
	g := &newGiven{}
	c.given = g
	c.flags.StringVar(&g.name, "name", "", "`name` of the case")
	c.flags.StringVar(&g.timezone, "timezone", "UTC", "time `zone` of the organisation, as Asia/Seoul")
	c.flags.IntVar(&g.fiscal, "fiscal-start", 1, "first `month` of the fiscal year")
}

func runNew(c *call) error {
	g := c.given.(*newGiven)
	o, err := c.options()
	if err != nil {
		return err
	}
	o.Name, o.Timezone, o.FiscalStart = g.name, g.timezone, g.fiscal
	made, err := app.New(c.ctx, c.operands[0], o)
	if err != nil {
		return err
	}
	info, err := made.Info(c.ctx)
	if err := errors.Join(err, made.Close()); err != nil {
		return err
	}
	return c.print(info, func(w io.Writer) {
		fmt.Fprintf(w, "case %s made in %s (times in %s)\n", info.Name, info.Path, info.Timezone)
	})
}

type addGiven struct {
	options  evidence.Options
	snapshot string
	password string
}

func addFlags(c *call) {
	g := &addGiven{}
	c.given = g
	readingFlags(c, &g.options)
	c.flags.StringVar(&g.options.Map, "map", "", "`file` with a mapping of columns, as breachscope-cli look --save writes it")
	c.flags.StringVar(&g.snapshot, "snapshot-at", "", "`time` the customer tables were exported, as 2025-10-28T18:00:00Z")
	c.flags.StringVar(&g.options.Timezone, "timezone", "", "time `zone` of local times in these files")
	c.flags.StringVar(&g.options.Dates, "dates", "", "`order` of dates that do not tell it: month-first, day-first, or their pattern as %d.%m.%Y %H:%M")
	c.flags.StringVar(&g.password, "password-file", "", "`file` with the password of protected archives")
}

func runAdd(c *call) error {
	g := c.given.(*addGiven)
	if g.snapshot != "" {
		at, err := moment(g.snapshot)
		if err != nil {
			return err
		}
		if at.After(time.Now().Add(24 * time.Hour)) {
			return &misuse{what: "the customer tables cannot have been exported on " + minute(at) + " UTC, which is still to come", do: "give the time of the export"}
		}
		g.options.SnapshotAt = at
	}
	var err error
	if g.options.Password, err = readSecret(g.password); err != nil {
		return err
	}
	if g.options.Map, err = readMapping(g.options.Map); err != nil {
		return err
	}
	return c.withCase(func(opened *app.Case) error {
		show, end := c.progress()
		added, err := opened.Add(c.ctx, c.operands[1:], g.options, show)
		end()
		if err != nil {
			return err
		}
		return c.print(added, func(w io.Writer) { printAdded(w, added) })
	})
}

func printAdded(w io.Writer, added app.Added) {
	table := columns(w, "FILE", "KIND", "READ", "LOADED", "DUPLICATE", "REJECTED", "NOTE")
	for _, f := range added.Files {
		kind := f.Kind
		if kind == "" {
			kind = "not recognised"
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\t%d\t%s\n", f.Name, kind, f.Read, f.Loaded, f.Duplicate, f.Rejected, f.Note)
	}
	table.Flush()
}

func runStatus(c *call) error {
	return c.withCase(func(opened *app.Case) error {
		s, err := opened.Summary(c.ctx)
		if err != nil {
			return err
		}
		files, err := opened.Evidence(c.ctx)
		if err != nil {
			return err
		}
		value := struct {
			app.Summary
			Evidence []app.Evidence `json:"evidence"`
		}{s, files}
		return c.print(value, func(w io.Writer) {
			printFiles(w, files)
			printSummary(w, s)
		})
	})
}

func printFiles(w io.Writer, files []app.Evidence) {
	table := columns(w, "FILE", "KIND", "ROWS READ", "LOADED", "DUPLICATE", "REJECTED", "FROM (UTC)", "TO (UTC)", "NOTE")
	for _, f := range files {
		kind := f.Kind
		if kind == "" {
			kind = "not recognised"
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\t%d\t%s\t%s\t%s\n", f.Name, kind, f.Read, f.Loaded, f.Duplicate, f.Rejected,
			minute(f.First), minute(f.Last), f.Note)
	}
	table.Flush()
	fmt.Fprintln(w)
}

type sessionGiven struct {
	listing app.Listing
}

func sessionFlags(c *call) {
	g := &sessionGiven{}
	c.given = g
	c.flags.StringVar(&g.listing.Only, "only", "", "only these: a `verdict`, failed, hijack or gap")
	c.flags.StringVar(&g.listing.Search, "search", "", "only those with this `text`")
	c.flags.StringVar(&g.listing.Sort, "sort", "score", "account, started, ended, events, rows, bytes, score, verdict, ip, agent, app or kind")
	c.flags.Int64Var(&g.listing.Limit, "limit", 100, "how many at the most")
}

// check refuses what would silently show something else.
func (g *sessionGiven) check() error {
	sorts := []string{"account", "started", "ended", "events", "rows", "bytes", "score", "verdict", "ip", "agent", "app", "kind"}
	if !slices.Contains(sorts, g.listing.Sort) {
		return &misuse{what: fmt.Sprintf("sessions cannot be sorted by %q", g.listing.Sort), do: "sort by one of " + strings.Join(sorts, ", ")}
	}
	only := []string{"", "attacker", "legitimate", "undetermined", "unreviewed", "failed", "hijack", "gap"}
	if !slices.Contains(only, g.listing.Only) {
		return &misuse{what: fmt.Sprintf("%q is no kind of session", g.listing.Only), do: "use one of " + strings.Join(only[1:], ", ")}
	}
	if g.listing.Limit < 1 {
		return &misuse{what: fmt.Sprintf("a list of %d is no list", g.listing.Limit), do: "give a limit of 1 or more"}
	}
	return nil
}

func runSessions(c *call) error {
	g := c.given.(*sessionGiven)
	g.listing.Down = g.listing.Sort == "score" || g.listing.Sort == "events" || g.listing.Sort == "rows" || g.listing.Sort == "bytes"
	if err := g.check(); err != nil {
		return err
	}
	return c.withCase(func(opened *app.Case) error {
		list, total, err := opened.Sessions(c.ctx, g.listing)
		if err != nil {
			return err
		}
		return c.print(map[string]any{"total": total, "sessions": list}, func(w io.Writer) {
			table := columns(w, "SESSION", "ACCOUNT", "STARTED (UTC)", "ENDED (UTC)", "ADDRESS", "APP", "EVENTS", "VERDICT", "SCORE", "REASONS")
			for _, s := range list {
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\t%.0f\t%s\n", s.SessionID, s.Account, minute(s.Started), minute(s.Ended),
					s.Addresses, s.Apps, s.Events, s.Verdict, s.Score, s.Reasons)
			}
			table.Flush()
			fmt.Fprintf(w, "%d of %d sessions\n", len(list), total)
		})
	})
}

type markGiven struct {
	indicator session.Indicator
	from, to  string
	reason    string
}

func markFlags(c *call) {
	g := &markGiven{}
	c.given = g
	c.flags.StringVar(&g.indicator.Session, "session", "", "session `id` (or its beginning)")
	c.flags.StringVar(&g.indicator.Address, "ip", "", "`address` or range, as 193.138.7.0/24")
	c.flags.StringVar(&g.indicator.Account, "account", "", "login name or user `id`")
	c.flags.StringVar(&g.from, "from", "", "with --account: from this `time`")
	c.flags.StringVar(&g.to, "to", "", "with --account: up to this `time`")
	c.flags.StringVar(&g.indicator.App, "app", "", "`name` or id of a connected app")
	c.flags.StringVar(&g.indicator.Agent, "agent", "", "user `agent`")
	c.flags.StringVar(&g.indicator.SessionKey, "session-key", "", "session or login `key`")
	c.flags.StringVar(&g.reason, "reason", "", "why, in a `sentence` (needed)")
}

func runMark(c *call) (err error) {
	g := c.given.(*markGiven)
	if g.from != "" {
		if g.indicator.From, err = moment(g.from); err != nil {
			return err
		}
	}
	if g.to != "" {
		if g.indicator.To, err = moment(g.to); err != nil {
			return err
		}
	}
	mark := app.Mark{Verdict: analysis.Verdict(c.operands[1]), Indicator: g.indicator, Reason: g.reason}
	return c.withCase(func(opened *app.Case) error {
		mark, err := opened.Mark(c.ctx, mark)
		if err != nil {
			return err
		}
		return c.print(mark, func(w io.Writer) { printMark(w, mark) })
	})
}

func printMark(w io.Writer, m app.Mark) {
	for i, id := range m.Which {
		if i == 20 {
			fmt.Fprintf(w, "  … and %d more\n", m.Sessions-i)
			break
		}
		fmt.Fprintf(w, "  %s\n", id)
	}
	fmt.Fprintf(w, "%s marked %s\n", counted(m.Sessions, "session"), m.Verdict)
	for verdict, n := range m.Changed {
		fmt.Fprintf(w, "%d of them were %s before\n", n, verdict)
	}
	if of := slices.DeleteFunc(slices.Clone(m.Of), func(o string) bool { return o == "" }); len(of) > 1 {
		fmt.Fprintf(w, "they are sessions of %d organisations: %s; if only one is meant, undo, and mark by --session\n", len(of), strings.Join(of, ", "))
	}
}

func runUndo(c *call) error {
	return c.withCase(func(opened *app.Case) error {
		entry, err := opened.Undo(c.ctx)
		if err != nil {
			return err
		}
		return c.print(entry, func(w io.Writer) {
			fmt.Fprintf(w, "%s of journal entry %d taken back: %s\n", entry.Action, entry.Seq, takenBack(entry.Arguments))
		})
	})
}

// takenBack is what a mark or correction was, in short.
func takenBack(arguments json.RawMessage) string {
	var was struct {
		Verdict, Kind, Reason string
		Sessions              int64
	}
	if err := json.Unmarshal(arguments, &was); err != nil {
		return string(arguments)
	}
	if was.Verdict != "" {
		return fmt.Sprintf("%s %s, because %q", counted(was.Sessions, "session"), was.Verdict, was.Reason)
	}
	return fmt.Sprintf("%s, because %q", was.Kind, was.Reason)
}

func runScope(c *call) error {
	return c.withCase(func(opened *app.Case) error {
		show, end := c.progress()
		s, err := opened.Scope(c.ctx, show)
		end()
		if err != nil {
			return err
		}
		return c.print(s, func(w io.Writer) { printSummary(w, s) })
	})
}

// moment reads a time on the command line: ISO 8601 with a zone, or without one in UTC.
func moment(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, &misuse{what: fmt.Sprintf("%q is no time", text), do: "write it as 2025-10-21T05:31:00Z or 2025-10-21T14:31:00+09:00"}
}

func minute(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// counted is a number of things, in the singular where it is one.
func counted[N int | int64](n N, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func columns(w io.Writer, heads ...string) *tabwriter.Writer {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, strings.Join(heads, "\t"))
	return table
}

// readSecret reads the first line of a file, for passwords and passphrases; "" when no file is named.
func readSecret(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("reading a secret: %w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	if line = strings.TrimRight(line, "\r"); line == "" {
		return "", &app.Problem{What: path + " holds no password", Do: "write it on the first line"}
	}
	return line, nil
}

type explainGiven struct{ text, at, account string }

func explainFlags(c *call) {
	g := &explainGiven{}
	c.given = g
	c.flags.StringVar(&g.text, "soql", "", "the `text` of a query")
	c.flags.StringVar(&g.at, "at", "", "with --soql: as of this `time`")
	c.flags.StringVar(&g.account, "account", "", "with --soql: asked by this `account`")
}

func runExplain(c *call) error {
	g := c.given.(*explainGiven)
	if (g.text == "") == (len(c.operands) < 2) || (g.text == "") != (g.at == "") {
		return &misuse{what: "explain needs one query", do: "name a query id of queries.csv, or give a text with --soql and --at"}
	}
	return c.withCase(func(opened *app.Case) error {
		if g.text == "" {
			q, err := opened.QueryByID(c.ctx, c.operands[1])
			if err != nil {
				return err
			}
			return c.print(q, func(w io.Writer) { printQuery(w, q) })
		}
		at, err := moment(g.at)
		if err != nil {
			return err
		}
		x, err := opened.ExplainText(c.ctx, g.text, at, g.account)
		if err != nil {
			return err
		}
		return c.print(x, func(w io.Writer) { printExplanation(w, x) })
	})
}

func printExplanation(w io.Writer, x app.Explanation) {
	fmt.Fprintf(w, "%s\n\nmeans    %s\nobject   %s\nfields   %s\nrecords  %d certain, %d more possible\n", x.Text, x.Words, x.Object,
		strings.Join(x.Fields, ", "), x.Certain, x.Unsure)
	if x.Why != "" {
		fmt.Fprintf(w, "because  %s\n", x.Why)
	}
	fmt.Fprintf(w, "\n%s\n\n%s\n", x.Tree, x.SQL)
}

func printQuery(w io.Writer, q app.Query) {
	count := func(n *int64) string {
		if n == nil {
			return "unknown"
		}
		return fmt.Sprint(*n)
	}
	fmt.Fprintf(w, "%s\n\n%s\n\nat       %s UTC by %s (session %s)\ncarrier  %s on %s\nfields   %s\nrows     logged %s, replayed %s (certain %s)\noutcome  %s: %s\n\n%s\n",
		q.QueryID, q.Text, minute(q.At), q.Account, q.SessionID, q.Carrier, q.Object, strings.ReplaceAll(q.Fields, ";", ", "),
		count(q.RowsLogged), count(q.RowsReplayed), count(q.RowsCertain), q.Outcome, q.Why, q.SQL)
}

type exportGiven struct {
	options        app.ExportOptions
	password, open string
}

func exportFlags(c *call) {
	g := &exportGiven{}
	c.given = g
	c.flags.StringVar(&g.password, "password-file", "", "`file` with a password: the export is then packed for transport as well, as DIR.zip (AES-256)")
	c.flags.Func("age-recipient", "public `key` (age1…) of who may open a copy packed as DIR.tar.age; may be given several times", func(key string) error {
		g.options.Recipients = append(g.options.Recipients, key)
		return nil
	})
	c.flags.StringVar(&g.options.Language, "language", "en", "`language` of the workbooks and the briefing: en or ko; lists for programs stay as they are")
	c.flags.StringVar(&g.open, "open-password-file", "", "`file` with a password to open the workbooks; weak, and the lists beside them stay open: no protection for transport")
	c.flags.StringVar(&g.options.Reason, "reason", "", "what the export is for, in a `sentence`")
	c.flags.BoolVar(&g.options.Countries, "countries", false, "one workbook more per country")
	c.flags.BoolVar(&g.options.Notification, "notification", false, "a notification file: who is to be told, how, of what")
	c.flags.BoolVar(&g.options.Briefing, "briefing", false, "a briefing of a few pages and drafts of the notices")
}

func runExport(c *call) error {
	g := c.given.(*exportGiven)
	var err error
	if g.options.Password, err = readSecret(g.password); err != nil {
		return err
	}
	if g.options.OpenPassword, err = readSecret(g.open); err != nil {
		return err
	}
	return c.withCase(func(opened *app.Case) error {
		show, end := c.progress()
		manifest, err := opened.Export(c.ctx, c.operands[1], g.options, show)
		end()
		if err != nil {
			return err
		}
		return c.print(manifest, func(w io.Writer) {
			fmt.Fprintf(w, "exported to %s\n", c.operands[1])
			if g.options.Password != "" {
				fmt.Fprintf(w, "packed as %s.zip\n", filepath.Clean(c.operands[1]))
			}
			if len(g.options.Recipients) > 0 {
				fmt.Fprintf(w, "packed as %s.tar.age\n", filepath.Clean(c.operands[1]))
			}
		})
	})
}

func runDemo(c *call) error {
	dir := "demo"
	if len(c.operands) > 0 {
		dir = c.operands[0]
	}
	show, end := c.progress()
	d, err := app.Demo(c.ctx, dir, show)
	end()
	if err != nil {
		return err
	}
	return c.print(d, func(w io.Writer) {
		printSummary(w, d.Summary)
		fmt.Fprintf(w, "  case       %s\n  workbook   %s\n", d.Case, d.Report)
	})
}

func runVerify(c *call) error {
	v, err := c.verification()
	if err != nil {
		return err
	}
	if err := c.print(v, func(w io.Writer) { printChecks(w, v) }); err != nil || v.OK {
		return err
	}
	return &disagreement{c.operands[0] + " is not what it should be", "keep it as it is, and compare it with the copy it was made from"}
}

func (c *call) verification() (v app.Verification, err error) {
	if app.IsExport(c.operands[0]) {
		return app.VerifyExport(c.ctx, c.operands[0])
	}
	err = c.withCase(func(opened *app.Case) error {
		v, err = opened.Verify(c.ctx)
		return err
	})
	return v, err
}

func printChecks(w io.Writer, v app.Verification) {
	for _, check := range v.Checks {
		word := "holds"
		if !check.OK {
			word = "DOES NOT HOLD"
		}
		fmt.Fprintf(w, "%-14s %s: %s\n", word, check.Name, check.Detail)
	}
	if v.Fingerprint != "" {
		fmt.Fprintf(w, "signed with key %s\n", v.Fingerprint)
	}
}
