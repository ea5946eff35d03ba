package person

import "testing"

func TestRelate(t *testing.T) {
	type name [3]string // family, given, full
	for _, c := range []struct {
		a, b name
		want string
	}{
		{name{"김", "민서", "민서 김"}, name{"김민서", "", "김민서"}, same},
		{name{"", "", "민서 김"}, name{"김", "민서", ""}, same},
		{name{"", "", "김 민서"}, name{"", "", "김민서"}, same},
		{name{"陈", "娜", "娜 陈"}, name{"陈娜", "", "陈娜"}, same},
		{name{"Ho", "Siu Ming", ""}, name{"HO", "SIU MING", ""}, same},
		{name{"Kim", "Min-seo", ""}, name{"Kim", "Minseo", ""}, same},
		{name{"Kim", "Min Seo", ""}, name{"Kim", "Minseo", ""}, same},
		{name{"", "", "Seo-Yeon Park"}, name{"", "", "PARK SEOYEON"}, same},
		{name{"Müller", "Jörg", ""}, name{"Muller", "Jorg", ""}, same},
		{name{"ﾔﾏﾀﾞ", "ﾀﾛｳ", ""}, name{"ヤマダ", "タロウ", ""}, same},
		{name{"\u1100\u1175\u11b7", "\u1106\u1175\u11ab\u1109\u1165", ""}, name{"김", "민서", ""}, same}, // separate jamo
		{name{"Ｋｉｍ", "Ｍｉｎｓｅｏ", ""}, name{"Kim", "Minseo", ""}, same},
		{name{"", "", "Mr. Robert Miller"}, name{"Miller", "Robert", ""}, same},
		{name{"김", "민서", ""}, name{"", "", "김민서 고객님"}, same},
		{name{"Miller", "Rob", ""}, name{"Miller", "Robert", ""}, alike},
		{name{"Miller", "R.", ""}, name{"Miller", "Robert", ""}, alike},
		{name{"Miller", "Robert James", ""}, name{"Miller", "Robert", ""}, alike},
		{name{"", "", "민서"}, name{"김", "민서", ""}, alike},
		{name{"Sanders", "Michael", ""}, name{"Sanders", "Michal", ""}, slip},
		{name{"Dupont", "Marie", ""}, name{"Martin", "Marie", ""}, renamed},
		{name{"박", "민서", ""}, name{"김", "민서", ""}, renamed},
		{name{"선우", "유진", ""}, name{"Sunwoo", "Yujin", ""}, unknown},
		{name{"", "", ""}, name{"김", "민서", ""}, unknown},
		{name{"김", "민서", ""}, name{"김", "민지", ""}, different}, // sisters
		{name{"Miller", "John", ""}, name{"Miller", "Mary", ""}, different},
		{name{"김", "민서", ""}, name{"박", "지영", ""}, different},
		{name{"Kim", "A", ""}, name{"Lee", "B", ""}, different},
	} {
		a, b := readName(c.a[0], c.a[1], c.a[2]), readName(c.b[0], c.b[1], c.b[2])
		if got := relate(a, b); got != c.want {
			t.Errorf("%q and %q: %s, want %s", c.a, c.b, got, c.want)
		}
		if got := relate(b, a); got != c.want {
			t.Errorf("%q and %q: %s, want %s", c.b, c.a, got, c.want)
		}
	}
}

func TestKindOfName(t *testing.T) {
	for _, c := range []struct{ family, given, full, want string }{
		{"㈜새한트레이딩 대표", "", "㈜새한트레이딩 대표", "company"},
		{"(주)한빛", "", "", "company"},
		{"上海锦程贸易有限公司", "", "", "company"},
		{"", "", "Aurelle Trading Co., Ltd.", "company"},
		{"", "", "Lotus Wedding Planner", "company"},
		{"株式会社青山", "", "", "company"},
		{"Müller GmbH", "", "", "company"},
		{"Trading", "John", "", "person"}, // a trade is no proof beside a given name
		{"Sas", "Jean", "", "person"},
		{"김", "민서", "민서 김", "person"},
		{"Test", "", "Test", "test"},
		{"테스트", "", "", "test"},
		{"Customer", "Test", "", "test"},
		{"Testa", "Anna", "", "person"},
		{"", "", "", "person"},
	} {
		full := c.full
		if full == "" {
			full = c.family
		}
		if got := kindOfName(c.family, c.given, full); got != c.want {
			t.Errorf("%q %q %q: %s, want %s", c.family, c.given, c.full, got, c.want)
		}
	}
}

func FuzzRelateIsSymmetric(f *testing.F) {
	f.Add("김", "민서", "", "", "", "김민서")
	f.Add("Kim", "Min Seo", "Min Seo Kim", "", "", "Kim M")
	f.Fuzz(func(t *testing.T, f1, g1, n1, f2, g2, n2 string) {
		a, b := readName(f1, g1, n1), readName(f2, g2, n2)
		if relate(a, b) != relate(b, a) {
			t.Errorf("%q %q: %s one way, %s the other", a, b, relate(a, b), relate(b, a))
		}
		if fold(fold(f1)) != fold(f1) {
			t.Errorf("%q folds to %q, and that to %q", f1, fold(f1), fold(fold(f1)))
		}
	})
}
