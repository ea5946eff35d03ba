// Command breachscope-cli works on a case without a screen. It links no graphics library.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"github.com/breachscope/breachscope/app"
	"github.com/breachscope/breachscope/app/casefile"
)

// Exit codes, part of the documented interface.
const (
	exitDone      = 0
	exitFailed    = 1 // the step failed; the case is as it was
	exitUsage     = 2 // the command line is not understood
	exitCancelled = 3 // interrupted; the case is as it was
	exitNotTrue   = 4 // verify or rerun found something that does not agree
	exitNoCase    = 5 // the case cannot be opened: no case file, busy, sealed, newer
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run carries out one command line and returns its exit code.
func run(ctx context.Context, args []string, out, problems io.Writer) int {
	if len(args) > 1 && args[0] == "help" {
		args = []string{args[1], "--help"}
	}
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		usage(out)
		return exitDone
	}
	if args[0] == "version" || args[0] == "--version" {
		fmt.Fprintln(out, "breachscope", app.Version)
		return exitDone
	}
	for _, c := range commands {
		if c.name == args[0] {
			return c.start(ctx, args[1:], out, problems)
		}
	}
	fmt.Fprintf(problems, "breachscope-cli: there is no command %q\nrun breachscope-cli help for the list\n", args[0])
	return exitUsage
}

// command is one verb of the command line.
type command struct {
	name, operands, summary string
	least                   int         // operands it cannot do without
	most                    int         // operands it takes at the most, 0: any number
	flags                   func(*call) // declares its own flags, may be nil
	run                     func(c *call) error
}

// call is one command under way.
type call struct {
	ctx      context.Context
	out      io.Writer
	problems io.Writer
	flags    *flag.FlagSet
	operands []string
	json     bool
	quiet    bool
	secret   string // file that holds the passphrase
	memory   string
	missing  bool // the case itself was not found
	given    any  // the command's own flags
}

func (cmd command) start(ctx context.Context, args []string, out, problems io.Writer) int {
	c := &call{ctx: ctx, out: out, problems: problems, flags: flag.NewFlagSet(cmd.name, flag.ContinueOnError)}
	c.flags.SetOutput(io.Discard)
	c.flags.BoolVar(&c.json, "json", false, "print JSON")
	c.flags.BoolVar(&c.quiet, "quiet", false, "no progress on standard error")
	c.flags.StringVar(&c.secret, "passphrase-file", "", "`file` with the passphrase of a sealed case")
	c.flags.StringVar(&c.memory, "memory", "", "memory limit of the engine, as 2GB")
	if cmd.flags != nil {
		cmd.flags(c)
	}
	err := c.parse(args)
	if err == nil {
		err = c.emptyFlag()
	}
	if err == nil && cmd.most > 0 && len(c.operands) > cmd.most {
		err = fmt.Errorf("%q is too much", c.operands[cmd.most])
	}
	if err != nil || len(c.operands) < cmd.least {
		return cmd.misused(c, err)
	}
	if err := cmd.run(c); err != nil {
		return c.fail(err)
	}
	return exitDone
}

// parse takes flags and operands in any order.
func (c *call) parse(args []string) error {
	for len(args) > 0 {
		if err := c.flags.Parse(args); err != nil {
			return err
		}
		if args = c.flags.Args(); len(args) > 0 {
			c.operands, args = append(c.operands, args[0]), args[1:]
		}
	}
	return nil
}

// emptyFlag refuses a flag with nothing in it: where a script's variable was empty, doing as if the flag had not been there
// is not what was asked for.
func (c *call) emptyFlag() (err error) {
	c.flags.Visit(func(f *flag.Flag) {
		text, ok := f.Value.(flag.Getter)
		if ok && err == nil && text.Get() == "" {
			err = fmt.Errorf("--%s is empty", f.Name)
		}
	})
	return err
}

func (cmd command) misused(c *call, err error) int {
	if errors.Is(err, flag.ErrHelp) {
		cmd.help(c.out, c.flags)
		return exitDone
	}
	if err == nil {
		err = fmt.Errorf("%s needs %s", cmd.name, cmd.operands)
	}
	fmt.Fprintf(c.problems, "breachscope-cli %s: %v\nrun breachscope-cli %s --help\n", cmd.name, err, cmd.name)
	return exitUsage
}

// fail prints what happened and what to do, and finds the exit code.
func (c *call) fail(err error) int {
	p := app.Explain(err)
	if c.json {
		json.NewEncoder(c.problems).Encode(map[string]string{"error": p.What, "remedy": p.Do})
	} else {
		fmt.Fprintf(c.problems, "breachscope-cli: %s\n%s\n", p.What, p.Do)
	}
	var (
		none   *casefile.NotACase
		busy   *casefile.Busy
		sealed *casefile.Sealed
		plain  *casefile.NotSealed
		stray  *casefile.StrayLog
		newer  *casefile.Newer
		other  *casefile.OtherBuild
		untrue *disagreement
		slip   *misuse
	)
	switch {
	case errors.As(err, &slip):
		return exitUsage
	case errors.As(err, &untrue):
		return exitNotTrue
	case errors.Is(err, context.Canceled):
		return exitCancelled
	case c.missing, errors.As(err, &none), errors.As(err, &busy), errors.As(err, &sealed), errors.As(err, &plain), errors.As(err, &stray), errors.As(err, &newer),
		errors.As(err, &other):
		return exitNoCase
	}
	return exitFailed
}

// disagreement: what was checked does not agree with what it should be.
type disagreement struct{ what, do string }

func (d *disagreement) Error() string { return d.what }

// Remedy says what to do about it.
func (d *disagreement) Remedy() string { return d.do }

// misuse is a value on the command line that says nothing, or something that cannot be meant.
type misuse struct{ what, do string }

func (m *misuse) Error() string { return m.what }

// Remedy says what to do about it.
func (m *misuse) Remedy() string { return m.do }

// open opens the case that is the first operand.
func (c *call) open() (*app.Case, error) {
	o, err := c.options()
	if err != nil {
		return nil, err
	}
	opened, err := app.Open(c.ctx, c.operands[0], o)
	c.missing = errors.Is(err, fs.ErrNotExist)
	return opened, err
}

func (c *call) options() (app.Options, error) {
	o := app.Options{Memory: c.memory}
	var err error
	o.Passphrase, err = readSecret(c.secret)
	return o, err
}

// withCase opens the case, runs do and closes the case whatever comes.
func (c *call) withCase(do func(*app.Case) error) (err error) {
	opened, err := c.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	return do(opened)
}

// print writes value as JSON when asked for, else what text prints.
func (c *call) print(value any, text func(io.Writer)) error {
	if !c.json {
		text(c.out)
		return nil
	}
	encoder := json.NewEncoder(c.out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

func usage(w io.Writer) {
	fmt.Fprint(w, "Breachscope finds which customers an attacker reached through a stolen CRM account.\n\nusage: breachscope-cli COMMAND …\n\n")
	for _, c := range commands {
		fmt.Fprintf(w, "  %-8s %-34s %s\n", c.name, c.operands, c.summary)
	}
	fmt.Fprint(w, "\nbreachscope-cli COMMAND --help lists the flags of a command. All take --json, --quiet, --passphrase-file F, --memory 2GB.\n\n"+
		"exit codes: 0 done, 1 failed (the case is as it was), 2 command line not understood, 3 interrupted (the case is as it was),\n"+
		"            4 verify found something that does not agree, 5 the case cannot be opened\n")
}

func (cmd command) help(w io.Writer, flags *flag.FlagSet) {
	fmt.Fprintf(w, "usage: breachscope-cli %s %s\n\n%s\n\nflags:\n", cmd.name, cmd.operands, cmd.summary)
	flags.SetOutput(w)
	flags.PrintDefaults()
}
