package main

import (
	"bufio"
	"bytes"
	"context"
	"image"
	_ "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/breachscope/breachscope/analysis/evidence"
	breachscope "github.com/breachscope/breachscope/app"
)

// asProgram makes the test binary behave as the program itself.
const asProgram = "BREACHSCOPE_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// screen is a virtual display with a window manager, gone with the test.
type screen struct {
	t       *testing.T
	display string
}

func openScreen(t *testing.T) screen {
	t.Helper()
	for _, tool := range []string{"Xvfb", "openbox", "xdotool", "import"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed; make test installs it", tool)
		}
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1400x930x24", "+extension", "GLX", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{writer}
	start(t, x)
	writer.Close()
	number, err := bufio.NewReader(reader).ReadString('\n') // written when the display is ready
	if err != nil {
		t.Fatal("Xvfb gave no display: ", err)
	}
	s := screen{t, ":" + strings.TrimSpace(number)}
	start(t, s.command("openbox"))
	return s
}

// start runs a command until the test ends.
func start(t *testing.T, c *exec.Cmd) {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill() // it may have ended by itself
		_ = c.Wait()
	})
}

func (s screen) command(name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(s.t.Context(), name, args...)
	c.Env = append(os.Environ(), "DISPLAY="+s.display)
	return c
}

func (s screen) do(args ...string) string {
	s.t.Helper()
	out, err := s.command("xdotool", args...).Output()
	if err != nil {
		s.t.Fatalf("xdotool %v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

// picture is what the window shows.
func (s screen) picture(window string) (image.Image, []byte) {
	s.t.Helper()
	data, err := s.command("import", "-window", window, "png:-").Output()
	if err != nil {
		s.t.Fatal("taking a picture of the window: ", err)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		s.t.Fatal(err)
	}
	return img, data
}

// colours counts the different colours of a picture; an empty window has one.
func colours(img image.Image) int {
	seen := map[[3]uint32]bool{}
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y += 2 {
		for x := b.Min.X; x < b.Max.X; x += 2 {
			r, g, bl, _ := img.At(x, y).RGBA()
			seen[[3]uint32{r, g, bl}] = true
		}
	}
	return len(seen)
}

// until takes pictures until one is as wanted.
func (s screen) until(window, what string, wanted func(image.Image, []byte) bool) (data []byte) {
	s.t.Helper()
	for s.t.Context().Err() == nil {
		if deadline, ok := s.t.Deadline(); ok && time.Until(deadline) < 20*time.Second {
			break
		}
		img, data := s.picture(window)
		if wanted(img, data) {
			return data
		}
	}
	s.t.Fatal("the window never showed ", what)
	return nil
}

// newCase is a case with three logins, one of them failed.
func newCase(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	log := filepath.Join(dir, "Login.csv")
	text := "EVENT_TYPE,TIMESTAMP,REQUEST_ID,ORGANIZATION_ID,USER_ID,LOGIN_KEY,USER_NAME,TIMESTAMP_DERIVED,USER_ID_DERIVED,LOGIN_STATUS,SOURCE_IP\n" +
		"Login,20260103001000.000,a1,00D5g00000y58ee,0055g00000KWzHr,K1,kim@maison.kr,2026-01-03T00:10:00.000Z,0055g00000KWzHrAAL,LOGIN_NO_ERROR,211.40.1.9\n" +
		"Login,20260103171400.000,a2,00D5g00000y58ee,0055g00000KWzHr,,kim@maison.kr,2026-01-03T17:14:00.000Z,0055g00000KWzHrAAL,LOGIN_ERROR_INVALID_PASSWORD,203.0.113.9\n" +
		"Login,20260103171500.000,a3,00D5g00000y58ee,0055g00000KWzHr,K2,kim@maison.kr,2026-01-03T17:15:00.000Z,0055g00000KWzHrAAL,LOGIN_NO_ERROR,203.0.113.9\n"
	if err := os.WriteFile(log, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "case.breachscope")
	c, err := breachscope.New(t.Context(), path, breachscope.Options{Name: "무단 접근", Timezone: "Asia/Seoul"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Add(t.Context(), []string{log}, evidence.Options{}, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// The real program on a real display: it opens the case, every page can be reached by a click, a verdict can be given
// with the keyboard alone, and closing the window ends it with the case saved.
func TestTheWindowFromStartToEnd(t *testing.T) {
	s := openScreen(t)
	path := newCase(t)
	home := t.TempDir()
	program := s.command(os.Args[0], "-language", "ko", path)
	program.Env = append(program.Env, asProgram+"=1", "HOME="+home, "XDG_CONFIG_HOME="+home, "FYNE_SCALE=1")
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- program.Wait() }()
	t.Cleanup(func() { _ = program.Process.Kill() })

	window := s.do("search", "--sync", "--onlyvisible", "--name", "무단 접근")
	s.do("windowsize", "--sync", window, "1300", "860")
	before := s.until(window, "the overview", func(img image.Image, _ []byte) bool { return colours(img) > 60 })
	for i, page := range []string{"evidence", "sessions", "queries", "customers", "duties", "export", "journal"} {
		s.do("mousemove", "--window", window, "90", line(i+1), "click", "1")
		before = s.until(window, page, func(img image.Image, data []byte) bool { return !bytes.Equal(data, before) && colours(img) > 60 })
		if err := os.WriteFile(filepath.Join(t.ArtifactDir(), page+".png"), before, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.mark(window, path)
	s.do("windowactivate", "--sync", window, "key", "alt+F4")
	if err := <-ended; err != nil {
		t.Fatal("the program ended with ", err)
	}
	sessionsMarked(t, path)
}

// line is the height of a line of the sidebar.
func line(i int) string { return []string{"75", "105", "135", "165", "195", "226", "256", "286"}[i] }

// settled waits until nothing more is being read and drawn.
func (s screen) settled(window, what string) (before []byte) {
	s.t.Helper()
	return s.until(window, what, func(_ image.Image, data []byte) bool {
		same := bytes.Equal(data, before)
		before = data
		return same
	})
}

// mark judges the first session with the key A, a reason and Enter.
func (s screen) mark(window, path string) {
	s.t.Helper()
	s.do("mousemove", "--window", window, "90", line(2), "click", "1")
	s.settled(window, "the list of sessions")
	s.do("mousemove", "--window", window, "500", "520", "click", "1")
	list := s.settled(window, "a chosen session")
	s.do("key", "ctrl+2") // reaches the window although the list has the focus
	s.until(window, "the evidence", func(_ image.Image, data []byte) bool { return !bytes.Equal(data, list) })
	s.do("key", "ctrl+3")
	before := s.settled(window, "the list of sessions again")
	s.do("mousemove", "--window", window, "500", "520", "click", "1", "key", "a")
	s.until(window, "the question for a reason", func(_ image.Image, data []byte) bool { return !bytes.Equal(data, before) })
	s.do("type", "--delay", "40", "named by the vendor")
	s.do("key", "Return")
	for { // the journal on disk is what counts
		if deadline, ok := s.t.Deadline(); ok && time.Until(deadline) < 20*time.Second {
			s.t.Fatal("the verdict never arrived")
		}
		_, data := s.picture(window)
		if bytes.Equal(data, before) {
			break // the dialog is gone and the page stands again
		}
		before = data
	}
}

func sessionsMarked(t *testing.T, path string) {
	t.Helper()
	c, err := breachscope.Open(context.Background(), path, breachscope.Options{})
	if err != nil {
		t.Fatal("the case was not saved: ", err)
	}
	defer c.Close()
	entries, err := c.Journal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	last := entries[len(entries)-1]
	if last.Action != "mark" || !strings.Contains(string(last.Arguments), "named by the vendor") {
		t.Fatalf("the last step in the journal is %s %s", last.Action, last.Arguments)
	}
}
