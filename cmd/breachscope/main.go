// Command breachscope is the window. It takes the case to open as its one argument.
package main

import (
	"flag"
	"fmt"
	"os"

	"fyne.io/fyne/v2/app"

	breachscope "github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/ui"
)

// Exit codes: 0 when the window was closed, 2 when the command line is not understood.
const exitUsage = 2

func main() {
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "usage: breachscope [flags] [CASE]\n\nOpens the window, on the case when one is named.\n\n")
		flag.PrintDefaults()
	}
	language := flag.String("language", "", "language of the window this time: en, ko, fr, zh, ja")
	dark := flag.Bool("dark", false, "use the dark theme this time")
	page := flag.String("page", "", "begin on this page: overview, evidence, sessions, queries, story, customers, duties, export, journal")
	version := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	if *version {
		fmt.Println("breachscope", breachscope.Version)
		return
	}
	if flag.NArg() > 1 {
		flag.Usage()
		os.Exit(exitUsage)
	}
	w := ui.New(app.NewWithID("org.breachscope.window"), ui.Options{Language: *language, Dark: *dark, Page: *page})
	if flag.NArg() == 1 {
		w.Open(flag.Arg(0))
	}
	w.ShowAndRun()
}
