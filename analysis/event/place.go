package event

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
	"gopkg.in/yaml.v3"

	"github.com/breachscope/breachscope/analysis"
	"github.com/breachscope/breachscope/assets"
)

//go:generate go run ../../testdata/geo -csv=$BREACHSCOPE_GEO -o=../../assets/geo/addresses.zst

// Place is where an address is registered and who announces it. Class says what kind of network that is: hosting, vpn,
// tor, mobile, or "" when nothing is known.
type Place struct {
	Country string // ISO 3166-1 alpha-2
	ASN     uint32
	Holder  string
	Class   string
}

// Locate looks an address up in the embedded tables, as they were when the program was built (PlaceSource). Nothing is
// known of addresses that cannot belong to a client on the Internet.
func Locate(ip netip.Addr) Place {
	if ip = ip.Unmap().WithZone(""); !ip.IsValid() || !public(ip) {
		return Place{}
	}
	p := places().find(ip)
	p.Class = classes().of(ip, p)
	return p
}

// PlaceSource names the packages the embedded table was made of, with their versions.
func PlaceSource() string { return places().source }

// places are read at the first look-up. The table is part of the program: that it cannot be read is a mistake of the build.
var places = sync.OnceValue(func() *placeTable {
	packed, err := fs.ReadFile(assets.Folder("geo"), "addresses.zst")
	if err != nil {
		panic(err)
	}
	t, err := readPlaces(packed)
	if err != nil {
		panic(fmt.Errorf("reading the table of places: %w", err))
	}
	return t
})

// placeTable holds where the place changes, ascending; IPv4 lies at ::ffff:0:0/96. Place 0 is nowhere.
type placeTable struct {
	source  string
	asns    []uint32
	holders []string
	country [][2]byte
	holder  []uint32 // of a place, into asns and holders counted from one, 0 for none
	starts  [][2]uint64
	place   []uint32 // that begins at a start
}

func (t *placeTable) find(ip netip.Addr) Place {
	key := startOf(ip.As16())
	i, exact := slices.BinarySearchFunc(t.starts, key, func(a, b [2]uint64) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	})
	if !exact {
		i--
	}
	if i < 0 || t.place[i] == 0 {
		return Place{}
	}
	p, at := Place{}, t.place[i]
	if country := t.country[at]; country[0] != 0 {
		p.Country = string(country[:])
	}
	if h := t.holder[at]; h > 0 {
		p.ASN, p.Holder = t.asns[h-1], t.holders[h-1]
	}
	return p
}

func startOf(b [16]byte) [2]uint64 {
	return [2]uint64{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

// readPlaces undoes what testdata/geo writes; encode.go there describes the columns.
func readPlaces(packed []byte) (*placeTable, error) {
	unpacker, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer unpacker.Close()
	plain, err := unpacker.DecodeAll(packed, nil)
	if err != nil {
		return nil, err
	}
	r := &placeReader{rest: plain}
	t := &placeTable{source: r.text()}
	r.holders(t)
	r.places(t)
	r.starts(t)
	if r.short || len(r.rest) > 0 {
		return nil, errors.New("the table is damaged")
	}
	return t, nil
}

// placeReader takes values off the front; past the end it gives zeros and remembers that it was short.
type placeReader struct {
	rest  []byte
	short bool
}

func (r *placeReader) bytes(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.short, r.rest = true, nil
		return nil
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *placeReader) integer() int {
	v, n := binary.Uvarint(r.rest)
	r.bytes(max(n, 0))
	r.short = r.short || n <= 0
	return int(v)
}

// count is an integer that says how many values of at least one byte follow.
func (r *placeReader) count() int {
	n := r.integer()
	if n < 0 || n > len(r.rest) {
		r.short = true
		return 0
	}
	return n
}

func (r *placeReader) text() string { return string(r.bytes(r.integer())) }

func (r *placeReader) holders(t *placeTable) {
	t.asns = make([]uint32, r.count())
	t.holders = make([]string, len(t.asns))
	before := uint32(0)
	for i := range t.asns {
		before += uint32(r.integer())
		t.asns[i] = before
	}
	for i := range t.holders {
		t.holders[i] = r.text()
	}
}

func (r *placeReader) places(t *placeTable) {
	n := r.count()
	t.country, t.holder = make([][2]byte, n+1), make([]uint32, n+1)
	for i := range n {
		copy(t.country[i+1][:], r.bytes(2))
	}
	for i := range n {
		t.holder[i+1] = r.index(len(t.asns) + 1)
	}
}

func (r *placeReader) index(below int) uint32 {
	i := r.integer()
	if i < 0 || i >= below {
		r.short = true
		return 0
	}
	return uint32(i)
}

func (r *placeReader) starts(t *placeTable) {
	n := r.count()
	t.starts, t.place = make([][2]uint64, n), make([]uint32, n)
	var start [16]byte
	for i, form := range r.bytes(n) {
		shared, kept := int(form>>4), int(form&15)+1
		clear(start[shared:])
		copy(start[shared:], r.bytes(kept))
		t.starts[i] = startOf(start)
	}
	for i := range t.place {
		t.place[i] = r.index(len(t.country))
	}
}

// classTable says of what class a network is, by assets/geo/networks.yaml: ranges first, then numbers, then holders' names.
type classTable struct {
	ranges  Networks
	asns    map[uint32]string
	holders []holderClass
}

type holderClass struct {
	name  *regexp.Regexp
	class string
}

// classRule is one entry of networks.yaml; of Range, ASN and Holder one is set.
type classRule struct {
	Class  string
	Range  string
	ASN    uint32
	Holder string // pattern of the holder's name
	Name   string
	Why    string
}

var classes = sync.OnceValue(func() *classTable {
	text, err := fs.ReadFile(assets.Folder("geo"), "networks.yaml")
	if err != nil {
		panic(err)
	}
	rules, err := readClassRules(text)
	if err != nil {
		panic(fmt.Errorf("reading geo/networks.yaml: %w", err))
	}
	return rules.table()
})

type classRules []classRule

func readClassRules(text []byte) (rules classRules, err error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	return rules, decoder.Decode(&rules)
}

// table panics on a wrong range or pattern: the rules are part of the program.
func (rules classRules) table() *classTable {
	t := &classTable{asns: map[uint32]string{}}
	for _, r := range rules {
		switch {
		case r.Range != "":
			t.ranges = append(t.ranges, Network{Range: netip.MustParsePrefix(r.Range), Name: r.Name, Class: r.Class})
		case r.Holder != "":
			t.holders = append(t.holders, holderClass{regexp.MustCompile("(?i)" + r.Holder), r.Class})
		default:
			t.asns[r.ASN] = r.Class
		}
	}
	t.ranges.sort()
	return t
}

func (t *classTable) of(ip netip.Addr, p Place) string {
	if n, ok := t.ranges.Find(ip); ok {
		return n.Class
	}
	if class, ok := t.asns[p.ASN]; ok {
		return class
	}
	for _, h := range t.holders {
		if h.name.MatchString(p.Holder) {
			return h.class
		}
	}
	return ""
}

// Network is a range the investigator knows.
type Network = analysis.Network

// Networks are ordered so that the narrowest range comes first.
type Networks []Network

func (n Networks) sort() {
	slices.SortStableFunc(n, func(a, b Network) int { return b.Range.Bits() - a.Range.Bits() })
}

// Find returns the narrowest network an address lies in.
func (n Networks) Find(ip netip.Addr) (Network, bool) {
	ip = ip.Unmap().WithZone("")
	i := slices.IndexFunc(n, func(known Network) bool { return known.Range.Contains(ip) })
	if i < 0 {
		return Network{}, false
	}
	return n[i], true
}

var networkClasses = []string{"office", "vpn", "allow-list"}

// LoadNetworks reads the investigator's own networks: a CSV with the header range,name,class. A range is one address or
// a prefix, whose bits past its length do not count. A line that is not understood is an error that names it.
func LoadNetworks(r io.Reader) (Networks, error) {
	lines := csv.NewReader(r)
	lines.TrimLeadingSpace = true
	header, err := lines.Read()
	if err != nil {
		return nil, fmt.Errorf("reading networks: %w", err)
	}
	if len(header) != 3 || !strings.EqualFold(strings.TrimPrefix(strings.Join(header, ","), "\ufeff"), "range,name,class") {
		return nil, fmt.Errorf("reading networks: the header is %q, not range,name,class", strings.Join(header, ","))
	}
	var list Networks
	for {
		fields, err := lines.Read()
		if errors.Is(err, io.EOF) {
			list.sort()
			return list, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading networks: %w", err)
		}
		n, err := parseNetwork(fields)
		if err != nil {
			line, _ := lines.FieldPos(0)
			return nil, fmt.Errorf("reading networks, line %d: %w", line, err)
		}
		list = append(list, n)
	}
}

func parseNetwork(fields []string) (Network, error) {
	n := Network{Name: strings.TrimSpace(fields[1]), Class: strings.ToLower(strings.TrimSpace(fields[2]))}
	if !slices.Contains(networkClasses, n.Class) {
		return n, fmt.Errorf("%q is none of %s", n.Class, strings.Join(networkClasses, ", "))
	}
	text := strings.TrimSpace(fields[0])
	var err error
	if !strings.Contains(text, "/") {
		var ip netip.Addr
		if ip, err = netip.ParseAddr(text); err != nil {
			return n, err
		}
		ip = ip.Unmap().WithZone("")
		n.Range = netip.PrefixFrom(ip, ip.BitLen())
		return n, nil
	}
	if n.Range, err = netip.ParsePrefix(text); err == nil {
		n.Range = n.Range.Masked()
	}
	return n, err
}
