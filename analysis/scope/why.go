package scope

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/breachscope/breachscope/analysis"
)

// Reason is one access to a record: what was asked, when, in which session, and how it is known that it touched the record.
type Reason struct {
	QueryID   string
	SessionID string
	Carrier   analysis.Carrier
	Text      string
	At        time.Time // zero: unknown
	Grade     analysis.Grade
	Act       analysis.Act
	Why       string
	Fields    []string // asked for, of this record's object; "*": all of them
	Lines     []Line
}

// Line is a place in the evidence. Number counts records, the header being 1.
type Line struct {
	File   string
	Number int64
}

// Why lists the accesses to a record, the best grade first.
func Why(ctx context.Context, db analysis.Engine, recordID string) ([]Reason, error) {
	rows, err := db.QueryContext(ctx, statement("why"), recordID)
	if err != nil {
		return nil, fmt.Errorf("asking why %s is listed: %w", recordID, err)
	}
	defer rows.Close()
	var list []Reason
	for rows.Next() {
		var r Reason
		var session sql.NullString
		var at sql.NullTime
		var fields, lines string
		if err := rows.Scan(&r.QueryID, &session, &r.Carrier, &r.Text, &at, &r.Grade, &r.Act, &r.Why, &fields, &lines); err != nil {
			return nil, err
		}
		r.SessionID, r.At, r.Lines = session.String, at.Time, readLines(lines)
		if fields != "" {
			r.Fields = strings.Split(fields, ";")
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// readLines reads files and line numbers as the statement joins them.
func readLines(text string) []Line {
	var lines []Line
	for _, part := range strings.Split(text, "\x1e") {
		file, number, ok := strings.Cut(part, "\x1f")
		n, err := strconv.ParseInt(number, 10, 64)
		if ok && err == nil {
			lines = append(lines, Line{file, n})
		}
	}
	return lines
}
