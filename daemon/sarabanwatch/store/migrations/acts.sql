-- Acts of people, in a chain of digests (core.facts.act): who did what, when, why, before and after.

CREATE TABLE act (
    id       INTEGER PRIMARY KEY,  -- one after another, without a gap
    at       TEXT NOT NULL,
    who      TEXT NOT NULL,        -- the operating system's user
    named    TEXT NOT NULL,        -- the name that was given with --by, which proves nothing; or ''
    what     TEXT NOT NULL,        -- the verb
    given    TEXT NOT NULL,        -- its other words: JSON {name: value}
    why      TEXT NOT NULL,        -- the reason, in that person's words, or ''
    before   TEXT NOT NULL,        -- what it changed: JSON {table: [row, ...]}; of many how many
    after    TEXT NOT NULL,
    previous TEXT NOT NULL,        -- the digest of the act before; '' for the first
    digest   TEXT NOT NULL UNIQUE  -- SHA-256 over that and all the rest
) STRICT;
CREATE TRIGGER act_stays BEFORE UPDATE ON act
    BEGIN SELECT RAISE(ABORT, 'act is append-only'); END;
CREATE TRIGGER act_kept BEFORE DELETE ON act
    BEGIN SELECT RAISE(ABORT, 'act is append-only'); END;

CREATE TABLE migration (     -- when this ledger was brought up to date (store.upgrade)
    id   INTEGER PRIMARY KEY,
    at   TEXT NOT NULL,
    was  INTEGER NOT NULL,   -- its schema before ...
    now  INTEGER NOT NULL,   -- ... and after
    copy TEXT NOT NULL       -- the file to which it was copied first
) STRICT;
