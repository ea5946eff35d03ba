package replay_test

import (
	"database/sql"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/analysis/event"
	"github.com/breachscope/breachscope/analysis/evidence"
	"github.com/breachscope/breachscope/analysis/replay"
	"github.com/breachscope/breachscope/analysis/scope"
	"github.com/breachscope/breachscope/analysis/session"
	"github.com/breachscope/breachscope/app/casefile"
	language "github.com/breachscope/breachscope/app/words"
	"github.com/breachscope/breachscope/assets"
)

// headers are the columns of the log files, in the order they are delivered in.
var headers = func() map[string][]string {
	const (
		elf  = "EVENT_TYPE TIMESTAMP REQUEST_ID ORGANIZATION_ID USER_ID RUN_TIME CPU_TIME URI SESSION_KEY LOGIN_KEY "
		end  = " TIMESTAMP_DERIVED USER_ID_DERIVED CLIENT_IP URI_ID_DERIVED"
		api  = "USER_TYPE REQUEST_STATUS DB_TOTAL_TIME METHOD MEDIA_TYPE STATUS_CODE USER_AGENT ROWS_PROCESSED NUMBER_FIELDS DB_BLOCKS DB_CPU_TIME REQUEST_SIZE RESPONSE_SIZE ENTITY_NAME CONNECTED_APP_ID CLIENT_NAME EXCEPTION_MESSAGE QUERY"
		run  = "USER_TYPE REQUEST_STATUS DB_TOTAL_TIME ENTITY_NAME DISPLAY_TYPE RENDERING_TYPE REPORT_ID ROW_COUNT NUMBER_EXCEPTION_FILTERS NUMBER_COLUMNS UI_NUMBER_COLUMNS AVERAGE_ROW_SIZE SORT DB_BLOCKS DB_CPU_TIME NUMBER_BUCKETS"
		page = "EVENT_TYPE TIMESTAMP REQUEST_ID ORGANIZATION_ID USER_ID CLIENT_ID SESSION_KEY LOGIN_KEY USER_TYPE APP_NAME DEVICE_PLATFORM SDK_APP_VERSION OS_NAME OS_VERSION USER_AGENT BROWSER_NAME BROWSER_VERSION SDK_VERSION DEVICE_MODEL DEVICE_ID SDK_APP_TYPE CONNECTION_TYPE UI_EVENT_ID "
		at   = "UI_EVENT_SEQUENCE_NUM PAGE_ENTITY_ID PAGE_ENTITY_TYPE PAGE_CONTEXT PAGE_URL PAGE_APP_NAME "
		rtem = "EventDate EventIdentifier LoginHistoryId LoginKey PolicyId PolicyOutcome RelatedEventIdentifier SessionKey SessionLevel SourceIp UserId Username EvaluationTime "
	)
	all := map[string][]string{}
	for kind, columns := range map[string]string{
		"RestApi": elf + api + end, "ApexRestApi": elf + api + end,
		"API":                         elf + "REQUEST_STATUS DB_TOTAL_TIME API_TYPE API_VERSION CLIENT_NAME METHOD_NAME ENTITY_NAME ROWS_PROCESSED REQUEST_SIZE RESPONSE_SIZE DB_BLOCKS DB_CPU_TIME QUERY" + end,
		"ApexSoap":                    elf + "REQUEST_STATUS DB_TOTAL_TIME CLIENT_NAME CLASS_NAME METHOD_NAME LIMIT_USAGE_PERCENT QUERY" + end,
		"ApexExecution":               elf + "EXEC_TIME DB_TOTAL_TIME CALLOUT_TIME NUMBER_SOQL_QUERIES ENTRY_POINT QUIDDITY IS_LONG_RUNNING_REQUEST" + end,
		"BulkApi":                     elf + "JOB_ID BATCH_ID ROWS_PROCESSED NUMBER_FAILURES SUCCESS MESSAGE ENTITY_TYPE OPERATION_TYPE" + end,
		"BulkApi2":                    elf + "JOB_ID JOB_STATUS OPERATION_TYPE ENTITY_TYPE RECORDS_PROCESSED RECORDS_FAILED RESULT_SIZE_MB" + end,
		"BulkApiRequest":              elf + "REQUEST_PATH API_VERSION JOB_ID BATCH_ID OPERATION_TYPE SUCCESS ERROR_MESSAGE CONNECTED_APP_ID CLIENT_NAME CONCURRENCY_MODE STATUS_CODE" + end,
		"CompositeApi":                elf + "ALL_OR_NONE FAILURE_REASON IS_REQUEST_COLLATION_ON NUM_RETRIES NUM_GRAPH_DEPTH" + end,
		"CompositeApiSubrequest":      elf + "USER_TYPE REQUEST_STATUS DB_TOTAL_TIME METHOD IS_CANCELLED CANCELLED_REASON SUCCESS STATUS_CODE INITIAL_REFERENCE_IDS" + end,
		"UniqueQuery":                 "EVENT_TYPE TIMESTAMP REQUEST_ID ORGANIZATION_ID USER_ID SESSION_KEY LOGIN_KEY QUERY_IDENTIFIER QUERY_TYPE SQL_ID TIMESTAMP_DERIVED",
		"ApiTotalUsage":               "EVENT_TYPE TIMESTAMP REQUEST_ID ORGANIZATION_ID USER_ID API_FAMILY API_VERSION API_RESOURCE CLIENT_NAME HTTP_METHOD CLIENT_IP COUNTS_AGAINST_API_LIMIT CONNECTED_APP_ID ENTITY_NAME STATUS_CODE CONNECTED_APP_NAME USER_NAME TIMESTAMP_DERIVED",
		"Report":                      elf + run + end + " REPORT_ID_DERIVED ORIGIN",
		"AsyncReportRun":              elf + run + " DASHBOARD_ID" + end + " REPORT_ID_DERIVED ORIGIN",
		"ReportExport":                elf + "CLIENT_INFO REPORT_DESCRIPTION" + end,
		"MultiBlockReport":            elf + "USER_TYPE REQUEST_STATUS DB_TOTAL_TIME HAS_CHART MASTER_REPORT_ID" + end,
		"Dashboard":                   elf + "DASHBOARD_COMPONENT_ID DASHBOARD_ID REPORT_ID IS_SUCCESS DASHBOARD_TYPE IS_SCHEDULED VIEWING_USER_ID" + end + " DASHBOARD_ID_DERIVED REPORT_ID_DERIVED",
		"URI":                         elf + "USER_TYPE REQUEST_STATUS DB_TOTAL_TIME DB_BLOCKS DB_CPU_TIME REFERRER_URI" + end,
		"AuraRequest":                 elf + "USER_TYPE REQUEST_STATUS DB_TOTAL_TIME ACTION_MESSAGE ACTION_MESSAGE_LENGTH REQUEST_METHOD USER_AGENT" + end,
		"VisualforceRequest":          elf + "USER_TYPE REQUEST_STATUS DB_TOTAL_TIME PAGE_NAME REQUEST_TYPE IS_FIRST_REQUEST QUERY HTTP_METHOD USER_AGENT REQUEST_SIZE RESPONSE_SIZE VIEW_STATE_SIZE CONTROLLER_TYPE MANAGED_PACKAGE_NAMESPACE IS_AJAX_REQUEST DB_BLOCKS DB_CPU_TIME" + end,
		"LightningPageView":           page + "UI_EVENT_SOURCE UI_EVENT_TIMESTAMP PAGE_START_TIME DURATION EFFECTIVE_PAGE_TIME DEVICE_SESSION_ID " + at + "PREVPAGE_ENTITY_ID PREVPAGE_ENTITY_TYPE PREVPAGE_CONTEXT PREVPAGE_URL PREVPAGE_APP_NAME TARGET_UI_ELEMENT PARENT_UI_ELEMENT GRANDPARENT_UI_ELEMENT TIMESTAMP_DERIVED USER_ID_DERIVED CLIENT_IP",
		"LightningInteraction":        page + "UI_EVENT_TYPE UI_EVENT_SOURCE UI_EVENT_TIMESTAMP PAGE_START_TIME DURATION DEVICE_SESSION_ID " + at + "TARGET_UI_ELEMENT PARENT_UI_ELEMENT GRANDPARENT_UI_ELEMENT COMPONENT_NAME RECORD_TYPE RECORD_ID RELATED_LIST TIMESTAMP_DERIVED USER_ID_DERIVED CLIENT_IP",
		"Search":                      "EVENT_TYPE TIMESTAMP REQUEST_ID ORGANIZATION_ID USER_ID QUERY_ID NUM_RESULTS SEARCH_QUERY PREFIXES_SEARCHED TIMESTAMP_DERIVED",
		"SearchClick":                 "EVENT_TYPE TIMESTAMP REQUEST_ID ORGANIZATION_ID USER_ID QUERY_ID CLICKED_RECORD_ID RANK TIMESTAMP_DERIVED",
		"ContentTransfer":             "EVENT_TYPE TIMESTAMP REQUEST_ID TRANSACTION_TYPE ORGANIZATION_ID USER_ID DOCUMENT_ID VERSION_ID FILE_TYPE FILE_PREVIEW_TYPE SIZE_BYTES TIMESTAMP_DERIVED USER_ID_DERIVED DOCUMENT_ID_DERIVED VERSION_ID_DERIVED",
		"ContentDistribution":         "EVENT_TYPE TIMESTAMP REQUEST_ID ORGANIZATION_ID DELIVERY_ID USER_ID VERSION_ID RELATED_ENTITY_ID DELIVERY_LOCATION ACTION TIMESTAMP_DERIVED USER_ID_DERIVED",
		"DocumentAttachmentDownloads": "EVENT_TYPE TIMESTAMP REQUEST_ID ORGANIZATION_ID ENTITY_ID FILE_TYPE USER_ID TIMESTAMP_DERIVED USER_ID_DERIVED",
		"ApiEvent":                    rtem + "ApiType ApiVersion Application Client ConnectedAppId Operation QueriedEntities Query Records RequestIdentifier RowsProcessed RowsReturned UserAgent",
		"BulkApiResultEventStore":     rtem + "Query",
		"ReportEvent":                 rtem + "ColumnHeaders DashboardId Description DisplayedFieldEntities EventSource ExecutionIdentifier ExportFileFormat Format IsScheduled Name NumberOfColumns Operation OwnerId QueriedEntities Records ReportId RowsProcessed Scope Sequence",
		"ListViewEvent":               rtem + "AppName ColumnHeaders DeveloperName EventSource ExecutionIdentifier FilterCriteria ListViewId Name NumberOfColumns OrderBy OwnerId QueriedEntities Records RowsProcessed Scope Sequence",
		"RestApiEventLog":             "Timestamp UserIdentifier RequestIdentifier SessionKey LoginKey ClientIp Uri Method StatusCode ObjectName RowsProcessed FieldCount ResponseSize RequestStatus MediaType RunTime CpuTime UserType",
		"UniqueQueryEventLog":         "Timestamp RequestIdentifier SessionKey LoginKey QueryIdentifier QueryType SqlIdentifier",
		"BulkApi2EventLog":            "Timestamp UserIdentifier RequestIdentifier SessionKey LoginKey ClientIp Uri JobIdentifier JobStatus OperationType ObjectType ProcessedRecordCount FailedRecordCount ResultSize RunTime CpuTime",
		"FileEventStore":              rtem + "CanDownloadPdf ContentSize DocumentId FileAction FileName FileSource FileType IsLatestVersion VersionId VersionNumber",
	} {
		all[kind] = strings.Fields(columns)
	}
	return all
}()

// carrier is one thing an attacker did, as it stands in the logs. A log row is "Kind +seconds | COLUMN=value | …"; the user
// and his keys are those of the case unless the row says otherwise. Ids are written as {003 1}.
type carrier struct {
	name string
	log  string
	want string   // a line per query
	says []string // sentences the queries must hold
}

var snapshotTables = map[string]string{
	"Account": "Id,Name,Website,CreatedDate,LastModifiedDate\n{001 1},Acme,acme.test,C,M\n{001 2},Beta,,C,M\n",
	"Contact": "Id,FirstName,LastName,Email,Tier__c,CustomerNumber__c,AccountId,CreatedDate,LastModifiedDate\n" +
		"{003 1},A,Kim,a@x.test,Gold,C001,{001 1},C,M\n{003 2},B,Lee,b@x.test,Gold,C002,{001 1},C,M\n{003 3},C,Park,c@x.test,Silver,C003,{001 2},C,M\n" +
		"{003 4},D,Choi,d@x.test,Silver,C004,{001 2},C,M\n{003 5},E,Jung,e@x.test,Gold,C005,,C,M\n{003 6},F,Han,f@x.test,Bronze,C006,,C,M\n",
	"Case":                "Id,CaseNumber,Subject,ContactId,CreatedDate,LastModifiedDate\n{500 1},1001,Bag,{003 1},C,M\n{500 2},1002,Shoe,{003 2},C,M\n{500 3},1003,Ring,{003 1},C,M\n",
	"EmailMessage":        "Id,ParentId,Subject,TextBody,CreatedDate,LastModifiedDate\n{02s 1},{500 2},Re: Shoe,Hello,C,M\n",
	"ContentDocumentLink": "Id,ContentDocumentId,LinkedEntityId,SystemModstamp\n{06A 1},{069 1},{003 1},M\n{06A 2},{069 2},{02s 1},M\n{06A 3},{069 3},{500 3},M\n",
	"ContentVersion":      "Id,ContentDocumentId,Title,CreatedDate,LastModifiedDate\n{068 1},{069 1},passport,C,M\n{068 2},{069 2},receipt,C,M\n",
	"Attachment":          "Id,ParentId,Name,CreatedDate,LastModifiedDate\n{00P 1},{003 3},scan.pdf,C,M\n{00P 2},{02s 1},mail.pdf,C,M\n",
}

var epoch = time.Date(2025, 10, 22, 1, 0, 0, 0, time.UTC)

// expand writes the ids and times of a text out.
func expand(text string) string {
	for {
		from := strings.Index(text, "{")
		var prefix string
		var n int
		for ; from >= 0; from = next0(text, from) {
			if c, _ := fmt.Sscanf(text[from:], "{%3s %d}", &prefix, &n); c == 2 && !strings.ContainsAny(prefix, "\"'{") {
				break
			}
		}
		if from < 0 {
			return text
		}
		to := from + strings.Index(text[from:], "}")
		text = text[:from] + id(prefix, n) + text[to+1:]
	}
}

func next0(text string, from int) int {
	if i := strings.Index(text[from+1:], "{"); i >= 0 {
		return from + 1 + i
	}
	return -1
}

func writeFile(t *testing.T, folder, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// writeLogs writes the rows of all cases as files, one per kind.
func writeLogs(t *testing.T, folder string, carriers []carrier) {
	t.Helper()
	rows := map[string][][]string{}
	for i, c := range carriers {
		for n, line := range strings.Split(strings.TrimSpace(c.log), "\n") {
			kind, record := logRow(t, i+1, n, strings.TrimSpace(line))
			if rows[kind] == nil {
				rows[kind] = [][]string{headers[kind]}
			}
			rows[kind] = append(rows[kind], record)
		}
	}
	for kind, records := range rows {
		var b strings.Builder
		if err := csv.NewWriter(&b).WriteAll(records); err != nil {
			t.Fatal(err)
		}
		writeFile(t, folder, kind+".csv", b.String())
	}
}

func logRow(t *testing.T, user, n int, line string) (string, []string) {
	t.Helper()
	cells := strings.Split(line, " | ")
	var kind string
	var after float64
	if c, _ := fmt.Sscanf(cells[0], "%s +%f", &kind, &after); c != 2 || headers[kind] == nil {
		t.Fatalf("not a log row: %s", line)
	}
	at := epoch.Add(time.Duration(after * float64(time.Second)))
	account, token, login := id("005", user), fmt.Sprintf("session+key%04dS", user), fmt.Sprintf("login/key/%04dL", user)
	values := map[string]string{
		"EVENT_TYPE": kind, "TIMESTAMP": at.Format("20060102150405.000"), "TIMESTAMP_DERIVED": at.Format("2006-01-02T15:04:05.000Z"),
		"ORGANIZATION_ID": "00D5g000000EXAM", "USER_ID": account[:15], "USER_ID_DERIVED": account, "CLIENT_IP": "203.0.113.7", "SESSION_KEY": token, "LOGIN_KEY": login,
		"REQUEST_ID": fmt.Sprintf("4r%04d-%03dxxxxxxxxxxxxx", user, n),
		"Timestamp":  at.Format("2006-01-02T15:04:05.000Z"), "UserIdentifier": account[:15], "RequestIdentifier": fmt.Sprintf("4r%04d-%03dxxxxxxxxxxxxx", user, n), "ClientIp": "203.0.113.7",
		"EventDate": at.Format("2006-01-02T15:04:05.000+0000"), "EventIdentifier": fmt.Sprintf("aaaaaaaa-0000-0000-%04d-%012d", user, n), "UserId": account, "SourceIp": "203.0.113.7", "SessionKey": token, "LoginKey": login,
	}
	for _, c := range cells[1:] {
		column, value, ok := strings.Cut(c, "=")
		if !ok || !slices.Contains(headers[kind], column) {
			t.Fatalf("%s has no column %s", kind, c)
		}
		values[column] = expand(value)
	}
	var record []string
	for _, column := range headers[kind] {
		record = append(record, values[column])
	}
	return kind, record
}

// evidenceCase takes log and table files through the pipeline, all sessions but those of "Legit" users being the attacker's.
func evidenceCase(t *testing.T, folder string) *casefile.Case {
	t.Helper()
	c, err := casefile.Create(t.Context(), filepath.Join(t.TempDir(), "case"+casefile.Extension), casefile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	catalog, err := evidence.LoadCatalog(assets.Folder("kinds"))
	if err != nil {
		t.Fatal(err)
	}
	settings := analysis.Settings{Timezone: "Asia/Seoul", FiscalStart: 1}
	err = c.Write(t.Context(), func(tx *sql.Tx) error {
		files, err := evidence.Add(t.Context(), tx, catalog, c.Staging(), []string{folder}, evidence.Options{SnapshotAt: taken, Timezone: "UTC"}, nil)
		if err != nil {
			return err
		}
		for _, f := range files {
			if f.State != evidence.Loaded && f.State != evidence.Defined {
				t.Errorf("%s: %s", f.Name, f.State)
			}
		}
		if err := event.Derive(t.Context(), tx, catalog, settings, nil); err != nil {
			return err
		}
		if err := session.Derive(t.Context(), tx, settings, nil); err != nil {
			return err
		}
		if _, err := tx.ExecContext(t.Context(), "INSERT INTO analysis.verdict SELECT id, 'attacker', '', 1 FROM analysis.session"); err != nil {
			return err
		}
		if err := replay.Derive(t.Context(), tx, settings, nil); err != nil {
			return err
		}
		return scope.Derive(t.Context(), tx, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// untranslated is a part of a sentence that is still English.
var untranslated = regexp.MustCompile(`[a-z]{2,} [a-z]{2,} [a-z]{2,}`)

func TestCarriers(t *testing.T) {
	folder := t.TempDir()
	for object, text := range snapshotTables {
		writeFile(t, folder, object+".csv", strings.NewReplacer(",C,M\n", ",2025-01-01T00:00:00.000Z,2025-02-01T00:00:00.000Z\n", ",M\n", ",2025-02-01T00:00:00.000Z\n").Replace(expand(text)))
	}
	for name, text := range definitionFiles {
		writeFile(t, folder, name, expand(text))
	}
	writeLogs(t, folder, carriers)
	w := &world{T: t, file: evidenceCase(t, folder)}
	korean := language.Read("ko", "sentences")
	for i, test := range carriers {
		t.Run(test.name, func(t *testing.T) {
			w.T = t
			got, why := w.asked(id("005", i+1)[:15])
			if want := strings.ReplaceAll(strings.TrimSpace(test.want), "\t", ""); got != want {
				t.Errorf("got\n%s\nwant\n%s\n%s", got, want, why)
			}
			for line := range strings.SplitSeq(why, "\n") {
				_, said, _ := strings.Cut(line, "] ")
				if left := untranslated.FindString(korean.Say(said)); left != "" {
					t.Errorf("%q is not said in Korean: %s", left, said)
				}
			}
			for _, s := range test.says {
				if !strings.Contains(why, s) {
					t.Errorf("does not say %q\n%s", s, why)
				}
			}
		})
	}
}

// asked is what a user asked for, a line per query, and why.
func (w *world) asked(user string) (lines, why string) {
	w.Helper()
	err := w.file.Read(w.Context(), func(db analysis.Engine) error {
		return db.QueryRowContext(w.Context(), `SELECT coalesce(string_agg(line, chr(10) ORDER BY "at", id), ''), coalesce(string_agg(why, chr(10) ORDER BY "at", id), '') FROM (
			SELECT q."at", q.id, concat('[', replace(q.text, chr(10), ' '), '] ', q.why) AS why, concat_ws(' ', q.carrier, nullif(q.act, ''), coalesce(q.rows_logged::VARCHAR, '-') || '/' || coalesce(q.rows_replayed::VARCHAR, '-'), q.outcome,
			  'e' || (SELECT count(*) FROM analysis.query_event e WHERE e.query = q.id),
			  (SELECT string_agg(g, ' ' ORDER BY g) FROM (SELECT r.object || ' ' || a.grade || ' ' || string_agg(ltrim(r.record_id[6:15], '0'), ',' ORDER BY r.record_id) AS g
			   FROM analysis.access a JOIN analysis.record r ON r.id = a.record WHERE a.query = q.id GROUP BY r.object, a.grade))) AS line
			FROM analysis.query q JOIN analysis.session s ON s.id = q.session JOIN analysis.account c ON c.id = s.account WHERE left(c.user_id, 15) = ?)`, user).Scan(&lines, &why)
	})
	if err != nil {
		w.Fatal(err)
	}
	return lines, why
}
