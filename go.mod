module tikaline

go 1.26.0

require (
	codeberg.org/go-pdf/fpdf v0.12.0 // PDF files; where go-pdf is kept now
	github.com/BurntSushi/toml v1.6.0 // reads the catalogues and the keyword tables; what go-i18n recommends
	github.com/HdrHistogram/hdrhistogram-go v1.4.0 // percentiles that do not lie, for make bench
	github.com/alecthomas/kong v1.17.0 // commands, flags and environment from one struct
	github.com/alexedwards/scs/v2 v2.9.0 // who is signed in at a centre; keeps tokens, their renewal and their end right
	github.com/boombuler/barcode v1.1.0 // QR codes; fpdf needs it anyway
	github.com/chromedp/cdproto v0.159.0 // what is said to Chromium; the release that chromedp is made for
	github.com/chromedp/chromedp v0.23.0 // pages in a real Chromium, for tests; no driver, no websocket
	github.com/go-playground/locales v0.14.2 // CLDR dates, which our tables of months are held against
	github.com/go-text/typesetting v0.3.5 // shapes Devanagari and Bengali, which no PDF library for Go does
	github.com/golang-jwt/jwt/v5 v5.3.1 // the tokens of the Co-WIN API; asked for
	github.com/google/uuid v1.6.0 // time-ordered ids
	github.com/hashicorp/golang-lru/v2 v2.0.7 // limits in bounded memory
	github.com/jackc/pgx/v5 v5.12.0 // Postgres, with batches and typed arrays
	github.com/labstack/echo/v4 v4.16.0 // HTTP routes and middleware; asked for
	github.com/makiuchi-d/gozxing v0.1.1 // reads QR codes, in tests
	github.com/nicksnyder/go-i18n/v2 v2.7.0 // the catalogue and plurals; asked for
	github.com/nyaruka/phonenumbers v1.8.1 // whose country a number is of
	github.com/pressly/goose/v3 v3.29.0 // migrations that run on Postgres and on Citus alike
	github.com/prometheus/client_golang v1.25.0 // metrics
	github.com/rivo/uniseg v0.4.7 // where one letter ends and the next begins
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3 // holds the API's answers to its OpenAPI file, in tests; JSON Schema 2020-12
	github.com/schollz/progressbar/v3 v3.19.1 // progress of an import on a terminal
	github.com/twilio/twilio-go v1.31.0 // signatures and sending with Twilio; asked for
	golang.org/x/crypto v0.58.0 // argon2id, for the passwords of staff
	golang.org/x/image v0.40.0 // the numbers that typesetting counts in
	golang.org/x/net v0.61.0 // encodings that XML declares, by the names it gives them
	golang.org/x/text v0.43.0 // normal forms and language tags
	golang.org/x/time v0.16.0 // token buckets of the outbox
	golang.org/x/tools v0.52.0 // txtar, the form of the conversation files
	pgregory.net/rapid v1.3.0 // properties
)

require (
	github.com/beorn7/perks v1.0.1 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	github.com/golang/mock v1.6.0 // indirect
	github.com/jackc/pgpassfile v1.0.0 // indirect
	github.com/jackc/pgservicefile v0.0.0-20240606120523-5a60cdf6a761 // indirect
	github.com/jackc/puddle/v2 v2.2.3 // indirect
	github.com/labstack/gommon v0.5.0 // indirect
	github.com/mattn/go-colorable v0.1.15 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/mfridman/interpolate v0.0.2 // indirect
	github.com/mitchellh/colorstring v0.0.0-20190213212951-d06e56a500db // indirect
	github.com/munnerz/goautoneg v0.0.0-20191010083416-a7dc8b61c822 // indirect
	github.com/pkg/errors v0.9.1 // indirect
	github.com/prometheus/client_model v0.6.3 // indirect
	github.com/prometheus/common v0.72.0 // indirect
	github.com/prometheus/procfs v0.22.0 // indirect
	github.com/sethvargo/go-retry v0.5.0 // indirect
	github.com/valyala/bytebufferpool v1.0.0 // indirect
	github.com/valyala/fasttemplate v1.2.2 // indirect
	go.uber.org/multierr v1.11.0 // indirect
	golang.org/x/exp/typeparams v0.0.0-20231108232855-2478ac86f678 // indirect
	golang.org/x/mod v0.42.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/term v0.47.0 // indirect
	golang.org/x/xerrors v0.0.0-20200804184101-5ec99f83aff1 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
	honnef.co/go/tools v0.8.2 // indirect
)

tool honnef.co/go/tools/cmd/staticcheck
