// Package scope gathers what all accesses say of a record: on which list it stands, how that is known, which of its
// fields were read, and why.
package scope
