-- +goose Up
-- One-time passwords, of which only hashes under a key are here, and what nodes
-- have counted of who asks too much.
SET LOCAL citus.multi_shard_modify_mode = 'sequential';

-- What a number was sent or told last. A number has two codes that are good, the
-- newest and the one before, for any of its open requests.
CREATE TABLE otp_number (
	cell          smallint NOT NULL,
	msisdn        text COLLATE "C" NOT NULL,
	txn           uuid NOT NULL,
	asked_at      timestamptz NOT NULL,
	day_from      timestamptz NOT NULL,
	asked         integer NOT NULL,
	blocked_until timestamptz,
	told          smallint NOT NULL DEFAULT 0,
	hash          bytea,
	until         timestamptz NOT NULL,
	old_hash      bytea,
	old_until     timestamptz,
	CONSTRAINT otp_number_pkey PRIMARY KEY (cell, msisdn)
) WITH (fillfactor = 70);

-- For forgetting what is old.
CREATE INDEX otp_number_asked ON otp_number (asked_at);

-- A request. granted is how many tries the last statement gave, which RETURNING
-- could not tell otherwise; used_by is the try that was right.
CREATE TABLE otp (
	cell     smallint NOT NULL,
	txn      uuid NOT NULL,
	msisdn   text COLLATE "C" NOT NULL,
	purpose  text NOT NULL,
	asked_at timestamptz NOT NULL,
	until    timestamptz NOT NULL,
	tries    smallint NOT NULL DEFAULT 0,
	granted  smallint NOT NULL DEFAULT 0,
	used_at  timestamptz,
	used_by  uuid,
	CONSTRAINT otp_pkey PRIMARY KEY (cell, txn)
) WITH (fillfactor = 70);

CREATE INDEX otp_msisdn ON otp (cell, msisdn);

-- Who has asked of late, and what is old.
CREATE INDEX otp_asked ON otp (asked_at);

-- What each node has counted of each subject, which is a hash under a key.
CREATE TABLE limit_count (
	cell       smallint NOT NULL,
	subject    bytea NOT NULL,
	rule       text COLLATE "C" NOT NULL,
	node       uuid NOT NULL,
	from_at    timestamptz NOT NULL,
	n          integer NOT NULL,
	until      timestamptz,
	ends_at    timestamptz NOT NULL,
	updated_at timestamptz NOT NULL,
	CONSTRAINT limit_count_pkey PRIMARY KEY (cell, subject, rule, node)
) WITH (fillfactor = 70);

CREATE INDEX limit_count_updated ON limit_count (updated_at);

CREATE INDEX limit_count_ends ON limit_count (ends_at);

-- One-time passwords go before replies: somebody looks at a page and waits, and
-- they are good for three minutes.
ALTER TABLE outbox DROP CONSTRAINT outbox_priority_check;

ALTER TABLE outbox ADD CONSTRAINT outbox_priority_check CHECK (priority IN (5, 10, 30, 40, 50));

-- +goose StatementBegin
DO $$
BEGIN
	IF EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') THEN
		PERFORM create_distributed_table('otp_number', 'cell', colocate_with => 'household');
		PERFORM create_distributed_table('otp', 'cell', colocate_with => 'household');
		PERFORM create_distributed_table('limit_count', 'cell', colocate_with => 'household');
	END IF;
END
$$;
-- +goose StatementEnd
