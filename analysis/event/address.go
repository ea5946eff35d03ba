package event

import (
	"context"
	_ "embed"
	"net/netip"
	"slices"
	"strings"

	"github.com/breachscope/breachscope/analysis"
)

var (
	//go:embed sql/address_seen.sql
	addressSeenSQL string
	//go:embed sql/address.sql
	addressSQL string
)

// addresses fills analysis.address. A text that is no address, or one nobody outside can have, says nothing about the
// client: it keeps its row, with public = false. What the client claims to be forwarded for counts only then.
func addresses(ctx context.Context, db analysis.Engine, own Networks) error {
	rows, err := db.QueryContext(ctx, "SELECT DISTINCT address, forwarded FROM temp.seen_address WHERE address <> '' OR forwarded <> ''")
	if err != nil {
		return err
	}
	defer rows.Close()
	own = slices.Clone(own)
	own.sort()
	seen := seenAddresses{own: own}
	for rows.Next() {
		var address, forwarded string
		if err := rows.Scan(&address, &forwarded); err != nil {
			return err
		}
		seen.add(address, forwarded)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, addressSeenSQL, seen.columns()...); err != nil {
		return err
	}
	return run(ctx, db, addressSQL)
}

// seenAddresses holds, column by column, what the logs say and what it stands for.
type seenAddresses struct {
	own                                                        Networks
	address, forwarded, plain, network, country, holder, class []string
	given, givenName                                           []string
	public                                                     []bool
	asn                                                        []int64
}

func (s *seenAddresses) add(address, forwarded string) {
	ip, ok := parseAddress(address)
	if !ok || !public(ip) {
		for _, part := range strings.Split(forwarded, ",") {
			if f, valid := parseAddress(part); valid && public(f) {
				ip, ok = f, true
				break
			}
		}
	}
	known := ok && public(ip)
	plain, place := strings.TrimSpace(address), Place{}
	if ok {
		plain = ip.String()
	}
	s.address, s.forwarded, s.plain = append(s.address, address), append(s.forwarded, forwarded), append(s.plain, plain)
	s.public = append(s.public, known)
	network, given := "", Network{}
	if known {
		place, network = Locate(ip), networkOf(ip)
		given, _ = s.own.Find(ip)
	}
	s.given, s.givenName = append(s.given, given.Class), append(s.givenName, given.Name)
	s.network, s.country, s.holder = append(s.network, network), append(s.country, place.Country), append(s.holder, place.Holder)
	s.class, s.asn = append(s.class, place.Class), append(s.asn, int64(place.ASN))
}

func (s *seenAddresses) columns() []any {
	return []any{s.address, s.forwarded, s.plain, s.public, s.network, s.country, s.asn, s.holder, s.class, s.given, s.givenName}
}

// parseAddress reads an address that may carry brackets, a port, a zone or the form of an IPv4 address in IPv6.
func parseAddress(text string) (netip.Addr, bool) {
	text = strings.Trim(strings.TrimSpace(text), `"'`)
	if withPort, err := netip.ParseAddrPort(text); err == nil {
		return withPort.Addr().Unmap().WithZone(""), true
	}
	ip, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return ip.Unmap().WithZone(""), err == nil
}

var carrierGrade = netip.MustParsePrefix("100.64.0.0/10")

// public tells whether an address can belong to a client out on the Internet.
func public(ip netip.Addr) bool {
	return ip.IsGlobalUnicast() && !ip.IsPrivate() && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() && !carrierGrade.Contains(ip)
}

// networkOf is the neighbourhood one client commonly moves in: /24 of an IPv4, /48 of an IPv6 address.
func networkOf(ip netip.Addr) string {
	bits := 48
	if ip.Is4() {
		bits = 24
	}
	prefix, err := ip.Prefix(bits)
	if err != nil {
		return ""
	}
	return prefix.String()
}
