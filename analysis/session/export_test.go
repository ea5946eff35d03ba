package session

// SQL is the statement that writes the rule's findings, to try it on traits that no logs are needed for.
func (r Rule) SQL() string { return r.sql() }
