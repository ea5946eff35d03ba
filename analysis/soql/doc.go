// Package soql reads the query languages of Salesforce, SOQL ([Parse]) and
// SOSL ([ParseSOSL]), into trees that can be walked and printed.
//
// The grammar is the server's. Where the text of a query reaches a log in a
// form the server itself would refuse (comments a client strips, a semicolon
// copied from an article, ids without quotes in a chunk of a bulk job) it is
// read all the same, and what was forgiven is named in the Lenient field of
// the result. Everything else that is not understood is an [Error] pointing at
// the character: a clause is never dropped and a query never shortened.
package soql
