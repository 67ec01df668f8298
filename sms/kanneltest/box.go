package kanneltest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
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
	dir           string
	ports         map[string]int
	bearer, smser *exec.Cmd
}

// Start starts a Kannel and waits until it can be used.
func Start(t testing.TB, o Options) *Box {
	t.Helper()
	programs := need(t)
	b := &Box{t: t, dir: t.TempDir(), ports: freePorts(t, "admin", "box", "centre", "send")}
	b.SendURL = fmt.Sprintf("http://127.0.0.1:%d/cgi-bin/sendsms", b.ports["send"])
	b.write("kannel.conf", b.config(o))
	b.bearer = exec.Command(programs.bearerbox, "-v", "1", filepath.Join(b.dir, "kannel.conf"))
	b.smser = exec.Command(programs.smsbox, "-v", "1", filepath.Join(b.dir, "kannel.conf"))
	t.Cleanup(func() {
		stop(b.smser, syscall.SIGKILL)
		stop(b.bearer, syscall.SIGKILL)
		if t.Failed() {
			b.tell()
		}
	})
	b.startBearerbox()
	b.startSmsbox()
	return b
}

// Kill ends bearerbox at once, and with it the centre's connection. smsbox
// stays, as it does when only one of the two dies.
func (b *Box) Kill() {
	b.t.Helper()
	b.Centre.close()
	stop(b.bearer, syscall.SIGKILL)
}

// Restart starts bearerbox after a Kill, and smsbox, which gives up without it.
func (b *Box) Restart() {
	b.t.Helper()
	stop(b.smser, syscall.SIGKILL)
	b.bearer = exec.Command(b.bearer.Path, b.bearer.Args[1:]...)
	b.smser = exec.Command(b.smser.Path, b.smser.Args[1:]...)
	b.startBearerbox()
	b.startSmsbox()
}

func (b *Box) startBearerbox() {
	b.t.Helper()
	b.run("bearerbox", b.bearer)
	b.await("bearerbox", b.ports["box"])
	b.Centre = connect(b.t, b.await("the centre's port", b.ports["centre"]))
}

func (b *Box) startSmsbox() {
	b.t.Helper()
	b.run("smsbox", b.smser)
	b.await("smsbox", b.ports["send"]).Close()
}

func (b *Box) run(name string, cmd *exec.Cmd) {
	b.t.Helper()
	log, err := os.OpenFile(filepath.Join(b.dir, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		b.t.Fatal(err)
	}
	defer log.Close() // the program has its own copy
	cmd.Dir, cmd.Stdout, cmd.Stderr = b.dir, log, log
	if err := cmd.Start(); err != nil {
		b.t.Fatalf("starting %s: %v", name, err)
	}
}

// await connects to a port of Kannel as soon as that is open.
func (b *Box) await(what string, port int) net.Conn {
	b.t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			return conn
		}
		if time.Now().After(end) {
			b.t.Fatalf("%s does not answer: %v", what, err)
		}
	}
}

// stop ends a program that we started, and waits for it.
func stop(cmd *exec.Cmd, how syscall.Signal) {
	if cmd == nil || cmd.Process == nil || cmd.ProcessState != nil {
		return
	}
	cmd.Process.Signal(how)
	cmd.Wait() // that it was killed is no news
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

// freePorts finds ports that nobody listens on just now.
func freePorts(t testing.TB, names ...string) map[string]int {
	t.Helper()
	ports := map[string]int{}
	for _, name := range names {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() // not before all are found, or one would come twice
		ports[name] = l.Addr().(*net.TCPAddr).Port
	}
	return ports
}
