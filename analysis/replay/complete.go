package replay

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
)

// A query hands out its rows in pages; whoever stops before the last page took a part of them. The pages tell: one that is
// smaller than the others was the last. When the last page known is as full as a page gets, there may have been more.

// fullPage is what one response carries at most.
const fullPage = 2000

// round says whether so many rows are a size of pages clients ask for.
func round(rows int64) bool {
	return rows >= 200 && rows <= fullPage && (rows%200 == 0 || rows%500 == 0)
}

// page is the rows of one response and the offset at which it began, 0 for the first.
type page struct{ offset, rows int64 }

// pages lists the responses of the logs that count them, in order, and the total a log named, -1 when none did.
func (q *question) pages() (list []page, total int64) {
	total = -1
	for _, m := range q.mentions {
		total = max(total, m.total)
		switch strings.TrimSuffix(m.source, "Log") {
		case "RestApi", "API", "ApexRestApi":
			if m.rows.Valid && m.rows.Int64 >= 0 {
				list = append(list, page{offsetOf(m), m.rows.Int64})
			}
		}
	}
	return list, total
}

// offsetOf is where the rows of a later page begin, 0 for any other request.
func offsetOf(m mention) int64 {
	found := pageURI.FindStringSubmatch(m.target)
	if found == nil {
		return 0
	}
	offset, _ := strconv.ParseInt(found[2], 10, 64)
	return offset
}

// paging is what else tells whether a page of a session was the last of its query.
type paging struct {
	sizes []seen
	gaps  []period // without any log of requests
}

// seen is a size of pages in use from a moment on.
type seen struct {
	size int64
	from time.Time
}

// seePages collects the sizes of pages after which another page of the same query followed.
func (p *paging) seePages(questions []*question) {
	for _, q := range questions {
		list, _ := q.pages()
		for i := range list {
			if i+1 < len(list) {
				p.sizes = append(p.sizes, seen{list[i].rows, q.at})
			}
		}
	}
}

// full says whether a single response may have been a full page: it holds the most there can be, a size the session had
// asked for before, or, where the log of requests breaks off after it, any usual size.
func (p *paging) full(rows int64, at time.Time) bool {
	return rows == fullPage || slices.ContainsFunc(p.sizes, func(s seen) bool { return s.size == rows && !s.from.After(at) }) ||
		round(rows) && slices.ContainsFunc(p.gaps, func(g period) bool { return g.from.Before(at.Add(10*time.Minute)) && g.to.After(at) })
}

// partial says why a query may have been broken off before its last page, ” when its end is known.
func (p *paging) partial(q *question) string {
	list, total := q.pages()
	logged := q.logged()
	switch {
	case logged == nil || *logged == 0 || q.query != nil && q.query.Limit != nil && *logged >= *q.query.Limit:
		return ""
	case total >= 0 && total <= *logged:
		return ""
	case total > *logged:
		return fmt.Sprintf("only %d of its %d rows were handed out", *logged, total)
	case len(list) == 0:
		return ""
	case q.uncountedPage(list):
		return "a later page was asked for whose rows no log counts"
	case len(list) == 1 && list[0].offset == 0:
		return p.single(list[0].rows, q.until)
	}
	return brokenOff(list)
}

// single is what one response tells by itself.
func (p *paging) single(rows int64, at time.Time) string {
	switch {
	case rows > fullPage:
		return fmt.Sprintf("one response carries %d rows at most, and no later page is logged", fullPage)
	case p.full(rows, at):
		return fmt.Sprintf("the response logged was full (%d rows): more may have followed", rows)
	}
	return ""
}

// brokenOff is what several pages tell. The last is compared with the smallest of the others: pages of wide rows shrink.
func brokenOff(list []page) string {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b page) int { return int(a.offset - b.offset) })
	last, second, least := list[len(list)-1], list[min(1, len(list)-1)], int64(fullPage)
	for _, p := range list[:len(list)-1] {
		least = min(least, p.rows)
	}
	if second.offset > 0 {
		least = min(least, second.offset)
	}
	if len(list) > 1 && last.offset > 0 && list[0].rows > second.offset { // the first response counted the whole query
		if end := last.offset + second.offset; end < list[0].rows {
			return fmt.Sprintf("the pages logged end at row %d of %d", end, list[0].rows)
		}
		return ""
	}
	if last.rows >= least {
		return fmt.Sprintf("the last page logged is full (%d rows): more may have followed", last.rows)
	}
	return ""
}

// uncountedPage says whether a log without counts shows a page beyond the last one counted.
func (q *question) uncountedPage(list []page) bool {
	var offset int64
	for _, p := range list {
		offset = max(offset, p.offset)
	}
	return slices.ContainsFunc(q.mentions, func(m mention) bool { return m.source == "ApiTotalUsage" && offsetOf(m) > offset })
}

// readGaps reads when requests of an organisation may have gone unlogged altogether.
func (d *derivation) readGaps(ctx context.Context, organisation string) (gaps []period, err error) {
	rows, err := d.db.QueryContext(ctx, `SELECT from_at, to_at FROM evidence.gap WHERE organisation IN ('', left(?, 15)) AND contains(kind, 'RestApi')
		AND NOT contains(covered_by, 'ApiTotalUsage') ORDER BY from_at`, organisation)
	if err != nil {
		return nil, fmt.Errorf("reading gaps: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var g period
		if err := rows.Scan(&g.from, &g.to); err != nil {
			return nil, err
		}
		gaps = append(gaps, g)
	}
	return gaps, rows.Err()
}

// readTotals adds to the rows of real-time events how many rows the whole query had; the events count single batches.
func (d *derivation) readTotals(ctx context.Context, list []mention) error {
	const kind = "salesforce.rtem.ApiEvent"
	totals, err := d.readColumn(ctx, kind, "RowsProcessed")
	if err != nil {
		return fmt.Errorf("reading %s: %w", kind, err)
	}
	for i := range list {
		list[i].total = -1
		if n, err := strconv.ParseFloat(totals[list[i].event], 64); err == nil {
			list[i].total = int64(n)
		}
	}
	return nil
}

// readColumn reads a column of a kind's raw rows by event; none when the case has no such rows.
func (d *derivation) readColumn(ctx context.Context, kind, column string) (map[int64]string, error) {
	var there bool
	err := d.db.QueryRowContext(ctx, `SELECT count(*) > 0 FROM duckdb_columns() WHERE schema_name = 'raw' AND table_name = ? AND column_name = ?
		AND database_name = current_database()`, kind, column).Scan(&there)
	if err != nil || !there {
		return nil, err
	}
	rows, err := d.db.QueryContext(ctx, fmt.Sprintf(`SELECT a.event, r.%s FROM asked a JOIN raw.%s r ON r."file" = a.file AND r."line" = a.line WHERE a.kind = ? AND r.%[1]s <> ''`,
		analysis.Quote(column), analysis.Quote(kind)), kind)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	values := map[int64]string{}
	for rows.Next() {
		var event int64
		var value string
		if err := rows.Scan(&event, &value); err != nil {
			return nil, err
		}
		values[event] = value
	}
	return values, rows.Err()
}
