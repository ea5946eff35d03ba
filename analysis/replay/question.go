package replay

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/soql"
)

// mention is one log row that says that rows were asked for.
type mention struct {
	event          int64
	session        int32
	certain        bool
	at             time.Time
	account        int32
	source, action string
	object, text   string
	target         string
	rows           sql.NullInt64
	columns, bytes sql.NullInt64
	status, method string
	request, job   string
	batch          string // of a bulk job of version 1
	total          int64  // rows of the whole query, of which this row counts a batch; -1 unknown
}

// question is one thing asked, put together from all rows that tell of it.
type question struct {
	id       int32
	session  int32
	account  int32
	carrier  analysis.Carrier
	act      analysis.Act
	at       time.Time
	until    time.Time // the latest moment at which it may have been run
	window   *window   // in which it shares answers
	text     string
	object   string // as logged, '' when no row says
	mentions []mention
	rows     map[string]int64 // counted, by source
	all      bool             // rows in the recycle bin are returned too
	refused  string           // why nothing was returned
	doubt    string           // why the rows may not have left
	broken   string           // why there may have been more rows than the log counted, '' when it counted all
	job      string
	ran      *question // what was run at another time for it: the job whose results it fetched, nil: itself
	note     string    // what else is to be said
	query    *soql.Query
	unread   string        // why there is no query
	linked   []*soql.Query // for rows of linked tables that came along
	beside   []*plan       // of linked
	sought   []sought      // objects a search looked in
	words    string        // SQL: what a text must hold for the search to find it
	outer    bool          // rows of the object stand alone where no child hangs on them
	limit    int64         // rows the carrier returns at most, 0: no limit
	open     bool          // it showed fields besides those of the query, which ones is not known
}

func (q *question) has(source string) bool {
	return slices.ContainsFunc(q.mentions, func(m mention) bool { return m.source == source })
}

// sure is the rows' own certainty: one row beyond doubt is enough to place the question in the session.
func (q *question) sure() bool {
	return slices.ContainsFunc(q.mentions, func(m mention) bool { return m.certain })
}

func (q *question) add(m mention) {
	q.mentions = append(q.mentions, m)
	if m.rows.Valid && m.rows.Int64 >= 0 {
		if q.rows == nil {
			q.rows = map[string]int64{}
		}
		q.rows[m.source] += m.rows.Int64
	}
	if m.at.After(q.until) {
		q.until = m.at
	}
}

// logged is the number of rows counted: by the requests themselves, else by the events about them.
func (q *question) logged() *int64 {
	for _, source := range []string{"BulkApi2", "BulkApi", "RestApi", "API", "ApexRestApi", "Report", "AsyncReportRun"} {
		if n, ok := q.rows[source]; ok {
			return &n
		}
		if n, ok := q.rows[source+"Log"]; ok {
			return &n
		}
	}
	for _, source := range sortedKeys(q.rows) {
		n := q.rows[source]
		return &n
	}
	return nil
}

func (q *question) bytes() *int64 {
	var sum int64
	counted := false
	for _, m := range q.mentions {
		if m.bytes.Valid && m.bytes.Int64 >= 0 && m.source != "ApiEvent" {
			sum, counted = sum+m.bytes.Int64, true
		}
	}
	if !counted {
		return nil
	}
	return &sum
}

// readMentions reads the rows questions are put together from, in order of session and time.
func (d *derivation) readMentions(ctx context.Context) ([]mention, error) {
	rows, err := d.db.QueryContext(ctx, statement("questions"))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []mention
	for rows.Next() {
		var m mention
		err := rows.Scan(&m.event, &m.session, &m.certain, &m.at, &m.account, &m.source, &m.action, &m.object, &m.text, &m.target,
			&m.rows, &m.columns, &m.bytes, &m.status, &m.method, &m.request, &m.job)
		if err != nil {
			return nil, err
		}
		m.plain()
		list = append(list, m)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if err := d.readBatches(ctx, list); err != nil {
		return nil, err
	}
	if err := d.readNamed(ctx, list); err != nil {
		return nil, err
	}
	return list, d.readTotals(ctx, list)
}

// readBatches adds the batch to the rows of version 1 bulk jobs, which count each batch by itself.
func (d *derivation) readBatches(ctx context.Context, list []mention) error {
	const kind = "salesforce.elf.BulkApi"
	batches, err := d.readColumn(ctx, kind, "BATCH_ID")
	if err != nil {
		return fmt.Errorf("reading %s: %w", kind, err)
	}
	for i := range list {
		list[i].batch = batches[list[i].event]
	}
	return nil
}

// encoded is a query as it stood in an address.
var encoded = regexp.MustCompile(`(?i)^\s*(SELECT|FIND)(\+|%20|%0[9ad]|%7b|%28)`)

// plain makes of a text what its carrier reads: an encoded one is decoded, and what a log of queries holds may be the text
// of a search, or the id of a report or list view.
func (m *mention) plain() {
	if m.action != "query" && m.action != "search" || m.source == auditSource {
		return
	}
	if text, err := url.QueryUnescape(m.text); err == nil && encoded.MatchString(m.text) {
		m.text = text
	}
	switch {
	case m.action == "search":
	case finds.MatchString(m.text):
		m.action = "search"
	case strings.HasPrefix(m.source, "UniqueQuery") && strings.HasPrefix(m.job, "00O"):
		m.action, m.text = "report", ""
	case strings.HasPrefix(m.source, "UniqueQuery") && strings.HasPrefix(m.job, "00B"):
		m.action, m.text = "listview", ""
	}
}

// refused says why a request returned nothing, from its status: an HTTP code, or the letter of the log.
func refused(m mention) string {
	status := strings.TrimSpace(m.status)
	if code, err := strconv.Atoi(status); err == nil && code >= 400 {
		return fmt.Sprintf("the request failed with status %d: nothing was returned", code)
	}
	switch strings.ToUpper(status) {
	case "F", "A", "FAILURE":
		return "the request failed: nothing was returned"
	}
	return ""
}

var (
	selects   = regexp.MustCompile(`(?is)^\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*SELECT[\s(]`)
	finds     = regexp.MustCompile(`(?is)^\s*FIND\s*[{:]`)
	pageURI   = regexp.MustCompile(`(?i)/query(?:all|more)?/(01g[a-z0-9]{12})[a-z0-9]{0,3}-(\d+)`)
	queryAll  = regexp.MustCompile(`(?i)query_?all`)
	queryMore = regexp.MustCompile(`(?i)query_?more`)
	fromName  = regexp.MustCompile(`(?is)\bFROM\s+([A-Za-z][A-Za-z0-9_]*)`)
	blanks    = regexp.MustCompile(`\s+`)
)

// sameText folds what logs do to a text: blanks and the semicolon at the end.
func sameText(text string) string {
	return strings.TrimRight(strings.TrimSpace(blanks.ReplaceAllString(text, " ")), "; ")
}

// objectOf is the object a text asks for, ” when it cannot be made out.
func objectOf(text string) string {
	if q, err := soql.Parse(text); err == nil {
		return q.Object()
	}
	if found := fromName.FindAllStringSubmatch(text, -1); found != nil {
		return found[len(found)-1][1]
	}
	return ""
}

// together puts the rows about queries of one session together.
type together struct {
	questions []*question
	pages     map[string]*question // by locator
	offsets   map[*question]int64
}

// near is how far apart the rows about one request may lie.
const near = 10 * time.Second

// queries puts together the SOQL of one session.
func queries(list []mention) []*question {
	t := together{pages: map[string]*question{}, offsets: map[*question]int64{}}
	for _, m := range list {
		switch {
		case m.action != "query" && m.source != bulkResult || m.source == auditSource:
		case pageURI.MatchString(m.target) && !selects.MatchString(m.text):
			t.page(m)
		default:
			t.query(m)
		}
	}
	for _, q := range t.questions {
		t.finish(q)
	}
	return slices.DeleteFunc(t.questions, func(q *question) bool { return q.mentions == nil })
}

func (t *together) query(m mention) {
	if m.source == "ApiTotalUsage" && pageURI.MatchString(m.target) {
		return
	}
	if q := t.match(m); q != nil {
		if q.text == "" {
			q.text = m.text
		}
		q.add(m)
		return
	}
	if queryMore.MatchString(m.method) && m.text == "" {
		t.more(m)
		return
	}
	q := &question{session: m.session, account: m.account, carrier: analysis.SOQL, act: analysis.Acquired, at: m.at, until: m.at, text: m.text, object: m.object}
	q.add(m)
	t.questions = append(t.questions, q)
}

// match finds the question a row tells of: same text within seconds, or, where a row has no text, the same request.
func (t *together) match(m mention) *question {
	for i := len(t.questions) - 1; i >= 0; i-- {
		q := t.questions[i]
		apart := m.at.Sub(q.at)
		if apart > 24*time.Hour {
			return nil
		}
		if m.text != "" && q.text != "" && sameText(m.text) == sameText(q.text) {
			if queryMore.MatchString(m.method) || apart <= near && !q.has(m.source) || m.source == bulkResult && q.has(bulkResult) {
				return q
			}
			continue
		}
		if apart <= near && (m.text == "" || q.text == "") && !q.has(m.source) && sameRequest(q, m) {
			return q
		}
	}
	return nil
}

// sameRequest says whether a row without a text, or with the only text, tells of the same request.
func sameRequest(q *question, m mention) bool {
	for _, other := range q.mentions {
		if other.request != "" && other.request == m.request {
			return true
		}
	}
	object := m.object
	if object == "" {
		object = objectOf(m.text)
	}
	known := q.object
	if known == "" {
		known = objectOf(q.text)
	}
	return m.at.Sub(q.at) <= near/2 && (object == "" || known == "" || sharesObject(object, known))
}

// sharesObject compares objects as logged, where several are joined with ';'.
func sharesObject(a, b string) bool {
	for _, x := range strings.FieldsFunc(a, listed) {
		for _, y := range strings.FieldsFunc(b, listed) {
			if strings.EqualFold(x, y) {
				return true
			}
		}
	}
	return false
}

func listed(r rune) bool { return r == ';' || r == ',' || r == ' ' }

// page adds the next rows of a query to it. A page tells its query only by coming after it; of several that fit, the one
// that had returned just as many rows as the page begins at counts.
func (t *together) page(m mention) {
	found := pageURI.FindStringSubmatch(m.target)
	locator := found[1]
	offset, _ := strconv.ParseInt(found[2], 10, 64)
	q := t.pages[locator]
	if q == nil {
		q = t.firstPage(m, offset)
	}
	if q == nil {
		if m.source == "ApiTotalUsage" {
			return
		}
		q = &question{session: m.session, account: m.account, carrier: analysis.SOQL, act: analysis.Acquired, at: m.at, object: m.object}
		q.note = onlyLater
		t.questions = append(t.questions, q)
	}
	t.pages[locator] = q
	if m.source == "ApiTotalUsage" {
		q.mentions = append(q.mentions, m)
		return
	}
	q.add(m)
	t.offsets[q] = max(t.offsets[q], offset+m.rows.Int64)
}

func (t *together) firstPage(m mention, offset int64) *question {
	var best *question
	for i := len(t.questions) - 1; i >= 0; i-- {
		q := t.questions[i]
		if m.at.Sub(q.at) > 24*time.Hour {
			break
		}
		if m.object != "" && q.object != "" && !sharesObject(m.object, q.object) {
			continue
		}
		counted := q.rows[m.source]
		if n := q.logged(); counted == 0 && n != nil { // a log without counts
			counted = *n
		}
		if counted == offset {
			return q
		}
		if best == nil && counted >= offset {
			best = q
		}
	}
	return best
}

const onlyLater = "only later pages of this query are logged"

// adopt gives later pages that stand alone in their session the text of the one query of the same account that had returned
// just as many rows, in another session, as they begin at.
func adopt(all []*question) {
	for _, q := range all {
		if q.note != onlyLater || q.text != "" {
			continue
		}
		text := ""
		for _, p := range all {
			if n := p.logged(); p.text == "" || p.carrier != analysis.SOQL || p.account != q.account || n == nil || *n != offsetOf(q.mentions[0]) ||
				p.at.After(q.at) || q.at.Sub(p.at) > 24*time.Hour || q.object != "" && !sharesObject(q.object, first(p.object, objectOf(p.text))) {
				continue
			}
			if text != "" && sameText(text) != sameText(p.text) {
				text = ""
				break
			}
			text = p.text
		}
		if text != "" {
			q.text, q.doubt = text, "only later pages of the query were asked for here, the first in another session of the account"
			q.note, q.broken = "", "the pages asked for here are a part"
		}
	}
}

// more adds a queryMore without a text to the latest query of the same log.
func (t *together) more(m mention) {
	for i := len(t.questions) - 1; i >= 0; i-- {
		if q := t.questions[i]; q.has(m.source) && (m.object == "" || q.object == "" || sharesObject(m.object, q.object)) {
			q.add(m)
			return
		}
	}
}

// finish draws from all rows of a question what they say together.
func (t *together) finish(q *question) {
	if first := q.rows["RestApi"]; t.offsets[q] > 0 {
		q.rows["RestApi"] = max(t.offsets[q], firstRows(q, first))
	}
	usage := true
	for _, m := range q.mentions {
		if queryAll.MatchString(m.target) || queryAll.MatchString(m.method) {
			q.all = true
		}
		if why := refused(m); why != "" && m.source != "ApiTotalUsage" {
			q.refused = why
		}
		usage = usage && m.source == "ApiTotalUsage"
		if q.object == "" {
			q.object = m.object
		}
	}
	if usage { // the call is all that is known
		q.refused = refused(q.mentions[0])
	}
}

// firstRows is the rows of a query's requests when the first of them already counted all of its rows.
func firstRows(q *question, sum int64) int64 {
	first := q.mentions[0].rows.Int64
	for _, m := range q.mentions {
		if found := pageURI.FindStringSubmatch(m.target); found != nil {
			if offset, _ := strconv.ParseInt(found[2], 10, 64); offset < first {
				return first
			}
		}
	}
	return sum
}
