-- +goose Up
-- Where Postgres has Citus, spread the tables over its machines; elsewhere do
-- nothing. What belongs to a household lies together, and what belongs to a
-- centre; small lists are on every machine.
SET LOCAL citus.multi_shard_modify_mode = 'sequential';

-- +goose StatementBegin
DO $$
BEGIN
	IF EXISTS (SELECT FROM pg_extension WHERE extname = 'citus') THEN
		PERFORM create_reference_table('setting');
		PERFORM create_reference_table('district');
		PERFORM create_reference_table('pincode');
		PERFORM create_reference_table('centre');
		PERFORM create_distributed_table('household', 'cell');
		PERFORM create_distributed_table('beneficiary', 'cell', colocate_with => 'household');
		PERFORM create_distributed_table('appointment', 'cell', colocate_with => 'household');
		PERFORM create_distributed_table('conversation', 'cell', colocate_with => 'household');
		PERFORM create_distributed_table('outbox', 'cell', colocate_with => 'household');
		PERFORM create_distributed_table('session', 'centre_id');
		PERFORM create_distributed_table('slot', 'centre_id', colocate_with => 'session');
	END IF;
END
$$;
-- +goose StatementEnd
