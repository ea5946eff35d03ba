// Package replay runs again what attacker sessions asked for, on the snapshot of the customer tables as of the moment
// it was asked, and compares the rows with those the log counted.
//
// What was edited after the query is not known any more. A filter is therefore evaluated with three values: true, false,
// and unknown (NULL) for a condition on a field that may have changed since, on a parent row that is not in the snapshot,
// or on a clause that is not understood. Rows for which the whole filter is true are certain, rows for which it is
// unknown are uncertain, the rest was not in the answer: exactly the logic of SQL's own AND, OR and NOT.
package replay
