// Command generate invents an incident: a week of CRM logs and customer tables of a house that does not exist, with
// several stolen accounts, and the truth about it. The same seed gives the same bytes.
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

func main() {
	var o options
	flag.Uint64Var(&o.seed, "seed", 7, "the same seed gives the same incident")
	flag.IntVar(&o.customers, "customers", 3000, "clients of the house, up to 5 million")
	flag.IntVar(&o.events, "events", 20000, "log rows, about; up to 10 million")
	flag.StringVar(&o.out, "out", "", "folder for evidence/, brief.json and truth.json")
	flag.StringVar(&o.zip, "zip", "", "also pack the folder into this archive")
	name := flag.String("style", "plain", "how the thief came and what the logs tell: "+strings.Join(slices.Sorted(maps.Keys(styles)), ", "))
	flag.Parse()
	o.style = styles[*name]
	if o.style.first == "" || o.out == "" || flag.NArg() > 0 || o.customers < 1 || o.events < 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := o.run(); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}
