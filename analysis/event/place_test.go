package event

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"math/big"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestKnownAddressesAreLocated(t *testing.T) {
	for _, c := range []struct {
		ip, country, holder, class string
		asn                        uint32
	}{
		{"8.8.8.8", "US", "google", "hosting", 15169},
		{"::ffff:8.8.8.8", "US", "google", "hosting", 15169},
		{"2001:4860:4860::8888", "US", "google", "hosting", 15169},
		{"168.126.63.1", "KR", "korea telecom", "", 4766},
		{"39.7.15.20", "KR", "korea telecom", "mobile", 4766},
		{"27.160.0.1", "KR", "sk telecom", "mobile", 9644},
		{"2001:200::1", "JP", "wide", "", 2500}, // narrower than the registry's pool, which a whois object puts in AU
		{"45.83.220.7", "SE", "31173", "vpn", 39351},
		{"185.220.101.4", "DE", "", "tor", 60729},
		{"104.28.5.5", "", "cloudflare", "vpn", 13335},
	} {
		p := Locate(netip.MustParseAddr(c.ip))
		if (c.country != "" && p.Country != c.country) || p.ASN != c.asn || p.Class != c.class || !strings.Contains(strings.ToLower(p.Holder), c.holder) {
			t.Errorf("%s: %+v, want %+v", c.ip, p, c)
		}
	}
}

func TestNothingIsKnownOfAddressesInside(t *testing.T) {
	for _, ip := range []string{"10.0.0.1", "192.168.1.1", "127.0.0.1", "100.64.0.1", "169.254.1.1", "224.0.0.1", "0.0.0.0", "::", "::1", "fe80::1%eth0", "fd00::1"} {
		if p := Locate(netip.MustParseAddr(ip)); p != (Place{}) {
			t.Errorf("%s: %+v", ip, p)
		}
	}
	for _, ip := range []string{"240.0.0.1", "2001:db8::1", "4000::1"} {
		if p := Locate(netip.MustParseAddr(ip)); p.ASN != 0 {
			t.Errorf("%s is announced by nobody, not %+v", ip, p)
		}
	}
	if p := Locate(netip.Addr{}); p != (Place{}) {
		t.Errorf("no address: %+v", p)
	}
}

// Every number in networks.yaml must belong to whom the entry names, and every entry say why.
func TestNetworksNameTheirHolders(t *testing.T) {
	text, err := os.ReadFile("../../assets/geo/networks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := readClassRules(text)
	if err != nil {
		t.Fatal(err)
	}
	names, seen := map[uint32]string{}, map[uint32]bool{}
	for i, asn := range places().asns {
		names[asn] = places().holders[i]
	}
	for _, r := range rules {
		if r.Why == "" || !regexp.MustCompile("^(hosting|vpn|tor|mobile)$").MatchString(r.Class) {
			t.Errorf("%+v: no reason, or no such class", r)
		}
		if r.ASN != 0 && (seen[r.ASN] || !regexp.MustCompile("(?i)"+r.Name).MatchString(names[r.ASN])) {
			t.Errorf("%d is %q, not %q, or named twice", r.ASN, names[r.ASN], r.Name)
		}
		seen[r.ASN] = r.ASN != 0
	}
	rules.table()
}

func TestHoldersAreClassedByWholeWords(t *testing.T) {
	for holder, want := range map[string]string{
		"Fast Servers (Pty) Ltd": "hosting", "DATA CENTER Nord": "hosting", "Serverius Holding": "", "Some VPN Ltd": "vpn",
		"Torservers.net": "tor", "Victor Exit Signs": "", "Korea Telecom": "", "Salesforce.com, Inc.": "", "": "",
	} {
		if got := classes().of(netip.MustParseAddr("203.0.113.1"), Place{ASN: 4294967294, Holder: holder}); got != want {
			t.Errorf("%q: %q, want %q", holder, got, want)
		}
	}
}

// packages written by hand: nested ranges, gaps, both families, the last address there is.
var packages = map[string]string{
	"geo-whois-asn-country/geo-whois-asn-country-ipv4.csv": "1.0.0.0,1.255.255.255,AU\n2.0.0.0,2.0.0.255,FR\n2.0.0.16,2.0.0.31,DE\n255.0.0.0,255.255.255.255,ZW\n",
	"geo-whois-asn-country/geo-whois-asn-country-ipv6.csv": "2a00::,2a00::ff,NL\nffff::,ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,ZZ\n",
	"asn-country/asn-country-ipv4.csv":                     "1.1.0.0,1.1.255.255,KR\n2.0.0.0,2.0.0.255,IT\n",
	"asn-country/asn-country-ipv6.csv":                     "",
	"asn/asn-ipv4.csv":                                     "1.1.1.0,1.1.1.255,65001,\"Example, Inc.\"\n1.1.1.128,1.1.1.128,4200000000,Späti\n",
	"asn/asn-ipv6.csv":                                     "2a00::80,2a00::17f,65001,Another name\n",
}

func TestNarrowestStatementCountsUpToItsLastAddress(t *testing.T) {
	table := generated(t, packages)
	if want := "geo-whois-asn-country 1.2.3, asn-country 1.2.3, asn 1.2.3"; table.source != want {
		t.Errorf("made of %q, want %q", table.source, want)
	}
	example, late := Place{"KR", 65001, "Example, Inc.", ""}, Place{"KR", 4200000000, "Späti", ""}
	for ip, want := range map[string]Place{
		"0.0.0.0": {}, "0.255.255.255": {}, "1.0.0.0": {Country: "AU"}, "1.0.255.255": {Country: "AU"},
		"1.1.0.0": {Country: "KR"}, "1.1.0.255": {Country: "KR"}, "1.1.1.0": example, "1.1.1.127": example, "1.1.1.128": late, "1.1.1.129": example,
		"1.1.2.0": {Country: "KR"}, "1.2.0.0": {Country: "AU"}, "1.255.255.255": {Country: "AU"},
		"2.0.0.15": {Country: "FR"}, "2.0.0.16": {Country: "DE"}, "2.0.0.31": {Country: "DE"}, "2.0.0.32": {Country: "FR"}, "2.0.1.0": {},
		"255.255.255.255": {Country: "ZW"}, "::1:0:0:0": {}, "29ff:ffff::": {}, "2a00::": {Country: "NL"}, "2a00::7f": {Country: "NL"},
		"2a00::80": {"NL", 65001, "Example, Inc.", ""}, "2a00::100": {"", 65001, "Example, Inc.", ""}, "2a00::17f": {"", 65001, "Example, Inc.", ""},
		"2a00::180": {}, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff": {Country: "ZZ"},
	} {
		if got := table.find(netip.MustParseAddr(ip)); got != want {
			t.Errorf("%s: %+v, want %+v", ip, got, want)
		}
	}
}

func TestDamagedTableIsAnError(t *testing.T) {
	packed := generate(t, folderOf(t, packages))
	for _, bad := range [][]byte{nil, []byte("nothing"), packed[:len(packed)-1]} {
		if _, err := readPlaces(bad); err == nil && len(bad) > 0 {
			t.Errorf("%d bytes of a table were taken for one", len(bad))
		}
	}
}

// TestTableAgreesWithPackages compares the embedded table with what it was made of, at and just outside the ends of ranges:
// for some of them every statement of the packages is searched.
func TestTableAgreesWithPackages(t *testing.T) {
	folder := os.Getenv("BREACHSCOPE_GEO")
	if folder == "" {
		t.Skip("BREACHSCOPE_GEO does not name the folder of unpacked packages")
	}
	embedded, err := os.ReadFile("../../assets/geo/addresses.zst")
	if err != nil {
		t.Fatal(err)
	}
	if first, again := generate(t, folder), generate(t, folder); !bytes.Equal(first, again) || !bytes.Equal(first, embedded) {
		t.Error("the same packages do not give the embedded table")
	}
	for _, family := range []string{"ipv4", "ipv6"} {
		country := append(statements(t, folder, "geo-whois-asn-country", family), statements(t, folder, "asn-country", family)...)
		announced := statements(t, folder, "asn", family)
		for _, list := range [][]statement{country, announced} {
			for i := 11; i < len(list); i += len(list) / 40 {
				for _, ip := range []netip.Addr{list[i].first, list[i].last, list[i].first.Prev(), list[i].last.Next()} {
					got := places().find(ip)
					if want := narrowestOf(country, ip); got.Country != want {
						t.Errorf("%s: country %q, want %q", ip, got.Country, want)
					}
					if want := cmp.Or(narrowestOf(announced, ip), "0"); strconv.Itoa(int(got.ASN)) != want {
						t.Errorf("%s: announced by %d, want %s", ip, got.ASN, want)
					}
				}
			}
		}
	}
}

type statement struct {
	first, last netip.Addr
	says        string
}

func statements(t *testing.T, folder, name, family string) (list []statement) {
	t.Helper()
	file, err := os.Open(filepath.Join(folder, name, name+"-"+family+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		list = append(list, statement{netip.MustParseAddr(r[0]), netip.MustParseAddr(r[1]), r[2]})
	}
	return list
}

// narrowestOf looks at every statement; of equally wide ones the first counts.
func narrowestOf(list []statement, ip netip.Addr) (says string) {
	var least *big.Int
	for _, s := range list {
		if s.first.Compare(ip) > 0 || s.last.Compare(ip) < 0 {
			continue
		}
		width := new(big.Int).Sub(new(big.Int).SetBytes(s.last.AsSlice()), new(big.Int).SetBytes(s.first.AsSlice()))
		if least == nil || width.Cmp(least) < 0 {
			least, says = width, s.says
		}
	}
	return says
}

func folderOf(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		about := filepath.Join(filepath.Dir(path), "package.json")
		if err := errors.Join(os.WriteFile(path, []byte(text), 0o644), os.WriteFile(about, []byte(`{"version": "1.2.3"}`), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func generate(t *testing.T, folder string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "addresses.zst")
	if said, err := exec.Command("go", "run", "../../testdata/geo", "-csv", folder, "-o", out).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	packed, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

func generated(t *testing.T, files map[string]string) *placeTable {
	t.Helper()
	table, err := readPlaces(generate(t, folderOf(t, files)))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestNetworksOfTheInvestigator(t *testing.T) {
	networks, err := LoadNetworks(strings.NewReader("\ufeffRange,Name,Class\r\n203.0.113.77/24, Seoul office ,Office\r\n203.0.113.8,\"Exit, new\",vpn\r\n2001:db8::/32,Partner,allow-list\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	for ip, want := range map[string]string{
		"203.0.113.0": "Seoul office", "203.0.113.255": "Seoul office", "203.0.113.8": "Exit, new", "::ffff:203.0.113.8": "Exit, new",
		"203.0.114.0": "", "2001:db8:ffff::1": "Partner", "2001:db9::": "",
	} {
		if got, ok := networks.Find(netip.MustParseAddr(ip)); got.Name != want || ok != (want != "") {
			t.Errorf("%s: %+v, want %q", ip, got, want)
		}
	}
}

func TestNetworksNotUnderstoodAreNamed(t *testing.T) {
	for text, want := range map[string]string{
		"":                                   "EOF",
		"ip,name,class\n":                    "header",
		"range,name,class\n1.2.3.4/33,a,vpn": "line 2",
		"range,name,class\n1.2.3.4,a,office\n1.2.3.4,a,home": "line 3",
		"range,name,class\n1.2.3.4,a":                        "fields",
		"range,name,class\nnowhere,a,vpn":                    "line 2",
	} {
		if _, err := LoadNetworks(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func BenchmarkReadPlaces(b *testing.B) {
	packed, err := os.ReadFile("../../assets/geo/addresses.zst")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := readPlaces(packed); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLocate(b *testing.B) {
	ip := netip.MustParseAddr("168.126.63.1")
	for b.Loop() {
		Locate(ip)
	}
}
