package soql_test

import (
	"slices"
	"testing"

	"github.com/breachscope/breachscope/analysis/soql"
)

func TestSearches(t *testing.T) {
	for _, c := range []struct{ text, canonical, lenient string }{
		{"FIND {MyProspect}", "FIND {MyProspect}", ""},
		{"find{mylogin@mycompany.com}", "FIND {mylogin@mycompany.com}", ""},
		{"FIND {FIND}", "FIND {FIND}", ""},
		{"FIND { John   Smith }", "FIND {John Smith}", ""},
		{"FIND {A OR B AND C}", "FIND {A OR B AND C}", ""},
		{"FIND {(A OR B) AND C}", "FIND {(A OR B) AND C}", ""},
		{"FIND {A or (B)}", "FIND {A OR B}", ""},
		{"FIND {A AND NOT B}", "FIND {A AND NOT B}", ""},
		{"FIND {A AND NOT (B OR C)}", "FIND {A AND NOT (B OR C)}", ""},
		{`FIND {do not call}`, `FIND {do "not" call}`, ""},
		{`FIND {("Bob") and ("Jones" OR "Thomas") and Sally Smith}`, `FIND {"Bob" AND ("Jones" OR "Thomas") AND Sally Smith}`, ""},
		{`FIND {"joe smith" AND "and"}`, `FIND {"joe smith" AND "and"}`, ""},
		{`FIND {jo?n mi* \{1\+1\}\:2 Why\?}`, `FIND {jo?n mi* \{1\+1\}\:2 Why\?}`, ""},
		{`FIND {555-1234}`, `FIND {555\-1234}`, soql.LenientEscape},
		{`FIND {http://x} LIMIT 5`, `FIND {http\://x} LIMIT 5`, soql.LenientEscape},
		{"FIND 'map*' IN ALL FIELDS RETURNING Lead", "FIND {map*} IN ALL FIELDS RETURNING Lead", soql.LenientQuotes},
		{"FIND {Joe} IN Name Fields RETURNING lead (name, phone Where createddate = THIS_FISCAL_QUARTER), Contact",
			"FIND {Joe} IN NAME FIELDS RETURNING lead(name, phone WHERE createddate = THIS_FISCAL_QUARTER), Contact", ""},
		{"FIND {x} RETURNING Account(Id WHERE A=1 AND B=2 OR C=3)", "FIND {x} RETURNING Account(Id WHERE (A = 1 AND B = 2) OR C = 3)", soql.LenientMixed},
		{"FIND {x} RETURNING Account(toLabel(Status) s, Owner.Name USING LISTVIEW = Recent ORDER BY Name DESC NULLS LAST LIMIT 51 OFFSET 2) LIMIT 9",
			"FIND {x} RETURNING Account(toLabel(Status) s, Owner.Name USING ListView = Recent ORDER BY Name DESC NULLS LAST LIMIT 51 OFFSET 2) LIMIT 9", ""},
		{"FIND {x} RETURNING User(Id) WITH NETWORK IN ('a','b') WITH SNIPPET (target_length=120) WITH HIGHLIGHT WITH SPELL_CORRECTION = false",
			"FIND {x} RETURNING User(Id) WITH NETWORK IN ('a', 'b') WITH SNIPPET(target_length = 120) WITH HIGHLIGHT WITH SPELL_CORRECTION = FALSE", ""},
		{"FIND {x} WITH DIVISION = 'Global' WITH PricebookId = '01s' WITH METADATA='LABELS' WITH SNIPPET UPDATE TRACKING,VIEWSTAT",
			"FIND {x} WITH DIVISION = 'Global' WITH PricebookId = '01s' WITH METADATA = 'LABELS' WITH SNIPPET UPDATE TRACKING, VIEWSTAT", ""},
		{"FIND {x} RETURNING FAQ__kav(Id WHERE S='y') WITH DATA CATEGORY G__c ABOVE F__c AND P__c AT m__c",
			"FIND {x} RETURNING FAQ__kav(Id WHERE S = 'y') WITH DATA CATEGORY G__c ABOVE F__c AND P__c AT m__c", ""},
		{"FIND {x} RETURNING Account(Name ORDER BY Name), Lead(Id OFFSET 5), Case(Subject Order)", "FIND {x} RETURNING Account(Name ORDER BY Name), Lead(Id OFFSET 5), Case(Subject Order)", ""},
		{"FIND {x} /* c */ LIMIT 1;", "FIND {x} LIMIT 1", soql.LenientComment},
		{"FIND {}", "", ""},
		{"FIND { }", "", ""},
		{`FIND {"John Smith}`, "", ""},
		{"FIND {(a}", "", ""},
		{"FIND {a)}", "", ""},
		{"FIND {a OR}", "", ""},
		{"FIND {AND a}", "", ""},
		{"FIND {a", "", ""},
		{"FIND a", "", ""},
		{"FIND", "", ""},
		{"FIND {x} IN SOME FIELDS", "", ""},
		{"FIND {x} RETURNING Account(WHERE Name = 'x')", "", ""},
		{"FIND {x} RETURNING Account(LIMIT 10)", "", ""},
		{"FIND {x} RETURNING Account()", "", ""},
		{"FIND {x} RETURNING Account((SELECT Id FROM Contacts))", "", ""},
		{"FIND {x} LIMIT 1 RETURNING Account", "", ""},
		{"SELECT Id FROM Account", "", ""},
	} {
		s, err := soql.ParseSOSL(c.text)
		if c.canonical == "" {
			if err == nil {
				t.Errorf("taken for valid: %s\nread as %s", c.text, s)
			} else {
				checkPosition(t, c.text, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("refused: %s\n%v", c.text, err)
			continue
		}
		if got := s.String(); got != c.canonical {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.canonical)
		}
		if (c.lenient == "") != (len(s.Lenient) == 0) || c.lenient != "" && !slices.Contains(s.Lenient, c.lenient) {
			t.Errorf("%s: forgiven %q, want %q", c.text, s.Lenient, c.lenient)
		}
		checkSearchRoundTrip(t, s)
	}
}

func checkSearchRoundTrip(t *testing.T, s *soql.Search) {
	t.Helper()
	text := s.String()
	again, err := soql.ParseSOSL(text)
	if err != nil {
		t.Errorf("canonical form does not parse: %v\n%s", err, text)
		return
	}
	if d := difference(s, again); d != "" {
		t.Errorf("canonical form reads differently: %s\n%s", d, text)
	}
	if again.String() != text {
		t.Errorf("canonical form is not stable:\n%s\n%s", text, again)
	}
}

// Terms side by side are kept apart from those joined by AND: the server
// reads them differently for some objects.
func TestWordsSideBySide(t *testing.T) {
	s, err := soql.ParseSOSL("FIND {a b AND c}")
	if err != nil {
		t.Fatal(err)
	}
	and, ok := s.Terms.(*soql.And)
	if !ok || len(and.Terms) != 2 {
		t.Fatalf("got %s", soql.Format(s.Terms))
	}
	if words, ok := and.Terms[0].(*soql.Words); !ok || len(words.Terms) != 2 {
		t.Errorf("got %s", soql.Format(and.Terms[0]))
	}
	if got := soql.Format(s.Terms); got != "a b AND c" {
		t.Errorf("terms alone print as %s", got)
	}
}
