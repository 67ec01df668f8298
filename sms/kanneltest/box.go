package kanneltest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The one account of a Box's sendsms.
const (
	User     = "tikaline"
	Password = "kannel-password"
)

// TemplateTLV is what a Box calls the DLT template id.
const TemplateTLV = "dlt_template_id"

// Options is what may differ between Kannels.
type Options struct {
	Get      string // the get-url of its one service
	Post     string // or its post-url
	NoRecode bool   // leave UCS-2 as it comes in
}

// A Box is a running Kannel: a bearerbox, a smsbox, and the Centre.
type Box struct {
	SendURL string // of sendsms
	Centre  *Centre

	t             testing.TB
	programs      binaries
	dir           string
	ports         map[string]int
	bearer, smser *process
}

// Start starts a Kannel and waits until it can be used.
func Start(t testing.TB, o Options) *Box {
	t.Helper()
	b := &Box{t: t, programs: need(t), dir: t.TempDir()}
	t.Cleanup(func() {
		b.smser.kill()
		b.bearer.kill()
		if t.Failed() {
			b.tell()
		}
	})
	var err error
	// Somebody else may have taken a port since it was found free.
	for range 5 {
		b.ports = freePorts(t, "admin", "box", "centre", "send")
		b.SendURL = fmt.Sprintf("http://127.0.0.1:%d/cgi-bin/sendsms", b.ports["send"])
		b.write("kannel.conf", b.config(o))
		if err = b.start(); err == nil {
			return b
		}
		b.smser.kill()
		b.bearer.kill()
	}
	t.Fatal(err)
	return nil
}

// Kill ends bearerbox at once, and with it the centre's connection. smsbox
// ends by itself then, but not at once.
func (b *Box) Kill() {
	b.Centre.close()
	b.bearer.kill()
}

// Restart starts bearerbox after a Kill, and smsbox with it.
func (b *Box) Restart() {
	b.t.Helper()
	b.smser.kill()
	if err := b.start(); err != nil {
		b.t.Fatal(err)
	}
}

// start starts the two programs, and connects the centre.
func (b *Box) start() (err error) {
	if b.bearer, err = b.run("bearerbox", b.programs.bearerbox); err != nil {
		return err
	}
	if err = b.bearer.await("entering mainloop"); err != nil {
		return err
	}
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", b.ports["centre"]))
	if err != nil {
		return err
	}
	b.Centre = connect(b.t, conn)
	if b.smser, err = b.run("smsbox", b.programs.smsbox); err != nil {
		return err
	}
	return b.smser.await("Connected to bearerbox")
}

// A process is one of the two programs.
type process struct {
	name  string
	cmd   *exec.Cmd
	log   string
	from  int64 // where in its log it began
	ended chan struct{}
}

func (b *Box) run(name, path string) (*process, error) {
	p := &process{name: name, cmd: exec.Command(path, "-v", "1", filepath.Join(b.dir, "kannel.conf")), ended: make(chan struct{})}
	p.log = filepath.Join(b.dir, name+".log")
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close() // the program has its own copy
	if info, err := log.Stat(); err == nil {
		p.from = info.Size()
	}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = b.dir, log, log
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	go func() {
		p.cmd.Wait() // how it ended is in its log
		close(p.ended)
	}()
	return p, nil
}

// await waits until the program's log says that it is ready. An open port does
// not say so: it may be somebody else's, and the program about to find that out.
func (p *process) await(ready string) error {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		log, err := os.ReadFile(p.log)
		if err == nil && strings.Contains(string(log[min(p.from, int64(len(log))):]), ready) {
			return nil
		}
		select {
		case <-p.ended:
			return fmt.Errorf("%s ended", p.name)
		case <-time.After(10 * time.Millisecond):
		}
	}
	return fmt.Errorf("%s is not ready", p.name)
}

// kill ends the program, and waits for its end.
func (p *process) kill() {
	if p == nil {
		return
	}
	p.cmd.Process.Kill() // an error says that it is gone
	<-p.ended
}

// tell shows the end of Kannel's logs.
func (b *Box) tell() {
	for _, name := range []string{"bearerbox.log", "smsbox.log"} {
		if log, err := os.ReadFile(filepath.Join(b.dir, name)); err == nil {
			b.t.Logf("%s:\n%s", name, tail(string(log)))
		}
	}
}

func (b *Box) write(name, content string) {
	b.t.Helper()
	if err := os.WriteFile(filepath.Join(b.dir, name), []byte(content), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

func (b *Box) config(o Options) string {
	service := "get-url = " + quote(o.Get)
	if o.Post != "" {
		service = "post-url = " + quote(o.Post) + "\nsend-sender = true"
	}
	spool := filepath.Join(b.dir, "spool")
	if err := os.MkdirAll(spool, 0o700); err != nil {
		b.t.Fatal(err)
	}
	return fmt.Sprintf(`
group = core
admin-port = %d
admin-interface = 127.0.0.1
admin-password = %s
smsbox-port = %d
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
store-type = spool
store-location = %s
sms-combine-concatenated-mo-timeout = 1

group = smsc
smsc = fake
smsc-id = centre
port = %d
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = %d
sendsms-interface = 127.0.0.1
mo-recode = %t
http-request-retry = 5
http-queue-delay = 1

group = sendsms-user
username = %s
password = %s
concatenation = true
max-messages = 10

group = smpp-tlv
name = %s
tag = 0x1401
type = octetstring
length = 20

group = sms-service
keyword = default
%s
omit-empty = true
max-messages = 0
`, b.ports["admin"], Password, b.ports["box"], quote(spool), b.ports["centre"], b.ports["send"], !o.NoRecode,
		User, Password, TemplateTLV, service)
}

func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, "%22") + `"` }

// freePorts finds ports that nobody listens on just now. They are below those
// that outgoing connections get, and so not taken a moment later.
func freePorts(t testing.TB, names ...string) map[string]int {
	t.Helper()
	ports := map[string]int{}
	for tries := 0; len(ports) < len(names); tries++ {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 15000+rand.IntN(17000)))
		if err != nil {
			if tries > 1000 {
				t.Fatal(err)
			}
			continue
		}
		defer l.Close() // not before all are found, or one would come twice
		ports[names[len(ports)]] = l.Addr().(*net.TCPAddr).Port
	}
	return ports
}

// tail is the end of what a program said, where the reason usually is.
func tail(out string) string {
	const most = 1500
	out = strings.TrimSpace(out)
	if len(out) > most {
		out = "…" + strings.ToValidUTF8(out[len(out)-most:], "")
	}
	return out
}
