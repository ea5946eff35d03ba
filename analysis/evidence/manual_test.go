package evidence_test

import (
	"testing"

	"github.com/breachscope/breachscope/analysis/evidence"
)

// TestAFormBecomesAMapping: a customer table of another system is taken with the names and categories chosen in a form.
func TestAFormBecomesAMapping(t *testing.T) {
	b := newBench(t)
	path := b.write("members.csv", "회원,메모 칸,구분\nM-1,hello,A\nM-2,there,B\n")
	m := evidence.Manual{Name: "own.members", Carries: evidence.Table, Object: "Member", Columns: []string{"회원", "메모 칸", "구분"},
		Fields: map[string]string{"회원": "Id"}, Categories: map[string]string{"메모 칸": "health"}}
	text, err := m.Text()
	if err != nil {
		t.Fatal(err)
	}
	f := b.mustAdd(evidence.Options{Map: text}, path)[0]
	if f.Object != "Member" || f.Loaded != 2 {
		t.Fatalf("%+v", f)
	}
	if got := b.one(`SELECT string_agg(field || ' ' || category, ';' ORDER BY field) FROM snapshot.field WHERE category <> ''`); got != "메모 칸 health" {
		t.Errorf("the fields hold %q", got)
	}
	again, ok := evidence.ReadManual(text)
	if !ok || again.Object != "Member" || again.Fields["회원"] != "Id" || again.Categories["메모 칸"] != "health" {
		t.Errorf("read back %+v %v", again, ok)
	}
}

// TestAFormThatCannotShowAllSaysSo: a mapping with rules is left to the text, nothing of it is dropped.
func TestAFormThatCannotShowAllSaysSo(t *testing.T) {
	simple := "kinds:\n  - {name: own.x, title: own.x, carries: log, header: {all: [a]}, event: {action: other, at: a}}\n"
	if m, ok := evidence.ReadManual(simple); !ok || m.Fields["a"] != "at" {
		t.Errorf("%+v %v", m, ok)
	}
	for _, text := range []string{
		"kinds:\n  - {name: own.x, title: own.x, carries: log, header: {all: [a]}, event: {action: other, at: [a, b]}}\n",
		"kinds:\n  - {name: own.x, title: own.x, carries: log, keeps: 30, header: {all: [a]}, event: {action: other, at: a}}\n",
		"kinds: []\n", ": nonsense",
	} {
		if _, ok := evidence.ReadManual(text); ok {
			t.Errorf("taken for a form: %s", text)
		}
	}
}
