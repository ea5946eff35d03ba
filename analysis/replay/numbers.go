package replay

import "regexp"

// numberName are fields that hold a number the CRM, or the company, hands out once: they name the record and stay.
var numberName = regexp.MustCompile(`(?i)^(case|order|serial|customer|client|contract|invoice|member|membership|loyalty|solution|ticket|work_?order|quote|receipt|certificate)_?(number|no|num)(__c)?$`)

// businessNumber says whether a field keeps its value because it is such a number.
func businessNumber(object, field string) bool {
	return numberName.MatchString(field) || fold(field) == fold(object)+"number"
}

// prefixes are the key prefixes of standard objects a log may name although the snapshot lacks them.
var prefixes = map[string]string{
	"001": "Account", "003": "Contact", "005": "User", "006": "Opportunity", "00G": "Group", "00P": "Attachment", "00Q": "Lead",
	"00T": "Task", "00U": "Event", "00k": "OpportunityLineItem", "015": "Document", "01t": "Product2", "02i": "Asset",
	"02s": "EmailMessage", "068": "ContentVersion", "069": "ContentDocument", "500": "Case", "570": "LiveChatTranscript",
	"5WA": "LiveAgentSession", "701": "Campaign", "00v": "CampaignMember", "800": "Contract", "801": "Order", "802": "OrderItem",
	"0PK": "Individual", "0Q0": "Quote", "810": "ServiceContract", "0WO": "WorkOrder",
}
