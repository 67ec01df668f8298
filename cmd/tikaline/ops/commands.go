package ops

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kong"
)

// A World is what the program touches outside itself, so that tests can bring
// their own clock and streams.
type World struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
	Now func() time.Time

	// Serve runs the program with other arguments, serve first: talk starts
	// the demo with it.
	Serve func(ctx context.Context, args []string, w World) error

	// Inbox delivers messages to the demo's inbox; the demo sets it, and tests.
	Inbox bool

	// Ready is told the address once requests are answered; nil is nobody.
	Ready func(url string)
}

// Commands is the operators' commands; their fields are their settings.
type Commands struct {
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

// Run reads args into commands, a pointer to a struct of them, and runs the
// command that they name. Without args it prints what there is.
func Run(ctx context.Context, commands any, args []string, w World) error {
	parser, err := kong.New(commands,
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

// parse reads the command line; it returns nil where help was all that was
// asked.
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

// columns prints lines with their cells under each other.
func columns(out io.Writer, head string, lines func(io.Writer)) error {
	t := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprint(t, head)
	lines(t)
	return t.Flush()
}
