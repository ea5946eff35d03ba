package event

import "testing"

func TestAgentsAreRead(t *testing.T) {
	for text, want := range map[string]Agent{
		`"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36 Edg/137.0.0.0"`:         {"Edge", "Chromium", 137, "Windows", false, false},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Mobile/15E148 Safari/604.1": {"Safari", "WebKit", 18, "iOS", true, false},
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/IP_ADDRESS_REMOVED Safari/537.36":                          {"Chrome", "Chromium", 0, "Linux", false, false},
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv%3A50.0) Gecko/20100101 Firefox/50.0":                                                    {"Firefox", "Gecko", 50, "macOS", false, false},
		"13050001": {"Chrome", "Chromium", 50, "", true, true}, "10011000": {"Internet Explorer", "Trident", 11, "", false, true}, "14012000": {"Safari", "WebKit", 12, "", false, true},
		"9999": {Code: true}, "9998.0": {Code: true}, "Unknown": {}, "": {},
		"python-requests/2.32.4": {"python-requests", "python-requests", 2, "", false, false}, "Python/3.11 aiohttp/3.12.15": {"aiohttp", "aiohttp", 3, "", false, false},
		"DataLoaderPartnerUI/": {"Data Loader", "Data Loader", 0, "", false, false}, "Chrome 139": {"Chrome", "Chromium", 139, "", false, true}, "Java/17.0.10": {"Java", "Java", 17, "", false, false},
	} {
		if got := ReadAgent(text); got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}
