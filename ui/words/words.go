// Package words holds every text of the window by language. The key of a text is its English; what is not translated is
// shown in English, so that a missing text hides nothing. English has a table only for words out of fixed sets
// ("verdict.attacker") and for the singular of counts.
package words

import (
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"sync/atomic"

	"gopkg.in/yaml.v3"

	"github.com/breachscope/breachscope/assets"
)

// Language is a language the window speaks.
type Language struct{ Code, Name string }

// Languages in the order of the menu, each by its own name.
var Languages = []Language{{"en", "English"}, {"ko", "한국어"}, {"fr", "Français"}, {"zh", "中文"}, {"ja", "日本語"}}

var (
	tables  = load(assets.Folder("translations"))
	current atomic.Value // string
)

func load(folder fs.FS) map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, l := range Languages {
		data, err := fs.ReadFile(folder, l.Code+".yaml")
		if err != nil {
			continue
		}
		table := map[string]string{}
		if err := yaml.Unmarshal(data, &table); err != nil {
			panic(fmt.Errorf("translations %s: %w", l.Code, err)) // embedded, so a mistake in the build
		}
		out[l.Code] = table
	}
	return out
}

// Use switches the language; one that is not spoken becomes English.
func Use(code string) {
	code, _, _ = strings.Cut(strings.ReplaceAll(code, "_", "-"), "-")
	if tables[code] == nil {
		code = "en"
	}
	current.Store(code)
}

// Current is the code of the language in use.
func Current() string {
	if code, ok := current.Load().(string); ok {
		return code
	}
	return "en"
}

// System is the language of the user's environment.
func System() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); len(v) > 1 {
			return v
		}
	}
	return "en"
}

// Has says whether a key has a text, in the current language or in English.
func Has(key string) bool {
	return tables[Current()][key] != "" || tables["en"][key] != ""
}

// T is the text of a key.
func T(key string) string {
	if s := tables[Current()][key]; s != "" {
		return s
	}
	if s := tables["en"][key]; s != "" {
		return s
	}
	return key
}

// F is the text of a key with its verbs filled in.
func F(key string, args ...any) string { return fmt.Sprintf(T(key), args...) }

// N is the text of a key for a number, which fills its first verb; English and French have key.one for 1, which may do
// without the number.
func N(key string, n int64, args ...any) string {
	if one := key + ".one"; n == 1 && tables[Current()][one] != "" {
		if verbs(one) == len(args) {
			return F(one, args...)
		}
		key = one
	}
	return F(key, append([]any{Number(n)}, args...)...)
}

// verbs are the places of a text that are filled in.
func verbs(key string) int { return strings.Count(strings.ReplaceAll(T(key), "%%", ""), "%") }

// Of is the text of one value of a set, e.g. Of("verdict", "attacker"); a value without a text stands for itself.
func Of(set, value string) string {
	if key := set + "." + value; Has(key) {
		return T(key)
	}
	return value
}

// Toolkit is what the toolkit itself says ("Cancel", "Open", "file.name") as the JSON it reads, in the current language
// or in English.
func Toolkit() []byte {
	for _, code := range []string{Current(), "en"} {
		if data, err := fs.ReadFile(assets.Folder("translations"), "toolkit."+code+".json"); err == nil {
			return data
		}
	}
	return nil
}

// Number writes a number with separators between thousands.
func Number(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Short writes a number in at most four characters.
func Short(v float64) string {
	for _, u := range []struct {
		size float64
		sign string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if v >= u.size {
			return strings.TrimSuffix(strconv.FormatFloat(v/u.size, 'f', 1, 64), ".0") + u.sign
		}
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// Bytes writes a size.
func Bytes(n int64) string {
	v, i := float64(n), 0
	for ; v >= 1000 && i < 4; i++ {
		v /= 1000
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", v, []string{"B", "kB", "MB", "GB", "TB"}[i])
}
