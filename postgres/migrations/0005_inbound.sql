-- +goose Up
-- What came in by text, so that a message delivered again is known. The number
-- is part of the key, and not only the provider and its id: there are providers
-- whose ids are unique for a sender only. The text is nobody's business
-- afterwards and is not kept.
SET LOCAL citus.multi_shard_modify_mode = 'sequential';

CREATE TABLE inbound (
	cell       smallint NOT NULL,
	msisdn     text COLLATE "C" NOT NULL,
	provider   text COLLATE "C" NOT NULL,
	message_id text COLLATE "C" NOT NULL,
	at         timestamptz NOT NULL,
	CONSTRAINT inbound_pkey PRIMARY KEY (cell, msisdn, provider, message_id)
);

-- For forgetting what is old.
CREATE INDEX inbound_at ON inbound (at);

-- +goose StatementBegin
DO $$
BEGIN
	IF EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') THEN
		PERFORM create_distributed_table('inbound', 'cell', colocate_with => 'household');
	END IF;
END
$$;
-- +goose StatementEnd
