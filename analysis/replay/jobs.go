package replay

import (
	"context"
	"fmt"
	"slices"
)

// jobFacts is what the rows of all sessions say of a bulk job.
type jobFacts struct {
	object, operation string
	fetches           []int64 // events that fetched results
	whole             bool    // a log that shows requests about it is whole until its results were gone
}

// readJobs reads what is known of the jobs the rows are about, by their ids.
func (d *derivation) readJobs(ctx context.Context, list []mention) (map[string]jobFacts, error) {
	var ids []string
	for _, m := range list {
		if id := jobOf(m); m.action == "bulk" && id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	known := map[string]jobFacts{}
	if ids == nil {
		return known, nil
	}
	rows, err := d.db.QueryContext(ctx, statement("jobs"), ids, jobURI.String(), resultsURI.String(), int(resultsKept.Hours()/24))
	if err != nil {
		return nil, fmt.Errorf("reading what is known of bulk jobs: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var f jobFacts
		var fetches []any
		if err := rows.Scan(&id, &f.object, &f.operation, &fetches, &f.whole); err != nil {
			return nil, err
		}
		for _, event := range fetches {
			f.fetches = append(f.fetches, event.(int64))
		}
		known[id] = f
	}
	return known, rows.Err()
}

// learn takes from the rows of other sessions what those of its own do not say.
func (j *bulkJob) learn(known jobFacts) {
	j.object, j.operation = first(j.object, known.object), first(j.operation, known.operation)
	j.whole = known.whole && len(known.fetches) == 0
	j.elsewhere = slices.ContainsFunc(known.fetches, func(event int64) bool {
		return !slices.ContainsFunc(j.mentions, func(m mention) bool { return m.event == event })
	})
}

// handOut notes how many rows a request for results returned. A page asked for again returns the same.
func (j *bulkJob) handOut(m mention) {
	if !m.rows.Valid || m.rows.Int64 <= 0 {
		j.uncounted = true
		return
	}
	if j.handed == nil {
		j.handed = map[string]int64{}
	}
	page := fmt.Sprint(m.event)
	if locator.MatchString(m.target) {
		page = m.target
	}
	j.handed[page] = max(j.handed[page], m.rows.Int64)
}

// left says why the rows a job found may not have left, or not all of them, ” where nothing speaks against it.
func (j *bulkJob) left(dead bool) string {
	var handed int64
	for _, n := range j.handed {
		handed += n
	}
	n := j.logged()
	switch {
	case j.elsewhere && !j.fetched:
		return "the results of the job were asked for in another session"
	case dead && j.finished.IsZero():
		return "the job was aborted or failed before it completed"
	case j.polled && !j.fetched:
		return "requests about the job are logged, but none for its results"
	case handed > 0 && !j.uncounted && !j.elsewhere && n != nil && handed < *n:
		return fmt.Sprintf("only %d of its %d rows were handed out", handed, *n)
	}
	return ""
}

// adoptJobs gives jobs whose making another session's rows tell of what those say: results fetched here are of the query
// run there.
func adoptJobs(all []*question) {
	for _, q := range all {
		if q.job == "" || q.text != "" || q.query != nil {
			continue
		}
		i := slices.IndexFunc(all, func(p *question) bool { return p.job == q.job && p.text != "" && p.carrier == q.carrier })
		if i < 0 {
			continue
		}
		made := all[i]
		q.text, q.object, q.all, q.ran = made.text, made.object, made.all, made
		if q.logged() == nil {
			q.rows = made.rows
		}
		q.note += "; the job was made in another session"
	}
}
