// Package evidence takes what an investigator was handed into the case: it recognises each file, loads it as text and
// accounts for every row (read = loaded + duplicate + rejected), proven against a scan of the bytes that knows nothing
// of the engine. What varies between sources is data: see assets/kinds and Catalog.
//
// A file goes this way: collect (folders, containers) -> stage (copy, hash, unpack, decode and scan in one read) ->
// recognise (kind, delimiter, header) -> load (engine reads the staged copy; irregular files are rewritten first, with
// their true record numbers) -> twins (rows that another file holds too) -> describe (customer tables).
//
// Raw tables carry, besides the file's own columns, "file", "line" (record number, the header being 1) and, in logs,
// "utc": the row's time as TIMESTAMP in UTC, NULL when its text cannot be read.
package evidence
