package export

// SetSheetRows makes sheets shorter than they need be, so that a test can see a table go on in the next workbook.
func SetSheetRows(n int64) (restore func()) {
	before := sheetRows
	sheetRows = n
	return func() { sheetRows = before }
}
