package replay

import (
	"fmt"

	"github.com/breachscope/breachscope/analysis"
)

// found is what replay and log say of one question.
type found struct {
	certain, uncertain    int64   // rows that matched, and that may have
	extra, extraUncertain int64   // child rows
	logged                *int64  // rows the log counted
	limit                 *int64  // of the text
	cut                   bool    // LIMIT was applied in a known order
	named                 int64   // rows of the object the log names
	ambiguous             bool    // the question may be another session's
	doubt                 string  // why the rows may not have left although they were found, or ''
	broken                string  // why there may have been more rows than those counted, or ''
	gone                  absence // rows that may have been purged since, and have taken places of LIMIT
	letIn, keptOut        absence // rows of inner queries that may have been purged since, by what they would have done
	shared                *answer // the part of them shared with other questions, nil: none
	vague                 bool    // the snapshot cannot answer a part of the question, so that rows are in doubt without a change
	contested             string  // which reading of empty values the count decided for
}

// decision is how the rows of a question are graded.
type decision struct {
	outcome      analysis.Outcome
	sure, unsure analysis.Grade // '' : not in the answer
	replayed     int64
	missing      *int64
	why          string // of the question
	whySure      string // of its rows
	whyUnsure    string
}

// decide compares the rows found with the rows logged.
func (f found) decide() decision {
	d := f.compare()
	if f.broken != "" && f.open() {
		d.reopen(f)
	}
	if f.keptOut.rows > 0 && !f.proven() {
		d.doubt(f.keptOut.why)
	}
	switch {
	case f.ambiguous:
		d.doubt("the log row may belong to another session")
	case f.doubt != "":
		d.doubt(f.doubt)
	}
	return d
}

// proven says whether the count shows that the rows found, all of them, were the answer.
func (f found) proven() bool {
	return f.logged != nil && *f.logged == f.certain && !f.cut && (f.limit == nil || *f.logged < *f.limit)
}

// open says whether the rows found leave room for more than were counted. Where they are exactly as many, with none in
// doubt, nothing can have been left behind.
func (f found) open() bool {
	return f.logged != nil && !f.complete() && (f.uncertain > 0 || f.extraUncertain > 0 || *f.logged != f.certain && *f.logged != f.certain+f.extra)
}

// reopen takes back what the count seemed to prove: the rows counted may be a part of those that matched.
func (d *decision) reopen(f found) {
	if d.sure == analysis.Replayed && d.outcome == analysis.Matches && f.uncertain > 0 {
		d.outcome, d.unsure, d.replayed = analysis.Superset, analysis.Bounded, f.certain+f.uncertain
		d.why = fmt.Sprintf(f.telling("%d rows matched for certain and %d that were changed since may have; the log counted %d",
			"%d rows matched for certain and %d are in doubt; the log counted %d"), f.certain, f.uncertain, *f.logged)
	}
	d.doubt(f.broken + ", so which of the rows that matched were taken is not known")
}

// doubt lowers rows that replay names to bounded.
func (d *decision) doubt(why string) {
	if d.sure == analysis.Replayed {
		d.sure, d.whySure = analysis.Bounded, "the query run again names this record, but "+why
	}
	d.why += "; " + why
}

const (
	whyReplayed = "the query, run again as of its time, returns this record, and the count agrees with the log"
	whyMatched  = "the query, run again as of its time, returns this record; nothing it reads was changed since"
	whyNamed    = "the log names the record among those returned"
	whyEdited   = "the record, or a row the query reads, was changed after the query: it may have been in the answer"
	whyVague    = "the record was changed after the query, or the snapshot cannot tell whether it matches: it may have been in the answer"
	whyHanging  = "it hangs on a record the query returned, or may have returned; whether it came along is not known for certain"
)

func (f found) compare() decision {
	all := f.certain + f.uncertain
	d := decision{replayed: all, sure: analysis.Replayed, unsure: analysis.Bounded, whySure: whyMatched, whyUnsure: whyEdited}
	if f.vague {
		d.whyUnsure = whyVague
	}
	switch {
	case f.complete():
		return f.recorded()
	case f.logged == nil:
		return f.uncounted(d)
	case f.bites():
		return f.subset(d)
	}
	logged := *f.logged
	switch {
	case logged == f.certain, f.extra > 0 && logged == f.certain+f.extra && !f.filled(): // some versions count child rows too
		d.outcome, d.unsure, d.replayed, d.whySure = analysis.Matches, "", f.certain, whyReplayed
		d.why = fmt.Sprintf("run again as of its time the query returns the %d rows the log counted", logged)
		if f.uncertain > 0 {
			d.why += fmt.Sprintf(f.telling("; %d records changed since can be left out", "; %d records in doubt can be left out"), f.uncertain)
		}
		d.why += f.contested
	case logged < f.certain:
		d.outcome, d.sure = analysis.Superset, analysis.Bounded
		d.whySure = fmt.Sprintf("the query run again returns this record, but the log counted only %d of %d rows", logged, f.certain)
		d.why = fmt.Sprintf("the log counted %d rows, fewer than the %d that matched: a partial download, or rows the account could not see; which ones is not known", logged, f.certain)
	case logged <= all+f.extra+f.extraUncertain:
		d.outcome = analysis.Superset
		if logged == all {
			d.outcome = analysis.Matches
		}
		d.why = fmt.Sprintf(f.telling("%d rows matched for certain; of the %d that were changed since, %d fill the count of the log",
			"%d rows matched for certain; of the %d in doubt, %d fill the count of the log"), f.certain, f.uncertain, max(0, min(logged-f.certain, f.uncertain)))
		if f.cut && f.gone.rows > 0 {
			d.atEdge(f)
		}
	default:
		gone := logged - all
		d.outcome, d.missing = analysis.Subset, &gone
		d.why = fmt.Sprintf("the log counted %d rows, %d more than the snapshot explains: they were purged since, or are not in the snapshot", logged, gone)
	}
	return d
}

// telling is the sentence for rows in doubt because they were changed, or for those that may be so for another reason.
func (f found) telling(changed, vague string) string {
	if f.vague {
		return vague
	}
	return changed
}

// atEdge says that rows gone since may have taken the places of those last let through.
func (d *decision) atEdge(f found) {
	d.why = fmt.Sprintf("%d rows were let through for certain and %d at the edge may have been: up to %d rows gone since may have taken places, and rows changed since too; %s",
		f.certain, f.uncertain, f.gone.rows, f.gone.why)
	d.whyUnsure = fmt.Sprintf("the record lies at the edge of what LIMIT or OFFSET let through, or was changed after the query: up to %d rows gone since may have taken its place", f.gone.rows)
}

// complete says whether the log names all rows it counted; then nothing else was returned.
func (f found) complete() bool {
	return f.named > 0 && f.logged != nil && f.named >= *f.logged
}

// bites says whether LIMIT may have cut the answer: more rows match than it lets through, and the log does not show fewer.
func (f found) bites() bool {
	return f.limit != nil && !f.cut && f.certain+f.uncertain+f.gone.rows > *f.limit && *f.logged >= *f.limit
}

// filled says whether the log counted as many rows as LIMIT lets through: then it counted no child rows.
func (f found) filled() bool { return f.limit != nil && *f.logged == *f.limit }

func (f found) recorded() decision {
	return decision{outcome: analysis.RecordedRows, replayed: f.named, sure: "", unsure: "",
		why: fmt.Sprintf("the log names the %d records the query returned", f.named)}
}

func (f found) uncounted(d decision) decision {
	d.outcome, d.sure = analysis.NoCount, analysis.Bounded
	d.whySure = "the query run again returns this record, but no log counts the rows it returned"
	d.why = fmt.Sprintf("no log counts the rows of this query; %d rows matched for certain", f.certain)
	return d
}

func (f found) subset(d decision) decision {
	d.outcome, d.sure = analysis.UndefinedSubset, analysis.Bounded
	d.whySure = fmt.Sprintf("the query took %d of %d rows, and nothing tells which", *f.limit, f.certain+f.uncertain)
	d.whyUnsure = d.whySure
	d.why = fmt.Sprintf("LIMIT %d without a total order: %d of up to %d rows, which ones is not known", *f.limit, *f.logged, f.certain+f.uncertain+f.gone.rows)
	if f.gone.rows > 0 {
		d.why += fmt.Sprintf("; up to %d rows gone since are among them: %s", f.gone.rows, f.gone.why)
	}
	return d
}
