-- Rounds are records. Letters name their round by number (`letter.campaign`); those that are
-- named already get a record each: from their first letter to the first of the round after it. The
-- last one's cut-off and timetable are filled in from the configuration (store.rounds).

CREATE TABLE round (                       -- core.rounds
    id         INTEGER PRIMARY KEY,        -- what its letters name (`letter.campaign`)
    kind       TEXT NOT NULL               -- core.rounds.RoundKind
        CHECK (kind IN ('regular', 'skipped', 'extra')),
    number     INTEGER NOT NULL,           -- what people call it; extra ones are counted apart
    opened_at  TEXT NOT NULL,              -- when it begins
    due_at     TEXT,                       -- its cut-off; NULL where nobody wrote it down
    closed_at  TEXT,                       -- when it ended; of a skipped one: was withdrawn
    anchor     TEXT NOT NULL DEFAULT '',   -- the timetable by which the next one begins ...
    weeks      INTEGER NOT NULL DEFAULT 0,  -- ... 0 where nobody wrote it down
    rules      TEXT NOT NULL DEFAULT '',   -- as in `rulebook`: by which it began
    register   INTEGER REFERENCES import,  -- the list with which it began
    selection  TEXT NOT NULL DEFAULT '{}',  -- of an extra one: core.rounds.Selection as JSON
    at         TEXT NOT NULL,
    by         TEXT NOT NULL DEFAULT '',
    why        TEXT NOT NULL DEFAULT '',
    closed_by  TEXT NOT NULL DEFAULT '',
    closed_why TEXT NOT NULL DEFAULT '',
    left_over  INTEGER                     -- how many agencies it did not reach, once it ended
) STRICT;
CREATE TRIGGER round_kept BEFORE DELETE ON round
    BEGIN SELECT RAISE(ABORT, 'round is append-only'); END;

CREATE TABLE timetable (               -- another timetable was taken
    id     INTEGER PRIMARY KEY,
    at     TEXT NOT NULL,
    by     TEXT NOT NULL,              -- '' where it changed nothing of when the next one begins
    why    TEXT NOT NULL,
    anchor TEXT NOT NULL,
    weeks  INTEGER NOT NULL,
    round  INTEGER NOT NULL REFERENCES round,  -- the last round then ...
    was    TEXT NOT NULL,              -- ... the cut-off that it had ...
    due_at TEXT NOT NULL               -- ... and has since
) STRICT;
CREATE TRIGGER timetable_stays BEFORE UPDATE ON timetable
    BEGIN SELECT RAISE(ABORT, 'timetable is append-only'); END;
CREATE TRIGGER timetable_kept BEFORE DELETE ON timetable
    BEGIN SELECT RAISE(ABORT, 'timetable is append-only'); END;

CREATE TABLE chosen (                  -- whom an extra round is for
    round INTEGER NOT NULL REFERENCES round,
    code  TEXT NOT NULL,
    PRIMARY KEY (round, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE left_over (               -- whom a round did not reach; the next one begins with them
    round INTEGER NOT NULL REFERENCES round,
    code  TEXT NOT NULL,
    PRIMARY KEY (round, code)
) STRICT, WITHOUT ROWID;

INSERT INTO round (id, kind, number, opened_at, due_at, closed_at, at)
SELECT campaign, 'regular', campaign + 1, min(drafted_at),
       lead(min(drafted_at)) OVER (ORDER BY campaign),
       lead(min(drafted_at)) OVER (ORDER BY campaign), min(drafted_at)
FROM letter GROUP BY campaign;
