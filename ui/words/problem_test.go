package words_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/ui/words"
)

var (
	english  = regexp.MustCompile(`[a-z]{3,} [a-z]{2,} [a-z]{2,}`) // of a sentence; names and codes are shorter
	hangul   = regexp.MustCompile(`\p{Hangul}`)
	commands = regexp.MustCompile(`breachscope-cli [a-z ]+|--[a-z-]+|(exclude|include|attacker|legitimate).*`) // are typed as they stand
	phrase   = regexp.MustCompile(`[a-z]{2,} [a-z]+`)
	value    = regexp.MustCompile(`%(\[\d\])?[-+.0-9]*[a-z]`)
)

// told are the sentences of the sources that a person reads when something fails: what happened, and what to do.
func told(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "testdata") || strings.Contains(path, "cli") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if name, ok := n.Type.(*ast.Ident); ok && name.Name == "Problem" {
					for _, e := range n.Elts {
						putTogether(e, path, found)
					}
				}
			case *ast.FuncDecl:
				if n.Recv != nil && (n.Name.Name == "Error" || n.Name.Name == "Remedy") {
					ast.Inspect(n.Body, func(r ast.Node) bool {
						if r, ok := r.(*ast.ReturnStmt); ok {
							for _, e := range r.Results {
								putTogether(e, path, found)
							}
						}
						return true
					})
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// putTogether puts an expression together as it may read, with a sign for every value.
func putTogether(e ast.Expr, path string, found map[string]string) {
	s, ok := reads(e)
	if ok && phrase.MatchString(s) {
		found[s] = path
	}
}

func reads(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "X1", true
		}
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		a, okA := reads(e.X)
		b, okB := reads(e.Y)
		return a + b, okA && okB
	case *ast.CallExpr:
		if f, ok := e.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Sprintf" {
			form, ok := reads(e.Args[0])
			return value.ReplaceAllStringFunc(form, func(verb string) string {
				switch verb[len(verb)-1] {
				case 'd':
					return "7"
				case 'q':
					return `"X1"`
				}
				return "X1"
			}), ok
		}
	case *ast.KeyValueExpr:
		return reads(e.Value)
	}
	return "X1", true
}

// Whatever fails, the Korean window says in Korean what happened and what to do.
func TestProblemsAreSaidInKorean(t *testing.T) {
	defer words.Use("en")
	words.Use("ko")
	all := told(t)
	if len(all) < 80 {
		t.Fatal("few sentences were found: ", len(all))
	}
	delete(all, "there is no X1") // of which what is missing is named
	for s, path := range all {
		if said := words.Say(s); english.MatchString(commands.ReplaceAllString(said, "")) || !hangul.MatchString(said) {
			t.Errorf("%s: %q is said as %q", path, s, said)
		}
	}
}
