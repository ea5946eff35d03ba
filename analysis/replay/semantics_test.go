package replay_test

import (
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis/replay"
)

var now = time.Date(2025, 10, 21, 23, 30, 0, 0, time.UTC) // 22 October, 08:30 in Seoul, a Wednesday

const (
	old   = "2025-01-01T00:00:00.000Z"
	later = "2025-10-25T00:00:00.000Z"
)

// boutique is a snapshot every rule can be tried on. Contact 5 was edited after now, 6 was created after it, 7 was
// deleted before it and 8 after it.
func boutique(t *testing.T) *world {
	w := newWorld(t)
	u, a := func(n int) string { return id("005", n) }, func(n int) string { return id("001", n) }
	c, s := func(n int) string { return id("003", n) }, func(n int) string { return id("02i", n) }
	w.table("User", "005", "Id:id Name:text Manager__c:reference>User CreatedDate:datetime LastModifiedDate:datetime IsActive:boolean",
		u(1)+"|Kim|"+u(2)+"|"+old+"|"+old+"|true", u(2)+"|Lee||"+old+"|"+old+"|")
	w.table("Account", "001", "Id:id Name:text ParentId:reference>Account OwnerId:reference>User,Group CreatedDate:datetime LastModifiedDate:datetime IsDeleted:boolean",
		a(1)+"|Acme 무역||"+u(1)+"|"+old+"|"+old+"|false",
		a(2)+"|Beta|"+a(1)+"|00G5g0000000001AAA|"+old+"|"+old+"|false",
		a(3)+"|Gamma|"+a(1)+"|"+u(2)+"|"+old+"|"+later+"|false")
	w.table("Contact", "003", "Id:id LastName:text FirstName:text Email:email Tier__c:text Likes__c:multipicklist Spend__c:number Vip__c:boolean Birthdate:date AccountId:reference>Account OwnerId:reference>User Ref__c:text MailingLatitude:number MailingLongitude:number CustomerNumber__c:text CreatedDate:datetime LastModifiedDate:datetime IsDeleted:boolean",
		c(1)+"|Élan|Ana|a@GMAIL.com|Gold|Bags;Shoes|100|true|1990-10-22|"+a(1)+"|"+u(1)+"|"+c(2)+"|37.5|127.0|C001|2025-10-20T15:00:00.000Z|2025-10-20T15:00:00.000Z|false",
		c(2)+"|김|철수||gold|Bags|2000.5|false||"+a(2)+"|"+u(2)+"||35.1|129.0|C002|2025-10-21T14:59:59.000Z|2025-10-21T14:59:59.000+0000|false",
		c(3)+"|ACME|Bo|b_x@x.com|||||||"+u(1)+"||||C003|2025-10-21T15:00:00.000Z|2025-10-22T00:00:00.000+0900|false",
		c(4)+"|acme|Di|d@x.com|Silver|Shoes;Hats|-5|FALSE|2000-01-01|"+a(3)+"|"+u(2)+"||||C004|"+old+"|"+old+"|false",
		c(5)+"|Park|Eo|e@gmail.com|Bronze||7||1985-05-05|"+a(1)+"|"+u(1)+"||||C005|"+old+"|"+later+"|false",
		c(6)+"|Late|Fi|f@gmail.com|Gold||8||||"+u(1)+"||||C006|2025-10-22T00:00:00.000Z|2025-10-22T00:00:00.000Z|false",
		c(7)+"|Gone|Gi|g@gmail.com|Gold||9||||"+u(1)+"||||C007|"+old+"|2025-10-20T00:00:00.000Z|true",
		c(8)+"|Lost|Hi|h@gmail.com|Gold||10||||"+u(1)+"||||C008|"+old+"|"+later+"|true")
	w.table("Asset", "02i", "Id:id Name:text SerialNumber:text Price:currency CurrencyIsoCode:text ContactId:reference>Contact PurchaseDate:date CreatedDate:datetime LastModifiedDate:datetime IsDeleted:boolean",
		s(1)+"|Ring|S1|5000|KRW|"+c(1)+"|2025-10-01|"+old+"|"+old+"|false",
		s(2)+"|Bag|S2|9000|USD|"+c(2)+"|2024-12-31|"+old+"|"+old+"|false",
		s(3)+"|Hat|S3|50|KRW|"+c(4)+"|2025-10-21|"+old+"|"+later+"|false",
		s(4)+"|Tie|S4||KRW||2025-10-22|"+old+"|"+old+"|false")
	return w
}

func TestSemantics(t *testing.T) {
	w := boutique(t)
	for _, c := range []struct{ rule, query, want string }{
		{"rows as of the moment: later ones out, earlier deletions out, later deletions in", "SELECT Id FROM Contact", "1 2 3 4 5 8"},
		{"text ignores case, accents count", "SELECT Id FROM Contact WHERE LastName = 'aCMe'", "3 4 ?5 8"},
		{"accents count", "SELECT Id FROM Contact WHERE LastName = 'elan' AND Id != '" + id("003", 5) + "' AND Id != '" + id("003", 8) + "'", ""},
		{"accents fold with their case", "SELECT Id FROM Contact WHERE LastName LIKE 'éL%' AND CreatedDate > 2025-10-01T00:00:00Z", "1"},
		{"LIKE ignores case, an escaped underscore is one", "SELECT Id FROM Contact WHERE Email LIKE 'B\\_X%'", "3 ?5 8"},
		{"underscore stands for one character", "SELECT Id FROM Contact WHERE Email LIKE 'b_x@%'", "3 ?5 8"},
		{"ids of 15 and 18 characters are the same", "SELECT Id FROM Contact WHERE Id IN ('" + id("003", 1) + "', '" + id("003", 2)[:15] + "')", "1 2"},
		{"ids keep their case", "SELECT Id FROM Contact WHERE Id = '0035G0000000001'", ""},
		{"a text field that holds an id counts in full", "SELECT Id FROM Contact WHERE Ref__c = '" + id("003", 2)[:15] + "' AND CreatedDate = YESTERDAY", ""},
		{"id ranges, unquoted as in chunks of a job", "SELECT Id FROM Contact WHERE Id >= 0035g0000000002 AND Id < 0035g0000000005", "2 3 4"},
		{"= null, an edited row may have been empty", "SELECT Id FROM Contact WHERE Email = null", "2 ?5 8"},
		{"= '' is = null", "SELECT Id FROM Contact WHERE Email = ''", "2 ?5 8"},
		{"!= null", "SELECT Id FROM Contact WHERE Email != null", "1 3 4 ?5 8"},
		{"!= includes empty values", "SELECT Id FROM Contact WHERE Tier__c != 'gold'", "3 4 ?5 8"},
		{"NOT includes empty values", "SELECT Id FROM Contact WHERE (NOT Tier__c LIKE 'g%')", "3 4 ?5 8"},
		{"NOT IN includes empty values", "SELECT Id FROM Contact WHERE Tier__c NOT IN ('Gold', 'Silver')", "3 ?5 8"},
		{"whether NOT IN with null holds for empty values nobody documents", "SELECT Id FROM Contact WHERE Tier__c NOT IN ('Gold', null)", "4 ?3 5 8"},
		{"IN with null takes them in", "SELECT Id FROM Contact WHERE Tier__c IN ('Silver', null)", "3 4 ?5 8"},
		{"less and greater pass over empty values", "SELECT Id FROM Contact WHERE Spend__c < 500", "1 4 ?5 8"},
		{"LIKE passes over empty values", "SELECT Id FROM Contact WHERE Email LIKE '%'", "1 3 4 ?5 8"},
		{"numbers compare as numbers", "SELECT Id FROM Contact WHERE Spend__c >= 2000.50", "2 ?5 8"},
		{"an empty boolean is false", "SELECT Id FROM Contact WHERE Vip__c = false", "2 3 4 ?5 8"},
		{"a boolean of a missing parent is false", "SELECT Id FROM User WHERE Manager__r.IsActive = FALSE", "1 2"},
		{"a parent path is a left join", "SELECT Id FROM Contact WHERE Account.Name = null", "3 8 ?4"},
		{"a parent row that was edited may have had another name", "SELECT Id FROM Contact WHERE Account.Name LIKE 'acme%'", "1 5 ?4"},
		{"parent paths of several steps", "SELECT Id FROM Contact WHERE Account.Parent.Name = 'acme 무역'", "2 4"},
		{"a lookup id does not change", "SELECT Id FROM Contact WHERE Account.ParentId != null", "2 4"},
		{"semi-join: an edited inner row may have fitted", "SELECT Id FROM Contact WHERE Id IN (SELECT ContactId FROM Asset WHERE Price > 1000)", "1 2 ?4"},
		{"anti-join", "SELECT Id FROM Contact WHERE Id NOT IN (SELECT ContactId FROM Asset WHERE Price > 1000)", "3 5 8 ?4"},
		{"empty keys of an anti-join do not count", "SELECT Id FROM Contact WHERE Id NOT IN (SELECT ContactId FROM Asset)", "3 5 8"},
		{"an empty key is in no list", "SELECT Id FROM Asset WHERE ContactId NOT IN (SELECT Id FROM Contact WHERE CustomerNumber__c = 'c001')", "2 3 4"},
		{"INCLUDES: comma is or, semicolon is and", "SELECT Id FROM Contact WHERE Likes__c INCLUDES ('shoes;bags', 'hats')", "1 4 ?5 8"},
		{"EXCLUDES includes empty values", "SELECT Id FROM Contact WHERE Likes__c EXCLUDES ('Bags')", "3 4 ?5 8"},
		{"= on a multi-select compares the whole selection", "SELECT Id FROM Contact WHERE Likes__c = 'bags;shoes'", "1 ?5 8"},
		{"the object a lookup leads to, from the prefix", "SELECT Id FROM Account WHERE Owner.Type = 'user'", "1 3"},
		{"the other object", "SELECT Id FROM Account WHERE Owner.Type IN ('Group')", "2"},
		{"on an ordinary lookup Type is an ordinary field", "SELECT Id FROM Account WHERE Parent.Type = 'Account'", "?1 2 3 !field Type of Account"},
		{"a day in the zone of the user", "SELECT Id FROM Contact WHERE CreatedDate = YESTERDAY", "1 2"},
		{"today began at 15:00 UTC", "SELECT Id FROM Contact WHERE CreatedDate = TODAY", "3"},
		{"after a range", "SELECT Id FROM Contact WHERE CreatedDate > YESTERDAY", "3"},
		{"from its start", "SELECT Id FROM Contact WHERE CreatedDate >= YESTERDAY", "1 2 3"},
		{"before a range", "SELECT Id FROM Contact WHERE CreatedDate < YESTERDAY", "4 5 8"},
		{"to its end", "SELECT Id FROM Contact WHERE CreatedDate <= YESTERDAY", "1 2 4 5 8"},
		{"the week of Korea begins on Sunday", "SELECT Id FROM Contact WHERE CreatedDate = THIS_WEEK", "1 2 3"},
		{"last n days include today", "SELECT Id FROM Contact WHERE CreatedDate = LAST_N_DAYS:1", "1 2 3"},
		{"n days ago is one day", "SELECT Id FROM Contact WHERE CreatedDate = N_DAYS_AGO:1", "1 2"},
		{"calendar months on a date", "SELECT Id FROM Asset WHERE PurchaseDate = THIS_MONTH", "1 4 ?3"},
		{"years on a date", "SELECT Id FROM Asset WHERE PurchaseDate = LAST_YEAR", "2 ?3"},
		{"fiscal year from April", "SELECT Id FROM Asset WHERE PurchaseDate = THIS_FISCAL_YEAR", "1 4 ?3"},
		{"fiscal quarter", "SELECT Id FROM Asset WHERE PurchaseDate = LAST_FISCAL_QUARTER", "?3"},
		{"a time with an offset", "SELECT Id FROM Contact WHERE CreatedDate >= 2025-10-22T00:00:00+09:00", "3"},
		{"a date function counts in UTC", "SELECT Id FROM Contact WHERE DAY_ONLY(CreatedDate) = 2025-10-21", "2 3"},
		{"and in the user's zone when converted", "SELECT Id FROM Contact WHERE DAY_ONLY(convertTimezone(CreatedDate)) = 2025-10-21", "1 2"},
		{"hours", "SELECT Id FROM Contact WHERE HOUR_IN_DAY(convertTimezone(CreatedDate)) = 23", "2"},
		{"month of a birthday", "SELECT Id FROM Contact WHERE CALENDAR_MONTH(Birthdate) = 10 AND CustomerNumber__c < 'C005'", "1"},
		{"fiscal parts", "SELECT Id FROM Asset WHERE FISCAL_YEAR(PurchaseDate) = 2026", "1 4 ?3"},
		{"distance", "SELECT Id FROM Contact WHERE DISTANCE(MailingAddress, GEOLOCATION(37.56, 126.97), 'km') < 20", "1 ?5 8"},
		{"an amount in another currency is not comparable", "SELECT Id FROM Asset WHERE Price > KRW1000", "1 ?2 3"},
		{"scope mine", "SELECT Id FROM Contact USING SCOPE mine", "1 3 5 8"},
		{"another scope is not known", "SELECT Id FROM User USING SCOPE team", "?1 2 !USING SCOPE team"},
		{"permission modes choose no rows", "SELECT Id FROM User WITH SECURITY_ENFORCED", "1 2"},
		{"a missing field widens", "SELECT Id FROM Contact WHERE Nowhere__c = 'x' AND CreatedDate = YESTERDAY", "?1 2 !field Nowhere__c of Contact"},
		{"a missing field widens inside NOT", "SELECT Id FROM Contact WHERE (NOT Nowhere__c = 'x') AND CreatedDate = YESTERDAY", "?1 2 !field Nowhere__c of Contact"},
		{"what is true already stays certain", "SELECT Id FROM Contact WHERE Nowhere__c = 'x' OR CreatedDate = YESTERDAY", "1 2 ?3 4 5 8 !field Nowhere__c of Contact"},
		{"a variable is not known", "SELECT Id FROM User WHERE Name = :name", "?1 2 !the variable :name"},
		{"name from its parts, in any order that agrees", "SELECT Id FROM Contact WHERE Name LIKE '%ana%' AND CreatedDate = YESTERDAY", "1"},
		{"a business number does not change", "SELECT Id FROM Contact WHERE CustomerNumber__c = 'c005'", "5"},
		{"an unchanging part excludes an edited row", "SELECT Id FROM Contact WHERE Tier__c = 'Gold' AND OwnerId = '" + id("005", 2) + "'", "2"},
		{"mixed logic has the precedence of SQL", "SELECT Id FROM Contact WHERE CreatedDate = TODAY OR CreatedDate = YESTERDAY AND CustomerNumber__c = 'C001'", "1 3"},
		{"alias of the object", "SELECT c.Id FROM Contact c WHERE c.CustomerNumber__c = 'C001'", "1"},
		{"alias of a parent path", "SELECT c.Id FROM Contact c, c.Account a WHERE a.Name = 'beta'", "2 ?4"},
		{"the name of the object before a field", "SELECT Contact.Id FROM Contact WHERE Contact.CustomerNumber__c = 'C001'", "1"},
		{"names ignore case", "select ID from contact where CUSTOMERNUMBER__C = 'C001'", "1"},
		{"a comparison with nothing", "SELECT Id FROM Contact WHERE Spend__c > null", ""},
	} {
		if got := w.asks(c.query, now); got != c.want {
			t.Errorf("%s\n  %s\n  got  %s\n  want %s", c.rule, c.query, got, c.want)
		}
	}
}

func TestOtherReadings(t *testing.T) {
	w := boutique(t)
	for _, c := range []struct{ rule, option, query, want string }{
		{"queryAll returns the recycle bin", "all", "SELECT Id FROM Contact WHERE CustomerNumber__c >= 'C007'", "7 8"},
		{"!= without empty values", "strict", "SELECT Id FROM Contact WHERE Tier__c != 'gold'", "4 ?5 8"},
		{"NOT without empty values", "strict", "SELECT Id FROM Contact WHERE (NOT Tier__c LIKE 'g%')", "4 ?5 8"},
		{"NOT IN without empty values", "strict", "SELECT Id FROM Contact WHERE Tier__c NOT IN ('Gold')", "4 ?5 8"},
		{"NOT NOT", "strict", "SELECT Id FROM Contact WHERE (NOT (NOT Tier__c = 'gold'))", "1 2 ?5 8"},
		{"NOT IN with null without empty values", "strict", "SELECT Id FROM Contact WHERE Tier__c NOT IN ('Gold', null)", "4 ?5 8"},
		{"EXCLUDES without empty values", "strict", "SELECT Id FROM Contact WHERE Likes__c EXCLUDES ('Bags')", "4 ?5 8"},
		{"an anti-join without empty keys", "strict", "SELECT Id FROM Asset WHERE ContactId NOT IN (SELECT Id FROM Contact WHERE CustomerNumber__c = 'c001')", "2 3"},
		{"a null test is not contested", "strict", "SELECT Id FROM Contact WHERE Email != null", "1 3 4 ?5 8"},
	} {
		if got := w.asks(c.query, now, c.option); got != c.want {
			t.Errorf("%s\n  %s\n  got  %s\n  want %s", c.rule, c.query, got, c.want)
		}
	}
}

func TestSnapshotOlderThanTheQueryLeavesEditsOpen(t *testing.T) {
	w := boutique(t)
	if got, want := w.asks("SELECT Id FROM Contact WHERE Tier__c = 'Gold'", taken.AddDate(0, 0, 2)), "?1 2 3 4 5 6"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDateLiterals(t *testing.T) {
	day := func(text string) time.Time {
		at, err := time.Parse("2006-01-02", text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct {
		name     string
		n        int
		from, to string // to is the first day after it
	}{
		{"TODAY", 0, "2025-10-22", "2025-10-23"}, {"YESTERDAY", 0, "2025-10-21", "2025-10-22"}, {"TOMORROW", 0, "2025-10-23", "2025-10-24"},
		{"THIS_WEEK", 0, "2025-10-19", "2025-10-26"}, {"LAST_WEEK", 0, "2025-10-12", "2025-10-19"}, {"NEXT_WEEK", 0, "2025-10-26", "2025-11-02"},
		{"THIS_MONTH", 0, "2025-10-01", "2025-11-01"}, {"LAST_MONTH", 0, "2025-09-01", "2025-10-01"}, {"LAST_N_MONTHS", 3, "2025-07-01", "2025-10-01"},
		{"NEXT_N_MONTHS", 3, "2025-11-01", "2026-02-01"}, {"N_MONTHS_AGO", 2, "2025-08-01", "2025-09-01"}, {"LAST_90_DAYS", 0, "2025-07-24", "2025-10-23"},
		{"NEXT_90_DAYS", 0, "2025-10-23", "2026-01-21"}, {"LAST_N_DAYS", 30, "2025-09-22", "2025-10-23"}, {"NEXT_N_DAYS", 3, "2025-10-23", "2025-10-26"},
		{"N_DAYS_AGO", 3, "2025-10-19", "2025-10-20"}, {"LAST_N_WEEKS", 2, "2025-10-05", "2025-10-19"}, {"N_WEEKS_AGO", 1, "2025-10-12", "2025-10-19"},
		{"THIS_QUARTER", 0, "2025-10-01", "2026-01-01"}, {"LAST_QUARTER", 0, "2025-07-01", "2025-10-01"}, {"LAST_N_QUARTERS", 2, "2025-04-01", "2025-10-01"},
		{"THIS_YEAR", 0, "2025-01-01", "2026-01-01"}, {"N_YEARS_AGO", 1, "2024-01-01", "2025-01-01"}, {"THIS_FISCAL_QUARTER", 0, "2025-10-01", "2026-01-01"},
		{"LAST_FISCAL_YEAR", 0, "2024-04-01", "2025-04-01"}, {"NEXT_N_FISCAL_QUARTERS", 2, "2026-01-01", "2026-07-01"}, {"N_FISCAL_YEARS_AGO", 2, "2023-04-01", "2024-04-01"},
	} {
		from, to, ok := replay.Range("Asia/Seoul", "ko_KR", 4, c.name, c.n, now)
		if !ok || !from.Equal(day(c.from)) || !to.Equal(day(c.to)) {
			t.Errorf("%s:%d is %s to %s, want %s to %s", c.name, c.n, from.Format(time.DateOnly), to.Format(time.DateOnly), c.from, c.to)
		}
	}
	if from, _, _ := replay.Range("Europe/Paris", "fr_FR", 1, "THIS_WEEK", 0, now); !from.Equal(day("2025-10-20")) {
		t.Errorf("the week of France begins on %s, want Monday", from.Format(time.DateOnly))
	}
	if _, _, ok := replay.Range("UTC", "", 1, "LAST_CENTURY", 0, now); ok {
		t.Error("an unknown literal was taken for a range")
	}
}
