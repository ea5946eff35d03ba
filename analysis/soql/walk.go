package soql

// Walk visits a node and all below it, in the order of the text. When visit
// returns false, what is below that node is passed over.
func Walk(n Node, visit func(Node) bool) {
	if !visit(n) {
		return
	}
	for _, child := range children(n) {
		Walk(child, visit)
	}
}

// Paths lists the fields a node names, in the order of the text and with
// repetitions: everything but FROM and but what stands in a query inside it,
// whose paths start at another object.
func Paths(n Node) []*Path {
	var paths []*Path
	Walk(n, func(at Node) bool {
		switch at := at.(type) {
		case *Path:
			paths = append(paths, at)
		case From:
			return false
		case *Query:
			return Node(at) == n
		}
		return true
	})
	return paths
}

func children(n Node) []Node {
	switch n := n.(type) {
	case *Query:
		return n.children()
	case *Search:
		return n.children()
	case From:
		return []Node{n.Path}
	case *Field:
		return []Node{n.Path}
	case *Call:
		return []Node{n.Func}
	case *Child:
		return []Node{n.Query}
	case *TypeOf:
		return append(append([]Node{n.Path}, nodes(n.When)...), nodes(n.Else)...)
	case When:
		return nodes(n.Fields)
	case *Func:
		return n.Args
	case *GroupBy:
		return nodes(n.By)
	case Order:
		return []Node{n.By}
	case Returning:
		return n.children()
	}
	return parts(n)
}

// parts are the children of conditions and of WITH.
func parts(n Node) []Node {
	switch n := n.(type) {
	case *And:
		return nodes(n.Terms)
	case *Or:
		return nodes(n.Terms)
	case *Words:
		return nodes(n.Terms)
	case *Not:
		return []Node{n.X}
	case *Comparison:
		return []Node{n.Left, n.Right}
	case *List:
		return nodes(n.Values)
	case *SemiJoin:
		return []Node{n.Query}
	case *DataCategory:
		return nodes(n.Filters)
	case *Settings:
		return nodes(n.List)
	case Setting:
		return []Node{n.Value}
	case *Setting:
		return []Node{n.Value}
	}
	return nil
}

func (q *Query) children() []Node {
	list := append(nodes(q.Select), nodes(q.From)...)
	if q.Where != nil {
		list = append(list, q.Where)
	}
	list = append(list, nodes(q.With)...)
	if q.GroupBy != nil {
		list = append(list, q.GroupBy)
	}
	if q.Having != nil {
		list = append(list, q.Having)
	}
	list = append(list, nodes(q.OrderBy)...)
	for _, b := range []*Bind{q.LimitBind, q.OffsetBind} {
		if b != nil {
			list = append(list, b)
		}
	}
	return list
}

func nodes[T Node](list []T) []Node {
	out := make([]Node, 0, len(list))
	for _, n := range list {
		out = append(out, n)
	}
	return out
}
