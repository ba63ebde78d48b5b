-- Why: a raid may need other numbers of keys, classes and items than the catalogue says. By key: {"helm_rune": 2}.

ALTER TABLE run ADD COLUMN needed jsonb NOT NULL DEFAULT '{}';
