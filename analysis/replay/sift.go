package replay

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A table is read once for many conditions: each row is marked, two bits for each answer, and rows, or the records they
// stand for, with the same marks are one lot. A lot is in an answer as a whole, so that a record is written down once
// however many answers hold it, and an answer is the list of its lots.

const (
	wordSize  = 31           // answers one number tells of, two bits each: 1 certain, 2 uncertain
	batchSize = 4 * wordSize // answers found in one pass
	often     = 5            // times a term comes up in marks that make it worth a column: an answer has it twice
)

// sift finds answers among the same rows, and writes them.
func (d *derivation) sift(ctx context.Context, batch []*answer) error {
	words := batchWords(len(batch))
	if err := d.gather(ctx, "sifted", "FROM ("+marked(batch)+") WHERE "+or(suffixed(words, " <> 0")...)); err != nil {
		return err
	}
	if err := d.countSifted(ctx, batch); err != nil {
		return err
	}
	if p := batch[0].plan; len(p.parents) > 0 {
		if err := d.exec(ctx, "CREATE OR REPLACE TEMP TABLE sifted AS "+united(p, words)); err != nil {
			return err
		}
	}
	return d.writeLots(ctx, batch)
}

// batchWords names the columns of marks of so many answers.
func batchWords(answers int) (words []string) {
	for i := 0; i*wordSize < answers; i++ {
		words = append(words, fmt.Sprintf("w%d", i))
	}
	return words
}

func suffixed(words []string, suffix string) []string {
	words = slices.Clone(words)
	for i := range words {
		words[i] += suffix
	}
	return words
}

// marked is the SQL of the rows with the marks of each answer.
func marked(batch []*answer) string {
	var columns strings.Builder
	words := batchWords(len(batch))
	i := 0
	for part := range slices.Chunk(batch, wordSize) {
		var marks []string
		for bit, a := range part {
			marks = append(marks, fmt.Sprintf("CASE WHEN %s THEN CASE WHEN %s THEN %d ELSE %d END ELSE 0 END",
				and(a.plan.left(), a.plan.filter), a.plan.where, int64(partCertain)<<(2*bit), int64(partUncertain)<<(2*bit)))
		}
		fmt.Fprintf(&columns, ",\n  CAST(%s AS BIGINT) AS %s", strings.Join(marks, "\n  + "), words[i])
		i++
	}
	terms, marks := factor(batch[0].plan.source.alias, columns.String())
	return "SELECT " + strings.NewReplacer("{terms}", terms, "{marks}", marks).Replace(batch[0].plan.among())
}

// A condition is made of terms: a comparison, or what leaves it open. Many questions have terms in common, which are worked
// out once for a row.
const (
	termStart = "\x01"
	termEnd   = "\x02"
)

var terms = regexp.MustCompile(termStart + "[^" + termStart + termEnd + "]*" + termEnd)

// term sets off a term of a condition that questions share.
func (r *reader) term(condition string) string {
	if !r.steady || condition == "" || condition == "true" || condition == "false" {
		return condition
	}
	return termStart + strings.NewReplacer(termStart, "", termEnd, "").Replace(condition) + termEnd // of terms within, the whole is one
}

// factor takes terms that come up again and again out of marks, as columns of the rows of an alias.
func factor(alias, marks string) (columns, rest string) {
	times := map[string]int{}
	for _, t := range terms.FindAllString(marks, -1) {
		times[t]++
	}
	names := map[string]string{}
	rest = terms.ReplaceAllStringFunc(marks, func(t string) string {
		condition := strings.Trim(t, termStart+termEnd)
		if times[t] < often {
			return condition
		}
		if names[t] == "" {
			names[t] = fmt.Sprintf(`" term %d"`, len(names))
			columns += fmt.Sprintf(", %s AS %s", condition, names[t])
		}
		return alias + "." + names[t]
	})
	return columns, rest
}

// united is the SQL of the records that marked rows stand for: certain in an answer where one of their rows is.
func united(p *plan, words []string) string {
	var marks []string
	for _, w := range words {
		marks = append(marks, fmt.Sprintf("bit_or(%[1]s) & ~((bit_or(%[1]s) & %[2]d) << 1) AS %[1]s", w, int64(0x1555555555555555)))
	}
	return fmt.Sprintf("SELECT rec, %s FROM (SELECT unnest(%s) AS rec, %s FROM sifted) WHERE rec IS NOT NULL GROUP BY rec",
		strings.Join(marks, ", "), p.records(), strings.Join(words, ", "))
}

// parts is the SQL of what the marks in a relation say: i, the place of an answer in its batch, and part.
func parts(relation string, answers int) string {
	return fmt.Sprintf("SELECT * FROM (SELECT m.*, i, ([%s][1 + i // %d] >> (2 * (i %% %[2]d))) & 3 AS part FROM %s m, range(%d) r(i)) WHERE part <> 0",
		strings.Join(batchWords(answers), ", "), wordSize, relation, answers)
}

// countSifted counts the rows of each answer.
func (d *derivation) countSifted(ctx context.Context, batch []*answer) error {
	alike := fmt.Sprintf("(SELECT %[1]s, count(*) AS n FROM sifted GROUP BY %[1]s)", strings.Join(batchWords(len(batch)), ", "))
	rows, err := d.db.QueryContext(ctx, fmt.Sprintf("SELECT i, coalesce(sum(n) FILTER (part = %d), 0)::BIGINT, coalesce(sum(n) FILTER (part = %d), 0)::BIGINT FROM (%s) GROUP BY i",
		partCertain, partUncertain, parts(alike, len(batch))))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var i, certain, uncertain int64
		if err := rows.Scan(&i, &certain, &uncertain); err != nil {
			return err
		}
		batch[i].certain, batch[i].uncertain = certain, uncertain
	}
	return rows.Err()
}

// writeLots writes the lots of marked records, and of which of them each answer is made.
func (d *derivation) writeLots(ctx context.Context, batch []*answer) error {
	words := strings.Join(batchWords(len(batch)), ", ")
	err := d.exec(ctx, fmt.Sprintf("CREATE OR REPLACE TEMP TABLE alike AS SELECT (%d + row_number() OVER (ORDER BY %[2]s))::INTEGER AS lot, %[2]s FROM sifted GROUP BY %[2]s", d.lots, words))
	if err != nil {
		return err
	}
	done, err := d.db.ExecContext(ctx, fmt.Sprintf("INSERT INTO analysis.answer SELECT a.id, p.lot, p.part FROM (%s) p JOIN (SELECT generate_subscripts(ids, 1) - 1 AS i, unnest(ids) AS id FROM (SELECT ?::INTEGER[] AS ids)) a ON a.i = p.i ORDER BY ALL",
		parts("alike", len(batch))), ids(batch))
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return err
	}
	if err := d.exec(ctx, "INSERT INTO analysis.lot SELECT a.lot, s.rec FROM sifted s JOIN alike a USING ("+words+")"); err != nil {
		return err
	}
	first := d.lots + 1
	if err := d.db.QueryRowContext(ctx, "SELECT max(lot) FROM alike").Scan(&d.lots); err != nil {
		return err
	}
	for _, a := range batch {
		a.first, a.last = first, d.lots
	}
	return nil
}

func ids(batch []*answer) (list []int32) {
	for _, a := range batch {
		list = append(list, a.id)
	}
	return list
}
