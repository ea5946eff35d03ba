package main

import "strings"

// object is one customer table: its columns as exported, and which of them never change.
type object struct {
	name, prefix string
	columns      []string
	index        map[string]int
	stable       map[string]bool
}

func newObject(name, prefix, columns, stable string) *object {
	o := &object{name: name, prefix: prefix, columns: strings.Fields(columns), index: map[string]int{}, stable: map[string]bool{}}
	for i, c := range o.columns {
		o.index[c] = i
	}
	for _, c := range strings.Fields(stable + " Id AccountId ContactId BillToContactId CreatedDate") {
		o.stable[c] = true
	}
	return o
}

// column gives the place of a column; a name that is not there is a mistake in this program.
func (o *object) column(name string) int {
	i, ok := o.index[name]
	if !ok {
		panic("object " + o.name + " has no column " + name)
	}
	return i
}

var (
	account = newObject("Account", "001", "Id IsDeleted Name Type BillingCountry OwnerId CreatedDate LastModifiedDate", "")
	contact = newObject("Contact", "003", "Id IsDeleted AccountId LastName FirstName Name MailingStreet MailingCity MailingPostalCode MailingCountry MobilePhone Email Birthdate Description OwnerId CreatedDate LastModifiedDate Gender__c Occupation__c Tier__c ClientNumber__c PassportNumber__c", "ClientNumber__c")
	asset   = newObject("Asset", "02i", "Id IsDeleted ContactId AccountId Name SerialNumber Product2Id PurchaseDate Price Status OwnerId CreatedDate LastModifiedDate Boutique__c", "SerialNumber")
	cases   = newObject("Case", "500", "Id IsDeleted CaseNumber ContactId AccountId SuppliedName SuppliedEmail Origin Status Priority Subject Description OwnerId CreatedDate LastModifiedDate", "CaseNumber")
	order   = newObject("Order", "801", "Id IsDeleted OrderNumber AccountId BillToContactId EffectiveDate Status TotalAmount BillingStreet BillingCity BillingPostalCode BillingCountry OwnerId CreatedDate LastModifiedDate Boutique__c", "OrderNumber")

	objects = []*object{account, contact, asset, cases, order}
)

// Columns that say nothing about a person.
var ignored = []string{"Id", "OwnerId", "AccountId", "ContactId", "BillToContactId", "ShipToContactId", "Product2Id", "CreatedDate", "LastModifiedDate", "SystemModstamp", "IsDeleted"}

var isIgnored = func() map[string]bool {
	m := map[string]bool{}
	for _, c := range ignored {
		m[c] = true
	}
	return m
}()

// record is one customer row with its history: what it says in the snapshot, and what it said before it was edited.
type record struct {
	object           *object
	id               string
	values           []string // as exported; a purged record is not exported
	before           []string // until edited; nil when it was not edited after the attack began
	created, edited  int64
	deleted          int64 // moment of the soft delete; 0 when never
	purged           bool  // also gone from the recycle bin before the snapshot
	modified         int64 // last change of any kind, as the table says
	person           string
	account, contact *record // parents
}

func newRecord(o *object, n int, created int64) *record {
	r := &record{object: o, id: newID(o.prefix, n), values: make([]string, len(o.columns)), created: created, modified: created}
	r.values[0] = r.id
	return r
}

func (r *record) set(column, value string) { r.values[r.object.column(column)] = value }
func (r *record) get(column string) string { return r.values[r.object.column(column)] }
func (r *record) link(parent *record) string {
	if parent == nil {
		return ""
	}
	return parent.id
}

// edit keeps what the record said and changes it at a moment.
func (r *record) edit(at int64, column, value string) {
	if r.before == nil {
		r.before = append([]string(nil), r.values...)
	}
	r.edited, r.modified = at, at
	r.set(column, value)
}

func (r *record) softDelete(at int64) { r.deleted, r.modified = at, at }

// finish writes the columns that follow from the history.
func (r *record) finish() {
	r.set("IsDeleted", map[bool]string{true: "true", false: "false"}[r.deleted != 0])
	r.set("CreatedDate", iso(r.created/second*second))
	r.set("LastModifiedDate", iso(r.modified/second*second))
}
