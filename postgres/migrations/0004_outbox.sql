-- +goose Up
-- What the sending of messages needs. A notice that waits is 'queued', also
-- while a worker holds it (lease_until); it is 'sending' from the moment before
-- a provider is given it, so that nothing that may have been sent is ever taken
-- for something that was not.
SET LOCAL citus.multi_shard_modify_mode = 'sequential';

ALTER TABLE outbox ADD COLUMN first_due timestamptz;

ALTER TABLE outbox ADD COLUMN doubt boolean NOT NULL DEFAULT false;

-- What was tried, oldest first: when, by whom, with what outcome. Beside the
-- row and not in a table of its own: an attempt is then one write, not two.
ALTER TABLE outbox ADD COLUMN tried jsonb NOT NULL DEFAULT '[]';

-- Waiting rows are looked for by each of these: one of another priority would
-- wait for ever.
ALTER TABLE outbox ADD CONSTRAINT outbox_priority_check CHECK (priority IN (10, 20, 30, 40, 50));

-- Rows are rewritten some three times and then never again.
ALTER TABLE outbox SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);

DROP INDEX outbox_due;

-- Only what is not finished is in these, so they stay as small as the queue.
CREATE INDEX outbox_due ON outbox (priority, due_at, id) WHERE status = 'queued';

CREATE INDEX outbox_sending ON outbox (lease_until) WHERE status = 'sending';

CREATE INDEX outbox_trouble ON outbox (updated_at) WHERE status IN ('dead', 'failed') OR doubt;

-- One row for each cell: who holds its lock may claim there. Two workers in one
-- cell could each see half of what the other does, and hand over two messages
-- of one number at once.
CREATE TABLE outbox_cell (
	cell smallint NOT NULL,
	CONSTRAINT outbox_cell_pkey PRIMARY KEY (cell)
);

-- Numbers whose owner wants no messages but answers.
CREATE TABLE optout (
	cell   smallint NOT NULL,
	msisdn text COLLATE "C" NOT NULL,
	at     timestamptz NOT NULL,
	CONSTRAINT optout_pkey PRIMARY KEY (cell, msisdn)
);

-- +goose StatementBegin
DO $$
BEGIN
	IF EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') THEN
		PERFORM create_distributed_table('outbox_cell', 'cell', colocate_with => 'household');
		PERFORM create_distributed_table('optout', 'cell', colocate_with => 'household');
	END IF;
END
$$;
-- +goose StatementEnd

INSERT INTO outbox_cell (cell) SELECT generate_series(0, 1023);
