package main

import (
	"fmt"
	"strconv"
	"strings"
)

// household is everything the house knows of one client: contact records (two when the client was entered twice, or when
// two people share a mailbox), the account, and what they bought and wrote. It is a pure function of seed and number, so
// five million of them need no memory and can be told again for the truth.
type household struct {
	number                                    int
	accounts, contacts, assets, orders, cases []*record
	pair                                      string // how the two contacts belong together; "shared" when they do not
	entity                                    bool
}

func (h *household) of(o *object) []*record {
	switch o {
	case account:
		return h.accounts
	case contact:
		return h.contacts
	case asset:
		return h.assets
	case order:
		return h.orders
	case cases:
		return h.cases
	}
	return nil
}

// clients tells the households of one seed.
type clients struct {
	seed       uint64
	count      int
	corporates []*record
	owners     []string // user ids
}

func newClients(seed uint64, count int, owners []string) *clients {
	c := &clients{seed: seed, count: count, owners: owners}
	r := newRandom(seed, ofCorporate)
	for i, first := range corpFirst {
		for j, second := range corpSecond {
			a := newRecord(account, 1000+i*len(corpSecond)+j, roundSecond(r.between(firstClient, recentFrom)))
			a.modified = roundSecond(r.between(a.created, recentFrom))
			a.set("Name", strings.TrimSpace(first+space(second)+second))
			a.set("Type", "Corporate")
			a.set("BillingCountry", "South Korea")
			a.set("OwnerId", pick(r, owners))
			c.corporates = append(c.corporates, a)
		}
	}
	// One company was renamed after the queries: its people may or may not have matched by its name.
	renamed := c.corporates[2]
	renamed.edit(utc(2026, 3, 16, 3, 20, 5), "Name", corpFirst[0]+" 자산운용")
	for _, a := range c.corporates {
		a.finish()
	}
	return c
}

func space(word string) string {
	if word[0] < 0x80 {
		return " "
	}
	return ""
}

func roundSecond(at int64) int64 { return at / second * second }

// createdAt spreads the households over the years in the order of their numbers; the last 2 % arrive during and after
// the week of the attack, so that queries by creation date have something to find.
func (c *clients) createdAt(i int, r *random) int64 {
	x := (float64(i) + float64(r.intn(1000))/1000) / float64(c.count)
	switch {
	case x < 0.94:
		return roundSecond(firstClient + int64(x/0.94*float64(recentFrom-firstClient)))
	case x < 0.98:
		return roundSecond(recentFrom + int64((x-0.94)/0.04*float64(logsFrom-recentFrom)))
	}
	return roundSecond(logsFrom + int64((x-0.98)/0.02*float64(snapshotAt-3*hour-logsFrom)))
}

// household tells the i-th client.
func (c *clients) household(i int) *household {
	r := newRandom(c.seed, ofHousehold, uint64(i))
	h := &household{number: i}
	land := landOf(r.intn(1000))
	first := c.contact(h, land, r)
	switch kind := r.intn(1000); {
	case kind < 20:
		h.entity = true
		c.company(first, r)
	case kind < 26:
		h.pair = "shared"
		c.sharedMailbox(h, land, r)
	case kind < 60:
		c.duplicate(h, first, land, r)
	}
	c.account(h, first, r)
	c.purchases(h, first, r)
	c.history(h, r)
	return h
}

func landOf(n int) *people {
	for i := range countries {
		if n -= countries[i].share; n < 0 {
			return &countries[i]
		}
	}
	return &countries[0]
}

// contact enters one person.
func (c *clients) contact(h *household, land *people, r *random) *record {
	k := len(h.contacts)
	p := newRecord(contact, 3_000_000+h.number*4+k, c.createdAt(h.number, r))
	h.contacts = append(h.contacts, p)
	p.person = fmt.Sprintf("P%06d", h.number)
	given := r.intn(len(land.given))
	c.name(p, land, pick(r, land.surnames), land.given[given], r.chance(20))
	if r.chance(88) {
		p.set("Email", fmt.Sprintf("%s.%d@%s", land.latin[given], 1000+h.number*3+k, pick(r, mailDomains)))
	}
	if r.chance(95) || p.get("Email") == "" {
		p.set("MobilePhone", phone(land, h.number*2+k, r.intn(3)))
	}
	if r.chance(96) {
		p.set("MailingCountry", spelling(land, r))
	}
	if r.chance(75) {
		c.address(p, land, r)
	}
	c.details(p, land, h.number, r)
	return p
}

func spelling(land *people, r *random) string {
	if r.chance(88) {
		return land.spellings[0]
	}
	return pick(r, land.spellings)
}

// name fills the three name fields; whole puts a name that is written together into LastName, as shop staff do.
func (c *clients) name(p *record, land *people, last, first string, whole bool) {
	switch {
	case whole && land.joined:
		p.set("LastName", last+first)
		p.set("Name", last+first)
	default:
		p.set("LastName", last)
		p.set("FirstName", first)
		p.set("Name", first+" "+last)
	}
}

func (c *clients) address(p *record, land *people, r *random) {
	street := pick(r, land.streets)
	numbers := []any{1 + r.intn(180), 1 + r.intn(40)}
	p.set("MailingStreet", fmt.Sprintf(street, numbers[:strings.Count(street, "%d")]...))
	p.set("MailingCity", pick(r, land.cities))
	p.set("MailingPostalCode", r.text(digits, 5))
}

func (c *clients) details(p *record, land *people, number int, r *random) {
	p.set("OwnerId", pick(r, c.owners))
	p.set("ClientNumber__c", fmt.Sprintf("VM%08d", 10_000_000+(number*7919+len(p.person))%89_999_999))
	if r.chance(70) {
		p.set("Birthdate", fmt.Sprintf("%d-%02d-%02d", 1945+r.intn(60), 1+r.intn(12), 1+r.intn(28)))
	}
	p.set("Gender__c", pick(r, []string{"Female", "Male", ""}))
	if r.chance(50) {
		p.set("Occupation__c", pick(r, occupations))
	}
	switch x := r.intn(100); {
	case x < 6:
		p.set("Tier__c", tiers[0])
	case x < 17:
		p.set("Tier__c", tiers[1])
	case x < 45:
		p.set("Tier__c", tiers[2])
	}
	if r.chance(map[bool]float64{true: 1, false: 8}[land.code == "KR"]) {
		p.set("PassportNumber__c", "M"+r.text(digits, 8))
	}
	if r.chance(12) {
		p.set("Description", pick(r, []string{"기념일 전 연락 선호.\n\"작은 선물\" 요청", "Prefers calls after 18:00, no SMS", "好みは銀製\r\n包装は紺", "반지 11호, 알레르기: 니켈"}))
	}
}

// phone writes the unique number of a client in one of three habits. The digits are a permutation of n, so that two
// people never share a number by accident.
func phone(land *people, n, habit int) string {
	pool := strconv.Itoa(200_000_000 + (n*37_139_213+5_771)%100_000_000)[1:]
	var b strings.Builder
	next := 0
	for _, ch := range land.phone {
		switch {
		case ch == '#' && next < len(pool):
			b.WriteByte(pool[next])
			next++
		case ch == '#':
			b.WriteByte('7')
		default:
			b.WriteRune(ch)
		}
	}
	local := b.String()
	plain := strings.NewReplacer("-", "", " ", "", "(", "", ")", "").Replace(local)
	switch {
	case habit == 0:
		return local
	case habit == 1 && land.dial != "+1":
		return land.dial + strings.TrimPrefix(plain, "0")
	case habit == 1:
		return land.dial + plain
	}
	return plain
}

// company turns the contact into a purchasing desk: a legal entity, no person.
func (c *clients) company(p *record, r *random) {
	p.person = "E" + p.person[1:]
	desk := pick(r, corpFirst) + pick(r, corpSecond) + pick(r, []string{" 구매팀", " 총무팀", " Purchasing"})
	p.set("LastName", desk)
	p.set("FirstName", "")
	p.set("Name", desk)
	p.set("Email", "office"+strings.TrimLeft(p.person[1:], "0")+"@desk.example")
	for _, column := range []string{"Birthdate", "Gender__c", "PassportNumber__c", "Occupation__c"} {
		p.set(column, "")
	}
}

// sharedMailbox enters a second person behind the same address of an office.
func (c *clients) sharedMailbox(h *household, land *people, r *random) {
	second := c.contact(h, land, r)
	second.person += "b"
	for _, p := range h.contacts {
		p.set("Email", "info"+itoa(h.number)+"@atelier.example")
	}
}

// duplicate enters the same person again, the way shops do.
func (c *clients) duplicate(h *household, first *record, land *people, r *random) {
	h.pair = pick(r, []string{"email_case", "phone_name", "phone_namesplit"})
	if h.pair == "phone_namesplit" && !land.joined {
		h.pair = "phone_name"
	}
	if h.pair == "email_case" && first.get("Email") == "" {
		h.pair = "phone_name"
	}
	again := newRecord(contact, 3_000_000+h.number*4+1, roundSecond(r.between(first.created+hour, max(first.created+2*hour, attackFrom-day))))
	again.modified = again.created
	again.person = first.person
	for _, column := range []string{"LastName", "FirstName", "Name", "MailingCountry", "OwnerId", "ClientNumber__c", "Tier__c"} {
		again.set(column, first.get(column))
	}
	again.set("ClientNumber__c", first.get("ClientNumber__c")+"-2")
	h.contacts = append(h.contacts, again)
	if h.pair == "email_case" {
		again.set("Email", mixCase(first.get("Email"), r))
		return
	}
	first.set("MobilePhone", phone(land, h.number*2, 0))
	again.set("MobilePhone", phone(land, h.number*2, 1+r.intn(2)))
	if r.chance(50) {
		again.set("Email", fmt.Sprintf("second.%d@%s", 1000+h.number, pick(r, mailDomains)))
	}
	if h.pair == "phone_namesplit" {
		last, given := pick(r, land.surnames), pick(r, land.given)
		c.name(first, land, last, given, false)
		again.set("FirstName", "")
		c.name(again, land, last, given, true)
	}
}

func mixCase(s string, r *random) string {
	b := []byte(strings.ToUpper(s[:1]) + s[1:])
	for i := range b {
		if b[i] >= 'a' && b[i] <= 'z' && r.chance(30) {
			b[i] -= 32
		}
	}
	return string(b)
}

// account gives most clients an account of their own and some one of the companies.
func (c *clients) account(h *household, first *record, r *random) {
	switch x := r.intn(100); {
	case x < 70:
		a := newRecord(account, 3_000_000+h.number, first.created)
		a.set("Name", first.get("Name"))
		a.set("Type", "Individual")
		a.set("BillingCountry", first.get("MailingCountry"))
		a.set("OwnerId", first.get("OwnerId"))
		h.accounts = append(h.accounts, a)
		first.account = a
	case x < 82:
		first.account = pick(r, c.corporates)
	}
	for _, p := range h.contacts {
		if p == first || h.pair == "shared" {
			p.account = first.account
			p.set("AccountId", p.link(first.account))
		}
	}
}

// purchases adds what the client bought and asked for.
func (c *clients) purchases(h *household, first *record, r *random) {
	for k := 0; k < 5 && r.chance(48); k++ {
		c.asset(h, first, k, r)
	}
	for k := 0; k < 4 && r.chance(36); k++ {
		c.question(h, first, k, r)
	}
}

// later is a moment after the client was entered; a third of them fall into the last nine months.
func later(first *record, r *random) int64 {
	from := first.created + minute
	if r.chance(35) {
		from = max(from, utc(2025, 6, 20, 0, 0, 0))
	}
	return roundSecond(r.between(from, max(snapshotAt-2*hour, from+1)))
}

func (c *clients) asset(h *household, first *record, k int, r *random) {
	a := newRecord(asset, 3_000_000+h.number*16+k, later(first, r))
	h.assets = append(h.assets, a)
	price := 1_000 * (400 + r.intn(4_000)*(1+r.intn(12)))
	shop := pick(r, boutiques)
	good := r.intn(len(goods))
	c.owned(a, first, "ContactId", r)
	a.set("Name", goods[good])
	a.set("SerialNumber", fmt.Sprintf("VEL%09d", 100_000_000+h.number*16+k))
	a.set("Product2Id", newID("01t", 500+good))
	a.set("PurchaseDate", seoulDate(a.created))
	a.set("Price", itoa(price)+".0")
	a.set("Status", "Purchased")
	a.set("Boutique__c", shop)
	if r.chance(60) {
		c.order(h, first, k, a.created, price, shop, r)
	}
}

func (c *clients) order(h *household, first *record, k int, at int64, price int, shop string, r *random) {
	o := newRecord(order, 3_000_000+h.number*16+k, at)
	h.orders = append(h.orders, o)
	c.owned(o, first, "BillToContactId", r)
	o.set("OrderNumber", fmt.Sprintf("%010d", 200_000_000+h.number*16+k))
	o.set("EffectiveDate", seoulDate(at))
	o.set("Status", "Activated")
	o.set("TotalAmount", itoa(price)+".0")
	o.set("Boutique__c", shop)
	for _, part := range []string{"Street", "City", "PostalCode", "Country"} {
		o.set("Billing"+part, first.get("Mailing"+part))
	}
}

func (c *clients) question(h *household, first *record, k int, r *random) {
	q := newRecord(cases, 3_000_000+h.number*16+k, later(first, r))
	h.cases = append(h.cases, q)
	c.owned(q, first, "ContactId", r)
	q.set("CaseNumber", fmt.Sprintf("%010d", 100_000_000+h.number*16+k))
	q.set("Origin", pick(r, origins))
	q.set("Status", pick(r, statuses))
	q.set("Priority", pick(r, []string{"High", "Medium", "Low"}))
	q.set("Subject", pick(r, subjects))
	if r.chance(30) {
		q.set("SuppliedEmail", first.get("Email"))
	}
	if r.chance(20) {
		q.set("SuppliedName", first.get("Name"))
	}
	if r.chance(70) {
		q.set("Description", first.get("Name")+" 고객: "+q.get("Subject")+pick(r, []string{"\n회신 번호 " + first.get("MobilePhone"), ", \"빠른 처리\" 부탁", ".\r\n담당자 확인 필요", ""}))
	}
}

// owned ties a record to its client.
func (c *clients) owned(child, first *record, key string, r *random) {
	child.contact, child.account, child.person = first, first.account, first.person
	child.set(key, first.id)
	child.set("AccountId", child.link(first.account))
	child.set("OwnerId", pick(r, c.owners))
}

// history gives every record its last change, and some of them an edit or an end after the attack began. Contacts that
// own something are never deleted: what a lookup to the recycle bin shows is not settled, and no court would follow us.
func (c *clients) history(h *household, r *random) {
	for _, o := range objects {
		for i, rec := range h.of(o) {
			lastChange(rec, r)
			childless := o != contact || i > 0 || len(h.assets)+len(h.cases) == 0
			ends, changes := o != account && childless && r.chance(2.4), r.chance(4.5) && rec.created < attackFrom
			switch {
			case h.settled(rec):
			case ends:
				c.end(rec, r)
			case changes:
				c.edit(h, rec, r)
			}
			rec.finish()
		}
	}
}

// settled clients are left alone after the attack began: what was asked about them can be told to the last record.
func (h *household) settled(rec *record) bool {
	first := h.contacts[0]
	switch first.get("MailingCountry") {
	case "Hong Kong", "Taiwan", "Singapore", "United States":
		return rec.object != account
	}
	subject := rec.object == cases && (rec.get("Subject") == subjects[1] || rec.get("Subject") == subjects[2])
	return subject || rec.object == contact && rec.get("Tier__c") == tiers[0]
}

// lastChange is before the attack for all that existed by then.
func lastChange(rec *record, r *random) {
	if rec.created < attackFrom {
		rec.modified = roundSecond(r.between(rec.created, attackFrom-hour))
		if r.chance(60) { // most records are touched seldom
			rec.modified = roundSecond(r.between(rec.created, rec.modified+1))
		}
	}
}

// end deletes a record: a third before the attack (still in the recycle bin), a third after, a third for good.
func (c *clients) end(rec *record, r *random) {
	switch r.intn(3) {
	case 0:
		if rec.created < logsFrom-9*day {
			rec.softDelete(roundSecond(r.between(logsFrom-8*day, attackFrom-hour)))
			return
		}
		fallthrough
	case 1:
		rec.softDelete(roundSecond(r.between(max(attackFrom, rec.created+minute), snapshotAt-hour)))
	default:
		rec.softDelete(roundSecond(r.between(max(attackFrom+2*day+12*hour, rec.created+minute), snapshotAt-hour)))
		rec.purged = rec.created < recentFrom && rec.object != asset
	}
}

func (c *clients) edit(h *household, rec *record, r *random) {
	at := roundSecond(r.between(attackFrom, snapshotAt-hour))
	switch rec.object {
	case account:
		rec.edit(at, "Type", pick(r, []string{"Individual", "Household"}))
	case asset:
		rec.edit(at, "Status", pick(r, []string{"Registered", "Shipped"}))
	case order:
		rec.edit(at, "TotalAmount", itoa(1_000*(400+r.intn(9_000)))+".0")
	case cases:
		rec.edit(at, "Status", pick(r, statuses))
	case contact:
		c.editContact(rec, at, r)
	}
}

func (c *clients) editContact(rec *record, at int64, r *random) {
	kind := r.intn(6)
	switch {
	case rec.get("PassportNumber__c") != "" && kind < 4:
		kind = 6
	case rec.get("Email") == "" && kind < 3:
		kind = 7
	}
	switch kind {
	case 0, 1:
		rec.edit(at, "Tier__c", pick(r, append([]string{""}, tiers...)))
	case 2:
		land := landOf(r.intn(1000))
		rec.edit(at, "MailingCountry", land.spellings[0])
		rec.set("MailingCity", pick(r, land.cities))
	case 3:
		rec.edit(at, "Occupation__c", pick(r, occupations))
	case 4:
		rec.edit(at, "Birthdate", fmt.Sprintf("19%02d-%02d-%02d", 50+r.intn(40), 1+r.intn(12), 1+r.intn(28)))
	case 6: // whoever looks today finds no passport; the thief did
		rec.edit(at, "PassportNumber__c", "")
	case 7: // and finds an address the thief did not
		rec.edit(at, "Email", "later."+strings.TrimLeft(rec.person, "PE0")+"@"+pick(r, mailDomains))
	default:
		rec.edit(at, "Description", "연락처 재확인 "+seoulDate(at))
	}
}
