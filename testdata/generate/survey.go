package main

import (
	"math"
	"sort"
)

// survey is the first pass over all clients: it writes the customer tables and finds out what every query brought.
type survey struct {
	seed    uint64
	clients *clients
	queries []*query
	random  map[*query]*random
	rows    map[string]int
	// the first contacts that were deleted for good after the attack: the thief opens one of them
	lost []*record
}

func newSurvey(seed uint64, c *clients, qs []*query) *survey {
	s := &survey{seed: seed, clients: c, queries: qs, random: map[*query]*random{}, rows: map[string]int{}}
	for i, q := range qs {
		s.random[q] = newRandom(seed, ofQuery, uint64(i))
	}
	return s
}

// run tells all clients once. write gets every record that stands in the snapshot.
func (s *survey) run(write func(*record) error) error {
	companies := &household{accounts: s.clients.corporates}
	for i := -1; i < s.clients.count; i++ {
		h := companies
		if i >= 0 {
			h = s.clients.household(i)
		}
		for _, q := range s.queries {
			s.ask(q, h)
		}
		for _, o := range objects {
			for _, r := range h.of(o) {
				if err := s.keep(r, write); err != nil {
					return err
				}
			}
		}
	}
	for _, q := range s.queries {
		s.settle(q)
	}
	return nil
}

func (s *survey) keep(r *record, write func(*record) error) error {
	if r.purged {
		if r.object == contact && len(s.lost) < 4 {
			s.lost = append(s.lost, r)
		}
		return nil
	}
	s.rows[r.object.name]++
	return write(r)
}

// ask counts what a query finds in one household.
func (s *survey) ask(q *query, h *household) {
	if q.object == nil {
		return
	}
	then, reader := view{at: q.at, all: q.all}, view{at: q.at, all: q.all, ideal: true}
	for _, r := range h.of(q.object) {
		if then.exists(r) {
			q.found.records++
			if !q.recon && q.matches(then, h, r) == yes {
				s.hit(q, h, r)
			}
		}
		if q.recon || !reader.exists(r) {
			continue
		}
		switch q.matches(reader, h, r) {
		case yes:
			q.found.certain++
			if q.newest {
				q.found.idealKept, q.found.idealKeptAt = keepNewest(q.found.idealKept, q.found.idealKeptAt, q.limit, r)
			}
		case maybe:
			q.found.open++
		}
	}
}

// hit notes a record that matched at event time; of a limited query it keeps an arbitrary sample or the newest.
func (s *survey) hit(q *query, h *household, r *record) {
	q.found.rows++
	if q.childFields != nil {
		for _, a := range h.assets {
			if a.contact == r && (view{at: q.at}).exists(a) {
				q.found.children++
			}
		}
	}
	n := max(q.limit, q.fetched)
	switch {
	case n == 0:
	case q.newest:
		q.found.kept, q.found.keptAt = keepNewest(q.found.kept, q.found.keptAt, n, r)
	case len(q.found.kept) < n:
		q.found.kept = append(q.found.kept, r.id)
	default:
		if k := s.random[q].intn(q.found.rows); k < n {
			q.found.kept[k] = r.id
		}
	}
}

// keepNewest holds the n youngest records, oldest first.
func keepNewest(ids []string, ats []int64, n int, r *record) ([]string, []int64) {
	if len(ids) == n && ats[0] >= r.created {
		return ids, ats
	}
	i := sort.Search(len(ats), func(i int) bool { return ats[i] > r.created })
	ids = append(ids[:i], append([]string{r.id}, ids[i:]...)...)
	ats = append(ats[:i], append([]int64{r.created}, ats[i:]...)...)
	return ids[max(0, len(ids)-n):], ats[max(0, len(ats)-n):]
}

// settle decides what can be proved about a query once all counts are known.
func (s *survey) settle(q *query) {
	f := &q.found
	n := max(q.limit, q.fetched)
	f.limited = n > 0 && f.rows > n
	if f.limited {
		f.taken = setOf(f.kept)
	}
	for _, id := range f.kept[:q.namedRows()] {
		f.inEvent[id] = true
	}
	switch {
	case q.recon:
	case q.newest:
		f.ideal = setOf(f.idealKept)
		f.determined = sameSet(f.ideal, setOf(f.kept))
		if f.limited && !f.determined { // as many as were purged may have stood before the last
			f.edge = setOf(f.idealKept[:min(len(f.idealKept), f.rows-f.certain)])
		}
	case q.named != 0:
		f.determined = len(f.inEvent) == q.returned()
	default:
		f.determined = !f.limited && !q.uncounted && f.certain == f.rows
	}
}

// returned is how many rows came back.
func (q *query) returned() int {
	if n := max(q.limit, q.fetched); n > 0 {
		return min(n, q.found.rows)
	}
	return q.found.rows
}

func setOf(ids []string) map[string]bool {
	m := map[string]bool{}
	for _, id := range ids {
		m[id] = true
	}
	return m
}

func sameSet(a, b map[string]bool) bool {
	for id := range a {
		if !b[id] {
			return false
		}
	}
	return len(a) == len(b)
}

// replayRows is the least and the most a right replay prints.
func (q *query) replayRows() (least, most int) {
	f := q.found
	switch {
	case f.determined:
		return q.returned(), q.returned()
	case len(f.inEvent) > 0:
		return min(len(f.inEvent), q.returned()), f.certain + f.open
	case f.limited:
		return min(q.returned(), f.certain), f.certain + f.open
	}
	return min(f.certain, math.MaxInt), f.certain + f.open
}

// standing is what is true of one record under one query.
type standing struct{ taken, confirmed, possible bool }

// stands judges a record of a household.
func (q *query) stands(h *household, r *record) standing {
	var s standing
	then, reader := view{at: q.at, all: q.all}, view{at: q.at, all: q.all, ideal: true}
	if q.found.limited {
		s.taken = q.found.taken[r.id]
	} else {
		s.taken = then.exists(r) && q.matches(then, h, r) == yes
	}
	known := no
	if reader.exists(r) {
		known = q.matches(reader, h, r)
	}
	switch {
	case q.found.inEvent[r.id]:
		s.confirmed = true
	case q.newest:
		s.confirmed, s.possible = q.found.ideal[r.id] && !q.found.edge[r.id], q.found.edge[r.id]
	case q.found.determined:
		s.confirmed = known == yes && q.named == 0
	case q.found.limited || q.uncounted:
		s.possible = known != no
	default:
		s.confirmed, s.possible = known == yes, known == maybe
	}
	return s
}
