-- Why: the backend believes no list of roles in a request. The bot mirrors what members hold of
-- the mapped roles, and ranks are computed from here.

CREATE TABLE member (
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    role_ids bigint[] NOT NULL,
    administrator boolean NOT NULL,
    present boolean NOT NULL,
    PRIMARY KEY (guild_id, user_id)
);
