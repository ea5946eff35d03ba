package soql

import "strings"

func (p *parser) with() With {
	start := p.pos()
	p.require("WITH")
	switch {
	case p.accept("DATA", "CATEGORY"):
		return &DataCategory{start, p.categoryFilters()}
	case p.peek().isOne("SECURITY_ENFORCED", "USER_MODE", "SYSTEM_MODE"):
		return &Mode{start, strings.ToUpper(p.take().text)}
	case p.at("RecordVisibilityContext"):
		return &Settings{start, p.take().text, p.settings()}
	}
	return &Setting{start, p.word("what to filter with"), Eq, p.settingText()}
}

func (p *parser) categoryFilters() []CategoryFilter {
	list := []CategoryFilter{p.categoryFilter()}
	for p.accept("AND") {
		list = append(list, p.categoryFilter())
	}
	return list
}

func (p *parser) categoryFilter() CategoryFilter {
	f := CategoryFilter{Pos: p.pos(), Group: p.word("a data category group")}
	f.Op = p.oneOf("AT", "ABOVE", "BELOW", "ABOVE_OR_BELOW")
	category := func() string { return p.word("a data category") }
	if p.accept("(") {
		f.Categories = commas(p, category)
		p.require(")")
	} else {
		f.Categories = []string{category()}
	}
	return f
}

func (p *parser) settings() []Setting {
	p.require("(")
	list := commas(p, func() Setting {
		s := Setting{Pos: p.pos(), Name: p.word("a setting"), Op: Eq}
		p.require("=")
		s.Value = p.value(nil)
		return s
	})
	p.require(")")
	return list
}

func (p *parser) settingText() Right {
	p.require("=")
	if p.peek().kind != quoted && !p.at(":") {
		p.expected("a quoted text")
	}
	return p.value(nil)
}
