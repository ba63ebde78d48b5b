-- Why: how far the audit log of a guild was read, so that what people changed while the bot was away is found later.

CREATE TABLE hand_reading (
    guild_id bigint PRIMARY KEY,
    entry_id bigint NOT NULL
);
