//go:build linux || darwin

package launch

// superuser is also the name of our database and of the cluster.
const superuser = "tikaline"

// durable is for one machine that also runs the program. Log statements are
// kept short because they would hold people's names and numbers.
const durable = `shared_buffers = 256MB
max_connections = 200
wal_compression = on
max_wal_size = 4GB
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_checkpoints = off
log_error_verbosity = terse
log_min_error_statement = panic
`

// throwaway loses everything at a crash, which is fine for tests. Copies of a
// database go through the WAL: it saves time not to fill its files with zeros
// first, and memory to keep few of them.
const throwaway = `fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
wal_level = minimal
wal_init_zero = off
max_wal_size = 256MB
max_wal_senders = 0
max_connections = 400
shared_buffers = 128MB
checkpoint_timeout = 1h
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_checkpoints = off
`
