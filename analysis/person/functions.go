package person

import (
	"database/sql"
	"database/sql/driver"
	"fmt"

	"github.com/duckdb/duckdb-go/v2"
)

// Register makes the functions known that the derivation of persons calls from SQL:
//
//	person_fold(text)                              spellings of one word brought together
//	person_squash(text)                            the same without spaces
//	person_numbers(text, mobile, home, others)     telephone numbers in E.164, '|' between candidates
//	person_country(number)                         ISO code of the country of an E.164 number
//	person_relate(family, given, full, × 2)        what two names say: same, alike, slip, renamed, unknown, different
//	person_kind(family, given, full)               company, test or person, by the name alone
//
// They are pure. It has to be called once for an engine, before the engine is locked down.
func Register(conn *sql.Conn) error {
	text, err := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR)
	if err != nil {
		return err
	}
	truth, err := duckdb.NewTypeInfo(duckdb.TYPE_BOOLEAN)
	if err != nil {
		return err
	}
	for _, f := range []function{
		{"person_fold", takes(text, 1), text, func(a []driver.Value) any { return fold(a[0].(string)) }},
		{"person_squash", takes(text, 1), text, func(a []driver.Value) any { return squash(a[0].(string)) }},
		{"person_numbers", []duckdb.TypeInfo{text, truth, text, text}, text, func(a []driver.Value) any {
			return numbers(a[0].(string), a[1].(bool), a[2].(string), a[3].(string))
		}},
		{"person_country", takes(text, 1), text, func(a []driver.Value) any { return country(a[0].(string)) }},
		{"person_relate", takes(text, 6), text, func(a []driver.Value) any {
			return relate(readName(a[0].(string), a[1].(string), a[2].(string)), readName(a[3].(string), a[4].(string), a[5].(string)))
		}},
		{"person_kind", takes(text, 3), text, func(a []driver.Value) any { return kindOfName(a[0].(string), a[1].(string), a[2].(string)) }},
	} {
		if err := duckdb.RegisterScalarUDF(conn, f.name, f); err != nil {
			return fmt.Errorf("registering %s: %w", f.name, err)
		}
	}
	return nil
}

func takes(t duckdb.TypeInfo, n int) (list []duckdb.TypeInfo) {
	for range n {
		list = append(list, t)
	}
	return list
}

func kindOfName(family, given, full string) string {
	switch {
	case organisation(family, given, full):
		return "company"
	case trial(family, given, full):
		return "test"
	}
	return "person"
}

// function is a Go function of rows; a row with a NULL gives NULL.
type function struct {
	name   string
	inputs []duckdb.TypeInfo
	result duckdb.TypeInfo
	call   func([]driver.Value) any
}

func (f function) Config() duckdb.ScalarFuncConfig {
	return duckdb.ScalarFuncConfig{InputTypeInfos: f.inputs, ResultTypeInfo: f.result}
}

func (f function) Executor() duckdb.ScalarFuncExecutor {
	return duckdb.ScalarFuncExecutor{RowExecutor: func(values []driver.Value) (any, error) { return f.call(values), nil }}
}
