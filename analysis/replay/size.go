package replay

import (
	"context"
	"fmt"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

// Beside rows a log counts columns and bytes. They agree only roughly with what the snapshot holds (every response has its
// own packing), so only a wide gap says something; but it is said.

// size is what columns and bytes of a question's answer are, by log and by replay.
type size struct {
	columnsLogged, columnsReplayed, bytesEstimated *int64
}

// widths are the average lengths of the values of a table's fields, in bytes.
type widths map[string]float64

// widthsOf measures the fields of a table once.
func (d *derivation) widthsOf(ctx context.Context, t *table) (widths, error) {
	if w, known := d.widths[t]; known {
		return w, nil
	}
	w := widths{}
	d.widths[t] = w
	if len(t.order) == 0 {
		return w, nil
	}
	var averages, names []string
	for _, f := range t.order {
		averages = append(averages, fmt.Sprintf("coalesce(avg(strlen(%s)), 0)", analysis.Quote(f.name)))
		names = append(names, fold(f.name))
	}
	values, into := make([]float64, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	// what a table holds at its beginning, middle and end tells its averages: one row in a hundred of a large one
	sample := ""
	if err := d.db.QueryRowContext(ctx, fmt.Sprintf(`SELECT CASE WHEN count(*) > 200000 THEN ' WHERE "line" %% 100 = 0' ELSE '' END FROM snapshot.%s`, analysis.Quote(t.object))).Scan(&sample); err != nil {
		return nil, err
	}
	err := d.db.QueryRowContext(ctx, fmt.Sprintf("SELECT %s FROM snapshot.%s%s", strings.Join(averages, ", "), analysis.Quote(t.object), sample)).Scan(into...)
	if err != nil {
		return nil, fmt.Errorf("measuring %s: %w", t.object, err)
	}
	for i, name := range names {
		w[name] = values[i]
	}
	return w, nil
}

// measure sets columns and bytes of the answer to a question beside those logged, and says where they are far apart.
func (d *derivation) measure(ctx context.Context, q *question, p *plan, rows int64) (s size, why string, err error) {
	s.columnsLogged = q.columns()
	columns := p.columnCount()
	s.columnsReplayed = &columns
	var row, packing float64
	for _, f := range p.shown {
		t := p.schema.table(f.object)
		if t == nil {
			continue
		}
		w, err := d.widthsOf(ctx, t)
		if err != nil {
			return s, "", err
		}
		row += w[fold(f.field)]
		packing += float64(len(f.field)) + 6 // quotes, colon, comma
	}
	if n := q.logged(); n != nil {
		rows = *n
	}
	estimate := int64(row * float64(rows))
	s.bytesEstimated = &estimate
	return s, s.apart(q, row, packing, rows), nil
}

// apart names what does not fit by a wide margin: half the columns, a tenth or ten times the bytes. Responses may be
// packed, and carry names and addresses beside the values.
func (s size) apart(q *question, row, packing float64, rows int64) string {
	var why string
	if l := s.columnsLogged; l != nil && *l > 0 && (*l*2 < *s.columnsReplayed || *l > *s.columnsReplayed*2+3) {
		why += fmt.Sprintf("; the log counted %d columns, the query as it was read shows %d", *l, *s.columnsReplayed)
	}
	const envelope = 200 // of a row: its type and address
	bytes := q.bytes()
	if bytes == nil || *bytes <= 0 || rows < 10 {
		return why
	}
	least, most := row*float64(rows)/10, (row+packing+envelope)*float64(rows)*10
	if b := float64(*bytes); b < least || b > most {
		why += fmt.Sprintf("; the log counted %d bytes, which does not fit %d rows of about %.0f bytes", *bytes, rows, row)
	}
	return why
}

// columns is the number of columns the log counted, nil when it counted none.
func (q *question) columns() *int64 {
	var most *int64
	for _, m := range q.mentions {
		if n := m.columns; n.Valid && n.Int64 > 0 && (most == nil || n.Int64 > *most) {
			most = &n.Int64
		}
	}
	return most
}

// columnCount is the number of columns a plan shows, those of its children too.
func (p *plan) columnCount() int64 { return int64(len(p.everything())) }
