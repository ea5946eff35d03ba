package ui

import (
	"os"
	"sync"
	"testing"

	"github.com/breachscope/breachscope/ui/kit"
)

// queue is the test's main goroutine: what background work wants shown waits here until settled does it.
type queue struct {
	mu    sync.Mutex
	tasks []func()
}

var shown queue

func (q *queue) add(task func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tasks = append(q.tasks, task)
}

// run does everything that waits and says whether there was anything.
func (q *queue) run() bool {
	q.mu.Lock()
	tasks := q.tasks
	q.tasks = nil
	q.mu.Unlock()
	for _, task := range tasks {
		task()
	}
	return len(tasks) > 0
}

// settled waits until the window has nothing more to do or to show.
func settled(w *Window) {
	for again := true; again; {
		w.settle()
		again = shown.run()
	}
}

func TestMain(m *testing.M) {
	kit.Do = shown.add
	os.Exit(m.Run())
}
