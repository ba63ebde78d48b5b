-- Why: nothing falls due for those who cannot press a button. That the backend was away it knows itself; whether a guild
-- is reached only the bot knows, and says so every minute.

CREATE TABLE guild_contact (
    guild_id bigint PRIMARY KEY,
    -- The bot process that reached it last.
    process text NOT NULL,
    beat_at timestamptz NOT NULL
);
