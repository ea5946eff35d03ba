package replay

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/soql"
)

// bulkJob is a bulk query job, put together from the rows of all its states.
type bulkJob struct {
	*question
	operation string
	states    []string
	finished  time.Time        // zero: not seen
	last      time.Time        // of its rows
	counted   string           // its count as a text, '' without one
	counts    map[string]int64 // rows by batch, each a count that grows; version 2 knows none
	polled    bool             // requests about the job are logged
	fetched   bool             // among them one for its results
	elsewhere bool             // another session has one
	handed    map[string]int64 // rows handed out, by page
	uncounted bool             // a page was handed out whose rows no log counts
	whole     bool             // no session has one, and the log of requests would show it
	own       []*question      // those that held its text
}

// bulkResult is the log of results downloaded: it holds the text, and neither job nor rows.
const bulkResult = "BulkApiResultEvent"

// resultsKept is how long the results of a job can be fetched.
const resultsKept = 7 * 24 * time.Hour

var (
	jobURI     = regexp.MustCompile(`(?i)/jobs?/(?:query/)?(750[a-z0-9]{12})`)
	locator    = regexp.MustCompile(`(?i)[?&]locator=`)
	resultsURI = regexp.MustCompile(`(?i)/750[a-z0-9]{12,15}/results|/batch/751[a-z0-9]{12,15}/result`)
)

// jobs puts together the bulk query jobs of one session. Each takes the text of its query from the questions only a log
// without counts tells of; asked is what remains of them.
func jobs(list []mention, asked []*question, known map[string]jobFacts) (found, remain []*question) {
	byID := map[string]*bulkJob{}
	var order []*bulkJob
	for _, m := range list {
		id := jobOf(m)
		if m.action != "bulk" || id == "" {
			continue
		}
		j := byID[id]
		if j == nil {
			j = &bulkJob{question: &question{session: m.session, account: m.account, carrier: analysis.SOQL, act: analysis.Acquired, at: m.at, until: m.at, job: id}}
			byID[id], order = j, append(order, j)
		}
		j.tell(m)
	}
	for _, j := range order {
		j.learn(known[j.job])
	}
	order = slices.DeleteFunc(order, func(j *bulkJob) bool { return !j.reads() })
	for _, j := range order {
		asked = j.takeText(asked)
		j.close()
		found = append(found, j.question)
	}
	for _, j := range order {
		j.leaveCount(order)
	}
	return found, asked
}

// leaveCount leaves the count of a job out where another job with another count was open at the same time and either may
// have run the other's query.
func (j *bulkJob) leaveCount(all []*bulkJob) {
	var names, counts []string
	for _, k := range all {
		if k == j || mixable(j, k) {
			names = append(names, k.job)
			counts = append(counts, k.counted)
		}
	}
	slices.Sort(counts)
	if len(slices.Compact(counts)) < 2 {
		return
	}
	j.rows = nil
	j.note += fmt.Sprintf("; bulk jobs %s ran at the same time over %s and no log tells which query was whose: their counts are left out", strings.Join(names, ", "), j.object)
}

// mixable says whether each of two jobs may have run what the other is taken to have run.
func mixable(j, k *bulkJob) bool {
	return len(j.own) > 0 && len(k.own) > 0 && sameText(j.text) != sameText(k.text) && slices.ContainsFunc(k.own, j.fits) && slices.ContainsFunc(j.own, k.fits)
}

// jobOf is the id of the job a row is about.
func jobOf(m mention) string {
	if strings.HasPrefix(m.job, "750") {
		return m.job
	}
	if found := jobURI.FindStringSubmatch(m.target); found != nil {
		return found[1]
	}
	return ""
}

// tell notes what a row says of the job. Only the job's own rows tell its object, state and count.
func (j *bulkJob) tell(m mention) {
	j.mentions = append(j.mentions, m)
	switch strings.TrimSuffix(m.source, "Log") {
	case "BulkApi2", "BulkApi":
		if m.object != "" {
			j.object = m.object
		}
		if m.method != "" {
			j.operation = m.method
		}
		j.state(m)
		return
	}
	if m.source == "BulkApiRequest" && m.method != "" && j.operation == "" {
		j.operation = m.method
	}
	j.polled = true
	if resultsURI.MatchString(m.target) && refused(m) == "" {
		j.fetched = true
		if j.finished.IsZero() {
			j.finished = m.at
		}
		if strings.HasPrefix(m.source, "RestApi") {
			j.handOut(m)
		}
	}
}

func (j *bulkJob) state(m mention) {
	if m.status != "" && !slices.Contains(j.states, m.status) {
		j.states = append(j.states, m.status)
	}
	if m.rows.Valid {
		if j.rows == nil {
			j.rows, j.counts = map[string]int64{}, map[string]int64{}
		}
		key := m.source + " " + m.batch
		j.rows[m.source] += max(0, m.rows.Int64-j.counts[key])
		j.counts[key] = max(j.counts[key], m.rows.Int64)
	}
	if fold(m.status) == "jobcomplete" || fold(m.status) == "complete" {
		j.finished = m.at
	}
}

// reads says whether the job asks for rows; others write.
func (j *bulkJob) reads() bool {
	if j.operation == "" {
		return slices.ContainsFunc(j.mentions, func(m mention) bool { return strings.Contains(fold(m.target), "/jobs/query") })
	}
	return strings.HasPrefix(fold(j.operation), "query")
}

// takeText takes the questions without a count whose object is the job's and that lie nearest after its creation: one, or
// all the chunks it was cut into.
func (j *bulkJob) takeText(asked []*question) []*question {
	for _, m := range j.mentions {
		if m.at.After(j.last) {
			j.last = m.at
		}
	}
	var own []*question
	for _, q := range asked {
		if !j.fits(q) {
			continue
		}
		if len(own) == 0 || sameText(q.text) == sameText(own[0].text) || chunkBase(q.text) != "" && chunkBase(q.text) == chunkBase(own[0].text) {
			own = append(own, q)
		}
	}
	if len(own) == 0 {
		return asked
	}
	j.own, j.text = own, unchunked(own)
	if own[0].of(bulkResult) { // when it ran is then known from the job alone
		if j.until = own[0].at; !j.finished.IsZero() {
			j.until = j.finished
		}
	}
	for _, q := range own {
		if !q.of(bulkResult) {
			j.until = q.at
		}
		j.mentions = append(j.mentions, q.mentions...)
		j.all = j.all || q.all
		j.fetched = j.fetched || q.has(bulkResult)
	}
	return slices.DeleteFunc(asked, func(q *question) bool { return slices.Contains(own, q) })
}

// fits says whether a question may be the text of a job: over its object, from the time the job was open, or as the text
// of results that were fetched while results are kept.
func (j *bulkJob) fits(q *question) bool {
	if !waiting(q) || j.object != "" && !strings.EqualFold(objectOf(q.text), j.object) {
		return false
	}
	reach := near
	if q.of(bulkResult) {
		reach = resultsKept
	}
	return q.at.Sub(j.at) >= -near && q.at.Sub(j.last) <= reach
}

// waiting says whether a question lacks a request of its own: it may be the text of a job.
func waiting(q *question) bool {
	for _, m := range q.mentions {
		switch m.source {
		case "UniqueQuery", "UniqueQueryLog", "ApiEvent", bulkResult:
		default:
			return false
		}
	}
	return q.text != ""
}

// close draws the conclusions once all rows are known.
func (j *bulkJob) close() {
	if j.object == "" {
		j.object = objectOf(j.text)
	}
	j.all = j.all || queryAll.MatchString(j.operation)
	if j.text == "" && j.finished.After(j.until) {
		j.until = j.finished
	}
	if j.note = "bulk job " + j.job; len(j.states) > 0 {
		j.note += ": " + strings.Join(j.states, ", ")
	}
	if n := j.logged(); n != nil {
		j.counted = fmt.Sprint(*n)
	}
	dead := slices.ContainsFunc(j.states, func(s string) bool { return fold(s) == "aborted" || fold(s) == "failed" })
	if dead && j.finished.IsZero() {
		j.broken = "the count is of a job that was cut short"
	}
	if j.doubt = j.left(dead); j.whole && !j.fetched {
		j.refused = "nobody fetched the results of the job while they could be, and the log of requests is whole for that time"
	}
}

// chunkBase is a query without the range of ids a job was chunked by, ” when it has none.
func chunkBase(text string) string {
	q, err := soql.Parse(text)
	if err != nil {
		return ""
	}
	rest, chunk := splitChunk(q.Where)
	if chunk == nil {
		return ""
	}
	q.Where = rest
	return q.String()
}

// splitChunk parts a condition into the range of ids and the rest.
func splitChunk(e soql.Expr) (rest soql.Expr, chunk []soql.Expr) {
	terms := []soql.Expr{e}
	if all, ok := e.(*soql.And); ok {
		terms = all.Terms
	}
	var others []soql.Expr
	for _, t := range terms {
		if c, ok := t.(*soql.Comparison); ok && idRange(c) {
			chunk = append(chunk, t)
		} else if t != nil {
			others = append(others, t)
		}
	}
	switch len(others) {
	case 0:
		return nil, chunk
	case 1:
		return others[0], chunk
	}
	return &soql.And{Terms: others}, chunk
}

func idRange(c *soql.Comparison) bool {
	p, ok := c.Left.(*soql.Path)
	if !ok || !strings.EqualFold(p.String(), "Id") {
		return false
	}
	switch c.Op {
	case soql.Lt, soql.Le, soql.Gt, soql.Ge:
		return true
	}
	return false
}

// unchunked unites the chunks of a job: the same query over any of their ranges of ids.
func unchunked(own []*question) string {
	first, err := soql.Parse(own[0].text)
	if err != nil || chunkBase(own[0].text) == "" {
		return own[0].text
	}
	rest, _ := splitChunk(first.Where)
	var ranges []soql.Expr
	for _, q := range own {
		tree, err := soql.Parse(q.text)
		if err != nil {
			continue
		}
		if _, chunk := splitChunk(tree.Where); len(chunk) == 1 {
			ranges = append(ranges, chunk[0])
		} else {
			ranges = append(ranges, &soql.And{Terms: chunk})
		}
	}
	united := ranges[0]
	if len(ranges) > 1 {
		united = &soql.Or{Terms: ranges}
	}
	if rest != nil {
		united = &soql.And{Terms: []soql.Expr{rest, united}}
	}
	first.Where = united
	return first.String()
}

// textless says that a job's query is not in the logs.
func (q *question) textless() string {
	if q.object == "" {
		return "no log holds the text of the query, nor the object it was over"
	}
	return fmt.Sprintf("no log holds the text of the query over %s", q.object)
}
