// Command geo makes assets/geo/addresses.zst, the embedded table from address to country, network and holder, out of three
// packages of ip-location-db. The folder given holds them unpacked, each under its own name:
//
//	geo-whois-asn-country/  country by geofeed, then whois, then delegation
//	asn-country/            country by delegation of the registries alone
//	asn/                    who announces the address
//
// The packages state ranges at different widths, and ranges overlap. The narrowest statement about an address counts: a
// whois object that spans a registry's whole pool knows less than the delegation of a part of it. At equal width the
// packages rank in the order above.
//
// The same input gives the same bytes. assets/geo/README.md tells where the packages come from and what their licence
// demands; analysis/event reads the table.
package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func main() {
	folder := flag.String("csv", "", "folder with the unpacked packages")
	out := flag.String("o", "addresses.zst", "file to write")
	flag.Parse()
	if *folder == "" {
		fmt.Fprintln(os.Stderr, "geo: no folder of packages given, the table stays as it is (see assets/geo/README.md)")
		return
	}
	if err := generate(*folder, *out); err != nil {
		fmt.Fprintln(os.Stderr, "geo:", err)
		os.Exit(1)
	}
}

func generate(folder, out string) error {
	var rows []row
	holders, sources := map[uint32]string{}, []string{}
	for rank, name := range []string{"geo-whois-asn-country", "asn-country", "asn"} {
		version, err := versionOf(filepath.Join(folder, name, "package.json"))
		if err != nil {
			return fmt.Errorf("reading package %s: %w", name, err)
		}
		sources = append(sources, name+" "+version)
		for _, family := range []string{"ipv4", "ipv6"} {
			path := filepath.Join(folder, name, name+"-"+family+".csv")
			if rows, err = appendRows(rows, path, rank, holders); err != nil {
				return fmt.Errorf("reading %s: %w", path, err)
			}
		}
	}
	packed, err := encode(strings.Join(sources, ", "), sweep(rows), holders)
	if err != nil {
		return err
	}
	return os.WriteFile(out, packed, 0o644)
}

func versionOf(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var about struct{ Version string }
	err = json.Unmarshal(text, &about)
	return about.Version, err
}

// appendRows reads a CSV without header: first and last address, then a country, or a number and who holds it. Of several
// names for one number the first read stays.
func appendRows(rows []row, path string, rank int, holders map[uint32]string) ([]row, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	lines := csv.NewReader(file)
	lines.ReuseRecord = true
	for {
		fields, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		r, err := parse(fields)
		if err != nil {
			line, _ := lines.FieldPos(0)
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if len(fields) == 4 && holders[r.asn] == "" {
			holders[r.asn] = strings.Clone(fields[3])
		}
		r.rank = rank
		rows = append(rows, r)
	}
}

func parse(fields []string) (r row, err error) {
	if len(fields) < 3 {
		return r, errors.New("fewer than three columns")
	}
	first, err := netip.ParseAddr(fields[0])
	if err != nil {
		return r, err
	}
	last, err := netip.ParseAddr(fields[1])
	if err != nil {
		return r, err
	}
	if r.first, r.last = numberOf(first), numberOf(last); r.last.compare(r.first) < 0 {
		return r, fmt.Errorf("%s comes after %s", first, last)
	}
	if len(fields) == 3 {
		if r.country = strings.Clone(fields[2]); len(r.country) != 2 {
			return r, fmt.Errorf("%q is no country", r.country)
		}
		return r, nil
	}
	asn, err := strconv.ParseUint(fields[2], 10, 32)
	r.asn = uint32(asn)
	return r, err
}
