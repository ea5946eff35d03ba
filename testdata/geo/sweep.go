package main

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"net/netip"
	"slices"
)

// number is an address as an unsigned integer; IPv4 lies at ::ffff:0:0/96, so that one table serves both families.
type number struct{ high, low uint64 }

func numberOf(ip netip.Addr) number {
	b := ip.As16()
	return number{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

func (n number) compare(m number) int {
	return cmp.Or(cmp.Compare(n.high, m.high), cmp.Compare(n.low, m.low))
}

func (n number) minus(m number) number {
	low, borrow := bits.Sub64(n.low, m.low, 0)
	high, _ := bits.Sub64(n.high, m.high, borrow)
	return number{high, low}
}

// next is the number after n; after the last address it is zero.
func (n number) next() number {
	low, carry := bits.Add64(n.low, 1, 0)
	return number{n.high + carry, low}
}

// row is what one package states about a range: a country or who announces it.
type row struct {
	first, last number
	country     string
	asn         uint32
	rank        int
}

// place is what holds from an address on, until the next one.
type place struct {
	country string
	asn     uint32
}

type boundary struct {
	from number
	place
}

// sweep walks all ends of ranges in order and tells where the place changes.
func sweep(rows []row) (list []boundary) {
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(a.first.compare(b.first), a.last.compare(b.last), cmp.Compare(a.rank, b.rank))
	})
	var active []row
	now := place{}
	for _, at := range ends(rows) {
		active = slices.DeleteFunc(active, func(r row) bool { return r.last.compare(at) < 0 })
		for len(rows) > 0 && rows[0].first == at {
			active, rows = append(active, rows[0]), rows[1:]
		}
		if next := narrowest(active); next != now {
			now, list = next, append(list, boundary{at, next})
		}
	}
	return list
}

// ends are the addresses where some range starts or has just ended, ascending.
func ends(rows []row) []number {
	list := make([]number, 0, 2*len(rows))
	for _, r := range rows {
		list = append(list, r.first)
		if after := r.last.next(); after != (number{}) {
			list = append(list, after)
		}
	}
	slices.SortFunc(list, number.compare)
	return slices.Compact(list)
}

// narrowest joins the narrowest statement on the country with the narrowest on the announcer.
func narrowest(active []row) (p place) {
	var country, asn *row
	for i := range active {
		best := &country
		if active[i].country == "" {
			best = &asn
		}
		if *best == nil || narrower(active[i], **best) {
			*best = &active[i]
		}
	}
	if country != nil {
		p.country = country.country
	}
	if asn != nil {
		p.asn = asn.asn
	}
	return p
}

// narrower says which of two statements counts. Equally wide ones of one package differ by name alone, to be deterministic.
func narrower(a, b row) bool {
	return cmp.Or(a.last.minus(a.first).compare(b.last.minus(b.first)), cmp.Compare(a.rank, b.rank),
		cmp.Compare(a.country, b.country), cmp.Compare(a.asn, b.asn)) < 0
}
