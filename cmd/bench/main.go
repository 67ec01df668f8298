package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The setting of the program: code that is measured in this process runs as
	// it does there, and the bare handler has the same.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are the settings of a run.
type options struct {
	tikaline string
	only     string
	seconds  int
	callers  int
	rounds   int
	profiles string
	markdown bool
	args     string
}

// A scenario is a group of figures that are measured together.
type scenario struct {
	name string
	run  func(context.Context, *lab) ([]figure, error)
}

var scenarios = []scenario{
	{"conversation", conversation},
	{"inbound", inbound},
	{"calls", callLoad},
	{"engine", engineCost},
	{"bookings", bookings},
	{"forgetting", forgetting},
	{"nearest", nearest},
	{"web", web},
}

// bareCommand is how the program starts itself as the bare handler.
const bareCommand = "bare-handler"

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	if len(args) == 3 && args[0] == bareCommand {
		return serveBare(ctx, args[1], args[2])
	}
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&o.tikaline, "tikaline", "bin/tikaline", "the built `program`")
	flags.StringVar(&o.only, "only", "", "the one `scenario` to run: conversation, inbound, calls, engine, bookings, forgetting, nearest or web")
	flags.IntVar(&o.seconds, "seconds", 4, "how long each round measures")
	flags.IntVar(&o.callers, "callers", 128, "callers at once in conversation, inbound and calls")
	flags.IntVar(&o.rounds, "rounds", 3, "rounds of each way")
	flags.StringVar(&o.profiles, "cpuprofile", "", "write CPU profiles into this `directory`; the program is built anew for it")
	flags.BoolVar(&o.markdown, "markdown", false, "write the table into "+page)
	flags.StringVar(&o.args, "serve", "", "further settings for the program, such as \"--writers=1 --conns=32\"")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.seconds < 1 || o.seconds > 600 || o.callers < 1 || o.callers > 4096 || o.rounds < 1 || o.rounds > 100 {
		return fmt.Errorf("-seconds is 1 to 600, -callers 1 to 4096, -rounds 1 to 100")
	}
	chosen := scenarios
	if o.only != "" {
		i := slices.IndexFunc(scenarios, func(s scenario) bool { return s.name == o.only })
		if i < 0 {
			return fmt.Errorf("there is no scenario %q", o.only)
		}
		chosen = scenarios[i : i+1]
	}
	l := &lab{options: o, out: out}
	defer func() {
		if closeErr := l.close(); err == nil {
			err = closeErr
		}
	}()
	began := time.Now()
	var all []figure
	for _, s := range chosen {
		fmt.Fprintf(out, "%s …\n", s.name)
		got, err := s.run(ctx, l)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		all = append(all, got...)
	}
	m := l.machine()
	fmt.Fprintf(out, "\n%s\n\n%s\nThe run took %s.\n", m, plain(all), time.Since(began).Round(time.Second))
	if o.markdown {
		return writePage(page, m, "make bench", "go run ./cmd/bench "+strings.Join(args, " "), all)
	}
	return nil
}
