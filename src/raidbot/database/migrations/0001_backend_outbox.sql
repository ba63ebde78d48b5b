-- Why: what happened must reach the bots if and only if its transaction committed.
-- A sequence is not commit order, so the stream is ordered by transaction first; a reader takes
-- only transactions older than every one still running.

CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY,
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    guild_id bigint NOT NULL,
    kind text NOT NULL,
    body jsonb NOT NULL,
    happened_at timestamptz NOT NULL,
    PRIMARY KEY (transaction, id)
);

CREATE INDEX idx_outbox_happened_at ON outbox (happened_at);
