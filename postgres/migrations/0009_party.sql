-- +goose Up
-- People who booked together share a party. NULL is who booked alone: a party
-- of one, named by the appointment's id. So the table is not rewritten, and the
-- index holds nobody but families.
SET LOCAL citus.multi_shard_modify_mode = 'sequential';

ALTER TABLE appointment ADD COLUMN party uuid;

CREATE INDEX appointment_party ON appointment (cell, party) WHERE party IS NOT NULL;
