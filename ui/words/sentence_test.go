package words_test

import (
	"testing"

	"github.com/breachscope/breachscope/ui/words"
)

func TestExplanationsAreTranslatedPartByPart(t *testing.T) {
	defer words.Use("en")
	words.Use("ko")
	for english, korean := range map[string]string{
		"only a number was returned, no record": "건수만 반환되었고 레코드는 반환되지 않았습니다",
		"run again as of its time the query returns the 12 rows the log counted; 3 records changed since can be left out": "당시 시점으로 재실행하면 로그가 센 12행이 그대로 나옵니다; 이후 변경된 레코드 3개는 제외할 수 있습니다",
		// a sentence inside a sentence, and one that holds a semicolon
		"the query run again names this record, but the log row may belong to another session":      "재실행한 질의가 이 레코드를 가리키지만, 로그 행이 다른 세션의 것일 수 있습니다",
		"5 rows matched for certain; of the 4 that were changed since, 2 fill the count of the log": "확실히 일치한 행 5개; 이후 변경된 4행 중 2행이 로그의 건수를 채웁니다",
		"the query run again names this record, but some new reason speaks against it":              "the query run again names this record, but some new reason speaks against it",
		"the query cannot be read: some new fault was found":                                        "질의를 읽을 수 없습니다: some new fault was found",
		// verbs in another order
		"only 2,000 of its 5,000 rows were handed out": "5,000행 중 2,000행만 전달되었습니다",
		// what is not known stays, and does not swallow what follows
		"some new reason; the saved definition was changed after the run": "some new reason; 저장된 정의가 실행 이후 변경되었습니다",
		"the snapshot lacks Contact.VIP__c; not understood: DISTANCE":     "고객 테이블에 없음: Contact.VIP__c; 해석하지 못함: DISTANCE",
	} {
		if got := words.Say(english); got != korean {
			t.Errorf("%q becomes\n%q, want\n%q", english, got, korean)
		}
	}
	words.Use("en")
	if s := "only a number was returned, no record"; words.Say(s) != s {
		t.Error("English is not left alone")
	}
}

// A translation that drops a value, or adds one, would say something else than the analysis.
func TestExplanationsKeepTheirValues(t *testing.T) {
	for _, l := range words.Languages {
		for english, into := range sentences(t, l.Code) {
			if len(verb.FindAllString(english, -1)) != len(verb.FindAllString(into, -1)) {
				t.Errorf("%s: %q becomes %q", l.Code, english, into)
			}
		}
	}
}
