package access_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/labstack/echo/v4"

	"tikaline/booking"
	"tikaline/otp"
	"tikaline/postgres"
	"tikaline/postgres/pgtest"
	"tikaline/web/access"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// A rig is the endpoints over a database of the test's own, with a clock, and
// records every statement.
type rig struct {
	t      *testing.T
	e      *echo.Echo
	store  *postgres.Store
	pool   *pgxpool.Pool
	codes  *otp.Service
	tokens *access.Tokens
	limits *access.Limits
	ahead  atomic.Int64
	from   string // the client's address

	mu   sync.Mutex
	work []string
}

func newRig(t *testing.T, f access.Figures) *rig {
	t.Helper()
	r := &rig{t: t, from: "192.0.2.1"}
	cfg, err := pgxpool.ParseConfig(pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	cfg.MaxConns, cfg.ConnConfig.Tracer = 8, r
	if r.pool, err = pgxpool.NewWithConfig(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.pool.Close)
	if r.store, err = postgres.New(t.Context(), r.pool, postgres.Options{Now: r.now, Writers: 1}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.store.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	k := keys(t, first)
	r.tokens = &access.Tokens{Keys: k, Now: r.now}
	r.limits = access.NewLimits(f, k, r.store.Limits, r.now, slog.New(slog.DiscardHandler))
	r.codes = &otp.Service{Store: r.store.OTP, Keys: k, Now: r.now, Limits: r.limits}
	r.e = echo.New()
	r.e.IPExtractor = echo.ExtractIPDirect()
	(&access.Auth{Passwords: r.codes, Tokens: r.tokens, Limits: r.limits, Household: r.store.Bookings.Household}).Register(r.e.Group("/api/v2/auth"))
	return r
}

func (r *rig) now() time.Time       { return noon.Add(time.Duration(r.ahead.Load())) }
func (r *rig) wait(d time.Duration) { r.ahead.Add(int64(d)) }

// Every statement is recorded.

func (r *rig) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	r.note(q.SQL)
	return ctx
}

func (r *rig) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (r *rig) TraceBatchStart(ctx context.Context, _ *pgx.Conn, b pgx.TraceBatchStartData) context.Context {
	for _, q := range b.Batch.QueuedQueries {
		r.note(q.SQL)
	}
	return ctx
}

func (r *rig) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (r *rig) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}

func (r *rig) note(sql string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.work = append(r.work, sql)
}

// worked returns the statements since its last call.
func (r *rig) worked() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.work
	r.work = nil
	return list
}

// An answer is what a client sees.
type answer struct {
	status int
	body   string
	header http.Header
}

func (a answer) String() string { return fmt.Sprintf("%d %s", a.status, strings.TrimSpace(a.body)) }

// field returns a text of the body.
func (a answer) field(name string) string {
	var m map[string]string
	if json.Unmarshal([]byte(a.body), &m) != nil {
		return ""
	}
	return m[name]
}

func (r *rig) post(path, body string, header ...string) answer {
	r.t.Helper()
	q := httptest.NewRequest(http.MethodPost, "/api/v2/auth/"+path, strings.NewReader(body))
	q.RemoteAddr = r.from + ":4711"
	if strings.Contains(r.from, ":") {
		q.RemoteAddr = "[" + r.from + "]:4711"
	}
	for i := 0; i+1 < len(header); i += 2 {
		q.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	r.e.ServeHTTP(w, q)
	return answer{w.Code, w.Body.String(), w.Header()}
}

// ask requests a code for a number, and reads it as the sender of the notice
// would.
func (r *rig) ask(path string, n booking.MSISDN) (txn, code string) {
	r.t.Helper()
	a := r.post(path, `{"mobile":"`+strings.TrimPrefix(string(n), "+91")+`"}`)
	if a.status != http.StatusOK {
		r.t.Fatal(a)
	}
	var data string
	if err := r.pool.QueryRow(r.t.Context(), `SELECT data->>'otp' FROM outbox WHERE msisdn = $1 ORDER BY due_at DESC LIMIT 1`, string(n)).Scan(&data); err != nil {
		r.t.Fatal(err)
	}
	code, err := r.codes.Code(r.t.Context(), booking.Notice{To: n, Data: booking.NoticeData{OTP: data}})
	if err != nil {
		r.t.Fatal(err)
	}
	return a.field("txnId"), code
}

func claim(txn, code string) string {
	return `{"otp":"` + otp.Hash(code) + `","txnId":"` + txn + `"}`
}

// other returns a code that is not that one.
func other(code string) string {
	if code[5] == '9' {
		return code[:5] + "0"
	}
	return code[:5] + string(code[5]+1)
}

// register registers somebody under a number.
func (r *rig) register(n booking.MSISDN, name string) string {
	r.t.Helper()
	b, err := r.store.Bookings.Register(r.t.Context(), booking.NewPerson{
		Registration: booking.Registration{
			Applicant: booking.Applicant{Name: name, BirthYear: 1960, Gender: booking.Female, PhotoID: "voter", IDLast4: name[:4]},
			Request:   uuid.New(), Channel: booking.Web, Consent: booking.Consent{Version: "1", At: r.now(), Channel: booking.Web},
		},
		Household: n, Max: 4, At: r.now(),
		References: func() string { return booking.NewReference(n, strings.NewReader(name+strings.Repeat(string(n), 20))) },
		Notices:    func(booking.Beneficiary) []booking.Notice { return nil },
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return b.Reference
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }
