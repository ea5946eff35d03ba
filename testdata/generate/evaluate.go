package main

// answer is three-valued: a record that was edited after the question may have matched it.
type answer int8

const (
	no answer = iota
	maybe
	yes
)

func truth(b bool) answer {
	if b {
		return yes
	}
	return no
}

// view is a way of looking at the records: as they were at a moment (what really left), or as a careful reader of the
// snapshot sees that moment (ideal), for whom whatever was edited since is unknown.
type view struct {
	at    int64
	ideal bool
	all   bool // the recycle bin too
}

// exists tells whether a record was there. Creation and soft deletion are exact in the snapshot; a purged record is not
// in it.
func (v view) exists(r *record) bool {
	if r == nil || r.created > v.at || v.ideal && r.purged {
		return false
	}
	return v.all || r.deleted == 0 || r.deleted > v.at
}

// value is what a column said, and whether the reader can know it.
func (v view) value(r *record, column int) (string, bool) {
	if v.ideal {
		return r.values[column], r.modified <= v.at || r.object.stable[r.object.columns[column]]
	}
	if r.before != nil && v.at < r.edited {
		return r.before[column], true
	}
	return r.values[column], true
}

// test asks one record of a household, seen through a view. The tests are written by hand per query, on purpose: the
// truth must not depend on the program that is measured with it.
type test func(v view, h *household, r *record) answer

// field tests one column of the record itself.
func field(o *object, column string, ok func(string) bool) test {
	c := o.column(column)
	return func(v view, _ *household, r *record) answer {
		value, known := v.value(r, c)
		if !known {
			return maybe
		}
		return truth(ok(value))
	}
}

// not negates; an unknown stays unknown. An empty value never gets here as unknown, so negations include nulls.
func not(t test) test {
	return func(v view, h *household, r *record) answer { return yes - t(v, h, r) }
}

func allOf(ts ...test) test {
	return func(v view, h *household, r *record) answer {
		worst := yes
		for _, t := range ts {
			worst = min(worst, t(v, h, r))
		}
		return worst
	}
}

func anyOf(ts ...test) test {
	return func(v view, h *household, r *record) answer {
		best := no
		for _, t := range ts {
			best = max(best, t(v, h, r))
		}
		return best
	}
}

// everything is the query without a condition.
func everything(view, *household, *record) answer { return yes }

// created tests the creation time, which never changes.
func created(from, to int64) test {
	return func(_ view, _ *household, r *record) answer { return truth(r.created >= from && r.created < to) }
}

// of asks the parent; a record without one has only empty fields there.
func of(parent func(*record) *record, o *object, t test) test {
	nobody := &record{object: o, values: make([]string, len(o.columns))}
	return func(v view, h *household, r *record) answer {
		p := parent(r)
		if p == nil {
			p = nobody
		}
		return t(v, h, p)
	}
}

// owns asks whether one of the contact's assets passes: the semi-join.
func owns(t test) test {
	return func(v view, h *household, r *record) answer {
		best := no
		for _, a := range h.assets {
			if a.contact == r && v.exists(a) {
				best = max(best, t(v, h, a))
			}
		}
		return best
	}
}

func contactOf(r *record) *record { return r.contact }
func accountOf(r *record) *record { return r.account }
