-- Why: whoever reads a decision where they began has read the letter about it too, and is called to it no more.

ALTER TABLE verification_ticket ADD COLUMN letter_id bigint;
