-- Written by `just docs` from what src/raidbot/database/migrations/ makes. Do not edit.

CREATE FUNCTION hold_main_name() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM raider_name
     WHERE guild_id = NEW.guild_id AND user_id = NEW.user_id AND (is_main OR lower(ign) = lower(NEW.ign));
    INSERT INTO raider_name (guild_id, user_id, ign, is_main) VALUES (NEW.guild_id, NEW.user_id, NEW.ign, true);
    RETURN NULL;
END
$$;

CREATE TABLE alert (
    name text NOT NULL,
    sentence text NOT NULL,
    page text NOT NULL,
    raised_at timestamp with time zone NOT NULL,
    over_at timestamp with time zone,
    times bigint DEFAULT 1 NOT NULL
);

CREATE TABLE award (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    kind text NOT NULL,
    dungeon text NOT NULL,
    quantity bigint NOT NULL,
    points numeric NOT NULL,
    run_id bigint,
    pop_id bigint,
    subject text NOT NULL,
    happened_at timestamp with time zone NOT NULL,
    written_at timestamp with time zone NOT NULL,
    written_by bigint NOT NULL,
    reason text,
    corrects bigint,
    CONSTRAINT award_kind_check CHECK ((kind = ANY (ARRAY['completion'::text, 'key'::text, 'lead'::text, 'assist'::text]))),
    CONSTRAINT award_points_check CHECK ((scale(points) <= 2)),
    CONSTRAINT award_reason_check CHECK ((char_length(reason) <= 500)),
    CONSTRAINT award_subject_check CHECK ((char_length(subject) <= 120))
);

ALTER TABLE award ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME award_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE bot_lease (
    shard_id bigint NOT NULL,
    holder text NOT NULL,
    until timestamp with time zone NOT NULL
);

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
    bulk boolean DEFAULT false NOT NULL,
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

CREATE TABLE config_import (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    prepared_by bigint NOT NULL,
    prepared_at timestamp with time zone NOT NULL,
    interaction bigint,
    wanted jsonb NOT NULL,
    base text NOT NULL,
    changes jsonb NOT NULL,
    revision bigint DEFAULT 1 NOT NULL,
    state text DEFAULT 'prepared'::text NOT NULL,
    applied_by bigint,
    applied_at timestamp with time zone,
    CONSTRAINT config_import_check CHECK (((state = 'applied'::text) = (applied_at IS NOT NULL))),
    CONSTRAINT config_import_state_check CHECK ((state = ANY (ARRAY['prepared'::text, 'applied'::text])))
);

ALTER TABLE config_import ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME config_import_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE credit (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    kind text NOT NULL,
    dungeon text NOT NULL,
    quantity bigint NOT NULL,
    points numeric NOT NULL,
    subject text NOT NULL,
    happened_at timestamp with time zone NOT NULL,
    reason text NOT NULL,
    wished_at timestamp with time zone NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    decided_by bigint,
    decided_at timestamp with time zone,
    CONSTRAINT credit_check CHECK (((state = 'open'::text) = (decided_by IS NULL))),
    CONSTRAINT credit_check1 CHECK (((decided_by IS NULL) = (decided_at IS NULL))),
    CONSTRAINT credit_check2 CHECK ((decided_by IS DISTINCT FROM user_id)),
    CONSTRAINT credit_kind_check CHECK ((kind = ANY (ARRAY['lead'::text, 'key'::text]))),
    CONSTRAINT credit_quantity_check CHECK (((quantity >= 1) AND (quantity <= 99))),
    CONSTRAINT credit_state_check CHECK ((state = ANY (ARRAY['open'::text, 'confirmed'::text, 'refused'::text])))
);

ALTER TABLE credit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME credit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE custom_role (
    guild_id bigint NOT NULL,
    role_id bigint NOT NULL,
    channel_id bigint,
    description text DEFAULT ''::text NOT NULL,
    instructions text DEFAULT ''::text NOT NULL,
    image_url text DEFAULT ''::text NOT NULL,
    decides text DEFAULT 'security'::text NOT NULL,
    CONSTRAINT custom_role_decides_check CHECK ((decides = ANY (ARRAY['security'::text, 'officer'::text, 'head_organizer'::text, 'moderator'::text, 'administrator'::text]))),
    CONSTRAINT custom_role_description_check CHECK ((length(description) <= 500)),
    CONSTRAINT custom_role_image_url_check CHECK ((length(image_url) <= 500)),
    CONSTRAINT custom_role_instructions_check CHECK ((length(instructions) <= 1500))
);

CREATE TABLE custom_role_change (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    role_id bigint NOT NULL,
    old jsonb,
    new jsonb,
    changed_by bigint NOT NULL,
    changed_at timestamp with time zone NOT NULL
);

ALTER TABLE custom_role_change ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME custom_role_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE custom_role_panel (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    role_id bigint NOT NULL,
    channel_id bigint NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    is_over boolean DEFAULT false NOT NULL
);

ALTER TABLE custom_role_panel ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME custom_role_panel_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE deed_secret (
    the_one boolean DEFAULT true NOT NULL,
    secret bytea NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT deed_secret_the_one_check CHECK (the_one)
);

CREATE TABLE earned_role (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    role_id bigint NOT NULL,
    kind text NOT NULL,
    changed_by bigint NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    why text NOT NULL,
    CONSTRAINT earned_role_kind_check CHECK ((kind = ANY (ARRAY['given'::text, 'taken'::text])))
);

ALTER TABLE earned_role ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME earned_role_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
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

CREATE TABLE guild_contact (
    guild_id bigint NOT NULL,
    process text NOT NULL,
    beat_at timestamp with time zone NOT NULL
);

CREATE TABLE guild_creation (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    place bigint NOT NULL,
    wanted_by bigint NOT NULL,
    wanted_at timestamp with time zone NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    tries bigint DEFAULT 0 NOT NULL,
    attempted_at timestamp with time zone,
    made bigint,
    error text,
    CONSTRAINT guild_creation_check CHECK (((state = 'made'::text) = (made IS NOT NULL))),
    CONSTRAINT guild_creation_kind_check CHECK ((kind = ANY (ARRAY['role'::text, 'category'::text, 'channel'::text]))),
    CONSTRAINT guild_creation_state_check CHECK ((state = ANY (ARRAY['open'::text, 'made'::text, 'failed'::text])))
);

ALTER TABLE guild_creation ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME guild_creation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
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

CREATE TABLE guild_scoped (
    guild_id bigint NOT NULL,
    scope text NOT NULL,
    key text NOT NULL,
    target_id bigint NOT NULL,
    CONSTRAINT guild_scoped_key_check CHECK ((key = ANY (ARRAY['raid'::text, 'early_loc'::text, 'verified_raider'::text])))
);

CREATE TABLE guild_setting (
    guild_id bigint NOT NULL,
    key text NOT NULL,
    value text NOT NULL
);

CREATE TABLE guild_setup (
    guild_id bigint NOT NULL,
    skipped text[] DEFAULT '{}'::text[] NOT NULL
);

CREATE TABLE hand_act (
    guild_id bigint NOT NULL,
    entry_id bigint NOT NULL,
    user_id bigint NOT NULL,
    kind text NOT NULL,
    acted_by bigint NOT NULL,
    by_bot boolean NOT NULL,
    reason text NOT NULL,
    until_at timestamp with time zone,
    was_until timestamp with time zone,
    acted_at timestamp with time zone NOT NULL,
    automod_rule text DEFAULT ''::text NOT NULL,
    CONSTRAINT hand_act_kind_check CHECK ((kind = ANY (ARRAY['timeout'::text, 'timeout_ended'::text, 'kick'::text, 'ban'::text, 'unban'::text]))),
    CONSTRAINT hand_act_reason_check CHECK ((length(reason) <= 512))
);

CREATE TABLE hand_change (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    entry_id bigint NOT NULL,
    user_id bigint NOT NULL,
    kind text NOT NULL,
    role_id bigint NOT NULL,
    role_key text NOT NULL,
    old text NOT NULL,
    new text NOT NULL,
    changed_by bigint NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    decided_by bigint,
    decided_at timestamp with time zone,
    by_bot boolean DEFAULT false NOT NULL,
    crowd_id bigint,
    plan_id bigint,
    version bigint DEFAULT 0 NOT NULL,
    CONSTRAINT hand_change_check1 CHECK (((decided_by IS NULL) = (decided_at IS NULL)))
);

ALTER TABLE hand_change ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME hand_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE hand_crowd (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    changed_by bigint,
    by_bot boolean NOT NULL,
    began_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    plan_id bigint,
    version bigint DEFAULT 1 NOT NULL
);

ALTER TABLE hand_crowd ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME hand_crowd_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE hand_prune (
    guild_id bigint NOT NULL,
    entry_id bigint NOT NULL,
    pruned_by bigint NOT NULL,
    by_bot boolean NOT NULL,
    members bigint NOT NULL,
    inactive_days bigint NOT NULL,
    reason text NOT NULL,
    pruned_at timestamp with time zone NOT NULL,
    CONSTRAINT hand_prune_inactive_days_check CHECK ((inactive_days >= 0)),
    CONSTRAINT hand_prune_members_check CHECK ((members >= 0)),
    CONSTRAINT hand_prune_reason_check CHECK ((length(reason) <= 512))
);

CREATE TABLE hand_reading (
    guild_id bigint NOT NULL,
    entry_id bigint NOT NULL
);

CREATE TABLE heartbeat (
    part text NOT NULL,
    beat_at timestamp with time zone NOT NULL,
    process text NOT NULL
);

CREATE TABLE inbox_letter (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    left_at timestamp with time zone NOT NULL,
    read_at timestamp with time zone,
    CONSTRAINT inbox_letter_body_check CHECK (((length(body) >= 1) AND (length(body) <= 2000))),
    CONSTRAINT inbox_letter_title_check CHECK (((length(title) >= 1) AND (length(title) <= 100)))
);

ALTER TABLE inbox_letter ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME inbox_letter_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE key_use (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    run_id bigint,
    pop_id bigint,
    dungeon text NOT NULL,
    key text NOT NULL,
    user_id bigint,
    state text NOT NULL,
    used_at timestamp with time zone NOT NULL,
    logged_at timestamp with time zone,
    logged_by bigint,
    revision bigint DEFAULT 0 NOT NULL,
    state_before text
);

ALTER TABLE key_use ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME key_use_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE member (
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    role_ids bigint[] NOT NULL,
    administrator boolean NOT NULL,
    present boolean NOT NULL,
    left_with bigint[],
    joined_at timestamp with time zone
);

CREATE TABLE name_import (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    begun_by bigint NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    state text NOT NULL,
    CONSTRAINT name_import_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'running'::text, 'paused'::text, 'done'::text, 'dropped'::text])))
);

ALTER TABLE name_import ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME name_import_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE name_import_line (
    import_id bigint NOT NULL,
    user_id bigint NOT NULL,
    text text NOT NULL,
    ign text,
    state text NOT NULL,
    why text,
    CONSTRAINT name_import_line_ign_check CHECK ((ign ~ '^[A-Za-z]{1,16}$'::text)),
    CONSTRAINT name_import_line_state_check CHECK ((state = ANY (ARRAY['new'::text, 'known'::text, 'conflict'::text, 'unreadable'::text, 'done'::text]))),
    CONSTRAINT name_import_line_text_check CHECK ((char_length(text) <= 100))
);

CREATE TABLE notice (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    subject_id bigint NOT NULL,
    channel text NOT NULL,
    body jsonb DEFAULT '{}'::jsonb NOT NULL,
    here boolean DEFAULT false NOT NULL,
    role_ids bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    user_ids bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    wanted_at timestamp with time zone NOT NULL,
    lapses_at timestamp with time zone NOT NULL,
    attempted_at timestamp with time zone,
    not_before timestamp with time zone NOT NULL,
    tries bigint DEFAULT 0 NOT NULL,
    last_error text,
    channel_id bigint,
    message_id bigint,
    told_at timestamp with time zone,
    keep_s bigint,
    delete_at timestamp with time zone,
    CONSTRAINT notice_check CHECK (((message_id IS NULL) = (told_at IS NULL))),
    CONSTRAINT notice_name_check CHECK ((char_length(name) <= 100)),
    CONSTRAINT notice_state_check CHECK ((state = ANY (ARRAY['open'::text, 'told'::text, 'parked'::text, 'lapsed'::text, 'deleted'::text])))
);

ALTER TABLE notice ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME notice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
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

CREATE TABLE own_message (
    message_id bigint NOT NULL,
    channel_id bigint NOT NULL,
    said_at timestamp with time zone NOT NULL
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
    told_until bigint DEFAULT 0 NOT NULL,
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
    new_ign text,
    how text,
    why text
);

ALTER TABLE raider_entry ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME raider_entry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE raider_name (
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    ign text NOT NULL,
    is_main boolean NOT NULL,
    CONSTRAINT raider_name_ign_check CHECK ((ign ~ '^[A-Za-z]{1,16}$'::text))
);

CREATE TABLE realmeye_page (
    name text NOT NULL,
    kind text NOT NULL,
    standing text NOT NULL,
    facts jsonb NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    CONSTRAINT realmeye_page_kind_check CHECK ((kind = ANY (ARRAY['profile'::text, 'names'::text, 'graveyard'::text, 'exaltations'::text]))),
    CONSTRAINT realmeye_page_name_check CHECK (((length(name) >= 1) AND (length(name) <= 16))),
    CONSTRAINT realmeye_page_standing_check CHECK ((standing = ANY (ARRAY['shown'::text, 'not_shown'::text, 'unreadable'::text])))
);

CREATE TABLE realmeye_request (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    kind text NOT NULL,
    ign text NOT NULL,
    name text NOT NULL,
    not_older_than timestamp with time zone NOT NULL,
    wanted_at timestamp with time zone NOT NULL,
    not_before timestamp with time zone NOT NULL,
    tries bigint DEFAULT 0 NOT NULL,
    CONSTRAINT realmeye_request_check CHECK ((name = lower(ign))),
    CONSTRAINT realmeye_request_ign_check CHECK (((length(ign) >= 1) AND (length(ign) <= 16))),
    CONSTRAINT realmeye_request_kind_check CHECK ((kind = ANY (ARRAY['profile'::text, 'names'::text, 'graveyard'::text, 'exaltations'::text])))
);

ALTER TABLE realmeye_request ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME realmeye_request_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE realmeye_site (
    the_one boolean DEFAULT true NOT NULL,
    busy_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    next_at timestamp with time zone DEFAULT '2000-01-01 00:00:00+00'::timestamp with time zone NOT NULL,
    failures bigint DEFAULT 0 NOT NULL,
    away_since timestamp with time zone,
    away_reason text,
    pace_s double precision DEFAULT 3 NOT NULL,
    CONSTRAINT realmeye_site_check CHECK (((away_since IS NULL) = (away_reason IS NULL))),
    CONSTRAINT realmeye_site_the_one_check CHECK (the_one)
);

CREATE TABLE reconciliation (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    cause text NOT NULL,
    members bigint NOT NULL,
    state text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    decided_by bigint,
    decided_at timestamp with time zone,
    adopting boolean DEFAULT false NOT NULL,
    CONSTRAINT reconciliation_check CHECK (((decided_by IS NULL) = (decided_at IS NULL))),
    CONSTRAINT reconciliation_check1 CHECK (((decided_by IS NULL) = (state = ANY (ARRAY['done'::text, 'open'::text])))),
    CONSTRAINT reconciliation_state_check CHECK ((state = ANY (ARRAY['done'::text, 'open'::text, 'enforced'::text, 'adopted'::text, 'left'::text])))
);

CREATE TABLE reconciliation_change (
    reconciliation_id bigint NOT NULL,
    user_id bigint NOT NULL,
    kind text NOT NULL,
    target bigint NOT NULL,
    value text NOT NULL,
    adopted boolean DEFAULT false NOT NULL
);

ALTER TABLE reconciliation ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME reconciliation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE reconciliation_restore (
    restored_at timestamp with time zone NOT NULL
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
    leader_id bigint,
    max_raiders bigint,
    chain bigint,
    stage text DEFAULT 'keys'::text NOT NULL,
    placed bigint DEFAULT 0 NOT NULL,
    lined_up bigint DEFAULT 0 NOT NULL,
    endings bigint DEFAULT 0 NOT NULL,
    urgent_version bigint DEFAULT 1 NOT NULL,
    follows_id bigint,
    next_dungeon text,
    first_until timestamp with time zone,
    claims_until timestamp with time zone,
    needed jsonb DEFAULT '{}'::jsonb NOT NULL,
    join_role_id bigint,
    CONSTRAINT run_chain_check CHECK (((chain >= 1) AND (chain <= 99))),
    CONSTRAINT run_check CHECK (((closed_at IS NULL) = (status = ANY (ARRAY['open'::text, 'live'::text])))),
    CONSTRAINT run_check1 CHECK ((closed_at >= opened_at)),
    CONSTRAINT run_location_check CHECK ((char_length(location) <= 100)),
    CONSTRAINT run_max_raiders_check CHECK (((max_raiders >= 1) AND (max_raiders <= 500))),
    CONSTRAINT run_note_check CHECK ((char_length(note) <= 500)),
    CONSTRAINT run_party_check CHECK ((char_length(party) <= 100)),
    CONSTRAINT run_stage_check CHECK ((stage = ANY (ARRAY['keys'::text, 'wants'::text, 'raiders'::text, 'all'::text]))),
    CONSTRAINT run_status_check CHECK ((status = ANY (ARRAY['open'::text, 'live'::text, 'ended'::text, 'cancelled'::text])))
);

CREATE TABLE run_bring (
    run_id bigint NOT NULL,
    user_id bigint NOT NULL,
    want text NOT NULL,
    brought_at timestamp with time zone NOT NULL
);

CREATE TABLE run_claim (
    run_id bigint NOT NULL,
    user_id bigint NOT NULL,
    claimed_at timestamp with time zone NOT NULL,
    state text NOT NULL,
    decided_by bigint,
    decided_at timestamp with time zone,
    CONSTRAINT run_claim_state_check CHECK ((state = ANY (ARRAY['open'::text, 'approved'::text, 'refused'::text, 'lapsed'::text])))
);

CREATE TABLE run_edit (
    id bigint NOT NULL,
    run_id bigint NOT NULL,
    guild_id bigint NOT NULL,
    interaction bigint NOT NULL,
    asked_by bigint NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    change jsonb NOT NULL,
    reason text NOT NULL,
    state text NOT NULL,
    decided_at timestamp with time zone,
    CONSTRAINT run_edit_reason_check CHECK ((char_length(reason) <= 500)),
    CONSTRAINT run_edit_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'done'::text, 'dropped'::text])))
);

ALTER TABLE run_edit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME run_edit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
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
    place bigint,
    called_until timestamp with time zone,
    class text,
    CONSTRAINT run_join_state_check CHECK ((state = ANY (ARRAY['join'::text, 'waiting'::text, 'called'::text, 'left'::text, 'removed'::text])))
);

CREATE TABLE run_leader (
    id bigint NOT NULL,
    run_id bigint NOT NULL,
    user_id bigint NOT NULL,
    role text NOT NULL,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone,
    CONSTRAINT run_leader_role_check CHECK ((role = ANY (ARRAY['leader'::text, 'co_leader'::text])))
);

ALTER TABLE run_leader ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME run_leader_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE run_offer (
    id bigint NOT NULL,
    run_id bigint NOT NULL,
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    key text NOT NULL,
    state text NOT NULL,
    place bigint NOT NULL,
    offered_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    accepted_by bigint,
    settled_at timestamp with time zone,
    settled_by bigint,
    CONSTRAINT run_offer_check CHECK (((settled_at IS NULL) = (state = ANY (ARRAY['offered'::text, 'accepted'::text])))),
    CONSTRAINT run_offer_state_check CHECK ((state = ANY (ARRAY['offered'::text, 'accepted'::text, 'popped'::text, 'no_pop'::text, 'withdrawn'::text, 'removed'::text])))
);

ALTER TABLE run_offer ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME run_offer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
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

CREATE TABLE run_pop (
    id bigint NOT NULL,
    run_id bigint NOT NULL,
    guild_id bigint NOT NULL,
    number bigint NOT NULL,
    dungeon text NOT NULL,
    key text,
    popper_id bigint,
    leader_id bigint NOT NULL,
    outcome text DEFAULT 'completed'::text NOT NULL,
    popped_at timestamp with time zone NOT NULL,
    popped_by bigint NOT NULL,
    window_ends_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    undone_at timestamp with time zone,
    undone_by bigint,
    CONSTRAINT run_pop_number_check CHECK (((number >= 0) AND (number <= 999))),
    CONSTRAINT run_pop_outcome_check CHECK ((outcome = ANY (ARRAY['completed'::text, 'failed'::text, 'nobody'::text])))
);

ALTER TABLE run_pop ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME run_pop_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE run_reveal (
    run_id bigint NOT NULL,
    user_id bigint NOT NULL,
    grounds text NOT NULL,
    placed bigint NOT NULL,
    party text,
    location text,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    times bigint DEFAULT 1 NOT NULL,
    CONSTRAINT run_reveal_grounds_check CHECK ((grounds = ANY (ARRAY['leader'::text, 'key'::text, 'want'::text, 'raider'::text, 'all'::text])))
);

CREATE TABLE run_role (
    run_id bigint NOT NULL,
    guild_id bigint NOT NULL,
    role_id bigint,
    wished_at timestamp with time zone NOT NULL,
    gone_at timestamp with time zone
);

CREATE TABLE run_screenshot (
    id bigint NOT NULL,
    run_id bigint NOT NULL,
    given_by bigint NOT NULL,
    given_at timestamp with time zone NOT NULL,
    channel_id bigint NOT NULL,
    message_id bigint NOT NULL,
    filename text NOT NULL,
    verdict text,
    reviewed_by bigint,
    reviewed_at timestamp with time zone,
    CONSTRAINT run_screenshot_check CHECK ((reviewed_by <> given_by)),
    CONSTRAINT run_screenshot_check1 CHECK (((verdict IS NULL) = (reviewed_at IS NULL))),
    CONSTRAINT run_screenshot_filename_check CHECK ((char_length(filename) <= 255)),
    CONSTRAINT run_screenshot_verdict_check CHECK ((verdict = ANY (ARRAY['good'::text, 'bad'::text])))
);

ALTER TABLE run_screenshot ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME run_screenshot_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE run_snapshot (
    pop_id bigint NOT NULL,
    user_id bigint NOT NULL,
    class text,
    added_at timestamp with time zone NOT NULL,
    added_by bigint DEFAULT 0 NOT NULL,
    struck_at timestamp with time zone,
    struck_by bigint
);

CREATE TABLE run_step (
    id bigint NOT NULL,
    run_id bigint NOT NULL,
    number bigint NOT NULL,
    step text NOT NULL,
    value text,
    taken_by bigint NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    undone_at timestamp with time zone,
    undone_by bigint,
    CONSTRAINT run_step_step_check CHECK ((step = ANY (ARRAY['realm_score'::text, 'closed'::text, 'miniboss'::text, 'third_room'::text])))
);

ALTER TABLE run_step ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME run_step_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE schema_migration (
    number integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone NOT NULL
);

CREATE TABLE verification_change (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    what text NOT NULL,
    old jsonb,
    new jsonb,
    changed_by bigint NOT NULL,
    changed_at timestamp with time zone NOT NULL
);

ALTER TABLE verification_change ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME verification_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE verification_config (
    guild_id bigint NOT NULL,
    body jsonb DEFAULT '{}'::jsonb NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    panel bigint DEFAULT 0 NOT NULL,
    queue_version bigint DEFAULT 0 NOT NULL,
    queue bigint DEFAULT 1 NOT NULL
);

CREATE TABLE verification_evidence (
    key bigint NOT NULL,
    ticket_id bigint NOT NULL,
    channel_id bigint NOT NULL,
    message_id bigint NOT NULL,
    given_at timestamp with time zone NOT NULL
);

CREATE TABLE verification_session (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    ign text NOT NULL,
    code text NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    checking_since timestamp with time zone,
    checks bigint DEFAULT 0 NOT NULL,
    outcome text,
    checklist jsonb DEFAULT '[]'::jsonb NOT NULL,
    checked_at timestamp with time zone,
    CONSTRAINT verification_session_check CHECK (((ended_at IS NULL) = (state = 'open'::text))),
    CONSTRAINT verification_session_code_check CHECK ((code ~ '^[A-Z0-9]{12}$'::text)),
    CONSTRAINT verification_session_ign_check CHECK ((ign ~ '^[A-Za-z]{1,16}$'::text)),
    CONSTRAINT verification_session_state_check CHECK ((state = ANY (ARRAY['open'::text, 'verified'::text, 'expired'::text])))
);

ALTER TABLE verification_session ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME verification_session_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE verification_thread (
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    thread_id bigint NOT NULL,
    is_over boolean DEFAULT false NOT NULL,
    role_id bigint DEFAULT 0 NOT NULL
);

CREATE TABLE verification_ticket (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    ign text NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    claimed_by bigint,
    claimed_until timestamp with time zone,
    passed_by bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    decided_by bigint,
    decided_at timestamp with time zone,
    reason text,
    how text,
    reminded_at timestamp with time zone,
    role_id bigint DEFAULT 0 NOT NULL,
    picture bigint,
    letter_id bigint,
    CONSTRAINT verification_ticket_check CHECK (((decided_by IS NULL) = (state = ANY (ARRAY['open'::text, 'withdrawn'::text])))),
    CONSTRAINT verification_ticket_how_check CHECK ((length(how) <= 500)),
    CONSTRAINT verification_ticket_reason_check CHECK ((length(reason) <= 500)),
    CONSTRAINT verification_ticket_state_check CHECK ((state = ANY (ARRAY['open'::text, 'approved'::text, 'denied'::text, 'withdrawn'::text])))
);

ALTER TABLE verification_ticket ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME verification_ticket_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE watch (
    id bigint NOT NULL,
    guild_id bigint NOT NULL,
    user_id bigint,
    ign text,
    reason text NOT NULL,
    evidence text NOT NULL,
    effect text NOT NULL,
    until timestamp with time zone,
    added_by bigint NOT NULL,
    added_at timestamp with time zone NOT NULL,
    removed_by bigint,
    removed_at timestamp with time zone,
    CONSTRAINT watch_check CHECK ((num_nonnulls(user_id, ign) > 0)),
    CONSTRAINT watch_check1 CHECK (((removed_by IS NULL) = (removed_at IS NULL))),
    CONSTRAINT watch_effect_check CHECK ((effect = ANY (ARRAY['alert'::text, 'review'::text, 'refuse'::text]))),
    CONSTRAINT watch_evidence_check CHECK ((char_length(evidence) <= 500)),
    CONSTRAINT watch_ign_check CHECK ((ign ~ '^[A-Za-z]{1,16}$'::text)),
    CONSTRAINT watch_reason_check CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 500)))
);

ALTER TABLE watch ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME watch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY alert
    ADD CONSTRAINT alert_pkey PRIMARY KEY (name);

ALTER TABLE ONLY award
    ADD CONSTRAINT award_pkey PRIMARY KEY (id);

ALTER TABLE ONLY bot_lease
    ADD CONSTRAINT bot_lease_pkey PRIMARY KEY (shard_id);

ALTER TABLE chore
    ADD CONSTRAINT chore_kind_check CHECK ((kind = ANY (ARRAY['give_role'::text, 'take_role'::text, 'nickname'::text, 'timeout'::text, 'ban'::text, 'unban'::text]))) NOT VALID;

ALTER TABLE ONLY chore
    ADD CONSTRAINT chore_pkey PRIMARY KEY (guild_id, user_id, kind, target);

ALTER TABLE ONLY command_use
    ADD CONSTRAINT command_use_pkey PRIMARY KEY (interaction_id);

ALTER TABLE ONLY config_import
    ADD CONSTRAINT config_import_interaction_key UNIQUE (interaction);

ALTER TABLE ONLY config_import
    ADD CONSTRAINT config_import_pkey PRIMARY KEY (id);

ALTER TABLE ONLY credit
    ADD CONSTRAINT credit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY custom_role_change
    ADD CONSTRAINT custom_role_change_pkey PRIMARY KEY (id);

ALTER TABLE ONLY custom_role_panel
    ADD CONSTRAINT custom_role_panel_pkey PRIMARY KEY (id);

ALTER TABLE ONLY custom_role
    ADD CONSTRAINT custom_role_pkey PRIMARY KEY (guild_id, role_id);

ALTER TABLE ONLY deed_secret
    ADD CONSTRAINT deed_secret_pkey PRIMARY KEY (the_one);

ALTER TABLE ONLY earned_role
    ADD CONSTRAINT earned_role_pkey PRIMARY KEY (id);

ALTER TABLE ONLY guild_change
    ADD CONSTRAINT guild_change_pkey PRIMARY KEY (id);

ALTER TABLE ONLY guild_channel
    ADD CONSTRAINT guild_channel_pkey PRIMARY KEY (guild_id, key);

ALTER TABLE ONLY guild_contact
    ADD CONSTRAINT guild_contact_pkey PRIMARY KEY (guild_id);

ALTER TABLE ONLY guild_creation
    ADD CONSTRAINT guild_creation_guild_id_kind_key_key UNIQUE (guild_id, kind, key);

ALTER TABLE ONLY guild_creation
    ADD CONSTRAINT guild_creation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY guild_dungeon_role
    ADD CONSTRAINT guild_dungeon_role_pkey PRIMARY KEY (guild_id, dungeon);

ALTER TABLE ONLY guild_role
    ADD CONSTRAINT guild_role_pkey PRIMARY KEY (guild_id, key);

ALTER TABLE ONLY guild_scoped
    ADD CONSTRAINT guild_scoped_pkey PRIMARY KEY (guild_id, scope, key);

ALTER TABLE ONLY guild_setting
    ADD CONSTRAINT guild_setting_pkey PRIMARY KEY (guild_id, key);

ALTER TABLE ONLY guild_setup
    ADD CONSTRAINT guild_setup_pkey PRIMARY KEY (guild_id);

ALTER TABLE ONLY hand_act
    ADD CONSTRAINT hand_act_pkey PRIMARY KEY (guild_id, entry_id);

ALTER TABLE hand_change
    ADD CONSTRAINT hand_change_check CHECK (((state = ANY (ARRAY['open'::text, 'noted'::text])) = (decided_by IS NULL))) NOT VALID;

ALTER TABLE hand_change
    ADD CONSTRAINT hand_change_kind_check CHECK ((kind = ANY (ARRAY['role_gained'::text, 'role_lost'::text, 'nickname'::text, 'timeout'::text, 'timeout_ended'::text, 'kick'::text, 'ban'::text, 'unban'::text]))) NOT VALID;

ALTER TABLE ONLY hand_change
    ADD CONSTRAINT hand_change_pkey PRIMARY KEY (id);

ALTER TABLE hand_change
    ADD CONSTRAINT hand_change_state_check CHECK ((state = ANY (ARRAY['open'::text, 'noted'::text, 'recorded'::text, 'put_back'::text, 'left'::text]))) NOT VALID;

ALTER TABLE ONLY hand_crowd
    ADD CONSTRAINT hand_crowd_pkey PRIMARY KEY (id);

ALTER TABLE ONLY hand_prune
    ADD CONSTRAINT hand_prune_pkey PRIMARY KEY (guild_id, entry_id);

ALTER TABLE ONLY hand_reading
    ADD CONSTRAINT hand_reading_pkey PRIMARY KEY (guild_id);

ALTER TABLE ONLY heartbeat
    ADD CONSTRAINT heartbeat_pkey PRIMARY KEY (part);

ALTER TABLE ONLY inbox_letter
    ADD CONSTRAINT inbox_letter_pkey PRIMARY KEY (id);

ALTER TABLE key_use
    ADD CONSTRAINT key_use_check CHECK (((state = 'dropped'::text) OR ((state = 'logged'::text) = (user_id IS NOT NULL)))) NOT VALID;

ALTER TABLE ONLY key_use
    ADD CONSTRAINT key_use_pkey PRIMARY KEY (id);

ALTER TABLE key_use
    ADD CONSTRAINT key_use_state_check CHECK ((state = ANY (ARRAY['open'::text, 'logged'::text, 'unknown'::text, 'dismissed'::text, 'dropped'::text]))) NOT VALID;

ALTER TABLE ONLY member
    ADD CONSTRAINT member_pkey PRIMARY KEY (guild_id, user_id);

ALTER TABLE ONLY name_import_line
    ADD CONSTRAINT name_import_line_pkey PRIMARY KEY (import_id, user_id);

ALTER TABLE ONLY name_import
    ADD CONSTRAINT name_import_pkey PRIMARY KEY (id);

ALTER TABLE ONLY notice
    ADD CONSTRAINT notice_pkey PRIMARY KEY (id);

ALTER TABLE ONLY organizer_activity
    ADD CONSTRAINT organizer_activity_pkey PRIMARY KEY (guild_id, organizer_id, kind);

ALTER TABLE ONLY outbox_forgotten
    ADD CONSTRAINT outbox_forgotten_pkey PRIMARY KEY (the_one);

ALTER TABLE ONLY outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (transaction, id);

ALTER TABLE ONLY own_message
    ADD CONSTRAINT own_message_pkey PRIMARY KEY (message_id);

ALTER TABLE ONLY posting
    ADD CONSTRAINT posting_pkey PRIMARY KEY (guild_id, kind, subject_id);

ALTER TABLE ONLY raider_entry
    ADD CONSTRAINT raider_entry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY raider
    ADD CONSTRAINT raider_pkey PRIMARY KEY (guild_id, user_id);

ALTER TABLE ONLY realmeye_page
    ADD CONSTRAINT realmeye_page_pkey PRIMARY KEY (name, kind);

ALTER TABLE ONLY realmeye_request
    ADD CONSTRAINT realmeye_request_pkey PRIMARY KEY (guild_id, user_id, kind);

ALTER TABLE ONLY realmeye_site
    ADD CONSTRAINT realmeye_site_pkey PRIMARY KEY (the_one);

ALTER TABLE ONLY reconciliation_change
    ADD CONSTRAINT reconciliation_change_pkey PRIMARY KEY (reconciliation_id, user_id, kind, target);

ALTER TABLE ONLY reconciliation
    ADD CONSTRAINT reconciliation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY reconciliation_restore
    ADD CONSTRAINT reconciliation_restore_pkey PRIMARY KEY (restored_at);

ALTER TABLE ONLY run_bring
    ADD CONSTRAINT run_bring_pkey PRIMARY KEY (run_id, user_id, want);

ALTER TABLE ONLY run_claim
    ADD CONSTRAINT run_claim_pkey PRIMARY KEY (run_id, user_id);

ALTER TABLE ONLY run_edit
    ADD CONSTRAINT run_edit_interaction_key UNIQUE (interaction);

ALTER TABLE ONLY run_edit
    ADD CONSTRAINT run_edit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY run_entry
    ADD CONSTRAINT run_entry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY run_join
    ADD CONSTRAINT run_join_pkey PRIMARY KEY (run_id, user_id);

ALTER TABLE ONLY run_leader
    ADD CONSTRAINT run_leader_pkey PRIMARY KEY (id);

ALTER TABLE ONLY run_offer
    ADD CONSTRAINT run_offer_pkey PRIMARY KEY (id);

ALTER TABLE ONLY run
    ADD CONSTRAINT run_opening_interaction_key UNIQUE (opening_interaction);

ALTER TABLE ONLY run_ping
    ADD CONSTRAINT run_ping_pkey PRIMARY KEY (run_id, moment);

ALTER TABLE ONLY run
    ADD CONSTRAINT run_pkey PRIMARY KEY (id);

ALTER TABLE ONLY run_pop
    ADD CONSTRAINT run_pop_pkey PRIMARY KEY (id);

ALTER TABLE ONLY run_reveal
    ADD CONSTRAINT run_reveal_pkey PRIMARY KEY (run_id, user_id, grounds, placed);

ALTER TABLE ONLY run_role
    ADD CONSTRAINT run_role_pkey PRIMARY KEY (run_id);

ALTER TABLE ONLY run_screenshot
    ADD CONSTRAINT run_screenshot_message_id_key UNIQUE (message_id);

ALTER TABLE ONLY run_screenshot
    ADD CONSTRAINT run_screenshot_pkey PRIMARY KEY (id);

ALTER TABLE ONLY run_snapshot
    ADD CONSTRAINT run_snapshot_pkey PRIMARY KEY (pop_id, user_id);

ALTER TABLE ONLY run_step
    ADD CONSTRAINT run_step_pkey PRIMARY KEY (id);

ALTER TABLE ONLY schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (number);

ALTER TABLE ONLY verification_change
    ADD CONSTRAINT verification_change_pkey PRIMARY KEY (id);

ALTER TABLE ONLY verification_config
    ADD CONSTRAINT verification_config_pkey PRIMARY KEY (guild_id);

ALTER TABLE ONLY verification_evidence
    ADD CONSTRAINT verification_evidence_pkey PRIMARY KEY (key);

ALTER TABLE ONLY verification_session
    ADD CONSTRAINT verification_session_pkey PRIMARY KEY (id);

ALTER TABLE ONLY verification_thread
    ADD CONSTRAINT verification_thread_thread_id_key UNIQUE (thread_id);

ALTER TABLE verification_ticket
    ADD CONSTRAINT verification_ticket_ign_check CHECK (((ign ~ '^[A-Za-z]{1,16}$'::text) OR ((role_id <> 0) AND (ign = ''::text)))) NOT VALID;

ALTER TABLE ONLY verification_ticket
    ADD CONSTRAINT verification_ticket_pkey PRIMARY KEY (id);

ALTER TABLE ONLY watch
    ADD CONSTRAINT watch_pkey PRIMARY KEY (id);

CREATE INDEX idx_award_by_hand ON award USING btree (guild_id, user_id, kind, dungeon) INCLUDE (quantity) WHERE (kind = ANY (ARRAY['key'::text, 'lead'::text]));

CREATE UNIQUE INDEX idx_award_corrects ON award USING btree (corrects) WHERE (corrects IS NOT NULL);

CREATE INDEX idx_award_member ON award USING btree (guild_id, user_id, happened_at DESC);

CREATE INDEX idx_award_pop_member ON award USING btree (pop_id, user_id) WHERE (pop_id IS NOT NULL);

CREATE INDEX idx_award_run ON award USING btree (run_id) WHERE (run_id IS NOT NULL);

CREATE UNIQUE INDEX idx_award_subject ON award USING btree (guild_id, subject);

CREATE INDEX idx_chore_due ON chore USING btree (guild_id, bulk, not_before, user_id, kind, target) WHERE (state = 'open'::text);

CREATE INDEX idx_chore_open ON chore USING btree (guild_id, not_before) WHERE (state = 'open'::text);

CREATE INDEX idx_chore_parked ON chore USING btree (guild_id) WHERE (state = 'parked'::text);

CREATE INDEX idx_command_use_guild ON command_use USING btree (guild_id, used_at DESC);

CREATE INDEX idx_command_use_member ON command_use USING btree (guild_id, user_id, used_at DESC);

CREATE INDEX idx_config_import_guild ON config_import USING btree (guild_id, id DESC);

CREATE UNIQUE INDEX idx_credit_subject ON credit USING btree (guild_id, subject);

CREATE INDEX idx_custom_role_change_guild ON custom_role_change USING btree (guild_id, id);

CREATE UNIQUE INDEX idx_custom_role_panel_standing ON custom_role_panel USING btree (guild_id, role_id) WHERE (NOT is_over);

CREATE INDEX idx_earned_role_member ON earned_role USING btree (guild_id, user_id, role_id, id DESC);

CREATE INDEX idx_guild_change_guild ON guild_change USING btree (guild_id, id DESC);

CREATE INDEX idx_hand_act_member ON hand_act USING btree (guild_id, user_id, entry_id DESC);

CREATE INDEX idx_hand_change_crowd ON hand_change USING btree (crowd_id) WHERE (crowd_id IS NOT NULL);

CREATE UNIQUE INDEX idx_hand_change_entry ON hand_change USING btree (guild_id, entry_id, kind, role_id);

CREATE INDEX idx_hand_change_lately ON hand_change USING btree (guild_id, changed_at);

CREATE INDEX idx_hand_change_member ON hand_change USING btree (guild_id, user_id, id DESC);

CREATE INDEX idx_hand_change_plan ON hand_change USING btree (plan_id) WHERE (plan_id IS NOT NULL);

CREATE INDEX idx_hand_crowd_began ON hand_crowd USING btree (guild_id, began_at);

CREATE INDEX idx_hand_crowd_due ON hand_crowd USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE UNIQUE INDEX idx_hand_crowd_growing ON hand_crowd USING btree (guild_id, changed_by) WHERE (due_at IS NOT NULL);

CREATE INDEX idx_inbox_letter_member ON inbox_letter USING btree (guild_id, user_id, id DESC);

CREATE INDEX idx_key_use_open ON key_use USING btree (guild_id, used_at) WHERE (state = 'open'::text);

CREATE INDEX idx_key_use_pop ON key_use USING btree (pop_id) WHERE (pop_id IS NOT NULL);

CREATE INDEX idx_key_use_run ON key_use USING btree (run_id, id) WHERE (run_id IS NOT NULL);

CREATE INDEX idx_name_import_line_new ON name_import_line USING btree (import_id, user_id) WHERE (state = 'new'::text);

CREATE UNIQUE INDEX idx_name_import_open ON name_import USING btree (guild_id) WHERE (state = ANY (ARRAY['asked'::text, 'running'::text, 'paused'::text]));

CREATE INDEX idx_name_import_running ON name_import USING btree (id) WHERE (state = 'running'::text);

CREATE INDEX idx_notice_delete ON notice USING btree (guild_id, delete_at) WHERE ((state = 'told'::text) AND (delete_at IS NOT NULL));

CREATE INDEX idx_notice_head ON notice USING btree (guild_id, name text_pattern_ops);

CREATE UNIQUE INDEX idx_notice_name ON notice USING btree (guild_id, name);

CREATE INDEX idx_notice_open ON notice USING btree (guild_id, not_before) WHERE (state = 'open'::text);

CREATE INDEX idx_notice_parked ON notice USING btree (guild_id, lapses_at) WHERE (state = 'parked'::text);

CREATE INDEX idx_notice_subject ON notice USING btree (guild_id, kind, subject_id, id);

CREATE INDEX idx_outbox_happened_at ON outbox USING btree (happened_at);

CREATE INDEX idx_own_message_said_at ON own_message USING btree (said_at);

CREATE UNIQUE INDEX idx_posting_message ON posting USING btree (message_id);

CREATE INDEX idx_posting_unfinished ON posting USING btree (guild_id, kind) WHERE (NOT final);

CREATE INDEX idx_raider_entry_new ON raider_entry USING btree (guild_id, lower(new_ign)) WHERE (new_ign IS NOT NULL);

CREATE INDEX idx_raider_entry_old ON raider_entry USING btree (guild_id, lower(old_ign)) WHERE (old_ign IS NOT NULL);

CREATE INDEX idx_raider_entry_raider ON raider_entry USING btree (guild_id, user_id, id DESC);

CREATE UNIQUE INDEX idx_raider_ign ON raider USING btree (guild_id, lower(ign));

CREATE UNIQUE INDEX idx_raider_name_main ON raider_name USING btree (guild_id, user_id) WHERE is_main;

CREATE UNIQUE INDEX idx_raider_name_owner ON raider_name USING btree (guild_id, lower(ign));

CREATE INDEX idx_raider_name_raider ON raider_name USING btree (guild_id, user_id);

CREATE INDEX idx_realmeye_page_asked_at ON realmeye_page USING btree (asked_at);

CREATE UNIQUE INDEX idx_realmeye_request_id ON realmeye_request USING btree (id);

CREATE INDEX idx_realmeye_request_name ON realmeye_request USING btree (name, kind);

CREATE INDEX idx_reconciliation_adopting ON reconciliation USING btree (decided_at) WHERE adopting;

CREATE INDEX idx_reconciliation_done ON reconciliation USING btree (guild_id, made_at) WHERE (state = 'done'::text);

CREATE UNIQUE INDEX idx_reconciliation_open ON reconciliation USING btree (guild_id, cause) WHERE (state = 'open'::text);

CREATE INDEX idx_run_claim_member ON run_claim USING btree (user_id, claimed_at DESC);

CREATE INDEX idx_run_claim_open ON run_claim USING btree (claimed_at) WHERE (state = 'open'::text);

CREATE INDEX idx_run_claims_until ON run USING btree (claims_until) WHERE (claims_until IS NOT NULL);

CREATE INDEX idx_run_due ON run USING btree (auto_end_at) WHERE (status = ANY (ARRAY['open'::text, 'live'::text]));

CREATE INDEX idx_run_edit_run ON run_edit USING btree (run_id, id);

CREATE INDEX idx_run_entry_run ON run_entry USING btree (run_id, id);

CREATE INDEX idx_run_follows ON run USING btree (follows_id) WHERE (follows_id IS NOT NULL);

CREATE INDEX idx_run_guild_active ON run USING btree (guild_id, id) WHERE (status = ANY (ARRAY['open'::text, 'live'::text]));

CREATE INDEX idx_run_join_called_run ON run_join USING btree (run_id, called_until) WHERE (state = 'called'::text);

CREATE INDEX idx_run_join_member ON run_join USING btree (user_id, run_id);

CREATE UNIQUE INDEX idx_run_leader_co ON run_leader USING btree (run_id, user_id) WHERE ((role = 'co_leader'::text) AND (until IS NULL));

CREATE UNIQUE INDEX idx_run_leader_one ON run_leader USING btree (run_id) WHERE ((role = 'leader'::text) AND (until IS NULL));

CREATE INDEX idx_run_leader_run ON run_leader USING btree (run_id);

CREATE INDEX idx_run_offer_line ON run_offer USING btree (run_id, key, place);

CREATE INDEX idx_run_offer_no_pop ON run_offer USING btree (guild_id, user_id, settled_at) WHERE (state = 'no_pop'::text);

CREATE UNIQUE INDEX idx_run_offer_standing ON run_offer USING btree (run_id, user_id, key) WHERE (state = ANY (ARRAY['offered'::text, 'accepted'::text]));

CREATE INDEX idx_run_ping_here ON run_ping USING btree (guild_id, decided_at DESC) WHERE here;

CREATE UNIQUE INDEX idx_run_pop_number ON run_pop USING btree (run_id, number) WHERE (undone_at IS NULL);

CREATE INDEX idx_run_pop_undone ON run_pop USING btree (run_id, id) WHERE (undone_at IS NOT NULL);

CREATE INDEX idx_run_pop_window ON run_pop USING btree (window_ends_at) WHERE ((closed_at IS NULL) AND (undone_at IS NULL));

CREATE INDEX idx_run_reveal_member ON run_reveal USING btree (user_id, last_at DESC);

CREATE UNIQUE INDEX idx_run_role_role ON run_role USING btree (role_id);

CREATE INDEX idx_run_role_standing ON run_role USING btree (guild_id) WHERE (gone_at IS NULL);

CREATE INDEX idx_run_screenshot_run ON run_screenshot USING btree (run_id, id);

CREATE INDEX idx_run_snapshot_member ON run_snapshot USING btree (user_id, pop_id);

CREATE UNIQUE INDEX idx_run_step_number ON run_step USING btree (run_id, number) WHERE (undone_at IS NULL);

CREATE INDEX idx_verification_change_guild ON verification_change USING btree (guild_id, id);

CREATE INDEX idx_verification_evidence_ticket ON verification_evidence USING btree (ticket_id, key);

CREATE INDEX idx_verification_session_expires_at ON verification_session USING btree (expires_at) WHERE (state = 'open'::text);

CREATE UNIQUE INDEX idx_verification_session_open ON verification_session USING btree (guild_id, user_id) WHERE (state = 'open'::text);

CREATE UNIQUE INDEX idx_verification_thread_open ON verification_thread USING btree (guild_id, user_id, role_id) WHERE (NOT is_over);

CREATE INDEX idx_verification_ticket_decided ON verification_ticket USING btree (guild_id, decided_at) WHERE (decided_at IS NOT NULL);

CREATE INDEX idx_verification_ticket_line ON verification_ticket USING btree (guild_id, opened_at, id) WHERE (state = 'open'::text);

CREATE UNIQUE INDEX idx_verification_ticket_open ON verification_ticket USING btree (guild_id, user_id, role_id) WHERE (state = 'open'::text);

CREATE INDEX idx_verification_ticket_stale ON verification_ticket USING btree (opened_at) WHERE ((state = 'open'::text) AND (reminded_at IS NULL));

CREATE INDEX idx_verification_ticket_user ON verification_ticket USING btree (guild_id, user_id, id);

CREATE INDEX idx_watch_guild ON watch USING btree (guild_id, id DESC) WHERE (removed_at IS NULL);

CREATE UNIQUE INDEX idx_watch_ign ON watch USING btree (guild_id, lower(ign)) WHERE (removed_at IS NULL);

CREATE UNIQUE INDEX idx_watch_user ON watch USING btree (guild_id, user_id) WHERE (removed_at IS NULL);

CREATE TRIGGER raider_main_name AFTER INSERT OR UPDATE OF ign ON raider FOR EACH ROW EXECUTE FUNCTION hold_main_name();

ALTER TABLE ONLY award
    ADD CONSTRAINT award_corrects_fkey FOREIGN KEY (corrects) REFERENCES award(id);

ALTER TABLE ONLY name_import_line
    ADD CONSTRAINT name_import_line_import_id_fkey FOREIGN KEY (import_id) REFERENCES name_import(id) ON DELETE CASCADE;

ALTER TABLE ONLY raider_name
    ADD CONSTRAINT raider_name_guild_id_user_id_fkey FOREIGN KEY (guild_id, user_id) REFERENCES raider(guild_id, user_id) ON DELETE CASCADE;

ALTER TABLE ONLY reconciliation_change
    ADD CONSTRAINT reconciliation_change_reconciliation_id_fkey FOREIGN KEY (reconciliation_id) REFERENCES reconciliation(id) ON DELETE CASCADE;

ALTER TABLE ONLY run_bring
    ADD CONSTRAINT run_bring_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id);

ALTER TABLE ONLY run_claim
    ADD CONSTRAINT run_claim_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id);

ALTER TABLE ONLY run_edit
    ADD CONSTRAINT run_edit_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id);

ALTER TABLE ONLY run_entry
    ADD CONSTRAINT run_entry_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id);

ALTER TABLE ONLY run_join
    ADD CONSTRAINT run_join_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id);

ALTER TABLE ONLY run_leader
    ADD CONSTRAINT run_leader_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id);

ALTER TABLE ONLY run_offer
    ADD CONSTRAINT run_offer_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id);

ALTER TABLE ONLY run_ping
    ADD CONSTRAINT run_ping_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id);

ALTER TABLE ONLY run_pop
    ADD CONSTRAINT run_pop_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id);

ALTER TABLE ONLY run_reveal
    ADD CONSTRAINT run_reveal_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id);

ALTER TABLE ONLY run_role
    ADD CONSTRAINT run_role_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id);

ALTER TABLE ONLY run_screenshot
    ADD CONSTRAINT run_screenshot_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id);

ALTER TABLE ONLY run_snapshot
    ADD CONSTRAINT run_snapshot_pop_id_fkey FOREIGN KEY (pop_id) REFERENCES run_pop(id);

ALTER TABLE ONLY run_step
    ADD CONSTRAINT run_step_run_id_fkey FOREIGN KEY (run_id) REFERENCES run(id);

ALTER TABLE ONLY verification_evidence
    ADD CONSTRAINT verification_evidence_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES verification_ticket(id);
