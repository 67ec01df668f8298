-- +goose Up
-- Foreign keys to a reference table, or within a group with its key. There is
-- none from appointment or outbox: every booking would write to its person's
-- row as well (a key-share lock is a write). See doc.go for the figures.
SET LOCAL citus.multi_shard_modify_mode = 'sequential';

ALTER TABLE beneficiary ADD CONSTRAINT beneficiary_household
	FOREIGN KEY (cell, msisdn) REFERENCES household (cell, msisdn);

ALTER TABLE centre ADD CONSTRAINT centre_district
	FOREIGN KEY (district_id) REFERENCES district (id);

ALTER TABLE session ADD CONSTRAINT session_centre
	FOREIGN KEY (centre_id) REFERENCES centre (id);

ALTER TABLE slot ADD CONSTRAINT slot_session
	FOREIGN KEY (centre_id, session_id) REFERENCES session (centre_id, id);
