package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/breachscope/breachscope/app"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"breachscope-cli": main, "hold-case": hold})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireUniqueNames: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"truncate": truncate, "misused": misused}})
}

// misused COMMAND… runs a command line that must end with the code of one that is not understood.
func misused(ts *testscript.TestScript, _ bool, args []string) {
	var exit *exec.ExitError
	if err := ts.Exec(args[0], args[1:]...); !errors.As(err, &exit) || exit.ExitCode() != exitUsage {
		ts.Fatalf("it ended with %v", err)
	}
}

// truncate FILE N cuts a file to its first N bytes.
func truncate(ts *testscript.TestScript, _ bool, args []string) {
	var n int64
	_, err := fmt.Sscan(args[1], &n)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}

// hold opens a case, says so and keeps it open until its input ends.
func hold() {
	c, err := app.Open(context.Background(), os.Args[1], app.Options{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("held")
	bufio.NewReader(os.Stdin).ReadByte()
	c.Close()
}

// elsewhere is a program under a path with dots and spaces, as programs are installed.
func elsewhere(t *testing.T, program string) string {
	t.Helper()
	found, err := exec.LookPath(program)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "Breachscope v1.2")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.Link(found, filepath.Join(dir, program))); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, program)
}

// A second process is told which process has the case, and the case survives the quarrel.
func TestSecondProcessIsTurnedAway(t *testing.T) {
	path := filepath.Join(t.TempDir(), "held.breachscope")
	var out, problems bytes.Buffer
	if code := run(t.Context(), []string{"new", path}, &out, &problems); code != exitDone {
		t.Fatal(problems.String())
	}
	holder := exec.Command(elsewhere(t, "hold-case"), path)
	input, _ := holder.StdinPipe()
	said, _ := holder.StdoutPipe()
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	if line, _ := bufio.NewReader(said).ReadString('\n'); line != "held\n" {
		t.Fatal(line)
	}
	problems.Reset()
	code := run(t.Context(), []string{"status", path}, &out, &problems)
	if code != exitNoCase || !strings.Contains(problems.String(), fmt.Sprintf("is open in hold-case (process %d)", holder.Process.Pid)) {
		t.Errorf("code %d: %s", code, problems.String())
	}
	input.Close()
	holder.Wait()
	if code := run(t.Context(), []string{"status", path}, &out, &problems); code != exitDone {
		t.Errorf("after the holder closed it: code %d: %s", code, problems.String())
	}
}

// A killed process leaves a case that opens and holds every finished step.
func TestKilledProcessLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "killed.breachscope")
	var out, problems bytes.Buffer
	if code := run(t.Context(), []string{"new", path, "--name", "Killed"}, &out, &problems); code != exitDone {
		t.Fatal(problems.String())
	}
	holder := exec.Command("hold-case", path)
	holder.StdinPipe()
	said, _ := holder.StdoutPipe()
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	bufio.NewReader(said).ReadString('\n')
	holder.Process.Kill()
	holder.Wait()
	out.Reset()
	if code := run(t.Context(), []string{"status", path}, &out, &problems); code != exitDone || !strings.Contains(out.String(), "Killed") {
		t.Errorf("code %d: %s%s", code, out.String(), problems.String())
	}
}
