package person_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/breachscope/breachscope/analysis/person"
	"github.com/breachscope/breachscope/app/casefile"
)

// id is an 18-character record id: an object's prefix and a number.
func id(prefix string, n int) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
	text := fmt.Sprintf("%s%012d", prefix, n)
	for block := range 3 {
		bits := 0
		for i := range 5 {
			if c := text[block*5+i]; c >= 'A' && c <= 'Z' {
				bits |= 1 << i
			}
		}
		text += digits[bits : bits+1]
	}
	return text
}

const contactHeader = "Id,AccountId,LastName,FirstName,Name,Email,MobilePhone,HomePhone,MailingCountry,Birthdate,PassportNumber__c,CustomerNumber__c,MasterRecordId,LastModifiedDate\n"

// contact is a row of contacts; what it does not name is empty.
type contact struct{ account, family, given, name, email, mobile, home, country, birth, passport, number, master string }

func contacts(list ...contact) string {
	var b strings.Builder
	b.WriteString(contactHeader)
	for i, c := range list {
		fmt.Fprintf(&b, "%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,2025-01-01T00:00:00.000Z\n", id("003", i+1), c.account, c.family, c.given, c.name,
			c.email, c.mobile, c.home, c.country, c.birth, c.passport, c.number, c.master)
	}
	return b.String()
}

// united tells which of the contacts are one person's: "1=2" for the pairs, in order.
func united(t *testing.T, list ...contact) string {
	t.Helper()
	c := newCase(t)
	customers(t, c, map[string]string{"Contact": contacts(list...)})
	derive(t, c)
	return strings.Join(query(t, c, `SELECT a.record || '=' || b.record FROM analysis.person_record a JOIN analysis.person_record b USING (person)
		WHERE a.record < b.record ORDER BY a.record, b.record`), " ")
}

func TestWhatUnitesRecords(t *testing.T) {
	for name, c := range map[string]struct {
		rows []contact
		want string
	}{
		"e-mail in other case":         {[]contact{{family: "김", given: "민서", email: "a.b@naver.com"}, {family: "Kim", given: "Minseo", email: "A.B@Naver.COM"}}, "1=2"},
		"e-mail without a name":        {[]contact{{email: "a.b@naver.com"}, {family: "Kim", given: "Minseo", email: "a.b@naver.com"}}, "1=2"},
		"e-mail in full width":         {[]contact{{email: "ａ.b＠naver.com"}, {email: "a.b@naver.com"}}, "1=2"},
		"number and name":              {[]contact{{family: "김", given: "민서", mobile: "010-3325-6060", country: "KR"}, {family: "김민서", mobile: "+82 10 3325 6060"}}, "1=2"},
		"number and name, two columns": {[]contact{{family: "김", given: "민서", mobile: "010-3325-6060", country: "한국"}, {family: "김민서", home: "010.3325.6060", country: "韓国"}}, "1=2"},
		"number without country":       {[]contact{{family: "Ho", given: "Siu Ming", mobile: "+852 6211 2999", country: "Hong Kong"}, {family: "HO", given: "SIU MING", mobile: "6211 2999"}}, "1=2"},
		"government id":                {[]contact{{family: "Kim", given: "Minseo", passport: "M 123-45679"}, {family: "김", given: "민서", passport: "m12345679"}}, "1=2"},
		"customer number":              {[]contact{{family: "Kim", given: "Minseo", number: "KR00012"}, {family: "Kim", given: "Min-Seo", number: "kr00012"}}, "1=2"},
		"merged record":                {[]contact{{family: "Kim"}, {family: "Lee", master: id("003", 1)}}, "1=2"},
		"new family name":              {[]contact{{family: "Dupont", given: "Marie", email: "m@free.fr"}, {family: "Martin", given: "Marie", email: "m@free.fr"}}, "1=2"},
		"chain":                        {[]contact{{email: "a@naver.com"}, {email: "a@naver.com", passport: "M55512349"}, {passport: "M55512349", number: "AB1234"}, {number: "AB1234"}}, "1=2 1=3 1=4 2=3 2=4 3=4"},

		"name in separate jamo": {[]contact{{family: "김", given: "민서", mobile: "010-3325-6060", country: "KR"}, {family: "\u1100\u1175\u11b7", given: "\u1106\u1175\u11ab\u1109\u1165", mobile: "010-3325-6060", country: "KR"}}, "1=2"},
		"number in full width":  {[]contact{{family: "Kim", given: "Minseo", mobile: "０１０－３３２５－６０６０", country: "KR"}, {family: "KIM", given: "MINSEO", mobile: "+82 (0)10-3325-6060"}}, "1=2"},
		"name in full width":    {[]contact{{family: "Ｔａｎａｋａ", given: "Ｋｅｎ", mobile: "090-3325-6060", country: "JP"}, {family: "Tanaka", given: "Ken", mobile: "+81 90 3325 6060"}}, "1=2"},
		"title before the name": {[]contact{{family: "Müller", given: "Frau Anna", mobile: "+49 171 3325606"}, {family: "Mueller", given: "Anna", email: "a.m@gmx.de"}, {family: "Muller", given: "Anna", mobile: "0049 171 3325606", email: "a.m@gmx.de", country: "DE"}}, "1=2 1=3 2=3"},

		"dots in an address":          {[]contact{{family: "Kim", given: "Minseo", email: "min.seo@gmail.com"}, {family: "Kim", given: "Minseo", email: "minseo@gmail.com"}}, ""},
		"plus in an address":          {[]contact{{family: "Kim", given: "Minseo", email: "minseo+vip@gmail.com"}, {family: "Kim", given: "Minseo", email: "minseo@gmail.com"}}, ""},
		"father and son by one phone": {[]contact{{family: "이", given: "상민", mobile: "010-3325-6060", country: "KR"}, {family: "이", given: "상우", mobile: "010-3325-6060", country: "KR"}}, ""},
		"assistant of two customers":  {[]contact{{family: "Tan", given: "Wei Ling", email: "pa.office9@yahoo.com"}, {family: "Lim", given: "Jun Hao", email: "pa.office9@yahoo.com"}, {family: "Tan", given: "Wei Ling", email: "pa.office9@yahoo.com"}}, "1=3"},
		"name alone":                  {[]contact{{family: "김", given: "민서", country: "KR"}, {family: "김", given: "민서", country: "KR"}}, ""},
		"name and birth date":         {[]contact{{family: "김", given: "민서", birth: "1980-02-03"}, {family: "김", given: "민서", birth: "1980-02-03"}}, ""},
		"family telephone":            {[]contact{{family: "김", given: "민서", home: "02-765-4312", country: "KR"}, {family: "김", given: "민지", home: "02-765-4312", country: "KR"}}, ""},
		"couple's mailbox":            {[]contact{{family: "Miller", given: "John", email: "millers@gmail.com"}, {family: "Miller", given: "Mary", email: "millers@gmail.com"}}, ""},
		"mailbox of an organisation":  {[]contact{{family: "김", given: "민서", email: "info@hotel.kr"}, {family: "Chan", given: "Kin", email: "info@hotel.kr"}}, ""},
		"couple and a foreign script": {[]contact{{family: "김", given: "민서", email: "k@naver.com"}, {family: "Kim", given: "Minseo", email: "k@naver.com"}, {family: "박", given: "지호", email: "k@naver.com"}}, ""},
		"test mailbox":                {[]contact{{family: "김", given: "민서", email: "test@test.com"}, {family: "김", given: "민서", email: "test@test.com"}}, ""},
		"invented number":             {[]contact{{family: "김", given: "민서", mobile: "010-1234-5678", country: "KR"}, {family: "김", given: "민서", mobile: "010-1234-5678", country: "KR"}}, ""},
		"number of zeros":             {[]contact{{family: "김", given: "민서", mobile: "010-0000-0000", country: "KR"}, {family: "김", given: "민서", mobile: "010-0000-0000", country: "KR"}}, ""},
		"masked passport":             {[]contact{{passport: "M****5678"}, {passport: "M****5678"}}, ""},
		"no customer number":          {[]contact{{number: "00000000"}, {number: "00000000"}, {number: "N/A"}, {number: "N/A"}}, ""},
		"no e-mail":                   {[]contact{{email: "-"}, {email: "-"}, {email: "none"}, {email: "none"}}, ""},
		"number of another country":   {[]contact{{family: "Chan", given: "Kin", mobile: "+852 6211 2999"}, {family: "Chan", given: "Kin", mobile: "+65 6211 2999"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := united(t, c.rows...); got != c.want {
				t.Errorf("united %q, want %q", got, c.want)
			}
		})
	}
}

func TestValueOfManyIsNobodys(t *testing.T) {
	rows := make([]contact, 60)
	for i := range rows {
		rows[i].email = "shop.gangnam@naver.com" // looks like a person's
	}
	if got := united(t, rows...); got != "" {
		t.Errorf("60 rows with one e-mail address and no names: %s", got)
	}
}

func TestLeastLikelyMost(t *testing.T) {
	c := newCase(t)
	customers(t, c, map[string]string{"Contact": contacts(
		contact{family: "김", given: "민서", email: "k@naver.com", home: "02-765-4312", country: "KR"},
		contact{family: "김", given: "민서", email: "K@naver.com"},
		contact{family: "박", given: "지호", home: "02 765 4312", country: "KR"},
		contact{family: "최", given: "수아"})})
	write(t, c, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO analysis.listing SELECT id, IF(id = 4, 'possible', 'confirmed'), IF(id = 4, 'bounded', 'replayed'), 'acquired',
			['Email'], [], [], [], '2025-10-21', '2025-10-21', '' FROM analysis.record;
			INSERT INTO analysis.listed SELECT id, id FROM analysis.listing`)
		return err
	})
	derive(t, c)
	got := query(t, c, `SELECT list, count(DISTINCT p.cluster), count(*), sum(a.records)::BIGINT FROM analysis.affected a JOIN analysis.person p ON p.id = a.person GROUP BY list ORDER BY list`)
	if want := []string{"confirmed|1|2|3", "possible|1|1|1"}; !slices.Equal(got, want) {
		t.Errorf("least, likely, most: %v, want %v", got, want)
	}
}

func TestWhoseARowIs(t *testing.T) {
	c := newCase(t)
	account, order := func(n int) string { return id("001", n) }, func(n int) string { return id("801", n) }
	customers(t, c, map[string]string{
		"User": "Id,LastName,FirstName,Name,Email\n" + id("005", 1) + ",이,하은,하은 이,haeun@aurelle.kr\n",
		"Account": "Id,Name,IsPersonAccount,PersonContactId,PersonEmail,BillingCountry\n" +
			account(1) + ",민서 김,true," + id("003", 1) + ",k@naver.com,대한민국\n" +
			account(2) + ",Hanbit Trading,false,,,Korea\n" +
			account(3) + ",박 지호,false,,,JP\n" +
			account(4) + ",Lonely GmbH,false,,,DE\n",
		"Contact": contacts(
			contact{account: account(1), family: "김", given: "민서", name: "민서 김"},
			contact{account: account(2), family: "최", given: "수아", name: "수아 최"},
			contact{account: account(3), family: "박", given: "지호", name: "지호 박"},
			contact{family: "Lee", given: "Haeun", email: "Haeun@aurelle.kr"},
			contact{family: "테스트", name: "테스트", email: "x@y.kr"}),
		"Order": "Id,AccountId,BillToContactId,ShipToContactId,BillingCountry\n" +
			order(1) + "," + account(2) + "," + id("003", 2) + ",,Taiwan\n" +
			order(2) + "," + account(1) + ",,,\n" +
			order(3) + "," + account(4) + ",,,\n" +
			order(4) + ",," + id("003", 2) + "," + id("003", 3) + ",\n",
		"OrderItem": "Id,OrderId\n" + id("802", 1) + "," + order(1) + "\n",
	})
	write(t, c, func(ctx context.Context, tx *sql.Tx) error { // a log names a contact that is gone
		_, err := tx.ExecContext(ctx, `INSERT INTO analysis.record VALUES (99, 'Contact', '003000000000999AAA', false, NULL, NULL)`)
		return err
	})
	derive(t, c)
	got := query(t, c, `SELECT p.kind, p.name, p.residence, string_agg(r.object || ' ' || right(r.record_id[1:15], 1) || IF(o.holding = 'linked', '*', ''), ', ' ORDER BY r.object, r.record_id)
		FROM analysis.person p JOIN analysis.person_record o ON o.person = p.id JOIN analysis.record r ON r.id = o.record GROUP BY ALL ORDER BY ALL`)
	want := []string{
		"company|Hanbit Trading|KR|Account 2",
		"company|Lonely GmbH|DE|Account 4, Order 3*",
		"employee|Haeun Lee||Contact 4, User 1",
		"person|||Contact 9",
		"person|김민서|KR|Account 1, Contact 1, Order 2*",
		"person|박지호|JP|Account 3, Contact 3, Order 4*",
		"person|최수아|TW|Contact 2, Order 1*, Order 4*, OrderItem 1*",
		"test|테스트||Contact 5",
	}
	if !slices.Equal(got, want) {
		t.Errorf("persons:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestResidenceRules(t *testing.T) {
	c := newCase(t)
	customers(t, c, map[string]string{"Contact": "Id,Name,ResidenceCountry__c,MailingCountry,OtherCountry,MobilePhone,StoreCountry__c\n" +
		id("003", 1) + ",A,홍콩,Japan,,+82 10 3325 6060,FR\n" +
		id("003", 2) + ",B,,Corée du Sud,,+81 90-9608-4358,FR\n" +
		id("003", 3) + ",C,Atlantis,,台灣,+81 90-9608-4358,FR\n" +
		id("003", 4) + ",D,,,,+81 90-9608-4358,FR\n" +
		id("003", 5) + ",E,,,,,\"Korea, Republic of\"\n" +
		id("003", 6) + ",F,,,,,\n"})
	derive(t, c)
	got := query(t, c, `SELECT name, residence, residence_from, array_to_string(residences, ' ') FROM analysis.person ORDER BY name`)
	want := []string{
		"A|HK|country: Contact.ResidenceCountry__c|FR HK JP KR",
		"B|KR|mailing: Contact.MailingCountry|FR JP KR",
		"C|TW|other: Contact.OtherCountry|FR JP TW",
		"D|JP|phone: country code|FR JP",
		"E|KR|store: Contact.StoreCountry__c|KR",
		"F|||",
	}
	if !slices.Equal(got, want) {
		t.Errorf("residence:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestTwoOrganisationsNumberTheirOwn(t *testing.T) {
	c := newCase(t)
	customers(t, c, map[string]string{
		"Contact": contacts(contact{number: "100200"}),
		"Lead":    "Id,CustomerNumber__c\n" + id("00Q", 1) + ",100200\n"})
	write(t, c, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE evidence.file SET organisation = '00D' || id`)
		return err
	})
	derive(t, c)
	if got := query(t, c, `SELECT count(*) FROM analysis.person`); got[0] != "2" {
		t.Errorf("%s persons, want 2", got[0])
	}
}

func TestLinksOfTheCRM(t *testing.T) {
	c := newCase(t)
	customers(t, c, map[string]string{
		"Individual": "Id,LastName\n" + id("0PK", 1) + ",Kim\n",
		"Contact": "Id,LastName,IndividualId\n" + id("003", 1) + ",Kim," + id("0PK", 1) + "\n" + id("003", 2) + ",Kim,\n" +
			id("003", 3) + ",Lee," + id("0PK", 7) + "\n" + id("003", 4) + ",Lee," + id("0PK", 7) + "\n", // an individual that was not exported
		"Lead": "Id,LastName,ConvertedContactId\n" + id("00Q", 1) + ",Kim," + id("003", 2) + "\n"})
	derive(t, c)
	got := query(t, c, `SELECT string_agg(r.object || ' ' || right(r.record_id[1:15], 1), ', ' ORDER BY r.object, r.record_id) AS rows
		FROM analysis.person_record o JOIN analysis.record r ON r.id = o.record GROUP BY o.person ORDER BY rows`)
	if want := []string{"Contact 1, Individual 1", "Contact 2, Lead 1", "Contact 3, Contact 4"}; !slices.Equal(got, want) {
		t.Errorf("persons %q, want %q", got, want)
	}
}

func TestTakenApart(t *testing.T) {
	c := newCase(t)
	customers(t, c, map[string]string{"Contact": contacts(contact{email: "a@naver.com"}, contact{email: "a@naver.com"})})
	write(t, c, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO analysis.apart VALUES (?, ?, 'father and son', 1)`, id("003", 2), id("003", 1))
		return err
	})
	derive(t, c)
	if got := query(t, c, `SELECT count(*) FROM analysis.person`); got[0] != "2" {
		t.Errorf("%s persons, want 2", got[0])
	}
}

func TestAffected(t *testing.T) {
	c := newCase(t)
	customers(t, c, map[string]string{
		"Contact": contacts(contact{family: "김", given: "민서", birth: "2011-10-21"}),
		"Case":    "Id,ContactId,Subject,Description\n" + id("500", 1) + "," + id("003", 1) + ",x,y\n" + id("500", 2) + "," + id("003", 1) + ",x,y\n"})
	write(t, c, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO analysis.listing VALUES
			(1, 'possible', 'bounded', 'acquired', ['Email', 'Name'], [], [], [], '2025-10-20', '2025-10-20', ''),
			(2, 'confirmed', 'replayed', 'viewed', ['Subject'], ['Description'], [], [], '2025-10-21', '2025-10-22', ''),
			(3, 'confirmed', 'recorded', 'viewed', ['Description'], [], [], [], '2025-10-23', '2025-10-23', '');
			INSERT INTO analysis.listed SELECT id, id FROM analysis.listing`)
		return err
	})
	derive(t, c)
	got := query(t, c, `SELECT list, grade, act, array_to_string(categories, ' '), array_to_string(fields, ' '), records, first_at::DATE, last_at::DATE,
		array_to_string(possible_categories, ' '), array_to_string(possible_fields, ' '), age FROM analysis.affected`)
	want := "confirmed|recorded|viewed|free_text|Case.Description Case.Subject|3|2025-10-20T00:00:00Z|2025-10-23T00:00:00Z|contact name|Contact.Email Contact.Name|13"
	if len(got) != 1 || got[0] != want {
		t.Errorf("affected\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}

// TestAgeOfShortYear: a birth whose year has two digits gives no age; read as the year 85 it would make every child an adult.
func TestAgeOfShortYear(t *testing.T) {
	for _, birth := range []string{"13-02-11", "11.2.13", "11/02/13", "0011-02-13"} {
		c := newCase(t)
		customers(t, c, map[string]string{"Contact": contacts(contact{family: "김", given: "민서", birth: birth})})
		derive(t, c)
		if got := query(t, c, `SELECT coalesce(birth::VARCHAR, 'unknown') FROM analysis.person`); len(got) != 1 || got[0] != "unknown" {
			t.Errorf("%s is read as %v", birth, got)
		}
	}
}

func TestPersonIDIsUUIDOfItsRecord(t *testing.T) {
	c := newCase(t)
	customers(t, c, map[string]string{"Contact": contacts(contact{email: "a@naver.com"}, contact{email: "a@naver.com"})})
	derive(t, c)
	want := uuid.NewSHA1(uuid.MustParse(person.Namespace), []byte("Contact:"+id("003", 1))).String()
	if got := query(t, c, `SELECT person_id FROM analysis.person`); len(got) != 1 || got[0] != want {
		t.Errorf("person ids %v, want %s", got, want)
	}
}

// Whatever the customers are: every record is in exactly one person; whom a chain of ties connects is one person;
// rows that share nothing but a name are not; the persons are the same each time.
func TestUnitingIsAnEquivalence(t *testing.T) {
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 7))
		pick := func(list ...string) string { return list[r.IntN(len(list))] }
		rows := make([]contact, 120)
		for i := range rows {
			rows[i] = contact{family: pick("김", "이", "Kim", ""), given: pick("민서", "지호", "Minseo"),
				email:    pick("", "", fmt.Sprintf("m%d@naver.com", r.IntN(60))),
				mobile:   pick("", fmt.Sprintf("010-33%02d-6060", r.IntN(40)), fmt.Sprintf("+82 10 33%02d 6060", r.IntN(40))),
				country:  pick("KR", "", "Japan"),
				passport: pick("", "", "", fmt.Sprintf("M5551%04d", r.IntN(50)))}
		}
		c := newCase(t)
		customers(t, c, map[string]string{"Contact": contacts(rows...)})
		derive(t, c)
		const partition = `SELECT person, record, reason FROM analysis.person_record ORDER BY record`
		first := query(t, c, partition)
		checkPartition(t, c, len(rows))
		derive(t, c)
		if !slices.Equal(first, query(t, c, partition)) {
			t.Errorf("seed %d: a second derivation gives other persons", seed)
		}
	}
}

func checkPartition(t *testing.T, c *casefile.Case, records int) {
	t.Helper()
	for what, statement := range map[string]string{
		"records in no person or in two": fmt.Sprintf(`SELECT abs(count(*) - %d) + abs(count(DISTINCT record) - %[1]d) FROM analysis.person_record`, records),
		"ties between two persons": `SELECT count(*) FROM analysis.merge m JOIN analysis.person_record a ON a.record = m.a JOIN analysis.person_record b ON b.record = m.b
			WHERE m.strength <> 'possible' AND a.person <> b.person`,
		"records in a person without a tie to another of hers": `SELECT count(*) FROM analysis.person_record p WHERE p.reason <> 'first record' AND NOT EXISTS (
			FROM analysis.merge m JOIN analysis.person_record o ON o.record = IF(m.a = p.record, m.b, m.a)
			WHERE m.strength <> 'possible' AND p.record IN (m.a, m.b) AND o.person = p.person)`,
		"ties of rows that share no value": `SELECT count(*) FROM analysis.merge m JOIN snapshot."Contact" a ON a."line" = m.a + 1 JOIN snapshot."Contact" b ON b."line" = m.b + 1
			WHERE NOT (a."Email" <> '' AND lower(a."Email") = lower(b."Email") OR a."PassportNumber__c" <> '' AND a."PassportNumber__c" = b."PassportNumber__c"
			OR a."MobilePhone" <> '' AND b."MobilePhone" <> '')`,
	} {
		if got := query(t, c, statement); got[0] != "0" {
			t.Errorf("%s: %s", what, got[0])
		}
	}
}

// The state counts only beside a country that has laws of its states, and only of that country.
func TestStateOfResidence(t *testing.T) {
	c := newCase(t)
	customers(t, c, map[string]string{"Contact": "Id,LastName,Email,MailingState,MailingCountry,OtherState,OtherCountry\n" +
		id("003", 1) + ",Smith,a@x.org,California,United States,,\n" +
		id("003", 2) + ",Jones,b@x.org,NY,USA,CA,USA\n" +
		id("003", 3) + ",Roy,c@x.org,Québec,Canada,,\n" +
		id("003", 4) + ",Kim,d@x.org,WA,대한민국,,\n" +
		id("003", 5) + ",Brown,e@x.org,,US,,\n" +
		id("003", 6) + ",Gray,f@x.org,Elsewhere,US,,\n" +
		id("003", 7) + ",White,g@x.org,ON,US,캘리포니아주,미국\n"})
	derive(t, c)
	got := query(t, c, `SELECT name, residence, region FROM analysis.person ORDER BY id`)
	want := []string{"Smith|US|US-CA", "Jones|US|US-NY", "Roy|CA|CA-QC", "Kim|KR|", "Brown|US|", "Gray|US|", "White|US|US-CA"}
	if !slices.Equal(got, want) {
		t.Errorf("states of residence %q, want %q", got, want)
	}
}
