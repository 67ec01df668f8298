-- +goose Up
-- Calls are few, and are looked for apart from texts: without an index of their
-- own every look would walk all texts that wait.
SET LOCAL citus.multi_shard_modify_mode = 'sequential';

CREATE INDEX outbox_calls_due ON outbox (priority, due_at, id) WHERE status = 'queued' AND medium = 'call';
