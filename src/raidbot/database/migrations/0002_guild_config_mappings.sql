-- Why: a guild says which of its roles and channels are which; ranks follow from the roles.

CREATE TABLE guild_role (
    guild_id bigint NOT NULL,
    key text NOT NULL,
    role_id bigint NOT NULL,
    PRIMARY KEY (guild_id, key)
);

CREATE TABLE guild_channel (
    guild_id bigint NOT NULL,
    key text NOT NULL,
    channel_id bigint NOT NULL,
    PRIMARY KEY (guild_id, key)
);

CREATE TABLE guild_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint NOT NULL,
    changed_by bigint NOT NULL,
    changed_at timestamptz NOT NULL,
    what text NOT NULL,
    old text,
    new text
);

CREATE INDEX idx_guild_change_guild ON guild_change (guild_id, id DESC);
