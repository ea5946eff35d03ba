package main

import (
	"sort"
	"strconv"
	"strings"
)

// query is one thing the thief asked for: its text as the log shows it, and by hand what it asks of each record.
type query struct {
	id, session, carrier, text, note string
	object                           *object
	at, done                         int64 // done: when a bulk job was complete
	matches                          test
	all                              bool // the recycle bin too
	limit                            int  // rows wanted; 0 is all
	fetched                          int  // rows fetched before paging was broken off; 0 is all
	newest                           bool // ORDER BY CreatedDate DESC
	named                            int  // how many of the rows a real-time event names; -1 is all
	uncounted                        bool // no log says how many rows came back
	viewed                           bool // drawn on a screen
	recon                            bool
	job, operation                   string
	fields                           []string
	parent                           func(*record) *record
	parentPath                       string
	parentFields                     []string
	childFields                      []string // of the contact's assets
	childEntity                      *object

	found tally
}

// tally is what the first pass over all clients finds out about a query.
type tally struct {
	rows, certain, open   int // at event time; sure and undecided for a reader of the snapshot
	children              int
	kept, idealKept       []string
	keptAt, idealKeptAt   []int64
	taken, ideal, inEvent map[string]bool
	edge                  map[string]bool // the last of the newest, where rows purged since may have stood
	limited, determined   bool
	records               int // COUNT()
}

func is(o *object, column, value string) test {
	return field(o, column, func(v string) bool { return strings.EqualFold(v, value) })
}

func oneOf(o *object, column string, values ...string) test {
	return field(o, column, func(v string) bool {
		for _, w := range values {
			if strings.EqualFold(v, w) {
				return true
			}
		}
		return false
	})
}

func contains(o *object, column, part string) test {
	return field(o, column, func(v string) bool { return strings.Contains(strings.ToLower(v), strings.ToLower(part)) })
}

func endsWith(o *object, column, part string) test {
	return field(o, column, func(v string) bool { return strings.HasSuffix(strings.ToLower(v), strings.ToLower(part)) })
}

func filled(o *object, column string) test {
	return field(o, column, func(v string) bool { return v != "" })
}

func atLeast(o *object, column string, n float64) test {
	return field(o, column, func(v string) bool {
		f, err := strconv.ParseFloat(v, 64)
		return err == nil && f >= n
	})
}

// dated tests a calendar day in [from, to), yyyy-mm-dd.
func dated(o *object, column, from, to string) test {
	return field(o, column, func(v string) bool { return v != "" && v >= from && v < to })
}

func moment(d, h, m, s, ms int) int64 { return utc(2026, 3, d, h, m, s) + int64(ms) }

// count is a COUNT() query: it touches nobody.
func count(session string, o *object, at int64) *query {
	name := map[*object]string{nil: "User"}[o]
	if o != nil {
		name = o.name
	}
	return &query{session: session, carrier: "rest", text: "SELECT COUNT() FROM " + name, object: o, at: at, recon: true, note: name}
}

// newQueries is what the thief asks for, in the order of time.
func newQueries() []*query {
	qs := append(firstWave(), secondWave()...)
	qs = append(qs, screens()...)
	qs = append(qs, hijacked()...)
	sort.SliceStable(qs, func(i, j int) bool { return qs[i].at < qs[j].at })
	for i, q := range qs {
		if q.recon {
			q.id = "N" + strconv.Itoa(100 + i)[1:]
		}
		q.found.inEvent = map[string]bool{}
	}
	return qs
}

// firstWave runs through the connected app the manager authorised on the telephone.
func firstWave() []*query {
	q2, q3 := moment(11, 6, 31, 18, 204), moment(11, 6, 58, 40, 77)
	tierKR := []test{is(contact, "MailingCountry", "South Korea"), oneOf(contact, "Tier__c", "Prestige", "Signature")}
	return []*query{
		count("A1", contact, moment(11, 5, 34, 2, 118)), count("A1", account, moment(11, 5, 34, 11, 640)), count("A1", order, moment(11, 5, 34, 23, 905)),
		count("A1", asset, moment(11, 5, 34, 37, 311)), count("A1", nil, moment(11, 5, 34, 52, 18)),
		{id: "S1", session: "A1", carrier: "rest", object: contact, at: moment(11, 5, 47, 30, 512), text: "SELECT Id, Name, Email, Tier__c FROM Contact WHERE Tier__c = 'prestige' LIMIT 15",
			matches: is(contact, "Tier__c", "Prestige"), limit: 15, fields: []string{"Name", "Email", "Tier__c"}, note: "LIMIT without ORDER BY: nobody can say which"},
		{id: "Q1", session: "A1", carrier: "rest", object: contact, at: moment(11, 6, 4, 9, 871), text: "SELECT Id, LastName, FirstName, Email, MobilePhone, Tier__c\nFROM Contact\n  WHERE MailingCountry = 'SOUTH KOREA' AND Tier__c IN ('prestige', 'SIGNATURE')",
			matches: allOf(tierKR...), fields: []string{"LastName", "FirstName", "Email", "MobilePhone", "Tier__c"}, note: "comparison ignores case; edits since move records in and out"},
		{id: "Q2", session: "A1", carrier: "rest", object: contact, at: q2, text: "SELECT Id, Name, Email, CreatedDate FROM Contact WHERE Email LIKE '%@QMAIL.EXAMPLE' AND CreatedDate = LAST_N_DAYS:40",
			matches: allOf(endsWith(contact, "Email", "@qmail.example"), created(seoulMidnight(q2)-40*day, seoulMidnight(q2)+day)), fields: []string{"Name", "Email"}, note: "LIKE ignores case; days begin at midnight in Seoul"},
		{id: "Q3", session: "A1", carrier: "rest", object: contact, at: q3, text: "select Id, Name, Birthdate, Occupation__c, MobilePhone from Contact where Tier__c = 'Signature' and Occupation__c not in ('student', 'Executive') and (NOT Email LIKE '%@post.example')",
			matches: allOf(is(contact, "Tier__c", "Signature"), not(oneOf(contact, "Occupation__c", "Student", "Executive")), not(endsWith(contact, "Email", "@post.example"))), fields: []string{"Name", "Birthdate", "Occupation__c", "MobilePhone"}, note: "negations include empty values"},
		{id: "Q4", session: "A1", carrier: "rest", object: contact, at: moment(11, 7, 15, 3, 440), text: "SELECT Id, Name, Email, MobilePhone FROM Contact WHERE (Account.Name LIKE '%상사' OR Account.Name LIKE '%holdings%')",
			matches: of(accountOf, account, anyOf(endsWith(account, "Name", "상사"), contains(account, "Name", "holdings"))), fields: []string{"Name", "Email", "MobilePhone"}, note: "parent path in the condition"},
		{id: "Q5", session: "A1", carrier: "rest", object: order, at: moment(11, 7, 41, 55, 9), text: "SELECT Id, OrderNumber, TotalAmount, BillToContact.LastName, BillToContact.FirstName, BillToContact.Email\nFROM Order\n  WHERE BillToContact.MailingCountry = 'Japan' AND EffectiveDate = THIS_YEAR",
			matches: allOf(of(contactOf, contact, is(contact, "MailingCountry", "Japan")), dated(order, "EffectiveDate", "2026-01-01", "2027-01-01")), fields: []string{"OrderNumber", "TotalAmount"},
			parent: contactOf, parentPath: "BillToContact", parentFields: []string{"LastName", "FirstName", "Email"}, note: "parent path in the columns: clients are disclosed through their orders"},
		{id: "QG", session: "A1", carrier: "rest", object: contact, at: moment(11, 8, 22, 14, 633), text: "SELECT Id, Name, Birthdate, PassportNumber__c FROM Contact WHERE PassportNumber__c != null",
			matches: filled(contact, "PassportNumber__c"), uncounted: true, fields: []string{"Name", "Birthdate", "PassportNumber__c"}, note: "in the missing hour: only the text (UniqueQuery) and the fact of a call (ApiTotalUsage) are left"},
		{id: "Q6", session: "A1", carrier: "rest", object: contact, at: moment(11, 9, 3, 27, 190), text: "SELECT Id, Name, Email, PassportNumber__c FROM Contact WHERE Id IN (SELECT ContactId FROM Asset WHERE Price > 15000000 AND Boutique__c = '한남 본점') AND MobilePhone != null",
			matches: allOf(owns(allOf(field(asset, "Price", over(15_000_000)), is(asset, "Boutique__c", "한남 본점"))), filled(contact, "MobilePhone")), fields: []string{"Name", "Email", "PassportNumber__c"}, note: "semi-join"},
		{id: "Q7", session: "A1", carrier: "rest", object: contact, at: moment(11, 9, 28, 41, 702), text: "SELECT Id, Name, Email, MobilePhone, MailingStreet, MailingCity FROM Contact WHERE MailingCountry IN ('China', 'Japan', 'Hong Kong')",
			matches: oneOf(contact, "MailingCountry", "China", "Japan", "Hong Kong"), fetched: 400, fields: []string{"Name", "Email", "MobilePhone", "MailingStreet", "MailingCity"}, note: "broken off after two pages of 200"},
	}
}

func over(n float64) func(string) bool {
	return func(v string) bool {
		f, err := strconv.ParseFloat(v, 64)
		return err == nil && f > n
	}
}

// secondWave comes back with the refresh token, from another address, across UTC midnight.
func secondWave() []*query {
	q8, b4 := moment(11, 23, 44, 51, 370), moment(12, 0, 16, 33, 808)
	return []*query{
		count("A2", cases, moment(11, 23, 29, 40, 255)),
		{id: "L1", session: "A2", carrier: "rest", object: asset, at: moment(11, 23, 31, 27, 91), text: "SELECT Id, SerialNumber, Name, PurchaseDate, Price FROM Asset WHERE Status = 'Purchased' AND Boutique__c IN ('한남 본점', 'ginza annex') LIMIT 800",
			matches: allOf(is(asset, "Status", "Purchased"), oneOf(asset, "Boutique__c", "한남 본점", "Ginza Annex")), limit: 800, named: cutNames, fields: []string{"SerialNumber", "Name", "PurchaseDate", "Price"}, note: "LIMIT without ORDER BY; the list of ids in the real-time event breaks off at 32,767 characters"},
		{id: "L0", session: "A2", carrier: "rest", object: contact, at: moment(11, 23, 36, 12, 46), text: "SELECT Id, Name, Email, MobilePhone, Birthdate\nFROM Contact\n  WHERE Tier__c = 'classic' LIMIT 200",
			matches: is(contact, "Tier__c", "Classic"), limit: 200, named: -1, fields: []string{"Name", "Email", "MobilePhone", "Birthdate"}, note: "LIMIT without ORDER BY, but the real-time event names every record"},
		{id: "Q8", session: "A2", carrier: "rest", object: contact, at: q8, text: "SELECT Id, Name, Email, MobilePhone FROM Contact WHERE CreatedDate = YESTERDAY",
			matches: created(seoulMidnight(q8)-day, seoulMidnight(q8)), fields: []string{"Name", "Email", "MobilePhone"}, note: "before nine in Seoul the UTC date is another one"},
		{id: "L2", session: "A2", carrier: "rest", object: contact, at: moment(11, 23, 48, 30, 515), text: "SELECT Id, Name, Email, MobilePhone, CreatedDate FROM Contact ORDER BY CreatedDate DESC LIMIT 250",
			matches: everything, limit: 250, newest: true, fields: []string{"Name", "Email", "MobilePhone"}, note: "a defined subset; clients entered since do not belong to it"},
		{id: "B1", session: "A2", carrier: "bulk2", object: contact, at: moment(11, 23, 56, 44, 120), done: moment(12, 0, 2, 10, 120), job: newID("750", 44_001), operation: "query",
			text:    "SELECT Id, AccountId, FirstName, LastName, Email, MobilePhone, Birthdate, Gender__c, ClientNumber__c FROM Contact WHERE MailingCountry IN ('taiwan', 'Singapore', 'United States')",
			matches: oneOf(contact, "MailingCountry", "Taiwan", "Singapore", "United States"), fields: []string{"FirstName", "LastName", "Email", "MobilePhone", "Birthdate", "Gender__c", "ClientNumber__c"}, note: "the job runs across UTC midnight"},
		{id: "B2", session: "A2", carrier: "bulk2", object: contact, at: moment(12, 0, 5, 20, 66), done: moment(12, 0, 7, 41, 66), job: newID("750", 44_002), operation: "queryAll", all: true,
			text:    "SELECT Id, Name, Email, MobilePhone, IsDeleted FROM Contact WHERE MailingCountry = 'France'",
			matches: is(contact, "MailingCountry", "France"), fields: []string{"Name", "Email", "MobilePhone"}, note: "queryAll: the recycle bin too"},
		{id: "B3", session: "A2", carrier: "bulk2", object: cases, at: moment(12, 0, 10, 9, 734), done: moment(12, 0, 12, 30, 734), job: newID("750", 44_003), operation: "query",
			text:    "SELECT Id, CaseNumber, ContactId, Subject, Description FROM Case WHERE Origin = 'line'",
			matches: is(cases, "Origin", "LINE"), fields: []string{"CaseNumber", "Subject", "Description"}, note: "free text; the job was deleted right after"},
		{id: "B4", session: "A2", carrier: "bulk2", object: order, at: b4, done: moment(12, 0, 17, 58, 808), job: newID("750", 44_004), operation: "query",
			text:    "SELECT Id, OrderNumber, BillToContactId, TotalAmount, BillingCity FROM Order WHERE TotalAmount >= 5000000 AND EffectiveDate = LAST_N_MONTHS:2",
			matches: allOf(atLeast(order, "TotalAmount", 5_000_000), dated(order, "EffectiveDate", seoulDate(seoulMonths(b4, -2)), seoulDate(seoulMonths(b4, 0)))), fields: []string{"OrderNumber", "TotalAmount", "BillingCity"}, note: "whole calendar months on a date"},
	}
}

// screens are seen in a browser at night.
func screens() []*query {
	list := allOf(is(contact, "MailingCountry", "France"), oneOf(contact, "Tier__c", "Prestige", "Signature"))
	changed := allOf(oneOf(contact, "Tier__c", "Prestige", "Signature"), oneOf(contact, "MailingCity", "서울", "제주"))
	return []*query{
		{id: "LV", session: "B1s", carrier: "listview", object: contact, at: moment(12, 17, 2, 44, 900), text: parisList.id, matches: list, uncounted: true, viewed: true, fields: parisList.fields(), note: "a list view; no count is logged"},
		{id: "R1", session: "B1s", carrier: "report_csv", object: contact, at: moment(12, 17, 38, 20, 407), text: salonList.id, matches: changed, fields: salonChanged.fields(), note: "columns and filters were changed on the run page: only the export itself tells"},
		{id: "R2", session: "B2s", carrier: "report_xlsx", object: contact, at: moment(13, 13, 14, 48, 861), text: birthdays.id, matches: is(contact, "Tier__c", "Prestige"), fields: birthdays.fields(), note: "a formatted sheet leaves a Report row only; the saved definition tells the rest"},
	}
}

// hijacked runs on the stolen session of an employee who is working.
func hijacked() []*query {
	return []*query{
		{id: "Q9", session: "C1", carrier: "rest", object: contact, at: moment(13, 3, 40, 12, 268), text: "SELECT Id, LastName, FirstName, (SELECT SerialNumber, Price FROM Assets) FROM Contact WHERE MailingCountry = 'Hong Kong' AND Tier__c != null",
			matches: allOf(is(contact, "MailingCountry", "Hong Kong"), filled(contact, "Tier__c")), fields: []string{"LastName", "FirstName"}, childFields: []string{"SerialNumber", "Price"}, childEntity: asset, note: "child subquery: the children are disclosed too"},
		{id: "Q10", session: "C1", carrier: "rest", object: cases, at: moment(13, 3, 54, 59, 31), text: "SELECT Id, CaseNumber, Subject, Description, SuppliedEmail\nFROM Case\n  WHERE (Subject LIKE '%환불%' OR Subject LIKE '%refund%')",
			matches: anyOf(contains(cases, "Subject", "환불"), contains(cases, "Subject", "refund")), fields: []string{"CaseNumber", "Subject", "Description", "SuppliedEmail"}, note: "free text"},
	}
}
