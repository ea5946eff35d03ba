package soql_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/analysis/soql"
)

// difference compares two trees by content: positions and what was forgiven
// belong to a text, not to the query. It returns "" when they are equal.
func difference(a, b any) string {
	return differ("", reflect.ValueOf(a), reflect.ValueOf(b))
}

func differ(at string, a, b reflect.Value) string {
	if a.IsValid() != b.IsValid() || a.IsValid() && a.Type() != b.Type() {
		return fmt.Sprintf("%s: %v and %v", at, a, b)
	}
	if !a.IsValid() || a.Type() == reflect.TypeFor[soql.Pos]() {
		return ""
	}
	switch a.Kind() {
	case reflect.Pointer, reflect.Interface:
		return differ(at, a.Elem(), b.Elem())
	case reflect.Slice:
		if a.Len() != b.Len() {
			return fmt.Sprintf("%s: %d and %d entries", at, a.Len(), b.Len())
		}
		for i := range a.Len() {
			if d := differ(fmt.Sprintf("%s[%d]", at, i), a.Index(i), b.Index(i)); d != "" {
				return d
			}
		}
		return ""
	case reflect.Struct:
		for i := range a.NumField() {
			name := a.Type().Field(i).Name
			if name == "Lenient" {
				continue
			}
			if d := differ(at+"."+name, a.Field(i), b.Field(i)); d != "" {
				return d
			}
		}
		return ""
	}
	if !a.Equal(b) {
		return fmt.Sprintf("%s: %v and %v", at, a, b)
	}
	return ""
}

func checkRoundTrip(t *testing.T, q *soql.Query) {
	t.Helper()
	text := q.String()
	again, err := soql.Parse(text)
	if err != nil {
		t.Errorf("canonical form does not parse: %v\n%s", err, text)
		return
	}
	if d := difference(q, again); d != "" {
		t.Errorf("canonical form reads differently: %s\n%s", d, text)
	}
	if s := again.String(); s != text {
		t.Errorf("canonical form is not stable:\n%s\n%s", text, s)
	}
	if again.Lenient != nil && !onlyInherent(again.Lenient) {
		t.Errorf("canonical form needs leniency %q: %s", again.Lenient, text)
	}
}

// onlyInherent reports whether what was forgiven is part of the query itself.
func onlyInherent(lenient []string) bool {
	for _, l := range lenient {
		switch l {
		case soql.LenientMixed, soql.LenientSemicolon:
			return false
		}
	}
	return true
}

// checkPosition makes sure that an error points into the text.
func checkPosition(t *testing.T, text string, err error) {
	t.Helper()
	var at *soql.Error
	if !errors.As(err, &at) {
		t.Fatalf("not a *soql.Error: %v", err)
	}
	if at.Pos < 0 || at.Pos > len(text) {
		t.Fatalf("position %d outside the text of %d bytes", at.Pos, len(text))
	}
	if want := 1 + strings.Count(text[:at.Pos], "\n"); at.Line != want {
		t.Errorf("line %d, want %d", at.Line, want)
	}
	if at.Column < 1 || at.Msg == "" {
		t.Errorf("column %d, message %q", at.Column, at.Msg)
	}
}
