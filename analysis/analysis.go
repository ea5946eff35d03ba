// Package analysis holds the words the answer is made of: grades, lists, verdicts, carriers, outcomes. The packages
// below it derive the answer, in the order evidence, event, session, replay, scope, person, duty; each empties and
// refills its own tables of schema analysis from those of the steps before, inside the transaction it is handed.
package analysis

import (
	"context"
	"database/sql"
	"net/netip"
	"strings"
)

// Engine runs statements inside one transaction or on one connection of the case file.
type Engine interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Quote returns name as a quoted SQL identifier.
func Quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Literal returns text as a quoted SQL string, for the few places where a value cannot be bound (file names in read_csv).
func Literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// Verdict is the investigator's judgement of a session.
type Verdict string

const (
	Attacker     Verdict = "attacker"
	Legitimate   Verdict = "legitimate"
	Undetermined Verdict = "undetermined"
	Unreviewed   Verdict = "unreviewed" // before any judgement
)

// Act is what was done to a record.
type Act string

const (
	Viewed   Act = "viewed"   // shown on a screen
	Acquired Act = "acquired" // taken out: API, bulk, export
)

// Grade says how we know of an access, best first.
type Grade string

const (
	Recorded  Grade = "recorded"  // the record's id stands in a log row
	Replayed  Grade = "replayed"  // the query, run again, names it and is fully determined
	Bounded   Grade = "bounded"   // the query, run again, names a set that contains what was taken
	Reachable Grade = "reachable" // only object and count are known, or a log gap lies in the session
)

// Rank orders grades: 1 is the best, 5 stands for none.
func (g Grade) Rank() int {
	for i, known := range []Grade{Recorded, Replayed, Bounded, Reachable} {
		if g == known {
			return i + 1
		}
	}
	return 5
}

// List is where a record or person of that grade goes.
func (g Grade) List() List {
	switch g {
	case Recorded, Replayed:
		return Confirmed
	case Bounded, Reachable:
		return Possible
	}
	return Cleared
}

// List is one of the three lists counsel works with.
type List string

const (
	Confirmed List = "confirmed"
	Possible  List = "possible"
	Cleared   List = "cleared"
)

// Carrier is the form in which something asked for rows.
type Carrier string

const (
	SOQL     Carrier = "soql"
	Report   Carrier = "report"
	ListView Carrier = "listview"
	Search   Carrier = "search"
	SOSL     Carrier = "sosl"
	Record   Carrier = "record" // one record opened or fetched
	FetchXML Carrier = "fetchxml"
)

// Outcome compares the rows a query gives when run again with the rows the log counted.
type Outcome string

const (
	Matches         Outcome = "matches"
	Superset        Outcome = "superset"         // replay gives more than the log counted
	Subset          Outcome = "subset"           // replay gives fewer: rows deleted or changed since
	UndefinedSubset Outcome = "undefined-subset" // a LIMIT or partial download took some of these, which is unknown
	RecordedRows    Outcome = "recorded"         // the log names the records
	CountOnly       Outcome = "count-only"       // COUNT(), describe: touches nobody
	NoCount         Outcome = "no-count"         // the log holds no number of rows
	NotUnderstood   Outcome = "not-understood"   // the text could not be read; its object is reachable
)

// Step is how far a long piece of work has come.
type Step struct {
	Name  string // what is being done, in the words of the screen
	File  string // file at hand, or ""
	Done  int64
	Total int64 // 0: unknown
	Rows  int64 // rows done so far, where rows are counted
}

// Progress is told how far the work has come. It must return quickly; nil is allowed, see Tell.
type Progress func(Step)

// Tell reports a step when somebody listens.
func (p Progress) Tell(s Step) {
	if p != nil {
		p(s)
	}
}

// Settings of a case that the derivation depends on.
type Settings struct {
	Timezone    string // IANA name of the organisation's time zone, "UTC" when unknown
	FiscalStart int    // first month of the fiscal year, 1 to 12
	Networks    []Network
}

// Network is a range the investigator knows. Its class is office, vpn (the victim's own) or allow-list.
type Network struct {
	Range netip.Prefix `json:"range"`
	Name  string       `json:"name"`
	Class string       `json:"class"`
}
