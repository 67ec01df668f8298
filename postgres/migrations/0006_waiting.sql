-- +goose Up
-- Held places, the waiting list, sessions called off, and who was reminded.
SET LOCAL citus.multi_shard_modify_mode = 'sequential';

-- Until when a held place is kept. It stays when the place is booked: a second
-- yes then finds what the first one did.
ALTER TABLE appointment ADD COLUMN held_until timestamptz;

-- The slot for which reminders were queued: after a move it is another.
ALTER TABLE appointment ADD COLUMN reminded_slot bigint NOT NULL DEFAULT 0;

-- Whether it was noted, and told where there is need, that the next dose is due.
ALTER TABLE appointment ADD COLUMN due_told boolean NOT NULL DEFAULT false;

-- Who waits for a place, a row for each person. Who left keeps the row, so that
-- the message that put him there does not do so again.
CREATE TABLE waiting (
	cell         smallint NOT NULL,
	msisdn       text COLLATE "C" NOT NULL,
	reference    text COLLATE "C" NOT NULL,
	pincode      text COLLATE "C" NOT NULL,
	request      uuid NOT NULL,
	since        timestamptz NOT NULL,
	waves        smallint NOT NULL DEFAULT 0,
	told_at      timestamptz,
	until        timestamptz,
	told_centre  bigint NOT NULL DEFAULT 0,
	told_session bigint NOT NULL DEFAULT 0,
	left_at      timestamptz,
	left_for     text NOT NULL DEFAULT '',
	CONSTRAINT waiting_pkey PRIMARY KEY (cell, msisdn, reference)
);

-- The line, in its order.
CREATE INDEX waiting_line ON waiting (since, cell, msisdn, reference) WHERE left_at IS NULL;

-- A session called off, and why. It is written before anything else is done.
CREATE TABLE call_off (
	centre_id  bigint NOT NULL,
	session_id bigint NOT NULL,
	reason     text NOT NULL,
	at         timestamptz NOT NULL,
	CONSTRAINT call_off_pkey PRIMARY KEY (centre_id, session_id)
);

-- What became of each person of a session called off. next_id is the place that
-- was offered; NULL where there was none.
CREATE TABLE called_off (
	cell           smallint NOT NULL,
	session_id     bigint NOT NULL,
	appointment_id uuid NOT NULL,
	msisdn         text COLLATE "C" NOT NULL,
	reference      text COLLATE "C" NOT NULL,
	next_id        uuid,
	notice_key     text COLLATE "C" NOT NULL,
	at             timestamptz NOT NULL,
	CONSTRAINT called_off_pkey PRIMARY KEY (cell, session_id, appointment_id)
);

-- Whose turn it is to do what one node alone should do. Who took a turn knows
-- its number, and nothing is done under an old one.
CREATE TABLE turn (
	name   text COLLATE "C" NOT NULL,
	number bigint NOT NULL,
	until  timestamptz NOT NULL,
	CONSTRAINT turn_pkey PRIMARY KEY (name)
);

-- +goose StatementBegin
DO $$
BEGIN
	IF EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') THEN
		PERFORM create_reference_table('turn');
		PERFORM create_distributed_table('waiting', 'cell', colocate_with => 'household');
		PERFORM create_distributed_table('called_off', 'cell', colocate_with => 'household');
		PERFORM create_distributed_table('call_off', 'centre_id', colocate_with => 'session');
	END IF;
END
$$;
-- +goose StatementEnd
