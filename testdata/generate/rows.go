package main

import (
	"fmt"
	"strings"
)

// The rows one action leaves in the logs.

// signIn writes the Login row and the line of the login history.
func (l *logs) signIn(s *session, at int64, r *random, status string) {
	kind, subtype, door, client := "A", "UsernamePasswordUiLogin", "/index.jsp", s.ip
	switch s.kind {
	case "oauth":
		kind, subtype, door, client = "i", "OauthWebServer", "/services/oauth2/token", "Salesforce.com IP"
	case "refresh":
		kind, subtype, door, client = "i", "OauthRefreshToken", "/services/oauth2/token", "Salesforce.com IP"
	case "service":
		kind, subtype, door, client = "i", "OauthClientCredentials", "/services/oauth2/token", "Salesforce.com IP"
	case "system":
		kind, subtype, door = "x", "", "XIApi"
	}
	l.begin(login, s, at, "", r)
	l.set("URI", door)
	l.set("LOGIN_TYPE", kind)
	l.set("LOGIN_SUB_TYPE", subtype)
	l.set("BROWSER_TYPE", s.agent)
	l.set("API_VERSION", "9998.0")
	l.set("TLS_PROTOCOL", s.tls)
	l.set("CIPHER_SUITE", s.cipher)
	l.set("CLIENT_IP", client)
	l.set("SOURCE_IP", s.ip)
	l.set("LOGIN_STATUS", status)
	if kind == "A" || kind == "x" {
		l.set("USER_NAME", s.user.login)
	}
	if status != "LOGIN_NO_ERROR" {
		l.set("REQUEST_STATUS", "F")
		l.set("LOGIN_KEY", "")
	}
	l.end()
	if kind != "x" {
		l.logins = append(l.logins, loginRow{at, s.user.id, map[string]string{"A": "Application", "i": "Remote Access 2.0"}[kind], subtype, s.ip, outcome(status), browser(s.agent), s.app})
	}
}

func outcome(status string) string {
	return map[string]string{"LOGIN_NO_ERROR": "Success", "LOGIN_ERROR_INVALID_PASSWORD": "Invalid Password", "LOGIN_ERROR_PASSWORD_LOCKOUT": "Password Lockout"}[status]
}

func browser(agent string) string {
	for _, b := range [][2]string{{"Edg/", "Edge"}, {"Chrome/", "Chrome"}, {"Version/", "Safari"}} {
		if i := strings.Index(agent, b[0]); i >= 0 {
			rest := agent[i+len(b[0]):]
			return b[1] + " " + rest[:strings.IndexByte(rest+".", '.')]
		}
	}
	return "Unknown"
}

func (l *logs) signOut(s *session, at int64, r *random) {
	l.begin(logout, s, at, s.key(1, 1), r)
	l.set("USER_TYPE", "S")
	l.set("SESSION_TYPE", "U")
	l.set("SESSION_LEVEL", "1")
	l.set("BROWSER_TYPE", s.agent)
	l.set("PLATFORM_TYPE", "1015")
	l.set("RESOLUTION_TYPE", "9999")
	l.set("APP_TYPE", "1000")
	l.set("CLIENT_VERSION", "9998")
	l.set("API_VERSION", "9998.0")
	l.set("USER_INITIATED_LOGOUT", pick(r, []string{"0", "1"}))
	l.end()
}

// page writes the view of a page: a record (id not empty), a list or the home page, and the request behind it.
func (l *logs) page(s *session, at int64, key, object, id, path string, r *random) {
	s.pages++
	l.begin(pageView, s, at, key, r)
	l.set("APP_NAME", "one:one")
	l.set("DEVICE_PLATFORM", "SFX:BROWSER:DESKTOP")
	l.set("USER_AGENT", `"`+s.agent+`"`)
	l.browser(s.agent)
	l.set("UI_EVENT_ID", "ltng:pageView")
	l.set("UI_EVENT_TIMESTAMP", fmt.Sprint(at))
	l.set("PAGE_START_TIME", fmt.Sprint(at-int64(r.intn(4000))))
	l.set("DURATION", itoa(200+r.intn(2800))+".0")
	l.set("EFFECTIVE_PAGE_TIME", itoa(100+r.intn(2900))+".0")
	l.set("DEVICE_SESSION_ID", s.page)
	l.set("UI_EVENT_SEQUENCE_NUM", itoa(s.pages))
	l.set("PAGE_CONTEXT", "one:auraContainer")
	if id != "" {
		l.set("PAGE_CONTEXT", "one:recordHomeFlexipage2Wrapper")
		l.set("PAGE_ENTITY_ID", id)
		l.set("PAGE_ENTITY_TYPE", object)
	}
	l.set("PAGE_URL", path)
	l.set("PAGE_APP_NAME", "Clienteling")
	l.set("PREVPAGE_URL", s.previous)
	s.previous = path
	l.end()
	l.auraCall(s, at+300, key, r)
}

func (l *logs) browser(agent string) {
	name, version, _ := strings.Cut(browser(agent), " ")
	l.set("BROWSER_NAME", strings.ToUpper(name))
	l.set("BROWSER_VERSION", version)
	switch {
	case strings.Contains(agent, "Windows"):
		l.set("OS_NAME", "WINDOWS")
		l.set("OS_VERSION", "10")
	case strings.Contains(agent, "iPhone"):
		l.set("OS_NAME", "IOS")
		l.set("OS_VERSION", "18.4")
	case strings.Contains(agent, "Macintosh"):
		l.set("OS_NAME", "MAC_OSX")
		l.set("OS_VERSION", "10.15.7")
	default:
		l.set("OS_NAME", "LINUX")
	}
}

func (l *logs) auraCall(s *session, at int64, key string, r *random) {
	l.begin(aura, s, at, key, r)
	l.set("URI", "/aura")
	l.set("REQUEST_STATUS", "")
	l.set("REQUEST_METHOD", "POST")
	l.set("USER_AGENT", s.agent)
	l.set("ACTION_MESSAGE", itoa(40+r.intn(400))+"$serviceComponent://ui.force.components.controllers.record.RecordUiController/ACTION$getRecordWithFields="+itoa(20+r.intn(300)))
	l.set("ACTION_MESSAGE_LENGTH", itoa(900+r.intn(9000)))
	l.end()
}

func recordPath(object, id string) string { return "/lightning/r/" + object + "/" + id + "/view" }

// recordPage opens one record.
func (l *logs) recordPage(s *session, at int64, key, object, id string, r *random) {
	l.page(s, at, key, object, id, recordPath(object, id), r)
	if r.chance(35) {
		l.begin(uri, s, at+80, key, r)
		l.set("URI", "/aura")
		l.set("REFERRER_URI", "velmorin-lightning-force-com"+recordPath(object, id))
		l.end()
	}
}

// listPage opens a list view.
func (l *logs) listPage(s *session, at int64, key, list string, r *random) {
	l.page(s, at, key, "", "", "/lightning/o/Contact/list?filterName="+list, r)
	l.unique(s, at+900, key, "filter", list[:15], "", r)
}

// unique writes a UniqueQuery row: under the request that asked, or under one of its own.
func (l *logs) unique(s *session, at int64, key, kind, text, request string, r *random) {
	l.begin(uniqueQuery, s, at, key, r)
	if request != "" {
		l.set("REQUEST_ID", request)
	}
	l.set("QUERY_TYPE", kind)
	l.set("QUERY_IDENTIFIER", text)
	l.set("SQL_ID", r.text(hexDigits, 13))
	l.end()
}

// find writes a search and the click on a result.
func (l *logs) find(s *session, at int64, term, id string, r *random) {
	query := r.text("abcdefghijklmnopqrstuvwxyz0123456789", 12)
	l.begin(search, s, at, "", r)
	l.set("QUERY_ID", query)
	l.set("NUM_RESULTS", pick(r, []string{"1", "4", "25"}))
	l.set("SEARCH_QUERY", `"""`+term+`*"""`)
	l.set("PREFIXES_SEARCHED", "003 001 500")
	l.end()
	l.begin(searchClick, s, at+2*second, "", r)
	l.set("QUERY_ID", query)
	l.set("CLICKED_RECORD_ID", id[:15])
	l.set("RANK", itoa(1+r.intn(4)))
	l.end()
}

// call is one REST request.
type call struct {
	method, path, object, query string
	rows, columns, bytes, code  int
	app, appID, api             string
	keyless                     bool
	unique                      string // text of the UniqueQuery row under the same request
}

// rest writes the RestApi row, its UniqueQuery row and its line of the free API total usage log; it returns
// the request id they share.
func (l *logs) rest(s *session, at int64, key string, c call, r *random) (request string) {
	l.begin(restAPI, s, at, key, r)
	request = l.get("REQUEST_ID")
	l.set("URI", "/services/data/v"+c.api+c.path)
	l.set("METHOD", c.method)
	l.set("MEDIA_TYPE", "application/json;charset=UTF-8")
	l.set("STATUS_CODE", itoa(c.code))
	l.set("USER_AGENT", "9999")
	l.set("ENTITY_NAME", c.object)
	if c.rows >= 0 {
		l.set("ROWS_PROCESSED", itoa(c.rows))
		l.set("NUMBER_FIELDS", itoa(c.columns))
	}
	l.set("REQUEST_SIZE", itoa(40+r.intn(350)))
	l.set("RESPONSE_SIZE", itoa(c.bytes))
	l.set("CONNECTED_APP_ID", c.appID)
	l.set("QUERY", c.query)
	if i := strings.LastIndexByte(c.path, '/'); strings.HasPrefix(c.path, "/sobjects/") && len(c.path)-i-1 >= 15 {
		l.set("URI_ID_DERIVED", id18(c.path[i+1:]))
	}
	if c.keyless || l.style.keyless {
		l.set("SESSION_KEY", "")
		l.set("LOGIN_KEY", "")
	}
	l.end()
	if c.unique != "" {
		l.unique(s, at+3, key, "soql", c.unique, request, r)
	}
	l.usage(s, at+7, c, request, r)
	return request
}

func (l *logs) usage(s *session, at int64, c call, request string, r *random) {
	l.begin(totalUsage, s, at, "", r)
	l.set("REQUEST_ID", request)
	l.set("API_FAMILY", "REST")
	l.set("API_VERSION", c.api)
	l.set("API_RESOURCE", "/v"+c.api+c.path)
	l.set("HTTP_METHOD", c.method)
	l.set("COUNTS_AGAINST_API_LIMIT", "1")
	l.set("CONNECTED_APP_ID", c.appID)
	l.set("ENTITY_NAME", c.object)
	l.set("STATUS_CODE", itoa(c.code))
	l.set("CONNECTED_APP_NAME", c.app)
	l.set("USER_NAME", s.user.login)
	l.end()
}

// bulk writes one state of a Bulk API 2.0 job.
func (l *logs) bulk(s *session, at int64, job, state, operation, object string, rows int, r *random) {
	l.begin(bulkAPI2, s, at, s.key(1, 1), r)
	l.set("URI", "/services/data/v62.0/jobs/query")
	l.set("JOB_ID", job[:15])
	l.set("JOB_STATUS", state)
	l.set("OPERATION_TYPE", operation)
	l.set("ENTITY_TYPE", object)
	if state == "JobComplete" {
		l.set("RECORDS_PROCESSED", itoa(rows))
		l.set("RECORDS_FAILED", "0")
	}
	l.end()
}

// runReport writes the run of a report; rendering is empty on the screen, E for values as text, X for a formatted sheet.
func (l *logs) runReport(s *session, at int64, key, id string, rows, columns int, rendering string, r *random) {
	l.begin(report, s, at, key, r)
	l.set("URI", "/aura")
	l.set("ENTITY_NAME", "Contact")
	l.set("DISPLAY_TYPE", "D")
	l.set("RENDERING_TYPE", rendering)
	l.set("REPORT_ID", id[:15])
	l.set("REPORT_ID_DERIVED", id)
	l.set("ROW_COUNT", itoa(rows))
	l.set("NUMBER_EXCEPTION_FILTERS", "0")
	l.set("NUMBER_COLUMNS", itoa(columns))
	l.set("UI_NUMBER_COLUMNS", itoa(columns))
	l.set("AVERAGE_ROW_SIZE", itoa(150+r.intn(500)))
	l.set("NUMBER_BUCKETS", "0")
	l.set("ORIGIN", map[bool]string{true: "ReportRunFromLightning", false: "ReportExported"}[rendering == ""])
	l.end()
	if rendering == "" {
		l.unique(s, at+second, key, "report", id[:15], "", r)
	}
}

// exportReport writes the details-only export with the definition as it was on the run page.
func (l *logs) exportReport(s *session, at int64, id, definition string, r *random) {
	l.begin(reportExport, s, at, "", r)
	l.set("URI", "/"+id)
	l.set("LOGIN_KEY", "")
	l.set("RUN_TIME", "")
	l.set("CPU_TIME", "")
	l.set("CLIENT_INFO", s.agent)
	l.set("REPORT_DESCRIPTION", definition)
	l.end()
}
