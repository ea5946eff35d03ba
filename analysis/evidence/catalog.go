package evidence

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// What a kind of file carries.
const (
	Log        = "log"        // rows become events
	Table      = "table"      // rows become the customer snapshot
	Definition = "definition" // a saved report or list view
)

// Catalog holds every kind of evidence the program knows, and what it knows about objects and fields.
// The form of the files it is read from is told in assets/kinds/README.md.
type Catalog struct {
	kinds      map[string]Kind
	objects    map[string]Object
	categories []Category
	labels     Aliases           // of fields, in other languages
	zones      map[string]string // abbreviation in upper case -> offset or IANA name
}

// Kind says how one kind of file is recognised and what its columns mean.
type Kind struct {
	Name         string            `yaml:"name"`
	Title        string            `yaml:"title,omitempty"`
	Carries      string            `yaml:"carries,omitempty"`
	Family       string            `yaml:"family,omitempty"` // column whose value completes the name: salesforce.elf + RestApi
	Object       string            `yaml:"object,omitempty"` // of a customer table, once recognised
	Header       Header            `yaml:"header,omitempty"`
	Fields       []string          `yaml:"fields,omitempty"` // documented columns: canonical spelling, and choice between relatives
	Aliases      Aliases           `yaml:"aliases,omitempty"`
	Envelope     []string          `yaml:"envelope,omitempty"` // JSON members to open: rows lie in them, or their members are columns
	Explode      []string          `yaml:"explode,omitempty"`  // JSON columns holding a list: one row each
	Zone         string            `yaml:"zone,omitempty"`     // of times that name none: UTC, or local (the organisation's)
	Dates        []string          `yaml:"dates,omitempty"`    // strptime patterns beyond the usual shapes; order decided per file
	Organisation Sources           `yaml:"organisation,omitempty"`
	Shows        []string          `yaml:"shows,omitempty"`  // acts this log shows, for gaps that another source covers: login, api, page, report, bulk, file
	Keeps        int               `yaml:"keeps,omitempty"`  // days the source keeps, 0 unknown
	Keys         []string          `yaml:"keys,omitempty"`   // columns that tie rows to a session, best first
	Counts       string            `yaml:"counts,omitempty"` // how row counts add up: each, job, execution, query
	Event        Mapping           `yaml:"event,omitempty"`
	Rename       [][2]string       `yaml:"rename,omitempty"` // of columns of tables: regular expression, what it becomes
	key, keyName string            // column that is the key of the rows, and the name it gets ("" Id)
	doubt        []string          // members of its family that fit a file as well
	known        map[string]string // folded names and aliases -> own name; nil: not gathered yet
}

// Header is what a file's first record must and must not name. Names are compared folded (see fold), after aliases.
type Header struct {
	All  []string   `yaml:"all,omitempty"`
	Any  [][]string `yaml:"any,omitempty"`  // of each list at least one
	None []string   `yaml:"none,omitempty"` // names that speak against it
}

// Aliases gives other spellings of a column: labels of other languages, names of re-exports.
type Aliases map[string][]string

// Object is what is known of a customer table beforehand.
type Object struct {
	Prefix    string            `yaml:"prefix"`
	Label     string            `yaml:"label"`
	Name      string            `yaml:"name"`     // column people call the record by
	Labels    []string          `yaml:"labels"`   // what it is called in other languages
	Created   string            `yaml:"created"`  // defaults to CreatedDate
	Modified  string            `yaml:"modified"` // defaults to SystemModstamp, LastModifiedDate
	Fields    []string          `yaml:"fields"`   // API names in their own spelling
	Types     map[string]string `yaml:"types"`
	Reference map[string]string `yaml:"references"` // field -> objects, ';'
}

// catalogFile is one YAML file of a folder of kinds.
type catalogFile struct {
	Kinds      []Kind            `yaml:"kinds"`
	Objects    map[string]Object `yaml:"objects"`
	Categories []Category        `yaml:"categories"`
	Labels     Aliases           `yaml:"labels"` // of fields of any object, in other languages
	Zones      map[string]string `yaml:"zones"`
}

// LoadCatalog reads every *.yaml of the folders; later ones overrule earlier ones by name. An error names the file.
func LoadCatalog(folders ...fs.FS) (*Catalog, error) {
	c := &Catalog{kinds: map[string]Kind{}, objects: map[string]Object{}, labels: Aliases{}, zones: map[string]string{}}
	for _, folder := range folders {
		names, err := fs.Glob(folder, "*.yaml")
		if err != nil {
			return nil, fmt.Errorf("listing kinds: %w", err)
		}
		for _, name := range names {
			if err := c.read(folder, name); err != nil {
				return nil, fmt.Errorf("reading kinds from %s: %w", name, err)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.kinds)) { // parents sort before their children
		k := c.inherit(c.kinds[name])
		k.known = k.spellings()
		c.kinds[name] = k
	}
	return c, c.check()
}

func (c *Catalog) read(folder fs.FS, name string) error {
	data, err := fs.ReadFile(folder, name)
	if err != nil {
		return err
	}
	var file catalogFile
	decoder := yaml.NewDecoder(strings.NewReader(string(data)))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		return err
	}
	for _, k := range file.Kinds {
		c.kinds[k.Name] = k
	}
	maps.Copy(c.objects, file.Objects)
	maps.Copy(c.zones, file.Zones)
	for i := range file.Categories {
		if err := file.Categories[i].compile(); err != nil {
			return err
		}
	}
	maps.Copy(c.labels, file.Labels)
	c.categories = append(c.categories, file.Categories...)
	return nil
}

// parent is the kind whose name k's begins with, up to a dot.
func (c *Catalog) parent(name string) (Kind, bool) {
	for at := strings.LastIndexByte(name, '.'); at > 0; at = strings.LastIndexByte(name[:at], '.') {
		if k, ok := c.kinds[name[:at]]; ok {
			return k, true
		}
	}
	return Kind{}, false
}

// inherit fills what k leaves out from its parent, event fields one by one.
func (c *Catalog) inherit(k Kind) Kind {
	p, ok := c.parent(k.Name)
	if !ok {
		return k
	}
	k.Title, k.Carries, k.Family = cmp.Or(k.Title, p.Title), cmp.Or(k.Carries, p.Carries), cmp.Or(k.Family, p.Family)
	k.Zone, k.Keeps, k.Counts = cmp.Or(k.Zone, p.Zone), cmp.Or(k.Keeps, p.Keeps), cmp.Or(k.Counts, p.Counts)
	k.Shows, k.Keys, k.Envelope = orList(k.Shows, p.Shows), orList(k.Keys, p.Keys), orList(k.Envelope, p.Envelope)
	k.Dates, k.Explode, k.Organisation = orList(k.Dates, p.Dates), orList(k.Explode, p.Explode), orList(k.Organisation, p.Organisation)
	if len(k.Header.All)+len(k.Header.Any) == 0 {
		k.Header = p.Header
	}
	aliases := maps.Clone(p.Aliases)
	if aliases == nil {
		aliases = Aliases{}
	}
	maps.Copy(aliases, k.Aliases)
	k.Aliases = aliases
	k.Event = k.Event.over(p.Event)
	return k
}

func orList[T any](own, inherited []T) []T {
	if own != nil {
		return own
	}
	return inherited
}

func (c *Catalog) check() error {
	for name, k := range c.kinds {
		if name == "" || !slices.Contains([]string{Log, Table, Definition}, k.Carries) {
			return fmt.Errorf("kind %q must have a name and carry log, table or definition, not %q", name, k.Carries)
		}
		if err := k.Event.check(); err != nil {
			return fmt.Errorf("kind %s: %w", name, err)
		}
	}
	return nil
}

// Kind returns the kind of that name. A member of a family the catalog has no entry for, as an event type of a later
// release, is what its family says.
func (c *Catalog) Kind(name string) (Kind, bool) {
	if k, ok := c.kinds[name]; ok {
		return k, true
	}
	k, ok := c.parent(name)
	if !ok || (k.Family == "" && k.Carries != Table) {
		return Kind{}, false
	}
	k.Name, k.Fields = name, nil
	if k.Carries == Table {
		k.Object = c.spelled(strings.TrimPrefix(path.Ext(name), "."))
		k.Name = strings.TrimSuffix(name, path.Ext(name)) + "." + k.Object
	}
	return k, true
}

// Kinds lists the known kinds by name.
func (c *Catalog) Kinds() []Kind {
	return slices.SortedFunc(maps.Values(c.kinds), func(a, b Kind) int { return cmp.Compare(a.Name, b.Name) })
}

// Names lists what Options.Kind may be: the known kinds, and the tables of known objects.
func (c *Catalog) Names() []string {
	names := slices.Collect(maps.Keys(c.kinds))
	for _, k := range c.kinds {
		if k.Carries == Table && k.Object == "" {
			for object := range c.objects {
				names = append(names, k.Name+"."+object)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// nearest are the n names of kinds that share most pairs of letters with a text.
func (c *Catalog) nearest(text string, n int) []string {
	names := c.Names()
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(likeness(text, b), likeness(text, a)) })
	return names[:min(n, len(names))]
}

// likeness is the share of pairs of letters that two texts have in common.
func likeness(a, b string) float64 {
	pairs := map[string]int{}
	a, b = strings.ToLower(a), strings.ToLower(b)
	for i := range len(a) - 1 {
		pairs[a[i:i+2]]++
	}
	common := 0
	for i := range len(b) - 1 {
		if pair := b[i : i+2]; pairs[pair] > 0 {
			pairs[pair]--
			common++
		}
	}
	return 2 * float64(common) / float64(max(1, len(a)+len(b)-2))
}

// children are the kinds right below a family.
func (c *Catalog) children(family string) (found []Kind) {
	for _, k := range c.Kinds() {
		if rest, ok := strings.CutPrefix(k.Name, family+"."); ok && !strings.Contains(rest, ".") {
			found = append(found, k)
		}
	}
	return found
}
