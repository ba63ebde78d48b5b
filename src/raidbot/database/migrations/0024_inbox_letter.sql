-- Why: what a direct message could not deliver waits in the server until its member has read it, and staff see whether.

CREATE TABLE inbox_letter (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 100),
    body text NOT NULL CHECK (length(body) BETWEEN 1 AND 2000),
    left_at timestamptz NOT NULL,
    read_at timestamptz
);

CREATE INDEX idx_inbox_letter_member ON inbox_letter (guild_id, user_id, id DESC);
