-- Why: every message that the bot keeps drawn is on record, so that it is found again, drawn once
-- more after a crash, and never posted twice.

CREATE TABLE posting (
    guild_id bigint NOT NULL,
    kind text NOT NULL,
    subject_id bigint NOT NULL,
    channel_id bigint NOT NULL,
    message_id bigint,
    drawn_version bigint NOT NULL DEFAULT 0,
    final boolean NOT NULL DEFAULT false,
    deletions bigint NOT NULL DEFAULT 0,
    attempted_at timestamptz NOT NULL,
    posted_at timestamptz,
    PRIMARY KEY (guild_id, kind, subject_id),
    CHECK ((message_id IS NULL) = (posted_at IS NULL))
);

CREATE INDEX idx_posting_unfinished ON posting (guild_id, kind) WHERE NOT final;
CREATE UNIQUE INDEX idx_posting_message ON posting (message_id);
