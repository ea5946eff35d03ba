package main

// random is a small seeded generator (splitmix64). It is our own so that the same seed gives the same bytes with every
// Go release, and cheap enough to give every household and session a generator of its own.
type random struct{ state uint64 }

// newRandom gives the generator of one thing: the parts (seed, what, which one) are hashed into its start.
func newRandom(parts ...uint64) *random {
	r := &random{state: 0x9e3779b97f4a7c15}
	for _, p := range parts {
		r.state ^= p
		r.next()
		r.state ^= r.next() << 1
	}
	return r
}

func (r *random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

// intn is uniform in [0, n).
func (r *random) intn(n int) int { return int(r.next() % uint64(n)) }

// between is uniform in [lo, hi); lo when the range is empty.
func (r *random) between(lo, hi int64) int64 {
	if hi <= lo {
		return lo
	}
	return lo + int64(r.next()%uint64(hi-lo))
}

// chance is true in percent of the cases; percent may have a fraction.
func (r *random) chance(percent float64) bool { return float64(r.next()%1_000_000) < percent*10_000 }

func pick[T any](r *random, of []T) T { return of[r.intn(len(of))] }

// text is n characters of an alphabet.
func (r *random) text(alphabet string, n int) string {
	b := make([]byte, n)
	var bits uint64
	for i := range b {
		if i%8 == 0 {
			bits = r.next()
		}
		b[i] = alphabet[int(bits&0xff)%len(alphabet)]
		bits >>= 8
	}
	return string(b)
}

const (
	digits    = "0123456789"
	hexDigits = "0123456789abcdef"
	base62    = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	base64    = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
)

// What the generators of things are told apart by.
const (
	ofHousehold uint64 = iota + 1
	ofStaff
	ofSession
	ofFile
	ofQuery
	ofAttack
	ofCorporate
	ofService
)
