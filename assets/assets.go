// Package assets embeds what the program brings along: kinds of evidence, rules, law tables, what tells persons apart, fonts, icons,
// translations and the sample case.
package assets

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed all:kinds all:rules all:law all:persons all:geo all:icons all:translations all:sample
var files embed.FS

// FontRegular and FontBold are subsets of Noto Sans CJK KR that cover Latin, Hangul and Han (SIL Open Font License 1.1).
var (
	//go:embed fonts/ui-regular.otf
	FontRegular []byte
	//go:embed fonts/ui-bold.otf
	FontBold []byte
	// FontNotice is whose work the font is.
	//go:embed fonts/NOTO-COPYRIGHT.txt
	FontNotice string
)

// AddressCredits is what the licence of the address table demands to be said.
func AddressCredits() string {
	text, err := files.ReadFile("geo/README.md")
	if err != nil {
		panic(err) // embedded
	}
	var lines []string
	for _, line := range strings.Split(string(text), "\n") {
		if quoted, ok := strings.CutPrefix(line, "> "); ok {
			lines = append(lines, quoted)
		}
	}
	return strings.Join(lines, " ")
}

// Folder returns one of the embedded folders: kinds, rules, law, persons, geo, icons, translations, sample.
func Folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // only a name that is no valid path, a mistake of the caller
	}
	return sub
}

// Icon returns the SVG of an icon, or nil when there is none of that name.
func Icon(name string) []byte {
	data, err := files.ReadFile("icons/" + name + ".svg")
	if err != nil {
		return nil
	}
	return data
}
