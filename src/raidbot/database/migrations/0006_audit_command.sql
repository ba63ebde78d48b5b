-- Why: every command is on record with who used it, with which options, and what came of it.

CREATE TABLE command_use (
    interaction_id bigint PRIMARY KEY,
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    command text NOT NULL,
    options jsonb NOT NULL,
    outcome text NOT NULL,
    used_at timestamptz NOT NULL
);

CREATE INDEX idx_command_use_guild ON command_use (guild_id, used_at DESC);
CREATE INDEX idx_command_use_member ON command_use (guild_id, user_id, used_at DESC);
