package words_test

import (
	"io/fs"
	"regexp"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app/words"
	"github.com/breachscope/breachscope/assets"
)

func TestPagesSaySentenceBySentence(t *testing.T) {
	p, err := words.ReadPages("ko", nil)
	if err != nil {
		t.Fatal(err)
	}
	for english, korean := range map[string]string{
		"Addresses: 1.2.3.4; 5.6.7.8.": "접속 주소: 1.2.3.4; 5.6.7.8.",
		// one sentence with a value does not swallow the next, and what is not known stays
		"The logs reach from A to B. Gaps in them: 2. Something new. None.": "로그 기간: A부터 B까지. 로그 공백: 2건. Something new. 없음.",
		"What is open. 1 file not recognised; 2 sessions not reviewed.":     "남은 일. 파일 1개 인식 불가; 세션 2개 미검토.",
		"individuals: the affected persons":                                 "정보주체: 정보주체", // a noun with a count is one only after a number
		"name / postal address":                                             "성명 / 주소",
		"name / what has no translation":                                    "name / what has no translation", // two languages do not mix
		// nor does a part of an explanation swallow the next
		"the snapshot holds no Case; the snapshot lacks Lead":               "고객 테이블에 Case이(가) 없습니다; 고객 테이블에 없음: Lead",
		"the snapshot lacks field Title of User, field MobilePhone of User": "고객 테이블에 없음: User의 필드 Title, User의 필드 MobilePhone",
		// the stop of an abbreviation ends no sentence
		"of them under 14 by their birth dates: 2, all their data is sensitive (PIPL Art. 28); the limit is from memory, to be verified": "그중 생년월일상 만 14세 미만: 2명, 모든 정보가 민감정보입니다(중국 개인정보보호법 제28조); 이 나이 기준은 기억에 따른 것으로 확인 필요",
		"the record has 24 fields, the header has 22 fields":                                                                             "레코드에 필드 24개, 머리글은 필드 22개",
		"the record has 24 cells, the header has 22":                                                                                     "레코드에 칸 24개, 머리글은 22개",
		"": "",
	} {
		if got := p.Say(english); got != korean {
			t.Errorf("%q becomes %q, want %q", english, got, korean)
		}
	}
	if _, err := words.ReadPages("xx", nil); err == nil {
		t.Error("a language without a table is spoken")
	}
}

// What the rules say in English has a translation in the language, with each value in its place.
func TestRulesAreSaid(t *testing.T) {
	p, err := words.ReadPages("ko", []session.Rule{
		{ID: "a", Words: map[string]string{"en": "{n} logins of {who}", "ko": "{who}의 로그인 {n}건, 100%"}},
		{ID: "title", Words: map[string]string{"en": "{title}", "ko": "규칙 {title}"}}, // would fit anything
		{ID: "other", Words: map[string]string{"en": "Seen by {who}", "ko": "{where}에서 봄"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for english, korean := range map[string]string{"12 logins of Kim": "Kim의 로그인 12건, 100%", "a title": "a title", "Seen by Kim": "Seen by Kim"} {
		if got := p.Say(english); got != korean {
			t.Errorf("%q becomes %q, want %q", english, got, korean)
		}
	}
}

// A translation that drops a figure would say something else than the workbook.
func TestPagesKeepTheirValues(t *testing.T) {
	data, err := fs.ReadFile(assets.Folder("translations"), "workbook.ko.yaml")
	if err != nil {
		t.Fatal(err)
	}
	table := map[string]string{}
	if err := yaml.Unmarshal(data, &table); err != nil {
		t.Fatal(err)
	}
	verb := regexp.MustCompile(`%(\[\d\])?[sd]`)
	for english, into := range table {
		if len(verb.FindAllString(english, -1)) != len(verb.FindAllString(into, -1)) {
			t.Errorf("%q becomes %q", english, into)
		}
	}
}
