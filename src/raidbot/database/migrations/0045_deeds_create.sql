-- Why: whoever has the bot's token acts as the bot. A secret that never leaves the record, and the messages of ours that
-- nothing else remembers, tell afterwards what was ours.

CREATE TABLE deed_secret (
    the_one boolean PRIMARY KEY DEFAULT true CHECK (the_one),
    secret bytea NOT NULL,
    made_at timestamptz NOT NULL
);

CREATE TABLE own_message (
    message_id bigint PRIMARY KEY,
    channel_id bigint NOT NULL,
    said_at timestamptz NOT NULL
);

CREATE INDEX idx_own_message_said_at ON own_message (said_at);
