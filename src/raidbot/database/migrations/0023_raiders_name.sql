-- Why: a raider plays under several names, and each of them has one owner in a guild, as main or as alt,
-- however it is written. What changed, how and why is kept, so that it shows who held a name when.

CREATE TABLE raider_name (
    guild_id bigint NOT NULL,
    user_id bigint NOT NULL,
    ign text NOT NULL CHECK (ign ~ '^[A-Za-z]{1,16}$'),
    is_main boolean NOT NULL,
    FOREIGN KEY (guild_id, user_id) REFERENCES raider ON DELETE CASCADE
);

CREATE UNIQUE INDEX idx_raider_name_owner ON raider_name (guild_id, lower(ign));
CREATE UNIQUE INDEX idx_raider_name_main ON raider_name (guild_id, user_id) WHERE is_main;
CREATE INDEX idx_raider_name_raider ON raider_name (guild_id, user_id);

-- Why a trigger: whoever writes a main, also a release that knows no alts, claims the name in the one place
-- where names have owners. A main that was their own alt stops being one.
CREATE FUNCTION hold_main_name() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM raider_name
     WHERE guild_id = NEW.guild_id AND user_id = NEW.user_id AND (is_main OR lower(ign) = lower(NEW.ign));
    INSERT INTO raider_name (guild_id, user_id, ign, is_main) VALUES (NEW.guild_id, NEW.user_id, NEW.ign, true);
    RETURN NULL;
END
$$;

CREATE TRIGGER raider_main_name AFTER INSERT OR UPDATE OF ign ON raider
    FOR EACH ROW EXECUTE FUNCTION hold_main_name();

-- Those who have a name already hold it from the first moment on: the trigger keeps writers out until this commits.
INSERT INTO raider_name (guild_id, user_id, ign, is_main) SELECT guild_id, user_id, ign, true FROM raider;

-- Null: an entry of a time when neither was asked.
ALTER TABLE raider_entry ADD COLUMN how text;
ALTER TABLE raider_entry ADD COLUMN why text;

-- Why two: who held a name, and who took it. Staff write a few entries an hour: nobody waits for the build.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX idx_raider_entry_old ON raider_entry (guild_id, lower(old_ign)) WHERE old_ign IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX idx_raider_entry_new ON raider_entry (guild_id, lower(new_ign)) WHERE new_ign IS NOT NULL;

-- Why: who comes back gets back what was theirs, a suspension too. Null: they are here, or held nothing.
ALTER TABLE member ADD COLUMN left_with bigint[];

-- Why dropped: it comes back in the next line, wider; what the release before writes still fits.
-- squawk-ignore ban-drop-constraint
ALTER TABLE chore DROP CONSTRAINT chore_kind_check;
ALTER TABLE chore ADD CONSTRAINT chore_kind_check CHECK (kind IN ('give_role', 'take_role', 'nickname')) NOT VALID;
