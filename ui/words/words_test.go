package words_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/breachscope/breachscope/assets"
	"github.com/breachscope/breachscope/ui/words"
)

func table(t *testing.T, code string) map[string]string {
	t.Helper()
	return read(t, code+".yaml")
}

// sentences are what explanations of the analysis become in a language, if it has any.
func sentences(t *testing.T, code string) map[string]string {
	t.Helper()
	if _, err := fs.Stat(assets.Folder("translations"), "sentences."+code+".yaml"); err != nil {
		return nil
	}
	return read(t, "sentences."+code+".yaml")
}

func read(t *testing.T, name string) map[string]string {
	t.Helper()
	data, err := fs.ReadFile(assets.Folder("translations"), name)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	if err := yaml.Unmarshal(data, &out); err != nil {
		t.Fatal(name, err)
	}
	return out
}

var used = regexp.MustCompile(`(?:words\.(?:T|F|N)|line|label)\("((?:[^"\\]|\\.)*)"|\{"[a-z]+", "[a-z]+", "([A-Z][^"]*)"\}`)

// texts are the English texts that the sources of the window ask for.
func texts(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("../*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no sources found", err)
	}
	found := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range used.FindAllStringSubmatch(string(source), -1) {
			found[m[1]+m[2]] = true
		}
	}
	return found
}

func TestEveryLanguageIsComplete(t *testing.T) {
	all := texts(t)
	for _, l := range words.Languages[1:] {
		own := table(t, l.Code)
		for text := range all {
			if own[text] == "" {
				t.Errorf("%s lacks %q", l.Code, text)
			}
		}
		for key := range table(t, "en") {
			if !strings.HasSuffix(key, ".one") && own[key] == "" {
				t.Errorf("%s lacks %q", l.Code, key)
			}
		}
	}
}

var verb = regexp.MustCompile(`%(\[\d+\])?[a-z]|%02d`)

// A translation that drops or adds a number would show a wrong figure.
func TestTranslationsFillInTheSameFigures(t *testing.T) {
	for _, l := range words.Languages {
		for key, text := range table(t, l.Code) {
			if strings.Contains(key, "%") && !strings.HasSuffix(key, ".one") && len(verb.FindAllString(key, -1)) != len(verb.FindAllString(text, -1)) {
				t.Errorf("%s: %q becomes %q", l.Code, key, text)
			}
		}
	}
}

func TestAnUnknownTextIsShownInEnglish(t *testing.T) {
	defer words.Use("en")
	words.Use("fr_FR.UTF-8")
	if words.Current() != "fr" || words.T("Evidence") != "Pièces" || words.T("Brand new") != "Brand new" {
		t.Fatal(words.Current(), words.T("Evidence"), words.T("Brand new"))
	}
	words.Use("tlh")
	if words.Current() != "en" {
		t.Fatal("an unknown language is", words.Current())
	}
	if words.Of("list", "cleared") != "cleared" || words.Of("list", "brand-new") != "brand-new" {
		t.Fatal("a value without a text has to stand for itself")
	}
}

func TestNumbersAreReadable(t *testing.T) {
	words.Use("en")
	for got, want := range map[string]string{
		words.Number(0): "0", words.Number(999): "999", words.Number(1234567): "1,234,567", words.Number(-1000): "-1,000",
		words.Short(2400): "2.4k", words.Short(1e6): "1M", words.Short(12): "12",
		words.Bytes(999): "999 B", words.Bytes(1_500_000): "1.5 MB", words.Bytes(20_000_000_000): "20.0 GB",
		words.N("%s files", 1): "1 file", words.N("%s files", 1200): "1,200 files",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// The singular may leave its number out, but nothing else, and never shows how it was put together.
func TestOneOfAThingIsSaidCleanly(t *testing.T) {
	verb := regexp.MustCompile(`%[sd]`)
	for _, l := range words.Languages {
		words.Use(l.Code)
		for key := range table(t, l.Code) {
			plural, ok := strings.CutSuffix(key, ".one")
			if !ok {
				continue
			}
			rest := make([]any, len(verb.FindAllString(words.T(plural), -1))-1)
			for i := range rest {
				rest[i] = "x"
			}
			if got := words.N(plural, 1, rest...); strings.Contains(got, "%!") {
				t.Errorf("%s, %q: %s", l.Code, plural, got)
			}
		}
	}
	words.Use("en")
}

var (
	stepTold   = regexp.MustCompile(`Step\{Name: "([^"]+)"`)
	stepListed = regexp.MustCompile(`\n\t\t\{"([a-z][a-z ]+)", (?:func\(\) error|file\()`)
	stages     = regexp.MustCompile(`(?:stages = \[\]string\{|, )"([a-z ]+)"`)
)

// What a step of a long work is called, the window says in its own language.
func TestEveryStepHasItsWords(t *testing.T) {
	found := map[string]bool{}
	for _, pattern := range []string{"../../analysis/*/*.go", "../../app/*.go", "../../app/*/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal("no sources found", err)
		}
		for _, name := range files {
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			text := string(source)
			told := append(stepTold.FindAllStringSubmatch(text, -1), stepListed.FindAllStringSubmatch(text, -1)...)
			_, list, _ := strings.Cut(text, "var stages = ")
			list, _, _ = strings.Cut(list, "\n")
			for _, m := range append(told, stages.FindAllStringSubmatch("stages = "+list, -1)...) {
				if !strings.HasSuffix(name, "_test.go") && !strings.HasSuffix(m[1], " ") {
					found[m[1]] = true
				}
			}
		}
	}
	if len(found) < 30 {
		t.Fatal("the sources tell of few steps only: ", found)
	}
	for _, l := range words.Languages {
		own := table(t, l.Code)
		for step := range found {
			if own["step."+step] == "" {
				t.Errorf("%s has no words for the step %q", l.Code, step)
			}
		}
	}
}
