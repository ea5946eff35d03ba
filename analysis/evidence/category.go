package evidence

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Category says by which names and contents a kind of personal data is known.
type Category struct {
	Category string   `yaml:"category"`
	Names    []string `yaml:"names"`   // over the folded name without the suffix of custom fields
	Content  []string `yaml:"content"` // over whole values
	Objects  string   `yaml:"objects"` // the folded objects it is limited to, "" all
	names    []*regexp.Regexp
	content  *regexp.Regexp
	objects  *regexp.Regexp
}

// A field's content decides when this share of its values fits.
const tellingShare = 0.8

func (c *Category) compile() (err error) {
	for _, pattern := range c.Names {
		one, err := regexp.Compile(pattern)
		if err != nil {
			return fmt.Errorf("category %s: %w", c.Category, err)
		}
		c.names = append(c.names, one)
	}
	if c.objects, err = regexp.Compile(c.Objects); err != nil {
		return fmt.Errorf("category %s: %w", c.Category, err)
	}
	if len(c.Content) > 0 {
		c.content, err = regexp.Compile(`^(?:` + strings.Join(c.Content, "|") + `)$`)
	}
	return err
}

var customSuffix = regexp.MustCompile(`(?i)__(c|pc|r|x|s|e)$`)

// category proposes what a field holds, and from what: "name" or "content".
func (c *Catalog) category(object, field string, values []string) (category, from string) {
	if named := c.categoryNamed(object, field); named != "" {
		return named, "name"
	}
	if len(values) == 0 {
		return "", ""
	}
	filled := 0
	for _, v := range values {
		if v != "" {
			filled++
		}
	}
	for _, known := range c.categories {
		if known.content == nil || filled == 0 {
			continue
		}
		fits := 0
		for _, v := range values {
			if v != "" && known.content.MatchString(strings.TrimSpace(v)) {
				fits++
			}
		}
		if float64(fits) >= tellingShare*float64(filled) {
			return known.Category, "content"
		}
	}
	return "", ""
}

// longestName is how long a name may be to say anything, in bytes: questions of a survey are far shorter.
const longestName = 1000

// categoryNamed is what a field holds by its name, "" when it does not tell.
func (c *Catalog) categoryNamed(object, field string) string {
	if len(field) > longestName {
		return ""
	}
	folded := fold(customSuffix.ReplaceAllString(field, ""))
	last, of := folded, fold(object)
	if at := strings.LastIndexByte(folded, '.'); at >= 0 { // a field of the record that a lookup names
		last, of = folded[at+1:], folded[:at]
	}
	for _, known := range c.categories {
		if known.objects.MatchString(of) && slices.ContainsFunc(known.names, func(r *regexp.Regexp) bool { return r.MatchString(folded) || r.MatchString(last) }) {
			return known.Category
		}
	}
	return ""
}
