package main

// style is what may differ between incidents of one seed: where the thief came from, and what the logs tell of it.
type style struct {
	first, second, night, empty, exit string    // addresses of sessions A1, A2, B, D and C
	tries                             [2]string // addresses of the password spraying, besides that of B
	keyless                           bool      // calls are logged without login and session key
	childrenCounted                   bool      // the rows of a query include those of its child queries
}

func (s style) spray() []string { return []string{s.tries[0], s.tries[1], s.night} }

// abroad: all addresses are from the ranges set apart for documentation.
var abroad = style{first: "203.0.113.57", second: "198.51.100.138", night: "203.0.113.88", empty: "203.0.113.119", exit: "192.0.2.46",
	tries: [2]string{"203.0.113.61", "203.0.113.144"}}

var styles = map[string]style{
	"plain":    abroad,
	"keyless":  abroad.with(func(s *style) { s.keyless = true }),
	"children": abroad.with(func(s *style) { s.childrenCounted = true }),
	// the thief uses homes in the country of the house, in the networks of its own carriers
	"resident": {first: "222.110.201.77", second: "175.118.88.15", night: "222.111.9.203", empty: "222.111.9.12", exit: "222.112.33.7",
		tries: [2]string{"175.120.14.61", "222.113.77.144"}},
}

func (s style) with(change func(*style)) style {
	change(&s)
	return s
}
