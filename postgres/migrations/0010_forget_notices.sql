-- +goose Up
-- Finished notices are forgotten, and counted, by when they were owed: that never
-- changes, so the index costs one entry a notice and none of its updates.
SET LOCAL citus.multi_shard_modify_mode = 'sequential';

CREATE INDEX outbox_created ON outbox (created_at);
