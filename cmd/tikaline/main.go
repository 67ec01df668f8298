// Command tikaline is the one program: it serves every channel, moves the
// database on, brings data in and holds a conversation in the terminal.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// What a request leaves behind is short-lived and the rest of the heap may
	// be small, so that garbage would be collected many times a second. Measured
	// in docs/performance.md; who sets GOGC has his way, and GOMEMLIMIT holds.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	err := run(ctx, os.Args[1:], world{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Now: time.Now})
	if err != nil {
		fmt.Fprintln(os.Stderr, "tikaline:", err)
		os.Exit(1)
	}
}

// A world is what the program touches outside itself, so that tests can bring
// their own clock and streams.
type world struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
	Now func() time.Time

	// Inbox delivers messages to the demo's inbox; the demo sets it, and tests.
	Inbox bool

	// Ready is told the address once requests are answered; nil is nobody.
	Ready func(url string)
}

// A program is the commands; its fields are their settings.
type program struct {
	Serve   serveCommand   `cmd:"" help:"Answer citizens: every channel that has a secret."`
	Talk    talkCommand    `cmd:"" help:"Hold a conversation in the terminal, as a phone would."`
	Migrate migrateCommand `cmd:"" help:"Bring the database to this release's form."`
	Import  importCommand  `cmd:"" help:"Bring in pincodes, centres or sessions from a CSV file."`
	Outbox  outboxCommand  `cmd:"" help:"See what became of messages, and send again what was given up."`
	DLT     dltCommand     `cmd:"" name:"dlt" help:"India's registry of texts: print what to register, check what was."`
	Calls   callsCommand   `cmd:"" help:"See the last calls, and who waits for an agent."`
	Names   namesCommand   `cmd:"" name:"recordings" help:"Names that were spoken: list, hear, write down."`
	Session sessionCommand `cmd:"" help:"List a centre's sessions, or call one off."`
	Staff   staffCommand   `cmd:"" help:"Logins of the staff of centres."`
	Audio   audioCommand   `cmd:"" help:"Own recordings of what is said on the telephone: list, check, and listen to the words."`
	Screens screensCommand `cmd:"" help:"Print every screen and text in every language, for a reader to check."`
}

// errExit is what a run that only printed its help comes back with.
var errExit = errors.New("nothing to run")

// run is the whole program with what it touches handed in.
func run(ctx context.Context, args []string, w world) error {
	var p program
	parser, err := kong.New(&p,
		kong.Name("tikaline"),
		kong.Description("Vaccination by keypad phone: register, find a centre, book a slot."),
		kong.Writers(w.Out, w.Err),
		kong.Exit(func(int) { panic(errExit) }), // kong only exits after --help
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, Summary: true}),
	)
	if err != nil {
		return fmt.Errorf("describe the commands: %w", err)
	}
	kctx, err := parse(parser, args)
	if err != nil || kctx == nil {
		return err
	}
	kctx.BindTo(ctx, (*context.Context)(nil))
	return kctx.Run(w)
}

// parse reads the command line; it is nil where help was all that was asked.
func parse(parser *kong.Kong, args []string) (_ *kong.Context, err error) {
	defer func() {
		if p := recover(); p != nil {
			if p != errExit {
				panic(p)
			}
			err = nil
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	return parser.Parse(args)
}
