package soql_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/breachscope/breachscope/analysis/soql"
)

// Queries as tools and people write them, judged by the language's reference: what the server takes, what it refuses, and
// what is taken here although the server refuses it, but flagged.
var (
	written = []string{
		"select Id from Account",
		"SELECT\n\tId,\r\n\tName\nFROM\n\tAccount\n",
		"SELECT Id , Name FROM Account ORDER BY Name asc nulls LAST , Id DESC NULLS first LIMIT 5 OFFSET 10",
		"SELECT count() FROM Lead WHERE IsConverted = FALSE",
		"SELECT COUNT(Id) total FROM Lead",
		"SELECT COUNT_DISTINCT(Company) FROM Lead",
		"SELECT MAX(CreatedDate) newest, MIN(CreatedDate) FROM Case",
		"SELECT LeadSource, COUNT(Name) cnt FROM Lead GROUP BY LeadSource HAVING COUNT(Name) > 100 ORDER BY COUNT(Name) DESC LIMIT 10",
		"SELECT LeadSource, GROUPING(LeadSource) grpLS, COUNT(Name) cnt FROM Lead GROUP BY ROLLUP(LeadSource)",
		"SELECT Type, BillingCountry, GROUPING(Type) t, GROUPING(BillingCountry) c, COUNT(id) accts FROM Account GROUP BY CUBE(Type, BillingCountry) ORDER BY GROUPING(Type), GROUPING(BillingCountry)",
		"SELECT CALENDAR_YEAR(CreatedDate), SUM(Amount) FROM Opportunity GROUP BY CALENDAR_YEAR(CreatedDate)",
		"SELECT HOUR_IN_DAY(convertTimezone(CreatedDate)), COUNT(Id) FROM Case GROUP BY HOUR_IN_DAY(convertTimezone(CreatedDate))",
		"SELECT Id FROM Case WHERE DAY_ONLY(convertTimezone(CreatedDate)) = 2025-10-01",
		"SELECT Id FROM Opportunity WHERE FISCAL_QUARTER(CloseDate) = 4 AND FISCAL_YEAR(CloseDate) = 2025",
		"SELECT toLabel(Status), FORMAT(Amount) amt, convertCurrency(Amount) FROM Opportunity",
		"SELECT FORMAT(MIN(Amount)) least FROM Opportunity",
		"SELECT FORMAT(convertCurrency(Amount)) convertedCurrency FROM Opportunity",
		"SELECT toLabel(Recordtype.Name) FROM Account WHERE toLabel(Recordtype.Name) LIKE 'Kun%'",
		"SELECT FIELDS(ALL) FROM Contact LIMIT 200",
		"SELECT FIELDS(STANDARD), Region__c FROM Contact",
		"SELECT Id, FIELDS(custom) FROM Contact LIMIT 1",
		"SELECT Id, (SELECT FIELDS(ALL) FROM Contacts LIMIT 200) FROM Account",
		"SELECT TYPEOF What WHEN Account THEN Phone, NumberOfEmployees WHEN Opportunity THEN Amount, CloseDate ELSE Name, Email END FROM Event",
		"SELECT Id, TYPEOF Owner WHEN User THEN Email END, Subject FROM Case",
		"SELECT Id FROM Event WHERE What.Type IN ('Account', 'Opportunity')",
		"SELECT Name, (SELECT LastName, (SELECT AssetId FROM Assets) FROM Contacts) FROM Account",
		"SELECT Name, (SELECT LastName FROM Account.Contacts) FROM Account",
		"SELECT Id, (SELECT Id, CreatedDate FROM Histories ORDER BY CreatedDate DESC LIMIT 1) hist FROM Case",
		"SELECT a.Id, a.Owner.Profile.Name FROM Account a WHERE a.Owner.IsActive = true",
		"SELECT c.FirstName, a.Name FROM Contact c, c.Account a WHERE a.Industry = 'Media'",
		"SELECT Id FROM Account WHERE Id NOT IN (SELECT AccountId FROM Contact WHERE Email != null) AND Id IN (SELECT AccountId FROM Opportunity)",
		"SELECT Id FROM Account WHERE (NOT Name LIKE 'Test%') AND (Industry = 'A' OR (Industry = 'B' AND Rating = 'Hot'))",
		"SELECT Id FROM Account WHERE NOT (Name = 'x' OR Name = 'y')",
		"SELECT Id FROM Account WHERE Name LIKE '100\\% sure\\_thing'",
		"SELECT Id FROM Account WHERE Name = 'Bob\\'s \\\"BBQ\\\" \\n \\t \\\\ \\u00e9'",
		"SELECT Id FROM Contact WHERE LastName = 'D’Arcy' AND FirstName = '“x”'",
		"SELECT Id FROM Contact WHERE LastName = '김'",
		"SELECT Id FROM Contact WHERE Interests__c INCLUDES ('AAA;BBB','CCC') AND Interests__c excludes ('DDD')",
		"SELECT Id FROM Account WHERE CreatedDate > 2025-10-08T01:02:03Z AND LastModifiedDate <= 2025-10-08T01:02:03.456+09:00",
		"SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS:30 OR CreatedDate = next_n_months:2",
		"SELECT Id FROM Account WHERE CreatedDate >= N_DAYS_AGO:7 AND CreatedDate < TODAY",
		"SELECT Id FROM Account WHERE CreatedDate > LAST_N_FISCAL_YEARS:3 AND CloseDate__c < NEXT_N_FISCAL_QUARTERS:2",
		"SELECT Id FROM Event WHERE StartTime__c > 13:30:00.000Z",
		"SELECT Id FROM Opportunity WHERE Amount > USD5000 AND Amount < EUR100.5",
		"SELECT Id FROM Opportunity WHERE Amount >= -10.50 AND Probability > +5 AND X__c < .5",
		"SELECT Id FROM Account WHERE ParentId = NULL AND IsDeleted = False AND Name != null",
		"SELECT Id FROM Account WHERE Name <> 'x'",
		"SELECT Id FROM Account USING SCOPE mine",
		"SELECT Id FROM Account USING SCOPE My_Territory WHERE Name = 'x'",
		"SELECT Title FROM KnowledgeArticleVersion WHERE PublishStatus = 'online' WITH DATA CATEGORY Geography__c ABOVE usa__c",
		"SELECT Title FROM Question WHERE LastReplyDate > 2005-10-08T01:02:03Z WITH DATA CATEGORY Geography__c AT (usa__c, uk__c) AND Product__c ABOVE_OR_BELOW mobile__c",
		"SELECT Id FROM Account WITH SECURITY_ENFORCED",
		"SELECT Id FROM Account WHERE Name = 'x' WITH USER_MODE ORDER BY Name",
		"SELECT Id FROM Contact LIMIT 1 FOR VIEW",
		"SELECT Id FROM Contact FOR REFERENCE",
		"SELECT Title FROM FAQ__kav WHERE Language = 'en_US' UPDATE TRACKING, VIEWSTAT",
		"SELECT Id FROM Warehouse__c WHERE DISTANCE(Location__c, GEOLOCATION(37.775,-122.418), 'mi') < 20 ORDER BY DISTANCE(Location__c, GEOLOCATION(37.775,-122.418), 'mi') DESC LIMIT 10",
		"SELECT DISTANCE(Location__c, GEOLOCATION(10,10), 'km') FROM Warehouse__c",
		"SELECT Id, npsp__Primary_Affiliation__r.Name, ns__Obj__r.Parent__r.Owner.Name FROM npe01__OppPayment__c",
		"SELECT Id FROM ns__Thing__mdt",
		"SELECT Id, Name FROM Group WHERE Type = 'Queue'",
		"SELECT Id, OrderNumber FROM Order WHERE Status = 'Draft'",
		"SELECT Id, Limit__c, End FROM Case",
		"SELECT Name n FROM Account GROUP BY Name",
		"SELECT EntityDefinition.QualifiedApiName, DataType FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName IN ('Account','Contact')",
		"SELECT Id, Username, Email, Profile.Name FROM User WHERE IsActive = true AND UserType = 'Standard' ORDER BY LastLoginDate DESC NULLS LAST LIMIT 2000",
		"SELECT Id FROM ContentDocumentLink WHERE LinkedEntityId IN ('500000000000001AAA')",
		"SELECT VersionData, Title, FileExtension FROM ContentVersion WHERE IsLatest = TRUE",
		"SELECT Id FROM Task WHERE ActivityDate = THIS_WEEK AND Who.Type = 'Contact'",
		"SELECT Id FROM Account WHERE Id > '001000000000000AAA' ORDER BY Id LIMIT 2000",
		"SELECT SUM(Amount), AVG(Amount) a2 FROM Opportunity WHERE StageName = 'Closed Won'",
		"SELECT Account.Name, COUNT(Id) FROM Contact GROUP BY Account.Name",
		"SELECT Id FROM Case WHERE CreatedDate IN (TODAY, YESTERDAY)",
		"SELECT Id FROM Account WHERE Name IN ('x') LIMIT 0",
		"SELECT Id FROM UserProfileFeed WITH UserId='005D0000001AamR' ORDER BY CreatedDate DESC, Id DESC LIMIT 20",
	}
	refused = []string{
		"", "SELECT", "SELECT FROM Account", "SELECT Id Account", "SELECT Id, FROM Account", "SELECT Id FROM", "SELECT * FROM Account", "SELECT Id Name Phone FROM Account",
		"SELECT Id FROM Account WHERE", "SELECT Id FROM Account WHERE Name", "SELECT Id FROM Account WHERE Name = ", "SELECT Id FROM Account WHERE Name = 'x", "SELECT Id FROM Account WHERE Name == 'x'",
		"SELECT Id FROM Account WHERE Name = ‘x’", "SELECT Id FROM Account WHERE Name = “x”", "SELECT Id FROM Account WHERE Name LIKE", "SELECT Id FROM Account WHERE Name IN 'x'",
		"SELECT Id FROM Account WHERE Name IN ()", "SELECT Id FROM Account WHERE Name NOT LIKE 'x'", "SELECT Id FROM Account WHERE Name IS NULL", "SELECT Id FROM Account WHERE Name IS NOT NULL",
		"SELECT Id FROM Account WHERE Name BETWEEN 'a' AND 'b'", "SELECT Id FROM Account LIMIT -1", "SELECT Id FROM Account LIMIT 'x'", "SELECT Id FROM Account LIMIT 1.5", "SELECT Id FROM Account LIMIT",
		"SELECT Id FROM Account OFFSET -5", "SELECT Id FROM Account OFFSET 5 LIMIT 1", "SELECT Id FROM Account LIMIT 5 WHERE Name = 'x'", "SELECT Id FROM Account ORDER Name", "SELECT Id FROM Account ORDER BY",
		"SELECT Id FROM Account ORDER BY Name UP", "SELECT Id FROM Account ORDER BY Name NULLS", "SELECT Id FROM Account GROUP Name", "SELECT Name FROM Account HAVING COUNT(Id) > 1",
		"SELECT Id FROM Account WHERE Name = 'a\\q'", "SELECT Id FROM Account JOIN Contact", "SELECT Id FROM Account INNER JOIN Contact ON Id = AccountId", "UPDATE Account SET Name = 'x'", "DELETE FROM Account",
		"SELECT Id FROM Account UNION SELECT Id FROM Contact", "SELECT COUNT(), Id FROM Account", "SELECT COUNT(*) FROM Account", "SELECT Id AS x FROM Account", "SELECT Id FROM Account WHERE CreatedDate > '2025-13-45'T",
		"SELECT Id FROM Account WHERE CreatedDate > 2025-13-01", "SELECT Id FROM Account WHERE CreatedDate > 2025-10-01T25:00:00Z", "SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS", "SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS:x",
		"SELECT Id FROM Account WHERE A = 1e5", "SELECT Id FROM Account WHERE A = 5.", "SELECT Id FROM Opportunity WHERE Amount > USD -5",
		"SELECT TYPEOF What WHEN Account THEN Phone FROM Event", "SELECT TYPEOF What END FROM Event", "SELECT Id FROM Account USING SCOPE", "SELECT Id FROM Account FOR", "SELECT Id FROM Account WITH DATA CATEGORY Geo__c NEAR x__c",
		"SELECT (SELECT Id FROM Contacts FROM Account", "SELECT Id FROM Account WHERE (Name = 'x'", "SELECT Id FROM Account WHERE Name = 'x')", "SELECT Id FROM Account WHERE Id IN (SELECT AccountId, Id FROM Contact)",
		"SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact LIMIT 5)", "SELECT Id FROM Account WHERE NOT", "SELECT Id FROM Account WHERE A = 1 AND", "SELECT Id FROM Account WHERE A = 1 B = 2", "SELECT FIELDS() FROM Contact LIMIT 1",
		"SELECT Id,, Name FROM Account", "SELECT Id FROM Account WHERE A = 1 AND NOT B = 2", `SELECT Id FROM Contact WHERE DISTANCE(MailingAddress, GEOLOCATION(1,2), "km") < 5`, "SELECT 1 FROM Account", "SELECT 'x' FROM Account", "SELECT Id FROM Account trailing words here",
		"SELECT Id FROM Account GROUP BY ROLLUP(Name), Type", "SELECT toLabel() FROM Account",
	}
	lenient = []string{
		"SELECT Id FROM Account;", "SELECT Id FROM Account -- all of them", "SELECT /* note */ Id FROM Account", "SELECT Id FROM Account WHERE A = 1 AND B = 2 OR C = 3",
		"SELECT Id FROM Account WHERE Name = 'two\nlines'",
	}
)

func TestQueriesAsTheyAreWritten(t *testing.T) {
	for _, text := range append(lines(t, "taken.txt"), written...) {
		q, err := soql.Parse(text)
		if err != nil {
			t.Errorf("refuses %q: %v", text, err)
			continue
		}
		if len(q.Lenient) > 0 {
			t.Errorf("%q is said to deviate: %v", text, q.Lenient)
		}
		again, err := soql.Parse(q.String())
		if err != nil || again.String() != q.String() {
			t.Errorf("%q is printed as %q: %v", text, q, err)
		}
	}
	for _, text := range append(lines(t, "refused.txt"), refused...) {
		if q, err := soql.Parse(text); err == nil && len(q.Lenient) == 0 {
			t.Errorf("takes %q as %s", text, q)
		}
	}
	for _, text := range lenient {
		if q, err := soql.Parse(text); err != nil || len(q.Lenient) == 0 {
			t.Errorf("%q is not taken with a remark: %v", text, err)
		}
	}
}

// lines reads a file of queries, one a line.
func lines(t *testing.T, name string) []string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(body), "\n"), "\n")
}
