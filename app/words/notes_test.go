package words_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/app/words"
)

// TestNotesOfTheRegister: whatever the evidence can note of a file has a translation. The sentences are read from its code,
// with a number or a name in the place of every value.
func TestNotesOfTheRegister(t *testing.T) {
	files, err := filepath.Glob("../../analysis/evidence/*.go")
	if err != nil {
		t.Fatal(err)
	}
	book, english, seen := words.Read("ko", "sentences"), regexp.MustCompile(`[a-z]{3,}`), 0
	half := regexp.MustCompile(`^7 [a-z]+X$`)                                                                               // the rest of it is not written where it is noted
	plain := strings.NewReplacer("xlsx", "", "pandas", "", "describe", "", "orient='records'", "", "salesforce.table.", "") // said in every language
	check := func(n ast.Node) bool {
		for _, argument := range noted(n) {
			sentence := text(argument)
			if half.MatchString(sentence) || !english.MatchString(plain.Replace(sentence)) {
				continue
			}
			seen++
			if said := book.Say(sentence); english.MatchString(plain.Replace(said)) {
				t.Errorf("%q is said as %q", sentence, said)
			}
		}
		return true
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(name, "_test.go") {
			ast.Inspect(file, check)
		}
	}
	if seen < 60 {
		t.Errorf("only %d sentences were found", seen)
	}
}

// noted are the sentences that a part of the code notes of a file.
func noted(n ast.Node) []ast.Expr {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return nil
	}
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		if f.Sel.Name == "note" || f.Sel.Name == "unrecognised" {
			return call.Args[:1]
		}
	case *ast.Ident:
		if to, ok := call.Args[0].(*ast.SelectorExpr); ok && f.Name == "append" && to.Sel.Name == "notes" && !call.Ellipsis.IsValid() {
			return call.Args[1:]
		}
	}
	return nil
}

var verb = regexp.MustCompile(`%[a-z]`)

// text is the sentence that an expression makes.
func text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, _ := strconv.Unquote(e.Value)
		return s
	case *ast.BinaryExpr:
		return text(e.X) + text(e.Y)
	case *ast.CallExpr:
		switch name, _ := e.Fun.(*ast.Ident); {
		case name != nil && name.Name == "count":
			return "7 " + text(e.Args[1]) + "s"
		case name != nil && name.Name == "orText":
			return text(e.Args[1])
		}
		if f, ok := e.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Sprintf" {
			format, values := text(e.Args[0]), e.Args[1:]
			return verb.ReplaceAllStringFunc(format, func(verb string) string {
				value := values[0]
				if values = values[1:]; verb == "%d" {
					return "7"
				}
				return text(value)
			})
		}
	}
	return "X"
}
