-- Why: a guild sets its own times and pings. Only what differs from the default is kept; which
-- settings there are, and what may stand in one, is declared in the code.

CREATE TABLE guild_setting (
    guild_id bigint NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    PRIMARY KEY (guild_id, key)
);

CREATE TABLE guild_dungeon_role (
    guild_id bigint NOT NULL,
    dungeon text NOT NULL,
    role_id bigint NOT NULL,
    PRIMARY KEY (guild_id, dungeon)
);
