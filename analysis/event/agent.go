package event

import (
	"context"
	_ "embed"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

var (
	//go:embed sql/agent_seen.sql
	agentSeenSQL string
	//go:embed sql/agent.sql
	agentSQL string
)

// agents fills analysis.agent: each text a log gives for the client's program, and what it says once read.
func agents(ctx context.Context, db analysis.Engine) error {
	rows, err := db.QueryContext(ctx, "SELECT DISTINCT agent FROM temp.seen_agent WHERE agent <> ''")
	if err != nil {
		return err
	}
	defer rows.Close()
	var text, family, engine, system, words []string
	var major []int64
	var code, mobile []bool
	for rows.Next() {
		var t string
		if err := rows.Scan(&t); err != nil {
			return err
		}
		a := ReadAgent(t)
		text, family, engine, system = append(text, t), append(family, a.Family), append(engine, a.Engine), append(system, a.System)
		words, major = append(words, a.Words()), append(major, int64(a.Major))
		code, mobile = append(code, a.Code), append(mobile, a.Mobile)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, agentSeenSQL, text, family, engine, system, words, major, code, mobile); err != nil {
		return err
	}
	return run(ctx, db, agentSQL)
}

// Agent is what the text of a user agent says. The zero value says nothing, as "9999" does.
type Agent struct {
	Family string // Chrome, Safari, Data Loader, python-requests …; "" unknown
	Engine string // what a numeric code can tell apart: Edge and Opera are Chromium as Chrome is
	Major  int    // 0 unknown
	System string // macOS, Windows, iOS, Android, Linux, ChromeOS; "" unknown
	Mobile bool
	Code   bool // it was one of the platform's numeric codes
}

// Words tells an investigator what the agent is.
func (a Agent) Words() string {
	if a.Family == "" {
		return ""
	}
	words := a.Family
	if a.Major > 0 {
		words += " " + strconv.Itoa(a.Major)
	}
	switch {
	case a.System != "":
		words += " on " + a.System
	case a.Mobile:
		words += " (mobile)"
	}
	return words
}

// browsers by the product token of their user agent, the more special before the one it imitates.
var browsers = []struct{ token, family, engine string }{
	{"EdgA/", "Edge", "Chromium"}, {"EdgiOS/", "Edge", "WebKit"}, {"Edg/", "Edge", "Chromium"}, {"Edge/", "Edge", "EdgeHTML"},
	{"OPR/", "Opera", "Chromium"}, {"SamsungBrowser/", "Samsung Internet", "Chromium"}, {"Whale/", "Whale", "Chromium"},
	{"YaBrowser/", "Yandex", "Chromium"}, {"Vivaldi/", "Vivaldi", "Chromium"},
	{"FxiOS/", "Firefox", "WebKit"}, {"CriOS/", "Chrome", "WebKit"}, {"SalesforceMobileSDK/", "Salesforce Mobile", "Salesforce Mobile"},
	{"HeadlessChrome/", "Headless Chrome", "Chromium"}, {"Chromium/", "Chromium", "Chromium"}, {"Chrome/", "Chrome", "Chromium"},
	{"Firefox/", "Firefox", "Gecko"}, {"Version/", "Safari", "WebKit"}, {"MSIE ", "Internet Explorer", "Trident"}, {"rv:11", "Internet Explorer", "Trident"},
}

// families of the numeric codes: two digits of family, three of version, three of device.
var codes = map[string]struct{ family, engine string }{
	"10": {"Internet Explorer", "Trident"}, "11": {"Firefox", "Gecko"}, "13": {"Chrome", "Chromium"}, "14": {"Safari", "WebKit"},
}

var (
	numeric = regexp.MustCompile(`^\d{4,8}(\.0)?$`)
	product = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_.\- ]*?)\s*(?:[/ (]\s*v?(\d+)|/|$|\()`)
	// browser and version as a log writes them in words: "Chrome 139", "Java (Salesforce.com)"
	plain  = regexp.MustCompile(`^(Chrome|Firefox|Safari|Edge|Opera|Internet Explorer|IE)(?: (\d+))?`)
	mobile = regexp.MustCompile(`(?i)iphone|ipad|android|mobile`)
)

// ReadAgent reads a user agent, the platform's numeric code for one, or the name of a program.
func ReadAgent(text string) Agent {
	text = strings.Trim(strings.TrimSpace(text), `"`)
	if decoded, err := url.PathUnescape(text); err == nil {
		text = decoded
	}
	switch {
	case text == "" || strings.EqualFold(text, "unknown") || text == "N/A":
		return Agent{}
	case numeric.MatchString(text):
		return readCode(strings.TrimSuffix(text, ".0"))
	case strings.HasPrefix(text, "Mozilla/"):
		return readBrowser(text)
	}
	if m := plain.FindStringSubmatch(text); m != nil {
		return named(m[1], m[2])
	}
	if name, platform := strings.CutSuffix(text, " (Salesforce.com)"); platform { // the platform's own word for a library
		return Agent{Family: name, Engine: name, Code: true}
	}
	return readProgram(text)
}

func readCode(text string) Agent {
	known, ok := codes[text[:2]]
	if !ok || len(text) != 8 {
		return Agent{Code: true}
	}
	major, _ := strconv.Atoi(text[2:5])
	return Agent{Family: known.family, Engine: known.engine, Major: major, Mobile: text[5:] == "001", Code: true}
}

func readBrowser(text string) Agent {
	a := Agent{Family: "Mozilla", Engine: "Mozilla", System: systemOf(text), Mobile: mobile.MatchString(text)}
	for _, b := range browsers {
		at := strings.Index(text, b.token)
		if at < 0 {
			continue
		}
		a.Family, a.Engine, a.Major = b.family, b.engine, leadingNumber(text[at+len(b.token):])
		// what imitates Chrome is told apart by the version of Chrome, which numeric codes give as well
		if at = strings.Index(text, "Chrome/"); b.engine == "Chromium" && at >= 0 {
			a.Major = leadingNumber(text[at+len("Chrome/"):])
		}
		if b.token == "rv:11" {
			a.Major = 11
		}
		return a
	}
	return a
}

// named is a browser of which only name and version are told, which says no more than a code does. The last of its
// entries counts, the one of the desktop.
func named(family, version string) Agent {
	major, _ := strconv.Atoi(version)
	a := Agent{Family: family, Engine: family, Major: major, Code: true}
	for _, b := range browsers {
		if b.family == family {
			a.Engine = b.engine
		}
	}
	return a
}

func readProgram(text string) Agent {
	m := product.FindStringSubmatch(text)
	if m == nil {
		return Agent{Family: text, Engine: text}
	}
	major, _ := strconv.Atoi(m[2])
	family := strings.TrimSpace(m[1])
	if strings.HasPrefix(family, "DataLoader") {
		family = "Data Loader"
	}
	// Python/3.11 aiohttp/3.12: the library says more than the language
	if i := strings.Index(text, "aiohttp/"); i >= 0 {
		family, major = "aiohttp", leadingNumber(text[i+len("aiohttp/"):])
	}
	return Agent{Family: family, Engine: family, Major: major, Mobile: mobile.MatchString(text)}
}

func leadingNumber(text string) int {
	end := 0
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	n, _ := strconv.Atoi(text[:end])
	return n
}

// systems by what a browser says of them, the more special first.
var systems = []struct{ token, name string }{
	{"iPhone", "iOS"}, {"iPad", "iOS"}, {"Android", "Android"}, {"CrOS", "ChromeOS"}, {"Windows", "Windows"},
	{"Mac OS X", "macOS"}, {"Macintosh", "macOS"}, {"Linux", "Linux"}, {"X11", "Linux"},
}

func systemOf(text string) string {
	for _, s := range systems {
		if strings.Contains(text, s.token) {
			return s.name
		}
	}
	return ""
}
