-- +goose Up
-- Calls, the calls that are owed, names that were spoken, and who was put
-- before the agents.
SET LOCAL citus.multi_shard_modify_mode = 'sequential';

-- A call, by its provider's id. A withheld number is ''; the call then has a
-- cell of its own. What is told later only ever adds to the row, so it does not
-- matter in which order it comes.
CREATE TABLE call (
	cell        smallint NOT NULL,
	provider    text COLLATE "C" NOT NULL,
	provider_id text COLLATE "C" NOT NULL,
	msisdn      text COLLATE "C" NOT NULL,
	id          uuid NOT NULL,
	direction   text COLLATE "C" NOT NULL,
	lang        text COLLATE "C" NOT NULL,
	spoken      integer NOT NULL,
	started_at  timestamptz,
	ended_at    timestamptz,
	millis      bigint NOT NULL,
	outcome     text COLLATE "C" NOT NULL,
	steps       integer NOT NULL,
	notice_id   uuid NOT NULL,
	CONSTRAINT call_pkey PRIMARY KEY (cell, msisdn, provider, provider_id)
) WITH (fillfactor = 70);

CREATE INDEX call_open ON call (started_at) WHERE outcome = 'open';

-- The calls of the last hours, for an operator.
CREATE INDEX call_started ON call (started_at);

-- The one call that a number is owed, or was owed last. requests is who asked
-- lately: a missed call that is told again asks for nothing.
CREATE TABLE call_back (
	cell      smallint NOT NULL,
	msisdn    text COLLATE "C" NOT NULL,
	request   uuid NOT NULL,
	requests  uuid[] NOT NULL,
	asked_at  timestamptz NOT NULL,
	open      boolean NOT NULL,
	attempt   smallint NOT NULL,
	notice_id uuid NOT NULL,
	due_at    timestamptz NOT NULL,
	why       text NOT NULL,
	closed_at timestamptz,
	CONSTRAINT call_back_pkey PRIMARY KEY (cell, msisdn)
);

CREATE INDEX call_back_open ON call_back (due_at) WHERE open;

-- A name that was spoken. due_at is when something is to be done about it, NULL
-- is nothing; who does it moves due_at on first, and knows the row by that.
-- dropped is that the provider has no copy any more.
CREATE TABLE recording (
	cell       smallint NOT NULL,
	msisdn     text COLLATE "C" NOT NULL,
	id         text COLLATE "C" NOT NULL,
	provider   text NOT NULL,
	url        text NOT NULL,
	lang       text NOT NULL,
	at         timestamptz NOT NULL,
	state      text COLLATE "C" NOT NULL,
	tries      smallint NOT NULL DEFAULT 0,
	due_at     timestamptz,
	dropped    boolean NOT NULL DEFAULT false,
	audio      bytea,
	fetched_at timestamptz,
	reference  text COLLATE "C" NOT NULL DEFAULT '',
	written_by text NOT NULL DEFAULT '',
	written_at timestamptz,
	CONSTRAINT recording_pkey PRIMARY KEY (cell, msisdn, id),
	CONSTRAINT recording_state_check CHECK (state IN ('wanted', 'fetched', 'written', 'gone'))
);

-- Whoever plays one knows nothing but its id.
CREATE INDEX recording_id ON recording (id);

CREATE INDEX recording_due ON recording (due_at) WHERE due_at IS NOT NULL;

-- What may be forgotten.
CREATE INDEX recording_kept ON recording (at) WHERE state IN ('wanted', 'fetched');

-- Whose names are to be written down.
CREATE INDEX beneficiary_unwritten ON beneficiary (created_at) WHERE name = '' AND removed_at IS NULL;

-- A caller put before the agents, with the conversation as it was then.
CREATE TABLE handover (
	cell        smallint NOT NULL,
	id          uuid NOT NULL,
	msisdn      text COLLATE "C" NOT NULL,
	provider    text NOT NULL,
	provider_id text NOT NULL,
	lang        text NOT NULL,
	flow        text NOT NULL,
	step        text NOT NULL,
	state       bytea NOT NULL,
	why         text NOT NULL,
	queued_at   timestamptz,
	taken_at    timestamptz,
	taken_by    text NOT NULL,
	left_at     timestamptz,
	outcome     text COLLATE "C" NOT NULL,
	CONSTRAINT handover_pkey PRIMARY KEY (cell, id)
);

CREATE INDEX handover_waits ON handover (queued_at) WHERE left_at IS NULL AND taken_by = '';

-- What may be forgotten.
CREATE INDEX handover_kept ON handover (queued_at) WHERE length(state) > 0;

-- +goose StatementBegin
DO $$
BEGIN
	IF EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') THEN
		PERFORM create_distributed_table('call', 'cell', colocate_with => 'household');
		PERFORM create_distributed_table('call_back', 'cell', colocate_with => 'household');
		PERFORM create_distributed_table('recording', 'cell', colocate_with => 'household');
		PERFORM create_distributed_table('handover', 'cell', colocate_with => 'household');
	END IF;
END
$$;
-- +goose StatementEnd
