package main

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"maps"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// encode writes the table in columns, compressed. Integers are unsigned varints, texts carry their length before them.
//
//	text    versions of the packages
//	holders count; differences of the ascending numbers; names
//	places  count; countries, two bytes each; holders, counted from one, 0 for none
//	        place 0 is not written, it is nowhere; the others come by how often they occur
//	starts  count; one byte each: bytes shared with the start before << 4 | bytes after these, less one; the bytes after,
//	        the rest up to 16 being zero; index of the place that begins there
func encode(sources string, list []boundary, holders map[uint32]string) ([]byte, error) {
	var b []byte
	b = appendText(b, sources)
	asns := announcers(list)
	b = binary.AppendUvarint(b, uint64(len(asns)))
	before := uint32(0)
	for _, asn := range asns {
		b, before = binary.AppendUvarint(b, uint64(asn-before)), asn
	}
	for _, asn := range asns {
		b = appendText(b, holders[asn])
	}
	places := distinct(list)
	b = appendPlaces(b, places, asns)
	b = appendStarts(b, list, places)
	return compress(b)
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

func announcers(list []boundary) (asns []uint32) {
	for _, at := range list {
		if at.asn != 0 {
			asns = append(asns, at.asn)
		}
	}
	slices.Sort(asns)
	return slices.Compact(asns)
}

// distinct places but nowhere, those that occur often first.
func distinct(list []boundary) []place {
	often := map[place]int{}
	for _, at := range list {
		often[at.place]++
	}
	delete(often, place{})
	return slices.SortedFunc(maps.Keys(often), func(a, b place) int {
		return cmp.Or(cmp.Compare(often[b], often[a]), cmp.Compare(a.country, b.country), cmp.Compare(a.asn, b.asn))
	})
}

func appendPlaces(b []byte, places []place, asns []uint32) []byte {
	b = binary.AppendUvarint(b, uint64(len(places)))
	for _, p := range places {
		b = append(b, (p.country + "\x00\x00")[:2]...)
	}
	for _, p := range places {
		index, found := slices.BinarySearch(asns, p.asn)
		if !found {
			index = -1
		}
		b = binary.AppendUvarint(b, uint64(index+1))
	}
	return b
}

func appendStarts(b []byte, list []boundary, places []place) []byte {
	index := map[place]int{{}: 0}
	for i, p := range places {
		index[p] = i + 1
	}
	b = binary.AppendUvarint(b, uint64(len(list)))
	var before [16]byte
	var after []byte
	for _, at := range list {
		var start [16]byte
		binary.BigEndian.PutUint64(start[:8], at.from.high)
		binary.BigEndian.PutUint64(start[8:], at.from.low)
		shared := 0
		for shared < 15 && start[shared] == before[shared] {
			shared++
		}
		kept := max(len(bytes.TrimRight(start[shared:], "\x00")), 1)
		b, after, before = append(b, byte(shared<<4|(kept-1))), append(after, start[shared:shared+kept]...), start
	}
	b = append(b, after...)
	for _, at := range list {
		b = binary.AppendUvarint(b, uint64(index[at.place]))
	}
	return b
}

// compress works on one core: the bytes then depend on nothing but the input.
func compress(b []byte) ([]byte, error) {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	return w.EncodeAll(b, nil), w.Close()
}
