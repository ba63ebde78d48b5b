-- Why: of several bot processes one serves a shard at a time; the others stand by and take over when it is gone.

CREATE TABLE bot_lease (
    shard_id bigint PRIMARY KEY,
    holder text NOT NULL,
    until timestamptz NOT NULL
);
