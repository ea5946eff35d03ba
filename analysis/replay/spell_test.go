package replay_test

import "testing"

// An export with a header in capitals says nothing of how its fields are spelled; a query does, or another table.
func TestFieldsInCapitalsAreSpelledAsElsewhere(t *testing.T) {
	w := newWorld(t)
	w.table("Contact", "003", "Id:id VIP_TIER__c:text SHOE_SIZE__c:number UNHEARD__c:text CreatedDate:datetime",
		id("003", 1)+"|Gold|38|x|2025-10-01T00:00:00.000Z")
	w.table("ContactHistory", "017", "Id:id ContactId:reference>Contact Field:text OldValue:text CreatedDate:datetime",
		id("017", 1)+"|"+id("003", 1)+"|Shoe_Size__c|37|2025-10-02T00:00:00.000Z")
	w.logs(rest("SELECT Id, VIP_Tier__c FROM Contact WHERE VIP_Tier__c != null", 1, 0), rest("SELECT vip_tier__c, UNHEARD__c FROM Contact", 1, minute),
		rest("SELECT VIP_Tier__c FROM Contact", 1, 2*minute))
	w.derive()
	got := w.one("SELECT string_agg(field, ' ' ORDER BY position) FROM snapshot.field WHERE object = 'Contact'")
	if want := "Id VIP_Tier__c Shoe_Size__c UNHEARD__c CreatedDate"; got != want {
		t.Errorf("fields are %s, want %s", got, want)
	}
	got = w.one("SELECT array_to_string(any_value(fields), ' ') FROM analysis.exposure")
	if want := "UNHEARD__c VIP_Tier__c"; got != want {
		t.Errorf("exposed are %s, want %s", got, want)
	}
}
