-- Why: staff say which raider owns which name in the game; one name has one owner in a guild,
-- however it is written, and who said so stays on record.

CREATE TABLE raider (
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    ign text NOT NULL CHECK (ign ~ '^[A-Za-z]{1,16}$'),
    status text NOT NULL CHECK (status IN ('verified', 'unverified')),
    PRIMARY KEY (guild_id, user_id)
);

CREATE UNIQUE INDEX idx_raider_ign ON raider (guild_id, lower(ign));

CREATE TABLE raider_entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    changed_by bigint NOT NULL,
    changed_at timestamptz NOT NULL,
    kind text NOT NULL,
    old_ign text,
    new_ign text
);

CREATE INDEX idx_raider_entry_raider ON raider_entry (guild_id, user_id, id DESC);
