package event_test

import (
	"fmt"
	"testing"
)

// TestRowsWithoutOrganisation: in a log that names no organisation, each row belongs to the one its user is known from, by an
// id of either length; who is known from none or several stays apart.
func TestRowsWithoutOrganisation(t *testing.T) {
	elf := func(organisation, user string) string {
		return fmt.Sprintf("EVENT_TYPE,TIMESTAMP_DERIVED,ORGANIZATION_ID,USER_ID,URI\nRestApi,2025-10-01T10:00:00Z,%[1]s,%[2]s,/x\nRestApi,2025-10-01T11:00:00Z,%[1]s,0055g00000AAAAA,/x\n", organisation, user)
	}
	history := "Id,UserId,LoginTime,LoginType,SourceIp,Status\n0Ya5g000001abcdEAA,0055g00000KWzIkAAL,2025-10-01T10:00:00Z,Application,203.0.113.7,Success\n" +
		"0Ya5g000001abceEAA,0057F000001AbCd,2025-10-01T10:00:00Z,Application,203.0.113.8,Success\n" +
		"0Ya5g000001abcfEAA,0055g00000AAAAA,2025-10-01T10:00:00Z,Application,203.0.113.9,Success\n" +
		"0Ya5g000001abcgEAA,0055g00000BBBBB,2025-10-01T10:00:00Z,Application,203.0.113.9,Success\n"
	files := map[string]string{"hq.csv": elf("00D5g00000y58ee", "0055g00000KWzIk"), "branch.csv": elf("00D7F000000abcd", "0057F000001AbCd"), "h.csv": history}
	got := derived(t, files, `SELECT concat_ws(' ', e.line, u.organisation, left(u.user_id, 15), a.address) FROM analysis.event e JOIN analysis.account u ON u.id = e.account
		JOIN analysis.address a ON a.id = e.address WHERE e.kind = 'salesforce.loginhistory' ORDER BY 1`)
	if want := "2 00D5g00000y58ee 0055g00000KWzIk 203.0.113.7\n3 00D7F000000abcd 0057F000001AbCd 203.0.113.8\n4  0055g00000AAAAA 203.0.113.9\n5  0055g00000BBBBB 203.0.113.9"; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
