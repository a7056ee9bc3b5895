"""The tables, from the first schema on. `PRAGMA user_version` says how many of MIGRATIONS a file has seen.

A migration is never edited once released; a new one is added. Times are UTC, ISO 8601 with milliseconds, so that they
sort as text and a person can read them. Facts (`evidence`, `mail`) can be added to, never changed: triggers see to it.
"""


from sarabanwatch.core.errors import ConfigError, Unusable
from sarabanwatch.store.tx import Tx

MIGRATIONS = (
    """
    CREATE TABLE import (
        id      INTEGER PRIMARY KEY,
        at      TEXT NOT NULL,
        source  TEXT NOT NULL,
        digest  TEXT NOT NULL,             -- SHA-256 of the file
        good    INTEGER NOT NULL,
        bad     INTEGER NOT NULL           -- rows in = good + bad
    ) STRICT;

    CREATE TABLE problem (                 -- rows that could not be read, kept as they were
        import  INTEGER NOT NULL REFERENCES import,
        line    INTEGER NOT NULL,
        raw     TEXT NOT NULL,             -- JSON list of the raw cells
        problem TEXT NOT NULL,
        remedy  TEXT NOT NULL,
        PRIMARY KEY (import, line)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE agency (
        code      TEXT PRIMARY KEY,
        listed    INTEGER NOT NULL,        -- 1: in the last import
        name      TEXT NOT NULL,
        kind      TEXT NOT NULL,
        province  TEXT NOT NULL,
        superior  TEXT NOT NULL,
        status    TEXT NOT NULL,
        former    TEXT NOT NULL,
        cell      TEXT NOT NULL,           -- the e-mail cell, raw
        address   TEXT NOT NULL,           -- what a letter may be written to; '' if nothing can be read out of the cell
        announced INTEGER NOT NULL,
        link      TEXT NOT NULL,
        given_on  TEXT,
        announced_cell TEXT NOT NULL,
        import    INTEGER NOT NULL REFERENCES import,
        line      INTEGER NOT NULL,
        raw       TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE letter (
        serial      INTEGER PRIMARY KEY,
        token       TEXT NOT NULL UNIQUE,
        code        TEXT NOT NULL,
        name        TEXT NOT NULL,         -- the agency's name on the day
        address     TEXT NOT NULL,
        campaign    INTEGER NOT NULL,
        state       TEXT NOT NULL,         -- core.sending.probe.State
        fate        TEXT NOT NULL DEFAULT '',   -- the last state before closed: what became of it
        drafted_at  TEXT NOT NULL,
        due_at      TEXT NOT NULL,         -- not before
        send_by     TEXT NOT NULL,
        first_try   TEXT,
        window_end  TEXT,
        closed_at   TEXT,
        verdict     TEXT,                  -- derived by judge; never a source
        replaces    INTEGER REFERENCES letter
    ) STRICT;
    CREATE INDEX letter_waiting ON letter (due_at) WHERE state IN ('drafted', 'deferred');
    CREATE INDEX letter_open ON letter (window_end) WHERE state NOT IN ('drafted', 'deferred', 'closed');
    CREATE INDEX letter_of ON letter (code, campaign);
    CREATE INDEX letter_to ON letter (address);

    CREATE TABLE mail (                    -- every mail that came in, whosever it was
        digest     TEXT PRIMARY KEY,       -- SHA-256 of the raw message
        raw        BLOB NOT NULL,          -- zlib
        size       INTEGER NOT NULL,
        arrived_at TEXT NOT NULL,
        kind       TEXT NOT NULL,          -- core.returns.arrival.Kind
        rule       TEXT NOT NULL,
        sender     TEXT NOT NULL,
        subject    TEXT NOT NULL,
        serial     INTEGER,                -- the letter it belongs to
        refused    TEXT NOT NULL           -- why a token in it was not believed
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE evidence (
        id       INTEGER PRIMARY KEY,
        serial   INTEGER NOT NULL REFERENCES letter,
        kind     TEXT NOT NULL,            -- core.facts.evidence.Kind
        seen_at  TEXT NOT NULL,
        code     INTEGER NOT NULL,
        status   TEXT NOT NULL,
        said     TEXT NOT NULL,
        reason   TEXT,
        rule     TEXT NOT NULL,
        reporter TEXT NOT NULL,
        receipt  TEXT NOT NULL,
        how      TEXT NOT NULL,
        sure     TEXT NOT NULL,
        mail     TEXT NOT NULL             -- digest of the raw message, or ''
    ) STRICT;
    CREATE INDEX evidence_of ON evidence (serial);
    CREATE TRIGGER evidence_stays BEFORE UPDATE ON evidence BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
    CREATE TRIGGER evidence_kept BEFORE DELETE ON evidence BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
    CREATE TRIGGER mail_stays BEFORE UPDATE ON mail BEGIN SELECT RAISE(ABORT, 'mail is append-only'); END;

    CREATE TABLE cursor (
        mailbox  TEXT PRIMARY KEY,
        validity INTEGER NOT NULL,
        uid      INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE unjudged (                -- agencies of which something new is known
        code  TEXT PRIMARY KEY,
        asked INTEGER NOT NULL             -- how often since last judged: what comes meanwhile is not lost
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE judgement (
        code    TEXT PRIMARY KEY,
        grp     TEXT NOT NULL,
        because TEXT NOT NULL,
        health  TEXT NOT NULL,
        verdict TEXT,
        since   TEXT NOT NULL              -- when the group last turned
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE change (                  -- a turn of group; told_at NULL: still to be told
        id      INTEGER PRIMARY KEY,
        code    TEXT NOT NULL,
        was     TEXT,
        now     TEXT NOT NULL,
        because TEXT NOT NULL,
        at      TEXT NOT NULL,
        told_at TEXT
    ) STRICT;
    CREATE INDEX change_untold ON change (id) WHERE told_at IS NULL;
    CREATE INDEX change_of ON change (code);
    """,
    """
    ALTER TABLE mail ADD COLUMN signed TEXT NOT NULL DEFAULT '';        -- domains whose DKIM signature held when it came
    ALTER TABLE evidence ADD COLUMN authentic TEXT NOT NULL DEFAULT ''; -- what proves who wrote it, in words
    ALTER TABLE evidence ADD COLUMN edition INTEGER NOT NULL DEFAULT 0; -- the reading that it is of; of one mail the last counts
    CREATE INDEX evidence_from ON evidence (mail) WHERE mail <> '';

    CREATE TABLE reading (                 -- what was said of a mail: first, read anew, or by a person; the last holds
        id      INTEGER PRIMARY KEY,
        mail    TEXT NOT NULL REFERENCES mail,
        at      TEXT NOT NULL,
        kind    TEXT NOT NULL,             -- core.returns.arrival.Kind
        rule    TEXT NOT NULL,
        reason  TEXT,
        serial  INTEGER REFERENCES letter,
        refused TEXT NOT NULL,
        waits   TEXT NOT NULL,             -- why it waits for a person, or ''
        by      TEXT NOT NULL,             -- the person who ruled, or '' for our rules
        note    TEXT NOT NULL
    ) STRICT;
    CREATE INDEX reading_of ON reading (mail);
    CREATE INDEX reading_waits ON reading (mail) WHERE waits <> '';
    CREATE INDEX reading_by ON reading (mail) WHERE by <> '';
    CREATE TRIGGER reading_stays BEFORE UPDATE ON reading BEGIN SELECT RAISE(ABORT, 'reading is append-only'); END;
    CREATE TRIGGER reading_kept BEFORE DELETE ON reading BEGIN SELECT RAISE(ABORT, 'reading is append-only'); END;

    INSERT INTO reading (mail, at, kind, rule, reason, serial, refused, waits, by, note)
    SELECT digest, arrived_at, kind, rule, (SELECT reason FROM evidence WHERE mail = digest AND mail <> ''),
           (SELECT l.serial FROM letter l WHERE l.serial = mail.serial), refused,
           CASE WHEN kind = 'unread' THEN 'it could not be read' ELSE '' END, '', '' FROM mail ORDER BY arrived_at, digest;
    """,   # what else waits for a person is found by the first `replay`
    """
    CREATE TABLE domain (                  -- domains that letters go to, as the DNS shows them
        name       TEXT PRIMARY KEY,
        mail_host  TEXT,                   -- the host tried first, as last known; '' for none
        exchangers TEXT,                   -- JSON [[preference, host], ...], as last known
        asked_at   TEXT NOT NULL,
        known_at   TEXT,                   -- when it was last known whether it exists
        resolvers  INTEGER                 -- how many testified then
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE finding (                 -- what holds of a domain
        domain   TEXT NOT NULL REFERENCES domain,
        finding  TEXT NOT NULL,            -- core.domain.Finding
        since    TEXT NOT NULL,
        known_at TEXT NOT NULL,            -- when it was last seen to hold
        PRIMARY KEY (domain, finding)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX finding_of ON finding (finding);
    """,
    """
    CREATE TABLE incident (                -- many falls of one kin at once; nobody more joins it once it is closed
        id        INTEGER PRIMARY KEY,
        scope     TEXT NOT NULL,           -- core.judging.incident.Scope
        key       TEXT NOT NULL,           -- its name; '' for the country
        opened_at TEXT NOT NULL,
        closed_at TEXT,
        how       TEXT NOT NULL DEFAULT '',     -- 'cleared' by letters written since, or 'released' by a person
        by        TEXT NOT NULL DEFAULT '',     -- the person
        note      TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE UNIQUE INDEX incident_open ON incident (scope, key) WHERE closed_at IS NULL;

    CREATE TABLE fall (                    -- a judgement to the worse that has not turned its agency: it waits, or is held
        code     TEXT PRIMARY KEY,
        grp      TEXT NOT NULL,
        because  TEXT NOT NULL,
        health   TEXT NOT NULL,
        verdict  TEXT,
        fell_at  TEXT NOT NULL,            -- when it was first found
        incident INTEGER REFERENCES incident,
        held_at  TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX fall_held ON fall (incident);

    CREATE TABLE member (                  -- whom an incident held, and what became of each
        incident INTEGER NOT NULL REFERENCES incident,
        code     TEXT NOT NULL,
        held_at  TEXT NOT NULL,
        left_at  TEXT,
        how      TEXT NOT NULL DEFAULT '',      -- 'cleared': its fall was not upheld; 'turned'
        PRIMARY KEY (incident, code)
    ) STRICT, WITHOUT ROWID;
    """,
    """
    CREATE TABLE snapshot (                -- a census frozen at a cut-off: what everything published is made from
        id        INTEGER PRIMARY KEY,
        digest    TEXT NOT NULL UNIQUE,    -- SHA-256 of the content
        as_of     TEXT NOT NULL,
        frozen_at TEXT NOT NULL,
        campaign  INTEGER NOT NULL,
        content   BLOB NOT NULL            -- zlib of core.papers.snapshot's canonical JSON
    ) STRICT;
    CREATE TABLE release (                 -- a person's word that what is made from it is final
        snapshot INTEGER PRIMARY KEY REFERENCES snapshot,
        at       TEXT NOT NULL,
        by       TEXT NOT NULL,
        note     TEXT NOT NULL
    ) STRICT;
    CREATE TABLE notice (                  -- a notice to an agency to mend, written down before it leaves us
        id       INTEGER PRIMARY KEY,
        snapshot INTEGER NOT NULL REFERENCES snapshot,
        code     TEXT NOT NULL,
        address  TEXT NOT NULL,
        was      TEXT NOT NULL,            -- the agency's group in the snapshot
        at       TEXT NOT NULL,
        by       TEXT NOT NULL,
        UNIQUE (snapshot, code)
    ) STRICT;
    CREATE TABLE notice_outcome (
        id     INTEGER PRIMARY KEY,
        notice INTEGER NOT NULL REFERENCES notice,
        at     TEXT NOT NULL,
        event  TEXT NOT NULL,              -- core.sending.probe.Event; the last counts
        said   TEXT NOT NULL
    ) STRICT;
    CREATE INDEX outcome_of ON notice_outcome (notice);
    CREATE TRIGGER snapshot_stays BEFORE UPDATE ON snapshot BEGIN SELECT RAISE(ABORT, 'snapshot is append-only'); END;
    CREATE TRIGGER snapshot_kept BEFORE DELETE ON snapshot BEGIN SELECT RAISE(ABORT, 'snapshot is append-only'); END;
    CREATE TRIGGER release_stays BEFORE UPDATE ON release BEGIN SELECT RAISE(ABORT, 'release is append-only'); END;
    CREATE TRIGGER release_kept BEFORE DELETE ON release BEGIN SELECT RAISE(ABORT, 'release is append-only'); END;
    CREATE TRIGGER notice_stays BEFORE UPDATE ON notice BEGIN SELECT RAISE(ABORT, 'notice is append-only'); END;
    CREATE TRIGGER notice_kept BEFORE DELETE ON notice BEGIN SELECT RAISE(ABORT, 'notice is append-only'); END;
    CREATE TRIGGER notice_outcome_stays BEFORE UPDATE ON notice_outcome BEGIN SELECT RAISE(ABORT, 'append-only'); END;
    CREATE TRIGGER notice_outcome_kept BEFORE DELETE ON notice_outcome BEGIN SELECT RAISE(ABORT, 'append-only'); END;
    """,
    """
    CREATE TABLE encryption (              -- what our last connection to a mail host showed (core.sending.tls.Seen)
        host      TEXT PRIMARY KEY,
        version   TEXT NOT NULL,           -- '' for none
        cipher    TEXT NOT NULL,
        untrusted TEXT NOT NULL,           -- why the chain does not hold, or ''
        named     INTEGER NOT NULL,        -- whether the certificate is for this host
        ends      TEXT,                    -- its last moment
        demand    TEXT NOT NULL,           -- what its domain asks of senders, or ''
        failed    TEXT NOT NULL,           -- why encryption did not come about, or ''
        judged    INTEGER NOT NULL,        -- whether anybody need vouch for it
        since     TEXT NOT NULL,
        seen_at   TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    """
    ALTER TABLE import ADD COLUMN way TEXT NOT NULL DEFAULT 'hand';      -- hand, file, folder, url, undo
    ALTER TABLE import ADD COLUMN by TEXT NOT NULL DEFAULT '';           -- the person who did it, where one is named
    ALTER TABLE import ADD COLUMN restores INTEGER REFERENCES import;    -- what an undo goes back to

    CREATE TABLE written (                 -- the row that a file had of an agency, as it stood there, from one import until another
        code     TEXT NOT NULL,
        since    INTEGER NOT NULL REFERENCES import,
        until    INTEGER REFERENCES import,     -- NULL: still
        line     INTEGER NOT NULL DEFAULT 0,    -- in the file that first said so
        raw      TEXT NOT NULL,            -- JSON list of the raw cells
        PRIMARY KEY (code, since)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE entry (                   -- the agency that was read out of it
        code     TEXT NOT NULL,
        since    INTEGER NOT NULL REFERENCES import,
        until    INTEGER REFERENCES import,
        name     TEXT NOT NULL,
        kind     TEXT NOT NULL,
        province TEXT NOT NULL,
        superior TEXT NOT NULL,
        status   TEXT NOT NULL,
        former   TEXT NOT NULL,
        PRIMARY KEY (code, since)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX entry_former ON entry (former) WHERE former <> '';
    CREATE TABLE declared (                -- the address that it declared
        code    TEXT NOT NULL,
        since   INTEGER NOT NULL REFERENCES import,
        until   INTEGER REFERENCES import,
        cell    TEXT NOT NULL,             -- the e-mail cell, raw
        address TEXT NOT NULL,             -- what a letter may be written to; '' if nothing can be read out of the cell
        began   TEXT NOT NULL DEFAULT '',  -- letters drafted before are of an earlier line: they prove nothing here
        PRIMARY KEY (code, since)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE announcement (            -- one may cover many agencies, as a province's does
        id       INTEGER PRIMARY KEY,
        link     TEXT NOT NULL,
        given_on TEXT NOT NULL,            -- '' if it bears no date
        UNIQUE (link, given_on)
    ) STRICT;
    CREATE TABLE announced (               -- the announcement that covers it, and the address cell that it gives
        code         TEXT NOT NULL,
        since        INTEGER NOT NULL REFERENCES import,
        until        INTEGER REFERENCES import,
        announcement INTEGER NOT NULL REFERENCES announcement,
        cell         TEXT NOT NULL,
        PRIMARY KEY (code, since)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE amendment (               -- what an import changed of an agency, as people read it
        import INTEGER NOT NULL REFERENCES import,
        code   TEXT NOT NULL,
        what   TEXT NOT NULL,              -- core.register.difference.What
        was    TEXT NOT NULL,
        now    TEXT NOT NULL,
        PRIMARY KEY (import, code, what)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX amendment_of ON amendment (code);

    CREATE TEMP TABLE old AS
        SELECT *, iif(listed, NULL, (SELECT min(id) FROM import i WHERE i.id > a.import)) AS until FROM agency a;
    INSERT INTO written SELECT code, import, until, line, raw FROM old;
    INSERT INTO entry SELECT code, import, until, name, kind, province, superior, status, former FROM old;
    INSERT INTO declared SELECT code, import, until, cell, address, '' FROM old;
    INSERT INTO announcement (link, given_on) SELECT DISTINCT link, ifnull(given_on, '') FROM old WHERE announced;
    INSERT INTO announced SELECT code, import, until, n.id, announced_cell FROM old
        JOIN announcement n ON n.link = old.link AND n.given_on = ifnull(old.given_on, '') WHERE announced;
    DROP TABLE old;
    DROP TABLE agency;
    CREATE VIEW agency AS                  -- the register as it stands; a body that another succeeds is not counted beside it
        SELECT e.code, NOT EXISTS (
                   SELECT 1 FROM entry s WHERE s.former = e.code AND s.former <> '' AND s.until IS NULL AND e.former <> s.code
               ) AS listed, e.name, e.kind, e.province, e.superior, e.status, e.former, d.cell, d.address,
               a.announcement IS NOT NULL AS announced, ifnull(n.link, '') AS link, nullif(n.given_on, '') AS given_on,
               ifnull(a.cell, '') AS announced_cell, w.since AS import, w.line, w.raw, d.began
        FROM entry e JOIN declared d ON d.code = e.code AND d.until IS NULL JOIN written w ON w.code = e.code AND w.until IS NULL
             LEFT JOIN announced a ON a.code = e.code AND a.until IS NULL LEFT JOIN announcement n ON n.id = a.announcement
        WHERE e.until IS NULL;
    CREATE VIEW probed AS                  -- who is written to, where, and from when its letters count
        SELECT code, address, began FROM agency WHERE listed AND address <> ''
        UNION ALL                          -- while its announcement is awaited, a raised body at its former address too
        SELECT a.code, f.address, '' FROM agency a
            JOIN declared f ON f.code = a.former AND f.since = (SELECT max(since) FROM declared WHERE code = a.former)
        WHERE a.listed AND a.former <> '' AND a.status = 'ยกฐานะ' AND f.address NOT IN ('', a.address);
    """,
    """
    CREATE TABLE source (                  -- what the sources of lists offered last
        way  TEXT PRIMARY KEY,             -- file, folder, url
        mark TEXT NOT NULL                 -- its ETag; '' where it was not taken
    ) STRICT, WITHOUT ROWID;
    """,
    """
    CREATE TABLE rulebook (                -- under which rules agencies were judged, from when on
        since TEXT PRIMARY KEY,
        rules TEXT NOT NULL                -- the ids of address rules and groups
    ) STRICT, WITHOUT ROWID;
    """,
    """
    ALTER TABLE letter ADD COLUMN host TEXT NOT NULL DEFAULT '';     -- whom it burdens: the mail host's operator, as last known
    CREATE INDEX letter_at ON letter (host, due_at) WHERE state IN ('drafted', 'deferred');

    CREATE TABLE attempt (                 -- every try to send a letter: what paces the next
        id      INTEGER PRIMARY KEY,
        serial  INTEGER NOT NULL REFERENCES letter,
        left_at TEXT NOT NULL,             -- when it was picked
        at      TEXT NOT NULL,             -- when it was over
        event   TEXT NOT NULL,             -- core.sending.probe.Event
        speaker TEXT NOT NULL,             -- '@relay' where our relay spoke, '' for the mail host
        tone    TEXT,                      -- core.sending.throttle.Tone, where the word had one
        said    TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER attempt_stays BEFORE UPDATE ON attempt BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;
    CREATE TRIGGER attempt_kept BEFORE DELETE ON attempt BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;
    """,
    """
    DROP INDEX letter_at;                  -- what is asked several times a second stands in the index itself
    CREATE INDEX letter_at ON letter (host, due_at, serial, send_by, code) WHERE state IN ('drafted', 'deferred');
    """,
    """
    ALTER TABLE import ADD COLUMN notes TEXT NOT NULL DEFAULT '[]';   -- what is to be said of the file: JSON [[field, en, th]]
    CREATE TABLE noted (                   -- what had to be interpreted to read an agency's row, from one import until another
        code  TEXT NOT NULL,
        since INTEGER NOT NULL REFERENCES import,
        until INTEGER REFERENCES import,
        notes TEXT NOT NULL,               -- JSON likewise
        PRIMARY KEY (code, since)
    ) STRICT, WITHOUT ROWID;
    """,
    """
    CREATE TABLE catch_all (               -- domains that strays (core.sending.catch_all) told of; derived from their evidence
        domain   TEXT PRIMARY KEY,
        takes    INTEGER NOT NULL,         -- 1: any name; 0: unknown ones are refused
        since    TEXT NOT NULL,
        known_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX letter_stray ON letter (due_at, serial, send_by, host)
        WHERE code GLOB '[*]@*' AND state IN ('drafted', 'deferred');
    """,
    """
    ALTER TABLE mail ADD COLUMN forgotten_at TEXT;     -- when its words, its sender and its subject were let go
    CREATE INDEX mail_kept ON mail (arrived_at) WHERE forgotten_at IS NULL;
    DROP TRIGGER mail_stays;
    CREATE TRIGGER mail_stays BEFORE UPDATE ON mail
        WHEN OLD.forgotten_at IS NOT NULL OR NEW.forgotten_at IS NULL OR NEW.raw <> x''
             OR (NEW.digest, NEW.size, NEW.arrived_at, NEW.kind, NEW.rule, NEW.serial, NEW.refused, NEW.signed)
                IS NOT (OLD.digest, OLD.size, OLD.arrived_at, OLD.kind, OLD.rule, OLD.serial, OLD.refused, OLD.signed)
        BEGIN SELECT RAISE(ABORT, 'mail is append-only, but for being forgotten'); END;
    CREATE TRIGGER mail_there BEFORE DELETE ON mail BEGIN SELECT RAISE(ABORT, 'mail is append-only'); END;
    """,
    """
    CREATE TABLE wish (                    -- agencies that asked to be left alone
        id        INTEGER PRIMARY KEY,
        code      TEXT NOT NULL,
        at        TEXT NOT NULL,
        by        TEXT NOT NULL,           -- the person who wrote it down
        until     TEXT NOT NULL,           -- its last day, '' for none
        why       TEXT NOT NULL,
        ended_at  TEXT,
        ended_by  TEXT NOT NULL DEFAULT '',     -- '' where its last day was over
        ended_why TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE UNIQUE INDEX wish_standing ON wish (code) WHERE ended_at IS NULL;
    CREATE TRIGGER wish_kept BEFORE DELETE ON wish BEGIN SELECT RAISE(ABORT, 'wish is append-only'); END;
    """,
    """
    CREATE TABLE correction (              -- what a person decided on a mail that tells a new address or announcement
        mail     TEXT PRIMARY KEY REFERENCES mail,
        at       TEXT NOT NULL,
        accepted INTEGER NOT NULL,
        by       TEXT NOT NULL,
        note     TEXT NOT NULL,
        code     TEXT NOT NULL,            -- the agency, '' where none was named
        was      TEXT NOT NULL,            -- its e-mail cell before, raw
        cell     TEXT NOT NULL,            -- and after
        import   INTEGER REFERENCES import -- under which the register took it in; NULL: rejected
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX correction_of ON correction (code);
    """,
    """
    ALTER TABLE notice ADD COLUMN host TEXT NOT NULL DEFAULT '';               -- the mail host that it burdens
    ALTER TABLE notice_outcome ADD COLUMN speaker TEXT NOT NULL DEFAULT '';    -- who spoke: '' for the agency's host
    ALTER TABLE notice_outcome ADD COLUMN tone TEXT NOT NULL DEFAULT '';   -- core.sending.throttle.Tone, '' where it tells nothing
    """,
    """
    DROP INDEX letter_stray;
    DROP INDEX letter_at;
    ALTER TABLE letter ADD COLUMN purpose TEXT NOT NULL DEFAULT 'round'        -- core.facts.purpose.Purpose
        CHECK (purpose IN ('canary', 'asked', 'confirm', 'round', 'catch_all')
               AND (code = '') = (purpose IN ('canary', 'catch_all')));        -- these go to no agency
    ALTER TABLE letter ADD COLUMN errand TEXT NOT NULL DEFAULT ''          -- core.sending.canary.Errand, '' where it is no canary
        CHECK (errand = '' OR purpose = 'canary' AND errand IN ('home', 'bounce'));
    ALTER TABLE letter ADD COLUMN domain TEXT AS (substr(address, instr(address, '@') + 1)) VIRTUAL;
    ALTER TABLE letter ADD COLUMN priority INTEGER AS (                        -- the smaller goes first
        CASE purpose WHEN 'canary' THEN 0 WHEN 'asked' THEN 1 WHEN 'confirm' THEN 2 WHEN 'round' THEN 3 ELSE 4 END) VIRTUAL;
    CREATE INDEX letter_at ON letter (host, priority, due_at, serial, send_by, purpose) WHERE state IN ('drafted', 'deferred');
    CREATE INDEX letter_for ON letter (purpose, due_at, serial, send_by, host) WHERE state IN ('drafted', 'deferred');
    CREATE INDEX letter_canary ON letter (errand, drafted_at) WHERE purpose = 'canary';
    CREATE INDEX letter_catch_all ON letter (domain, campaign) WHERE purpose = 'catch_all';

    CREATE TABLE unweighed (               -- domains of whose letters to nobody something new is known
        domain TEXT PRIMARY KEY,
        asked  INTEGER NOT NULL            -- how often since last weighed
    ) STRICT, WITHOUT ROWID;
    INSERT INTO unweighed SELECT substr(code, 3), asked FROM unjudged WHERE code GLOB '[*]@*';
    DELETE FROM unjudged WHERE code GLOB '[*]@*';

    UPDATE letter SET purpose = 'canary', errand = substr(code, 2), code = '' WHERE code IN ('@home', '@bounce');
    UPDATE letter SET purpose = 'catch_all', code = '' WHERE code GLOB '[*]@*';
    UPDATE letter SET purpose = 'asked', due_at = max(due_at, drafted_at) WHERE campaign = -999999;
    UPDATE letter SET campaign = coalesce( -- the round in which it was written, by its neighbours
        (SELECT r.campaign FROM letter r WHERE r.serial < letter.serial AND r.purpose = 'round' ORDER BY r.serial DESC LIMIT 1),
        (SELECT r.campaign FROM letter r WHERE r.serial > letter.serial AND r.purpose = 'round' ORDER BY r.serial LIMIT 1), 0)
    WHERE campaign < -999000;
    """,
    """
    CREATE TABLE own_maker (               -- hosts on our own path, by what letters to ourselves showed (core.returns.trace)
        maker   TEXT PRIMARY KEY,
        seen_at TEXT NOT NULL              -- when it was last shown
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE mail ADD COLUMN maker TEXT NOT NULL DEFAULT '';     -- who made a report (core.returns.trace), '' where not told
    DROP TRIGGER mail_stays;
    CREATE TRIGGER mail_stays BEFORE UPDATE ON mail
        WHEN OLD.forgotten_at IS NOT NULL OR NEW.forgotten_at IS NULL OR NEW.raw <> x''
             OR (NEW.digest, NEW.size, NEW.arrived_at, NEW.kind, NEW.rule, NEW.serial, NEW.refused, NEW.signed, NEW.maker)
                IS NOT
                (OLD.digest, OLD.size, OLD.arrived_at, OLD.kind, OLD.rule, OLD.serial, OLD.refused, OLD.signed, OLD.maker)
        BEGIN SELECT RAISE(ABORT, 'mail is append-only, but for being forgotten'); END;
    """,
    """
    ALTER TABLE entry ADD COLUMN unread TEXT NOT NULL DEFAULT '';    -- parts of the agency of which nothing is known
    DROP VIEW probed;
    DROP VIEW agency;
    CREATE VIEW agency AS                  -- the register as it stands; a body that another succeeds is not counted beside it
        SELECT e.code, NOT EXISTS (
                   SELECT 1 FROM entry s WHERE s.former = e.code AND s.former <> '' AND s.until IS NULL AND e.former <> s.code
               ) AS listed, e.name, e.kind, e.province, e.superior, e.status, e.former, d.cell, d.address,
               a.announcement IS NOT NULL AS announced, ifnull(n.link, '') AS link, nullif(n.given_on, '') AS given_on,
               ifnull(a.cell, '') AS announced_cell, e.unread, w.since AS import, w.line, w.raw, d.began
        FROM entry e JOIN declared d ON d.code = e.code AND d.until IS NULL JOIN written w ON w.code = e.code AND w.until IS NULL
             LEFT JOIN announced a ON a.code = e.code AND a.until IS NULL LEFT JOIN announcement n ON n.id = a.announcement
        WHERE e.until IS NULL;
    CREATE VIEW probed AS                  -- who is written to, where, and from when its letters count
        SELECT code, address, began FROM agency WHERE listed AND address <> ''
        UNION ALL                          -- while its announcement is awaited, a raised body at its former address too
        SELECT a.code, f.address, '' FROM agency a
            JOIN declared f ON f.code = a.former AND f.since = (SELECT max(since) FROM declared WHERE code = a.former)
        WHERE a.listed AND a.former <> '' AND a.status = 'ยกฐานะ' AND f.address NOT IN ('', a.address);
    """,
    """
    CREATE TABLE lacking (                 -- mails that a mailbox named and did not give
        mailbox  TEXT NOT NULL,
        validity INTEGER NOT NULL,
        uid      INTEGER NOT NULL,
        since    TEXT NOT NULL,
        why      TEXT NOT NULL,            -- ports.Lack, as it was last
        said     TEXT NOT NULL,            -- the server's words
        ended_at TEXT,
        ended    TEXT NOT NULL DEFAULT '', -- given, gone (from the mailbox), or renumbered
        PRIMARY KEY (mailbox, validity, uid)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER lacking_kept BEFORE DELETE ON lacking
        BEGIN SELECT RAISE(ABORT, 'lacking is append-only'); END;
    """,
    """
    CREATE TABLE epoch (                   -- one begins with the ledger, and anew where it is not the one that last ran here
        id    INTEGER PRIMARY KEY,
        mark  INTEGER NOT NULL UNIQUE,     -- what the marks of its letters carry
        first INTEGER NOT NULL,            -- its serials begin here
        began TEXT NOT NULL,
        why   TEXT NOT NULL
    ) STRICT;
    INSERT INTO epoch (mark, first, began, why) VALUES (abs(random() % 1048576), 1, '', '');
    CREATE TRIGGER epoch_kept BEFORE DELETE ON epoch BEGIN SELECT RAISE(ABORT, 'epoch is append-only'); END;
    CREATE TABLE commits (                 -- one row: how many there were, so that an older copy is known for one
        tick INTEGER NOT NULL
    ) STRICT;
    INSERT INTO commits VALUES (0);
    CREATE TABLE halt (                    -- times in which nothing left us, for a doubt of ours
        id        INTEGER PRIMARY KEY,
        why       TEXT NOT NULL,           -- core.sending.halt.Why
        since     TEXT NOT NULL,
        said      TEXT NOT NULL,
        lifted_at TEXT,
        by        TEXT NOT NULL DEFAULT '',     -- the person; '' where it lifted itself
        note      TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE UNIQUE INDEX halt_standing ON halt (why) WHERE lifted_at IS NULL;
    CREATE TRIGGER halt_kept BEFORE DELETE ON halt BEGIN SELECT RAISE(ABORT, 'halt is append-only'); END;
    """,
    """
    ALTER TABLE unjudged ADD COLUMN cause TEXT NOT NULL DEFAULT '';    -- what we did that has it judged (core.judging.incident)
    ALTER TABLE fall ADD COLUMN cause TEXT NOT NULL DEFAULT '';        -- and that it comes of; '' for letters
    """,
    """
    ALTER TABLE reading ADD COLUMN alike TEXT NOT NULL DEFAULT '';     -- core.returns.likeness, of a mail that waits
    CREATE TABLE lesson (                  -- what a person ruled on one mail, for all of its like; the last that stands holds
        id       INTEGER PRIMARY KEY,
        alike    TEXT NOT NULL,
        kind     TEXT NOT NULL,            -- core.returns.arrival.Kind
        reason   TEXT,
        by       TEXT NOT NULL,
        note     TEXT NOT NULL,
        mail     TEXT NOT NULL,
        at       TEXT NOT NULL,
        ended_at TEXT,
        ended_by TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE INDEX letter_unsettled ON letter (serial) WHERE verdict = 'unsettled';
    CREATE INDEX lesson_of ON lesson (alike) WHERE ended_at IS NULL;
    CREATE TRIGGER lesson_kept BEFORE DELETE ON lesson BEGIN SELECT RAISE(ABORT, 'lesson is append-only'); END;
    """,
    """
    ALTER TABLE fall ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 1;   -- 0: a suspect (core.judging.standing)
    ALTER TABLE domain ADD COLUMN moved_at TEXT;                        -- when it was last seen to name other mail hosts
    CREATE INDEX letter_undecided ON letter (verdict) WHERE state IN ('accepted', 'refused', 'doubtful');
    """,
)


class TooNew(ConfigError):  # noqa: N818 - said of the file
    """The file was written by a newer version than this one."""


FOREIGN = """
    SELECT count(*) > 0 AND total(name = 'letter') = 0 FROM sqlite_schema
    WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^'
"""


def migrate(db: Tx) -> None:
    """Bring a file up to date, whole or not at all, and one program at a time.

    Raise TooNew where it is ahead of us, Unusable where it is another program's.
    """
    if db.execute(FOREIGN).get:
        raise Unusable("it is a database of another program: name another file in ledger.file, or put the ledger back")
    if version(db) == len(MIGRATIONS):
        return
    db.transaction_mode = "IMMEDIATE"
    with db:
        seen = version(db)      # by now: another program may have done it while we waited for the file
        if seen > len(MIGRATIONS):
            raise TooNew(f"the ledger has schema {seen}, this version knows {len(MIGRATIONS)}; install the newer version")
        for script in MIGRATIONS[seen:]:
            db.execute(script)
        db.pragma("user_version", len(MIGRATIONS))


def version(db: Tx) -> int:
    """Return how many migrations a file has seen."""
    return int(db.pragma("user_version"))
