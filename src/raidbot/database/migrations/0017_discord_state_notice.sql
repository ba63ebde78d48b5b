-- Why: whom a change calls is decided with the change, and told once whatever is killed in between. What is
-- told for a moment only is deleted again. The log of an activity is told line by line in its thread.

CREATE TABLE notice (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint NOT NULL,
    -- What is told once: the same thing wished twice stands here once.
    name text NOT NULL CHECK (char_length(name) <= 100),
    kind text NOT NULL,
    subject_id bigint NOT NULL,
    channel text NOT NULL,
    body jsonb NOT NULL DEFAULT '{}',
    here boolean NOT NULL DEFAULT false,
    role_ids bigint[] NOT NULL DEFAULT '{}',
    user_ids bigint[] NOT NULL DEFAULT '{}',
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'told', 'parked', 'lapsed', 'deleted')),
    wanted_at timestamptz NOT NULL,
    lapses_at timestamptz NOT NULL,
    attempted_at timestamptz,
    not_before timestamptz NOT NULL,
    tries bigint NOT NULL DEFAULT 0,
    last_error text,
    channel_id bigint,
    message_id bigint,
    told_at timestamptz,
    -- Null: it stays.
    keep_s bigint,
    delete_at timestamptz,
    CHECK ((message_id IS NULL) = (told_at IS NULL))
);

CREATE UNIQUE INDEX idx_notice_name ON notice (guild_id, name);
CREATE INDEX idx_notice_open ON notice (guild_id, not_before) WHERE state = 'open';
CREATE INDEX idx_notice_delete ON notice (guild_id, delete_at) WHERE state = 'told' AND delete_at IS NOT NULL;
CREATE INDEX idx_notice_subject ON notice (guild_id, kind, subject_id, id);

-- How far the log in the thread of a message has been told: the number of the last entry.
ALTER TABLE posting ADD COLUMN told_until bigint NOT NULL DEFAULT 0;
