-- Why: a server that was run by hand has its names in nicknames. They are read, judged and shown before anything is
-- written, and taken over line by line, so that a stop or a crash loses nothing.

CREATE TABLE name_import (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id bigint NOT NULL,
    begun_by bigint NOT NULL,
    begun_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('asked', 'running', 'paused', 'done', 'dropped'))
);

-- Why partial and unique: one at a time in a guild.
CREATE UNIQUE INDEX idx_name_import_open ON name_import (guild_id) WHERE state IN ('asked', 'running', 'paused');
CREATE INDEX idx_name_import_running ON name_import (id) WHERE state = 'running';

CREATE TABLE name_import_line (
    import_id bigint NOT NULL REFERENCES name_import ON DELETE CASCADE,
    user_id bigint NOT NULL,
    text text NOT NULL CHECK (char_length(text) <= 100),
    ign text CHECK (ign ~ '^[A-Za-z]{1,16}$'),
    state text NOT NULL CHECK (state IN ('new', 'known', 'conflict', 'unreadable', 'done')),
    why text,
    PRIMARY KEY (import_id, user_id)
);

CREATE INDEX idx_name_import_line_new ON name_import_line (import_id, user_id) WHERE state = 'new';
