-- Why: whoever leaves and comes back while the bot is away would shed a suspension; a later day of joining tells of it.

-- Null: an older bot did not tell, or the member was gone before.
ALTER TABLE member ADD COLUMN joined_at timestamptz;
