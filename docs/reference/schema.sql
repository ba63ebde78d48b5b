-- Written by `just docs` from what src/raidbot/database/migrations/ makes. Do not edit.

CREATE TABLE chore (
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    kind text NOT NULL,
    target bigint NOT NULL,
    value text NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    state text NOT NULL,
    tries bigint DEFAULT 0 NOT NULL,
    last_error text,
    not_before timestamp with time zone NOT NULL,
    CONSTRAINT chore_kind_check CHECK ((kind = ANY (ARRAY['give_role'::text, 'nickname'::text]))),
    CONSTRAINT chore_state_check CHECK ((state = ANY (ARRAY['open'::text, 'parked'::text, 'done'::text])))
);

CREATE TABLE command_use (
    interaction_id bigint NOT NULL,
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    command text NOT NULL,
    options jsonb NOT NULL,
    outcome text NOT NULL,
    used_at timestamp with time zone NOT NULL
);

CREATE TABLE guild_change (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    changed_by bigint NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    what text NOT NULL,
    old text,
    new text
);

ALTER TABLE guild_change ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME guild_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE guild_channel (
    guild_id bigint NOT NULL,
    key text NOT NULL,
    channel_id bigint NOT NULL
);

CREATE TABLE guild_dungeon_role (
    guild_id bigint NOT NULL,
    dungeon text NOT NULL,
    role_id bigint NOT NULL
);

CREATE TABLE guild_role (
    guild_id bigint NOT NULL,
    key text NOT NULL,
    role_id bigint NOT NULL
);

CREATE TABLE guild_setting (
    guild_id bigint NOT NULL,
    key text NOT NULL,
    value text NOT NULL
);

CREATE TABLE heartbeat (
    part text NOT NULL,
    beat_at timestamp with time zone NOT NULL,
    process text NOT NULL
);

CREATE TABLE member (
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    role_ids bigint[] NOT NULL,
    administrator boolean NOT NULL,
    present boolean NOT NULL
);

CREATE TABLE organizer_activity (
    guild_id bigint NOT NULL,
    organizer_id bigint NOT NULL,
    kind text NOT NULL,
    subject_id bigint NOT NULL,
    CONSTRAINT organizer_activity_kind_check CHECK ((kind = ANY (ARRAY['run'::text, 'headcount'::text])))
);

CREATE TABLE outbox (
    id bigint NOT NULL,
    transaction xid8 DEFAULT pg_current_xact_id() NOT NULL,
    guild_id bigint NOT NULL,
    kind text NOT NULL,
    body jsonb NOT NULL,
    happened_at timestamp with time zone NOT NULL
);

CREATE TABLE outbox_forgotten (
    the_one boolean DEFAULT true NOT NULL,
    transaction xid8 NOT NULL,
    id bigint NOT NULL,
    CONSTRAINT outbox_forgotten_the_one_check CHECK (the_one)
);

ALTER TABLE outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE posting (
    guild_id bigint NOT NULL,
    kind text NOT NULL,
    subject_id bigint NOT NULL,
    channel_id bigint NOT NULL,
    message_id bigint,
    drawn_version bigint DEFAULT 0 NOT NULL,
    final boolean DEFAULT false NOT NULL,
    deletions bigint DEFAULT 0 NOT NULL,
    attempted_at timestamp with time zone NOT NULL,
    posted_at timestamp with time zone,
    CONSTRAINT posting_check CHECK (((message_id IS NULL) = (posted_at IS NULL)))
);

CREATE TABLE raider (
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    ign text NOT NULL,
    status text NOT NULL,
    CONSTRAINT raider_ign_check CHECK ((ign ~ '^[A-Za-z]{1,16}$'::text)),
    CONSTRAINT raider_status_check CHECK ((status = ANY (ARRAY['verified'::text, 'unverified'::text])))
);

CREATE TABLE raider_entry (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    changed_by bigint NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    old_ign text,
    new_ign text
);

ALTER TABLE raider_entry ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME raider_entry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE run (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    organizer_id bigint NOT NULL,
    dungeon text NOT NULL,
    status text NOT NULL,
    party text,
    location text,
    note text,
    join_locked boolean DEFAULT false NOT NULL,
    reason text,
    opened_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    closed_at timestamp with time zone,
    auto_end_at timestamp with time zone NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    opening_interaction bigint NOT NULL,
    warn_at timestamp with time zone,
    CONSTRAINT run_check CHECK (((closed_at IS NULL) = (status = ANY (ARRAY['open'::text, 'live'::text])))),
    CONSTRAINT run_check1 CHECK ((closed_at >= opened_at)),
    CONSTRAINT run_location_check CHECK ((char_length(location) <= 100)),
    CONSTRAINT run_note_check CHECK ((char_length(note) <= 500)),
    CONSTRAINT run_party_check CHECK ((char_length(party) <= 100)),
    CONSTRAINT run_status_check CHECK ((status = ANY (ARRAY['open'::text, 'live'::text, 'ended'::text, 'cancelled'::text])))
);

CREATE TABLE run_entry (
    id bigint NOT NULL,
    run_id bigint NOT NULL,
    user_id bigint NOT NULL,
    kind text NOT NULL,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL,
    happened_at timestamp with time zone NOT NULL
);

ALTER TABLE run_entry ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME run_entry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE run ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE run_join (
    run_id bigint NOT NULL,
    user_id bigint NOT NULL,
    state text NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT run_join_state_check CHECK ((state = ANY (ARRAY['join'::text, 'left'::text])))
);

CREATE TABLE run_ping (
    run_id bigint NOT NULL,
    moment text NOT NULL,
    guild_id bigint NOT NULL,
    here boolean NOT NULL,
    role_id bigint,
    here_left_out boolean NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT run_ping_check CHECK ((NOT (here AND here_left_out))),
    CONSTRAINT run_ping_moment_check CHECK ((moment = ANY (ARRAY['open'::text, 'start'::text])))
);

CREATE TABLE schema_migration (
    number integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY chore
    ADD CONSTRAINT chore_pkey PRIMARY KEY (guild_id, user_id, kind, target);

ALTER TABLE ONLY command_use
    ADD CONSTRAINT command_use_pkey PRIMARY KEY (interaction_id);

ALTER TABLE ONLY guild_change
    ADD CONSTRAINT guild_change_pkey PRIMARY KEY (id);

ALTER TABLE ONLY guild_channel
    ADD CONSTRAINT guild_channel_pkey PRIMARY KEY (guild_id, key);

ALTER TABLE ONLY guild_dungeon_role
    ADD CONSTRAINT guild_dungeon_role_pkey PRIMARY KEY (guild_id, dungeon);

ALTER TABLE ONLY guild_role
    ADD CONSTRAINT guild_role_pkey PRIMARY KEY (guild_id, key);

ALTER TABLE ONLY guild_setting
    ADD CONSTRAINT guild_setting_pkey PRIMARY KEY (guild_id, key);

ALTER TABLE ONLY heartbeat
    ADD CONSTRAINT heartbeat_pkey PRIMARY KEY (part);

ALTER TABLE ONLY member
    ADD CONSTRAINT member_pkey PRIMARY KEY (guild_id, user_id);

ALTER TABLE ONLY organizer_activity
    ADD CONSTRAINT organizer_activity_pkey PRIMARY KEY (guild_id, organizer_id, kind);

ALTER TABLE ONLY outbox_forgotten
    ADD CONSTRAINT outbox_forgotten_pkey PRIMARY KEY (the_one);

ALTER TABLE ONLY outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (transaction, id);

ALTER TABLE ONLY posting
    ADD CONSTRAINT posting_pkey PRIMARY KEY (guild_id, kind, subject_id);

ALTER TABLE ONLY raider_entry
    ADD CONSTRAINT raider_entry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY raider
    ADD CONSTRAINT raider_pkey PRIMARY KEY (guild_id, user_id);

ALTER TABLE ONLY run_entry
    ADD CONSTRAINT run_entry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY run_join
    ADD CONSTRAINT run_join_pkey PRIMARY KEY (run_id, user_id);

ALTER TABLE ONLY run
    ADD CONSTRAINT run_opening_interaction_key UNIQUE (opening_interaction);

ALTER TABLE ONLY run_ping
    ADD CONSTRAINT run_ping_pkey PRIMARY KEY (run_id, moment);

ALTER TABLE ONLY run
    ADD CONSTRAINT run_pkey PRIMARY KEY (id);

ALTER TABLE ONLY schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (number);

CREATE INDEX idx_chore_open ON chore USING btree (guild_id, not_before) WHERE (state = 'open'::text);

CREATE INDEX idx_command_use_guild ON command_use USING btree (guild_id, used_at DESC);

CREATE INDEX idx_command_use_member ON command_use USING btree (guild_id, user_id, used_at DESC);

CREATE INDEX idx_guild_change_guild ON guild_change USING btree (guild_id, id DESC);

CREATE INDEX idx_outbox_happened_at ON outbox USING btree (happened_at);

CREATE UNIQUE INDEX idx_posting_message ON posting USING btree (message_id);

CREATE INDEX idx_posting_unfinished ON posting USING btree (guild_id, kind) WHERE (NOT final);

CREATE INDEX idx_raider_entry_raider ON raider_entry USING btree (guild_id, user_id, id DESC);

CREATE UNIQUE INDEX idx_raider_ign ON raider USING btree (guild_id, lower(ign));

CREATE INDEX idx_run_due ON run USING btree (auto_end_at) WHERE (status = ANY (ARRAY['open'::text, 'live'::text]));

CREATE INDEX idx_run_entry_run ON run_entry USING btree (run_id, id);

CREATE INDEX idx_run_guild_active ON run USING btree (guild_id, id) WHERE (status = ANY (ARRAY['open'::text, 'live'::text]));

CREATE INDEX idx_run_ping_here ON run_ping USING btree (guild_id, decided_at DESC) WHERE here;

ALTER TABLE ONLY run_entry
    ADD CONSTRAINT run_entry_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id);

ALTER TABLE ONLY run_join
    ADD CONSTRAINT run_join_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id);

ALTER TABLE ONLY run_ping
    ADD CONSTRAINT run_ping_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id);
