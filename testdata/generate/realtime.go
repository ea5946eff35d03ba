package main

import (
	"fmt"
	"sort"
	"strings"
)

const (
	cutNames      = -2     // as many ids as fit into the field
	recordsLength = 32_767 // longest Records value that was stored
)

// recordsJSON is the Records field of a real-time API event. Long answers of the older shape are simply cut.
func recordsJSON(o *object, ids []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"totalSize":%d,"done":true,"records":[`, len(ids))
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"attributes":{"type":"%s"},"Id":"%s"}`, o.name, id)
	}
	b.WriteString("]}")
	text := b.String()
	return text[:min(len(text), recordsLength)]
}

// recordIDsJSON is the newer shape.
func recordIDsJSON(ids []string) string {
	return fmt.Sprintf(`{"totalSize":%d,"done":true,"records":[],"recordIds":["%s"]}`, len(ids), strings.Join(ids, `","`))
}

// namedRows is how many of the kept rows the real-time event names in full.
func (q *query) namedRows() int {
	switch q.named {
	case -1:
		return len(q.found.kept)
	case cutNames:
		return strings.Count(recordsJSON(q.object, q.found.kept), `"}`) / 2 // after the type, and after the whole id
	}
	return 0
}

// apiEvent is one row of the real-time API events.
type apiEvent struct {
	s                                                  *session
	at                                                 int64
	object, text, operation, records, request, version string
	processed, returned                                int
}

var apiEventColumns = strings.Fields("Id EventIdentifier EventDate CreatedDate UserId Username SessionKey LoginKey SessionLevel SourceIp ApiType ApiVersion Application Client ConnectedAppId ElapsedTime Operation Platform QueriedEntities Query Records RequestIdentifier RowsProcessed RowsReturned UserAgent AdditionalInfo PolicyOutcome EvaluationTime")

// writeAPIEvents delivers what was stored in the exported periods, newest first as the platform does.
func writeAPIEvents(root string, seed uint64, events []apiEvent) (fileTruth, error) {
	f, err := newEvidenceFile(root, "logs/ApiEvent.csv", "ApiEvent", apiEventColumns)
	if err != nil {
		return fileTruth{}, err
	}
	sort.SliceStable(events, func(i, j int) bool { return events[i].at > events[j].at })
	r := newRandom(seed, ofFile, 77)
	for _, e := range events {
		if inWindow(e.at) {
			e.s.saw(e.at)
			f.write(e.row(r), e.at)
		}
	}
	return f.close()
}

func (e apiEvent) row(r *random) []string {
	uuid := fmt.Sprintf("%s-%s-4%s-a%s-%s", r.text(hexDigits, 8), r.text(hexDigits, 4), r.text(hexDigits, 3), r.text(hexDigits, 3), r.text(hexDigits, 12))
	return []string{"000000000000000AAA", uuid, iso(e.at), iso(e.at + r.between(3*second, 8*second)), e.s.user.id, e.s.user.login, e.s.keys[0], e.s.login, "STANDARD", e.s.ip,
		"REST", e.version, e.s.app, "", "", itoa(20 + r.intn(900)), e.operation, "Unknown", e.object, e.text, e.records, e.request, itoa(e.processed), itoa(e.returned), e.s.agent, "{}", "", "0"}
}

var loginHistoryColumns = strings.Fields("Id UserId LoginTime LoginType LoginSubType SourceIp Status Browser Application")

// writeLoginHistory is the export of the login history, newest first.
func writeLoginHistory(root string, rows []loginRow) (fileTruth, error) {
	f, err := newEvidenceFile(root, "logs/LoginHistory.csv", "LoginHistory", loginHistoryColumns)
	if err != nil {
		return fileTruth{}, err
	}
	sort.SliceStable(rows, func(i, j int) bool { return rows[i].at > rows[j].at })
	for i, r := range rows {
		at := strings.TrimSuffix(iso(r.at), "Z") + "+0000"
		f.write([]string{newID("0Ya", 70_000_000-i), r.user, at, r.kind, r.subtype, r.ip, r.status, r.browser, r.client}, r.at)
	}
	return f.close()
}

// writeAuditTrail is what the set-up page downloads: dates in the words and the zone of the administrator.
func writeAuditTrail(root string, staff []*employee) (fileTruth, error) {
	f, err := newEvidenceFile(root, "logs/SetupAuditTrail.csv", "SetupAuditTrail", []string{"Date", "User", "Source Namespace Prefix", "Action", "Section", "Delegate User"})
	if err != nil {
		return fileTruth{}, err
	}
	by, manager := staff[admin].login, staff[visitor].login
	for _, row := range [][]string{
		{"3/14/2026, 8:45:00 AM KST", by, "", "Froze user " + manager, "Manage Users", ""},
		{"3/14/2026, 8:31:00 AM KST", by, "", "Blocked connected app " + thiefApp, "Connected Apps", ""},
		{"3/12/2026, 9:40:00 AM KST", by, "", "Password reset for user " + staff[traveller].login, "Manage Users", ""},
		{"3/11/2026, 6:10:00 PM KST", by, "", "Enabled storage for Real-Time Event Monitoring event ApiEvent", "Event Manager", ""},
		{"3/11/2026, 2:31:12 PM KST", manager, "", "Installed connected app " + thiefApp, "Connected Apps", ""},
		{"3/10/2026, 11:05:00 AM KST", by, "", "Created new user " + staff[44].login + "\nProfile: Boutique Advisor\nRole: \"Store\"", "Manage Users", ""},
	} {
		f.write(row, 0)
	}
	return f.close()
}
