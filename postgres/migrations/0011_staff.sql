-- +goose Up
-- Who works at centres, and who is signed in. Both are few and small.
SET LOCAL citus.multi_shard_modify_mode = 'sequential';

CREATE TABLE staff (
	login      text COLLATE "C" NOT NULL,
	name       text NOT NULL,
	centre_id  bigint NOT NULL,
	password   text NOT NULL,
	disabled   boolean NOT NULL DEFAULT false,
	created_at timestamptz NOT NULL,
	CONSTRAINT staff_pkey PRIMARY KEY (login)
);

-- token is a hash: whoever reads this table signs in as nobody.
CREATE TABLE sign_in (
	token bytea NOT NULL,
	data  bytea NOT NULL,
	until timestamptz NOT NULL,
	CONSTRAINT sign_in_pkey PRIMARY KEY (token)
);

CREATE INDEX sign_in_until ON sign_in (until);

-- +goose StatementBegin
DO $$
BEGIN
	IF EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') THEN
		PERFORM create_reference_table('staff');
		PERFORM create_reference_table('sign_in');
	END IF;
END
$$;
-- +goose StatementEnd
