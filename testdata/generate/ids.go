package main

const idSuffix = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

// id15 is the case-sensitive id of the n-th record of an object prefix.
func id15(prefix string, n int) string {
	b := []byte(prefix + "Ki0000000000")
	for i := len(b) - 1; n > 0 && i > 6; i-- {
		b[i] = base62[n%62]
		n /= 62
	}
	return string(b)
}

// id18 appends the three check characters: one bit per capital letter of each block of five, lowest first.
func id18(id string) string {
	out := []byte(id[:15])
	for block := 0; block < 15; block += 5 {
		bits := 0
		for k := range 5 {
			if c := id[block+k]; c >= 'A' && c <= 'Z' {
				bits |= 1 << k
			}
		}
		out = append(out, idSuffix[bits])
	}
	return string(out)
}

func newID(prefix string, n int) string { return id18(id15(prefix, n)) }
