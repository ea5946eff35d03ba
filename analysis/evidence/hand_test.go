package evidence_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/evidence"
)

const gateway = "시각;계정;주소;동작\n2025-10-21 14:31:06;haeun@x.kr;203.0.113.7;조회\n2025-10-21 14:32:06;haeun@x.kr;203.0.113.7;조회\n"

// TestMappingByHand: an unknown file is offered a first mapping with reasons, and taken with it.
func TestMappingByHand(t *testing.T) {
	b := newBench(t)
	path := b.write("gateway.csv", gateway)
	var look evidence.Preview
	err := b.file.Read(t.Context(), func(db analysis.Engine) (err error) {
		look, err = evidence.Look(t.Context(), db, b.catalog, b.file.Staging(), path, evidence.Options{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if look.Kind != "" || len(look.Columns) != 4 || len(look.Rows) != 2 {
		t.Errorf("%+v", look)
	}
	for field, column := range map[string]string{"at": "시각", "address": "주소", "username": "계정"} {
		if !strings.HasPrefix(look.Guess.Reasons[field], column) {
			t.Errorf("%s is guessed from %q", field, look.Guess.Reasons[field])
		}
	}
	f := b.mustAdd(evidence.Options{Map: look.Guess.Kind, Timezone: "Asia/Seoul"}, path)[0]
	if f.Kind != "own.gateway" || f.Loaded != 2 || f.First.Format(time.DateTime) != "2025-10-21 05:31:06" {
		t.Errorf("%+v", f)
	}
	// the next steps find the kind in the case, and a further file of it needs no mapping
	var own *evidence.Catalog
	err = b.file.Read(t.Context(), func(db analysis.Engine) (err error) {
		own, err = b.catalog.OfCase(t.Context(), db)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if k, ok := own.Kind("own.gateway"); !ok || k.Event.SQL("address", evidence.Columns{"주소"}) != `nullif("주소", '')` {
		t.Errorf("the case does not keep the mapping: %+v", k)
	}
	if f := b.mustAdd(evidence.Options{}, b.write("next.csv", strings.ReplaceAll(gateway, "haeun", "minji")))[0]; f.Kind != "own.gateway" {
		t.Errorf("a further file: %+v", f)
	}
}

// TestOverruledRecognition: the investigator's kind counts, whatever the header.
func TestOverruledRecognition(t *testing.T) {
	b := newBench(t)
	f := b.mustAdd(evidence.Options{Kind: "salesforce.table.Contact"}, b.write("members.csv", "Id,Name\n0035g000008pz1lAAA,x\n"))[0]
	if f.Object != "Contact" || f.Loaded != 1 {
		t.Errorf("%+v", f)
	}
}

// TestMixedTypes: a file put together from several event types fills the table of each, and every row is found again.
func TestMixedTypes(t *testing.T) {
	b := newBench(t)
	text := logins(3) + strings.ReplaceAll(strings.TrimPrefix(logins(2), loginHeader), `"Login"`, `"Logout"`)
	f := b.mustAdd(evidence.Options{}, b.write("all.csv", text))[0]
	if f.Loaded != 5 || b.one(`SELECT count(*) FROM raw."salesforce.elf.Logout"`) != "2" || b.one(`SELECT count(*) FROM raw."salesforce.elf.Login"`) != "3" {
		t.Errorf("%+v", f)
	}
	for line, want := range map[int64]string{2: `raw."salesforce.elf.Login"`, 6: `raw."salesforce.elf.Logout"`, 99: ""} {
		err := b.file.Read(t.Context(), func(db analysis.Engine) error {
			got, err := evidence.Place(t.Context(), db, f.ID, line)
			if got != want {
				t.Errorf("line %d lies in %q, want %q", line, got, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestDefinitions: describe documents and metadata, of reports and list views.
func TestDefinitions(t *testing.T) {
	b := newBench(t)
	for name, text := range map[string]string{
		"r.json": `{"reportMetadata":{"id":"00O5g00000ZKOzw","name":"Japan","reportType":{"type":"ContactList"},"detailColumns":["EMAIL"]}}`,
		"l.json": `{"id":"00B5g00000g47Sd","developerName":"VIP","sobjectType":"Contact","query":"SELECT Name FROM Contact","columns":[]}`,
		"VIP.report-meta.xml": `<?xml version="1.0"?><Report xmlns="http://soap.sforce.com/2006/04/metadata"><columns><field>EMAIL</field></columns><filter><criteriaItems>
			<column>ADDRESS2_COUNTRY</column><operator>equals</operator><value>Japan</value></criteriaItems></filter><format>Tabular</format><name>Japan clients</name><reportType>ContactList</reportType><scope>organization</scope></Report>`,
	} {
		f := b.mustAdd(evidence.Options{}, b.write(name, text))[0]
		if f.State != evidence.Defined {
			t.Errorf("%s: %+v", name, f)
		}
	}
	got := b.query("SELECT carrier, definition_id, object, name, json_extract_string(body, '$.reportMetadata.reportFilters[0].value') FROM evidence.definition ORDER BY carrier, name")
	if len(got) != 3 || got[0][1] != "00B5g00000g47SdEAI" || got[1][1] != "00O5g00000ZKOzwEAH" || got[2][4] != "Japan" {
		t.Errorf("%v", got)
	}
}

// TestAuditSources: one sample row of every other platform feeds who, when, from where and what.
func TestAuditSources(t *testing.T) {
	for _, c := range []struct{ kind, text, want string }{
		{"okta.systemlog", `{"uuid":"u","published":"2025-10-21T05:31:06.000Z","eventtype":"user.session.start","actor":{"alternateid":"a@x.kr"},"client":{"ipaddress":"203.0.113.7"},"outcome":{"result":"SUCCESS"}}`, "login a@x.kr 203.0.113.7"},
		{"okta.systemlog", "timestamp,event_type,actor.alternate_id,client.ip_address,outcome.result\n2025-10-21T05:31:06.000Z,user.session.start,a@x.kr,203.0.113.7,FAILURE\n", "failed a@x.kr 203.0.113.7"},
		{"entra.signin", "Date (UTC),Request ID,User,Username,Application,Application ID ,IP address,Status,Sign-in error code,Incoming token type,Incoming token type\n2025-10-21T05:31:06Z,r,A,a@x.kr,Salesforce,i,203.0.113.7:51000,Success,0,x,y\n", "login a@x.kr 203.0.113.7"},
		{"entra.signin", `{"time":"2025-10-21T05:31:06.0000000Z","category":"SignInLogs","properties":{"userPrincipalName":"a@x.kr","ipAddress":"[2001:db8::1]:443","appDisplayName":"Salesforce","status":{"errorCode":50126}}}`, "failed a@x.kr 2001:db8::1"},
		{"entra.signin", "TenantId,TimeGenerated [UTC],OperationName,ResultType,Identity,AppDisplayName,CreatedDateTime [UTC],IPAddress,UserPrincipalName\nt,\"10/21/2025, 5:40:00.000 AM\",Sign-in activity,0,Kim,Salesforce,\"10/21/2025, 5:31:06.000 AM\",203.0.113.7,a@x.kr\n", "login a@x.kr 203.0.113.7"},
		{"entra.signin", `{"time":"2025-10-21T05:31:06Z","category":"SignInLogs","identity":"Kim","callerIpAddress":"203.0.113.9","properties":{"createdDateTime":"2025-10-21T05:31:06Z","userPrincipalName":"a@x.kr","ipAddress":"203.0.113.7","appDisplayName":"Salesforce","status":{"errorCode":0}}}`, "login a@x.kr 203.0.113.7"},
		{"purview.audit", `[{"CreationTime":"2025-10-21T05:31:06","Operation":"CrmDefaultActivity","Workload":"CRM","UserId":"a@x.kr","ClientIP":"203.0.113.7","Message":"RetrieveMultiple","EntityName":"contact"}]`, "query a@x.kr 203.0.113.7"},
		{"zendesk.audit", "Time,Actor,IP address,Item,Activity type,Activity\n2025-10-21 05:31:06 UTC,a@x.kr,203.0.113.7,Export,Exported,all users\n", "report a@x.kr 203.0.113.7"},
		{"google.login", `{"items":[{"id":{"time":"2025-10-21T05:31:06.000Z","applicationName":"login"},"actor":{"email":"a@x.kr"},"ipAddress":"203.0.113.7","events":[{"type":"login","name":"login_success","parameters":[]}]}]}`, "login a@x.kr 203.0.113.7"},
		{"purview.audit", "#TYPE Selected\nRecordType,CreationDate,UserIds,Operations,AuditData\n15,10/21/2025 5:31:06 AM,a@x.kr,UserLoggedIn,\"{\"\"CreationTime\"\":\"\"2025-10-21T05:31:06\"\",\"\"UserId\"\":\"\"a@x.kr\"\",\"\"ClientIP\"\":\"\"203.0.113.7\"\"}\"\n", "login a@x.kr 203.0.113.7"},
		{"hubspot.login", `{"results":[{"id":"1","userId":1,"email":"a@x.kr","loginSucceeded":true,"loginAt":"2025-10-21T05:31:06Z","ipAddress":"203.0.113.7"}],"paging":{}}`, "login a@x.kr 203.0.113.7"},
		{"zendesk.audit", `{"audit_logs":[{"id":1,"actor_id":2,"actor_name":"a@x.kr","action":"login","source_type":"user","source_label":"x","ip_address":"203.0.113.7","created_at":"2025-10-21T05:31:06Z"}]}`, "login a@x.kr 203.0.113.7"},
		{"salesforce.elo.RestApiEventLog", "Timestamp,RequestIdentifier,UserIdentifier,Username,ClientIp,Method,Uri,RowsProcessed,FieldCount\n2025-10-21T05:31:06.000Z,r,0055g00000KWzIk,a@x.kr,203.0.113.7,GET,/services/data/v60.0/query,5,3\n", "query a@x.kr 203.0.113.7"},
	} {
		b := newBench(t)
		name := "x.csv"
		if c.text[0] == '{' || c.text[0] == '[' {
			name = "x.json"
		}
		f := b.mustAdd(evidence.Options{}, b.write(name, c.text))[0]
		if f.Kind != c.kind || f.Loaded != 1 || f.First.Format(time.DateTime) != "2025-10-21 05:31:06" {
			t.Errorf("%s: %+v", c.kind, f)
			continue
		}
		k, _ := b.catalog.Kind(f.Kind)
		var columns evidence.Columns
		for _, row := range b.query("SELECT column_name FROM duckdb_columns() WHERE schema_name = 'raw'") {
			columns = append(columns, row[0])
		}
		got := b.query(`SELECT ` + k.Event.SQL("action", columns) + `, ` + k.Event.SQL("username", columns) + `, ` + k.Event.SQL("address", columns) + ` FROM raw."` + f.Kind + `"`)[0]
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", c.kind, got, c.want)
		}
	}
}

// TestMappingOfKnownKind: the mapping of a recognised file is given to be changed, and taken as it was or changed.
func TestMappingOfKnownKind(t *testing.T) {
	b := newBench(t)
	for kind, text := range map[string]string{
		"salesforce.loginhistory":  "Username;Login Time;Source IP;Login Type;Status;Note\na@x.kr;2025-10-21 14:31:06;203.0.113.7;Application;Success;b@x.kr\n",
		"salesforce.table.Contact": "연락처 ID,성,이메일\n0035g000008pz1lAAA,김,a@x.kr\n",
	} {
		path := b.write("known.csv", text)
		var look evidence.Preview
		err := b.file.Read(t.Context(), func(db analysis.Engine) (err error) {
			look, err = evidence.Look(t.Context(), db, b.catalog, b.file.Staging(), path, evidence.Options{})
			return err
		})
		if err != nil || look.Kind != kind {
			t.Fatalf("%v %+v", err, look)
		}
		changed := strings.ReplaceAll(strings.ReplaceAll(look.Guess.Kind, "username: Username", "username: Note"), "Email:", "PersonEmail:")
		if changed == look.Guess.Kind {
			t.Errorf("nothing to change in %s", changed)
		}
		if f := b.mustAdd(evidence.Options{Map: changed}, path)[0]; f.Kind != kind || f.Loaded != 1 {
			t.Errorf("%+v", f)
		}
	}
	if got := b.one(`SELECT "PersonEmail" FROM snapshot."Contact"`); got != "a@x.kr" {
		t.Errorf("the changed mapping is not followed: %q", got)
	}
}

// TestDoubtfulMember: few columns may fit several events; the register says so, and the file's name decides.
func TestDoubtfulMember(t *testing.T) {
	b := newBench(t)
	text := "EventIdentifier,EventDate,UserId,Query,SourceIp,LoginKey\ne1,2025-10-21T05:31:06Z,0055g00000KWzIkAAH,SELECT Id FROM Contact,203.0.113.7,k\n"
	if f := b.mustAdd(evidence.Options{}, b.write("pull.csv", text))[0]; !strings.Contains(f.Note, "its columns fit") {
		t.Errorf("%+v", f)
	}
	if f := b.mustAdd(evidence.Options{}, b.write("ApiEvent-2025-10.csv", strings.ReplaceAll(text, "e1", "e2")))[0]; f.Kind != "salesforce.rtem.ApiEvent" || f.Note != "" {
		t.Errorf("%+v", f)
	}
}

// TestDocumentedQueriesWithoutTheirType: the columns tell unique queries, whatever the file is called; the same log as an
// object stays that.
func TestDocumentedQueriesWithoutTheirType(t *testing.T) {
	b := newBench(t)
	documented := "BOT_IDENTIFIER,BOT_SESSION_IDENTIFIER,LOGIN_KEY,ORGANIZATION_ID,PLANNER_IDENTIFIER,QUERY_IDENTIFIER,QUERY_TYPE,SESSION_KEY,SQL_ID"
	row := ",,LK,00D5g00000ABCDE,,SELECT Id FROM Contact,soql,SK,1\n"
	for text, kind := range map[string]string{
		documented + "\n" + row: "salesforce.elf.UniqueQuery",
		"TIMESTAMP_DERIVED,USER_ID," + documented + "\n2025-10-21T05:00:38.980Z,0055g000000AbcD," + row:                                        "salesforce.elf.UniqueQuery",
		"EVENT_TYPE,TIMESTAMP," + documented + "\nReport,20251021050038.980" + ",,,LK,00D5g00000ABCDE,,,,SK,\n":                                "salesforce.elf.Report",
		"LoginKey,QueryIdentifier,QueryType,RequestIdentifier,SessionKey,SqlIdentifier,Timestamp\nLK,q,soql,R,SK,1,2025-10-21T05:00:38.980Z\n": "salesforce.elo.UniqueQueryEventLog",
	} {
		f := b.mustAdd(evidence.Options{}, b.write("export.csv", text))[0]
		if f.Kind != kind || f.Loaded != 1 {
			t.Errorf("%s is %q: %s", text, f.Kind, f.Note)
		}
	}
}

// TestTwoColumnsOfOneName: of a log with UserName beside Username, the one that is filled tells the account.
func TestTwoColumnsOfOneName(t *testing.T) {
	const elo = "Timestamp,RequestIdentifier,UserIdentifier,LoginStatus,LoginType,SourceIp,%s\n2025-10-21T05:00:38.980Z,R,0055g000000AbcD,0,Application,203.0.113.7,%s\n"
	const rtem = "EventDate,EventIdentifier,UserId,LoginType,SourceIp,%s\n2025-10-21T05:00:38.980Z,E,0055g000000AbcDAAA,Application,203.0.113.7,%s\n"
	for _, form := range []string{elo, rtem} {
		for columns, values := range map[string]string{"UserName,Username": ",u@x.kr", "Username,UserName": ",u@x.kr", "userName,USERNAME": "u@x.kr,", "UserName": "u@x.kr"} {
			b := newBench(t)
			f := b.mustAdd(evidence.Options{}, b.write("x.csv", fmt.Sprintf(form, columns, values)))[0]
			if got := b.becomes(f); !strings.Contains(got, " username=u@x.kr ") {
				t.Errorf("%s: %s", columns, got)
			}
		}
	}
}
