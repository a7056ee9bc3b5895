-- The ledger: everything that Saraban Watch knows. `store.schema` runs this file to make a new one.
--
-- How to read it
--   * Moments are UTC, ISO 8601 with milliseconds: they sort as text, and a person can read them.
--     A day that stands alone is Bangkok's.
--   * `code` is an agency's code in the register; '' where a row is about no agency.
--   * `at` is when a row was written; `by` the person who had it written, '' where it was us;
--     `note` and `why` are that person's words.
--   * A name that begins with core is the enumeration in sarabanwatch.core that a column takes its
--     values from, or the module that tells what stands there.
--   * 0 and 1 are no and yes. Sizes are octets.
--   * Facts (mails, readings, evidence, attempts, snapshots, notices) are added and never changed;
--     triggers see to it. What was made of them (judgements, downgrades, catch-all) can be thrown
--     away and judged again, but for `transition`, because people were told of those.
--   * Tables are STRICT, and WITHOUT ROWID where their key is no number of our own.


-- The register: the list of agencies, one import after another. Nothing in it is overwritten: what
-- it says of an agency holds from one import (`since`) until another (`until`; NULL: still).

CREATE TABLE import (                    -- a list that came in, an undo, or a correction
    id       INTEGER PRIMARY KEY,
    at       TEXT NOT NULL,
    source   TEXT NOT NULL,              -- the name of the file
    digest   TEXT NOT NULL,              -- SHA-256 of the file: the same bytes twice are one import
    good     INTEGER NOT NULL,           -- its rows that could be read ...
    bad      INTEGER NOT NULL,           -- ... and those that could not (table `problem`)
    channel  TEXT NOT NULL DEFAULT 'hand',  -- hand, file, folder, url, undo or correction
    by       TEXT NOT NULL DEFAULT '',
    restores INTEGER REFERENCES import,  -- an undo: the import that it goes back to
    notes    TEXT NOT NULL DEFAULT '[]'  -- what to say of it: JSON [[field, English, Thai], ...]
) STRICT;

CREATE TABLE problem (         -- a row of a file that could not be read
    import  INTEGER NOT NULL REFERENCES import,
    line    INTEGER NOT NULL,  -- its line in the file
    raw     TEXT NOT NULL,     -- the cells as they stood there: JSON [cell, ...]
    problem TEXT NOT NULL,     -- what is wrong with it ...
    remedy  TEXT NOT NULL,     -- ... and what whoever keeps the list is to do
    PRIMARY KEY (import, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE source (       -- what each source of lists offered last, so as not to fetch it twice
    channel TEXT PRIMARY KEY,  -- file, folder or url
    etag    TEXT NOT NULL      -- its ETag, or what stands for one; '' where the list was not taken
) STRICT, WITHOUT ROWID;

CREATE TABLE written (                 -- the row of an agency as it stood in the file
    code  TEXT NOT NULL,
    since INTEGER NOT NULL REFERENCES import,
    until INTEGER REFERENCES import,
    line  INTEGER NOT NULL DEFAULT 0,  -- where it stood in the file that first had it so
    raw   TEXT NOT NULL,               -- the cells: JSON [cell, ...]
    PRIMARY KEY (code, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE noted (      -- what had to be interpreted to read that row
    code  TEXT NOT NULL,
    since INTEGER NOT NULL REFERENCES import,
    until INTEGER REFERENCES import,
    notes TEXT NOT NULL,  -- JSON [[field, English, Thai], ...]
    PRIMARY KEY (code, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE entry (                    -- the agency that was read out of it
    code     TEXT NOT NULL,
    since    INTEGER NOT NULL REFERENCES import,
    until    INTEGER REFERENCES import,
    name     TEXT NOT NULL,
    kind     TEXT NOT NULL,             -- core.facts.agency.AgencyKind
    province TEXT NOT NULL,
    superior TEXT NOT NULL,             -- the ministry, or the body above it
    status   TEXT NOT NULL,             -- core.facts.agency.Status
    former   TEXT NOT NULL,             -- the code of the body that it succeeded, or ''
    unread   TEXT NOT NULL DEFAULT '',  -- parts that the list did not tell, divided by spaces
    PRIMARY KEY (code, since)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_former ON entry (former) WHERE former <> '';   -- who succeeded whom

CREATE TABLE declared (                -- the address that it declared
    code    TEXT NOT NULL,
    since   INTEGER NOT NULL REFERENCES import,
    until   INTEGER REFERENCES import,
    cell    TEXT NOT NULL,             -- the e-mail cell as it stood in the file
    address TEXT NOT NULL,             -- what letters go to; '' where the cell holds none
    domain  TEXT AS (substr(address, instr(address, '@') + 1)) VIRTUAL,
    began   TEXT NOT NULL DEFAULT '',  -- letters from before then prove nothing here
    PRIMARY KEY (code, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE announcement (  -- of addresses, to the public; a province's covers many agencies
    id       INTEGER PRIMARY KEY,
    link     TEXT NOT NULL,
    given_on TEXT NOT NULL,  -- its day, or ''
    UNIQUE (link, given_on)
) STRICT;

CREATE TABLE announced (         -- the announcement that covers an agency
    code         TEXT NOT NULL,
    since        INTEGER NOT NULL REFERENCES import,
    until        INTEGER REFERENCES import,
    announcement INTEGER NOT NULL REFERENCES announcement,
    cell         TEXT NOT NULL,  -- the address cell that it gives, as it stands there
    PRIMARY KEY (code, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE amendment (   -- what an import changed of an agency, as people read it
    import INTEGER NOT NULL REFERENCES import,
    code   TEXT NOT NULL,
    what   TEXT NOT NULL,  -- core.register.difference.ChangeKind
    was    TEXT NOT NULL,
    now    TEXT NOT NULL,
    PRIMARY KEY (import, code, what)
) STRICT, WITHOUT ROWID;

-- The register as it stands. `listed` is 0 for a body that another succeeds: it is not counted too.
CREATE VIEW agency AS
    SELECT e.code, NOT EXISTS (
               SELECT 1 FROM entry s
               WHERE s.former = e.code AND s.former <> '' AND s.until IS NULL AND e.former <> s.code
           ) AS listed,
           e.name, e.kind, e.province, e.superior, e.status, e.former, d.cell, d.address, d.domain,
           a.announcement IS NOT NULL AS announced, coalesce(n.link, '') AS link,
           nullif(n.given_on, '') AS given_on, coalesce(a.cell, '') AS announced_cell,
           e.unread, w.since AS import, w.line, d.began
    FROM entry e
         JOIN declared d ON d.code = e.code AND d.until IS NULL
         JOIN written w ON w.code = e.code AND w.until IS NULL
         LEFT JOIN announced a ON a.code = e.code AND a.until IS NULL
         LEFT JOIN announcement n ON n.id = a.announcement
    WHERE e.until IS NULL;

-- Who is written to, where, and from when on its letters count. A body that was raised is written
-- to at its former address too, until it announces one of its own.
CREATE VIEW probed AS
    SELECT code, address, domain, began FROM agency WHERE listed AND address <> ''
    UNION ALL
    SELECT a.code, f.address, f.domain, '' FROM agency a
        JOIN declared f ON f.code = a.former
                       AND f.since = (SELECT max(since) FROM declared WHERE code = a.former)
    WHERE a.listed AND a.former <> '' AND a.status = 'ยกฐานะ' AND f.address NOT IN ('', a.address);


-- Letters: each from draft to the end of its window, and every try to send one.

CREATE TABLE letter (                    -- core.sending.probe is its state machine
    serial     INTEGER PRIMARY KEY,      -- the letter's number: never given twice (`epoch`)
    token      TEXT NOT NULL UNIQUE,     -- our signed token, by which what comes back is known
    purpose    TEXT NOT NULL DEFAULT 'round'  -- core.facts.purpose.Purpose
        -- two of them go to no agency
        CHECK (purpose IN ('canary', 'asked', 'confirm', 'round', 'catch_all')
               AND (code = '') = (purpose IN ('canary', 'catch_all'))),
    canary_kind TEXT NOT NULL DEFAULT ''  -- core.sending.canary.CanaryKind; '' for other letters
        CHECK (canary_kind = '' OR purpose = 'canary' AND canary_kind IN ('home', 'bounce')),
    priority   INTEGER AS (              -- the smaller leaves first: the order of Purpose
        CASE purpose WHEN 'canary' THEN 0 WHEN 'asked' THEN 1 WHEN 'confirm' THEN 2
                     WHEN 'round' THEN 3 ELSE 4 END) VIRTUAL,
    code       TEXT NOT NULL,
    name       TEXT NOT NULL,            -- the agency's name that day; the domain for `catch_all`
    address    TEXT NOT NULL,
    domain     TEXT AS (substr(address, instr(address, '@') + 1)) VIRTUAL,
    host       TEXT NOT NULL DEFAULT '',  -- the mail host that it burdens, as last known; ''
    campaign   INTEGER NOT NULL,         -- the number of the round in which it was written
    state      TEXT NOT NULL,            -- core.sending.probe.State
    fate       TEXT NOT NULL DEFAULT '',  -- what became of it: its state before closed, or ''
    drafted_at TEXT NOT NULL,
    due_at     TEXT NOT NULL,            -- it does not leave us before ...
    send_by    TEXT NOT NULL,            -- ... nor from then on
    first_try  TEXT,                     -- when it was first picked to be sent
    window_end TEXT,                     -- until then what comes back is waited for
    closed_at  TEXT,
    verdict    TEXT,                     -- core.judging.verdict.Verdict: judged, no source
    replaces   INTEGER REFERENCES letter  -- the earlier letter of the round that told us nothing
) STRICT;
-- The letters that wait are few beside all others. The first two indexes are used every minute and
-- several times a second, and hold all that those queries need, so that no letter is read.
CREATE INDEX letter_at ON letter (host, priority, due_at, serial, send_by, purpose)
    WHERE state IN ('drafted', 'deferred');
CREATE INDEX letter_for ON letter (purpose, due_at, serial, send_by, host)
    WHERE state IN ('drafted', 'deferred');
CREATE INDEX letter_waiting ON letter (due_at) WHERE state IN ('drafted', 'deferred');
-- Windows that end, by themselves or early by a failure; and what waits for a person.
CREATE INDEX letter_open ON letter (window_end)
    WHERE state NOT IN ('drafted', 'deferred', 'closed');
CREATE INDEX letter_undecided ON letter (verdict)
    WHERE state IN ('accepted', 'refused', 'doubtful');
CREATE INDEX letter_unsettled ON letter (serial) WHERE verdict = 'unsettled';
-- The letters of an agency, of a round or all; those to an address: is one under way?
CREATE INDEX letter_of ON letter (code, campaign);
CREATE INDEX letter_to ON letter (address);
-- The latest letters to ourselves; the one that a domain gets a round.
CREATE INDEX letter_canary ON letter (canary_kind, drafted_at) WHERE purpose = 'canary';
CREATE INDEX letter_catch_all ON letter (domain, campaign) WHERE purpose = 'catch_all';

CREATE TABLE attempt (       -- every try to send a letter, by which the next ones are paced
    id       INTEGER PRIMARY KEY,
    serial   INTEGER NOT NULL REFERENCES letter,
    picked_at TEXT NOT NULL, -- when the letter was picked ...
    at       TEXT NOT NULL,  -- ... and when the try was over
    event    TEXT NOT NULL,  -- core.sending.probe.Event
    speaker  TEXT NOT NULL,  -- '@relay' where our own relay answered, '' for the mail host
    response TEXT,           -- core.sending.throttle.ResponseKind; NULL: tells nothing of our pace
    reply    TEXT NOT NULL   -- its words, or the host's
) STRICT;
CREATE TRIGGER attempt_stays BEFORE UPDATE ON attempt
    BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;
CREATE TRIGGER attempt_kept BEFORE DELETE ON attempt
    BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;

CREATE TABLE epoch (                -- a life of the ledger: another begins where it was restored
    id    INTEGER PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,  -- drawn by chance, below core.facts.token.EPOCHS; its letters'
                                     -- tokens carry it
    first  INTEGER NOT NULL,         -- its serials begin here
    began  TEXT NOT NULL,            -- '' for the first
    why    TEXT NOT NULL             -- how we knew that the ledger was restored; '' for the first
) STRICT;
CREATE TRIGGER epoch_kept BEFORE DELETE ON epoch
    BEGIN SELECT RAISE(ABORT, 'epoch is append-only'); END;
INSERT INTO epoch (number, first, began, why) VALUES (abs(random() % 1048576), 1, '', '');

CREATE TABLE commits (     -- one row; the witness beside the ledger knows it too (store.witness)
    tick INTEGER NOT NULL  -- how many commits there were: an older copy of the ledger has fewer
) STRICT;
INSERT INTO commits VALUES (0);

CREATE TABLE halt (                      -- times in which nothing was sent, for a doubt of our own
    id        INTEGER PRIMARY KEY,
    why       TEXT NOT NULL,             -- core.sending.halt.Why
    since     TEXT NOT NULL,
    detail    TEXT NOT NULL,             -- what is the matter
    lifted_at TEXT,
    by        TEXT NOT NULL DEFAULT '',  -- who lifted it; '' where it lifted itself
    note      TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX halt_standing ON halt (why) WHERE lifted_at IS NULL;     -- one of each doubt
CREATE TRIGGER halt_kept BEFORE DELETE ON halt
    BEGIN SELECT RAISE(ABORT, 'halt is append-only'); END;


-- What came back: mails, what was said of each, and the facts about letters. Mail, evidence and
-- cursor are written in one transaction.

CREATE TABLE cursor (           -- how far each mailbox has been read
    mailbox  TEXT PRIMARY KEY,
    validity INTEGER NOT NULL,  -- UIDVALIDITY (RFC 9051 section 2.3.1.1)
    uid      INTEGER NOT NULL   -- the last UID that was read
) STRICT, WITHOUT ROWID;

CREATE TABLE lacking (                  -- mails that a mailbox named and did not give
    mailbox  TEXT NOT NULL,
    validity INTEGER NOT NULL,
    uid      INTEGER NOT NULL,
    since    TEXT NOT NULL,
    why      TEXT NOT NULL,             -- core.returns.mailbox.FetchFailure, as last seen
    reply    TEXT NOT NULL,             -- the server's words
    ended_at TEXT,
    ended    TEXT NOT NULL DEFAULT '',  -- given, gone (deleted there) or renumbered; '': lacks
    PRIMARY KEY (mailbox, validity, uid)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER lacking_kept BEFORE DELETE ON lacking
    BEGIN SELECT RAISE(ABORT, 'lacking is append-only'); END;

CREATE TABLE mail (                 -- every mail that came in, whosever it is
    digest       TEXT PRIMARY KEY,  -- SHA-256 of the raw message
    size         INTEGER NOT NULL,  -- of the raw message
    arrived_at   TEXT NOT NULL,
    kind         TEXT NOT NULL,     -- core.returns.arrival.MailKind, as first read; see `reading`
    sender       TEXT NOT NULL,
    subject      TEXT NOT NULL,
    signed       TEXT NOT NULL DEFAULT '',  -- domains whose DKIM signature held, by spaces
    maker        TEXT NOT NULL DEFAULT '',  -- who made a report (core.returns.trace), or ''
    forgotten_at TEXT,              -- when its words and sender were let go (ledger.mail_days)
    raw          BLOB NOT NULL      -- the message, zlib; x'' once forgotten. Last: it is long
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_kept ON mail (arrived_at) WHERE forgotten_at IS NULL;   -- those to be let go
-- A mail changes once: its words are let go, and nothing else of it changes.
CREATE TRIGGER mail_stays BEFORE UPDATE ON mail
    WHEN OLD.forgotten_at IS NOT NULL OR NEW.forgotten_at IS NULL OR NEW.raw <> x''
         OR (NEW.digest, NEW.size, NEW.arrived_at, NEW.kind, NEW.signed, NEW.maker)
            IS NOT (OLD.digest, OLD.size, OLD.arrived_at, OLD.kind, OLD.signed, OLD.maker)
    BEGIN SELECT RAISE(ABORT, 'mail is append-only, but for being forgotten'); END;
CREATE TRIGGER mail_there BEFORE DELETE ON mail
    BEGIN SELECT RAISE(ABORT, 'mail is append-only'); END;

CREATE TABLE reading (                  -- what was said of a mail, and when again; the last holds
    id      INTEGER PRIMARY KEY,
    mail    TEXT NOT NULL REFERENCES mail,
    at      TEXT NOT NULL,
    kind    TEXT NOT NULL,              -- core.returns.arrival.MailKind
    rule    TEXT NOT NULL,              -- the rule that decided
    reason  TEXT,                       -- core.facts.evidence.Reason, where it tells of a failure
    serial  INTEGER REFERENCES letter,  -- the letter that it belongs to
    refused TEXT NOT NULL,              -- why a token in it was not believed, or ''
    waits   TEXT NOT NULL,              -- why it waits for a person, or ''
    by      TEXT NOT NULL,              -- who ruled; '' where our rules did
    note    TEXT NOT NULL,
    alike   TEXT NOT NULL DEFAULT ''    -- its likeness (core.returns.likeness), where it waits
) STRICT;
CREATE INDEX reading_of ON reading (mail);
CREATE INDEX reading_waits ON reading (mail) WHERE waits <> '';  -- what may wait for a person
CREATE INDEX reading_by ON reading (mail) WHERE by <> '';  -- where a person spoke, rules are silent
CREATE TRIGGER reading_stays BEFORE UPDATE ON reading
    BEGIN SELECT RAISE(ABORT, 'reading is append-only'); END;
CREATE TRIGGER reading_kept BEFORE DELETE ON reading
    BEGIN SELECT RAISE(ABORT, 'reading is append-only'); END;

CREATE TABLE lesson (        -- what a person ruled for all mails of a likeness; the last holds
    id       INTEGER PRIMARY KEY,
    alike    TEXT NOT NULL,  -- the likeness (core.returns.likeness)
    kind     TEXT NOT NULL,  -- core.returns.arrival.MailKind
    reason   TEXT,           -- core.facts.evidence.Reason
    by       TEXT NOT NULL,
    note     TEXT NOT NULL,
    mail     TEXT NOT NULL,  -- the mail that it was learnt from
    at       TEXT NOT NULL,
    ended_at TEXT,
    ended_by TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX lesson_of ON lesson (alike) WHERE ended_at IS NULL;
CREATE TRIGGER lesson_kept BEFORE DELETE ON lesson
    BEGIN SELECT RAISE(ABORT, 'lesson is append-only'); END;

CREATE TABLE evidence (                  -- facts about letters, from which all is judged
    id        INTEGER PRIMARY KEY,
    serial    INTEGER NOT NULL REFERENCES letter,
    kind      TEXT NOT NULL,             -- core.facts.evidence.FactKind
    seen_at   TEXT NOT NULL,
    code      INTEGER NOT NULL,          -- the SMTP reply code (RFC 5321), or 0; no agency's
    status    TEXT NOT NULL,             -- the enhanced status code (RFC 3463), or ''
    text      TEXT NOT NULL,             -- the other side's own words
    reason    TEXT,                      -- core.facts.evidence.Reason, where it failed
    rule      TEXT NOT NULL,             -- the rule that decided the reason
    reporter  TEXT NOT NULL,             -- who reported it
    receipt   TEXT NOT NULL,             -- the receipt number that was given, or ''
    matched_by TEXT NOT NULL,            -- core.facts.evidence.MatchedBy: how its letter was found
    certainty TEXT NOT NULL,             -- core.facts.evidence.Certainty: and how sure that is
    mail      TEXT NOT NULL,             -- the mail's digest; '' where our own connection showed it
    authentic TEXT NOT NULL DEFAULT '',  -- what proves that its domain wrote it, in words, or ''
    edition   INTEGER NOT NULL DEFAULT 0  -- the `reading` that it is of; a mail's last counts
) STRICT;
CREATE INDEX evidence_of ON evidence (serial);
CREATE INDEX evidence_from ON evidence (mail) WHERE mail <> '';
CREATE TRIGGER evidence_stays BEFORE UPDATE ON evidence
    BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;
CREATE TRIGGER evidence_kept BEFORE DELETE ON evidence
    BEGIN SELECT RAISE(ABORT, 'evidence is append-only'); END;

CREATE TABLE own_maker (   -- hosts on our own path, as canaries showed (core.returns.trace)
    maker   TEXT PRIMARY KEY,
    seen_at TEXT NOT NULL  -- when it was last shown to be one
) STRICT, WITHOUT ROWID;


-- What was made of it: judgements, and downgrades that have not taken effect.

CREATE TABLE unjudged (             -- agencies of which something new is known
    code  TEXT PRIMARY KEY,
    asked INTEGER NOT NULL,         -- how often since last judged: nothing new is lost
    cause TEXT NOT NULL DEFAULT ''  -- what we did (core.judging.incident.Kin), or '' for letters
) STRICT, WITHOUT ROWID;

CREATE TABLE judgement (    -- what each agency is held to be
    code    TEXT PRIMARY KEY,
    grp     TEXT NOT NULL,  -- core.judging.group.Group
    because TEXT NOT NULL,  -- the reason, in words
    health  TEXT NOT NULL,  -- core.judging.standing.Health
    verdict TEXT,           -- core.judging.verdict.Verdict by which it stands so
    since   TEXT NOT NULL   -- when the group last changed
) STRICT, WITHOUT ROWID;

CREATE TABLE transition (       -- an agency's group became another one
    id          INTEGER PRIMARY KEY,
    code        TEXT NOT NULL,
    was         TEXT,           -- core.judging.group.Group; NULL: not judged before
    now         TEXT NOT NULL,  -- core.judging.group.Group
    because     TEXT NOT NULL,
    at          TEXT NOT NULL,
    reported_at TEXT            -- NULL: still to be reported
) STRICT;
CREATE INDEX transition_unreported ON transition (id) WHERE reported_at IS NULL;
CREATE INDEX transition_of ON transition (code);

CREATE TABLE rulebook (  -- by which rules agencies were judged, from when on
    since TEXT PRIMARY KEY,
    rules TEXT NOT NULL  -- the ids of the address rules and of the groups, divided by spaces
) STRICT, WITHOUT ROWID;

CREATE TABLE incident (                  -- many downgrades that share something: one fault, held
    id        INTEGER PRIMARY KEY,
    scope     TEXT NOT NULL,             -- core.judging.incident.Scope: what they share ...
    key       TEXT NOT NULL,             -- ... and its name; '' for the country
    opened_at TEXT NOT NULL,
    closed_at TEXT,
    outcome   TEXT NOT NULL DEFAULT '',  -- cleared (by letters since) or released (by a person)
    by        TEXT NOT NULL DEFAULT '',
    note      TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX incident_open ON incident (scope, key) WHERE closed_at IS NULL;  -- one a kin

CREATE TABLE downgrade (                 -- a change to a worse group that waits, or is held
    code      TEXT PRIMARY KEY,
    grp       TEXT NOT NULL,             -- as in `judgement`, if it takes effect
    because   TEXT NOT NULL,
    health    TEXT NOT NULL,
    verdict   TEXT,
    found_at  TEXT NOT NULL,             -- when it was first found
    incident  INTEGER REFERENCES incident,  -- the incident that holds it ...
    held_at   TEXT,                      -- ... since when
    cause     TEXT NOT NULL DEFAULT '',  -- what we did that it comes of, as in `unjudged`
    confirmed INTEGER NOT NULL DEFAULT 1  -- 0: suspected by one letter (core.judging.standing)
) STRICT, WITHOUT ROWID;
CREATE INDEX downgrade_held ON downgrade (incident);

CREATE TABLE member (                   -- the agencies that an incident held, and how each left it
    incident INTEGER NOT NULL REFERENCES incident,
    code     TEXT NOT NULL,
    held_at  TEXT NOT NULL,
    left_at  TEXT,
    outcome  TEXT NOT NULL DEFAULT '',  -- cleared (not upheld) or changed (its group did); or ''
    PRIMARY KEY (incident, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE unweighed (     -- domains of whose catch-all letters something new is known
    domain TEXT PRIMARY KEY,
    asked  INTEGER NOT NULL  -- as in `unjudged`
) STRICT, WITHOUT ROWID;

CREATE TABLE catch_all (        -- whether a domain takes any name (core.sending.catch_all)
    domain   TEXT PRIMARY KEY,
    takes    INTEGER NOT NULL,  -- 1: any name; 0: names that do not exist are refused
    since    TEXT NOT NULL,
    known_at TEXT NOT NULL      -- when it was last seen to
) STRICT, WITHOUT ROWID;


-- What people asked for, and decided.

CREATE TABLE opt_out (                   -- agencies that asked to be left alone
    id        INTEGER PRIMARY KEY,
    code      TEXT NOT NULL,
    at        TEXT NOT NULL,
    by        TEXT NOT NULL,
    until     TEXT NOT NULL,             -- its last day, or '' for none
    why       TEXT NOT NULL,
    ended_at  TEXT,
    ended_by  TEXT NOT NULL DEFAULT '',  -- '' where its last day was over
    ended_why TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX opt_out_standing ON opt_out (code) WHERE ended_at IS NULL;  -- one an agency
CREATE TRIGGER opt_out_kept BEFORE DELETE ON opt_out
    BEGIN SELECT RAISE(ABORT, 'opt_out is append-only'); END;

CREATE TABLE correction (               -- decided on a mail that tells a new address
    mail     TEXT PRIMARY KEY REFERENCES mail,
    at       TEXT NOT NULL,
    accepted INTEGER NOT NULL,
    by       TEXT NOT NULL,
    note     TEXT NOT NULL,
    code     TEXT NOT NULL,             -- the agency, '' where none was named
    was      TEXT NOT NULL,             -- its e-mail cell before ...
    cell     TEXT NOT NULL,             -- ... and after
    import   INTEGER REFERENCES import  -- under which the register took it in; NULL: rejected
) STRICT, WITHOUT ROWID;


-- Domains and mail hosts, as they were found without a letter.

CREATE TABLE domain (          -- a domain that letters go to, as the DNS shows it
    name       TEXT PRIMARY KEY,
    mail_host  TEXT,           -- tried first, as last known; '' for none, NULL: not known yet
    exchangers TEXT,           -- its MX records, as last known: JSON [[preference, host], ...]
    asked_at   TEXT NOT NULL,  -- when it was last asked about; '' to have it asked anew
    known_at   TEXT,           -- when it was last known whether it exists ...
    resolvers  INTEGER,        -- ... and how many resolvers told so
    moved_at   TEXT            -- when it was last seen to name other mail hosts
) STRICT, WITHOUT ROWID;

CREATE TABLE finding (       -- what holds of a domain; what is known not to hold is struck out
    domain   TEXT NOT NULL REFERENCES domain,
    finding  TEXT NOT NULL,  -- core.domain.DomainFinding
    since    TEXT NOT NULL,
    known_at TEXT NOT NULL,  -- when it was last seen to hold
    PRIMARY KEY (domain, finding)
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_of ON finding (finding);       -- `domains --finding`

CREATE TABLE encryption (        -- our last connection to a mail host (core.sending.tls.Seen)
    host      TEXT PRIMARY KEY,
    version   TEXT NOT NULL,     -- of TLS; '' for none
    cipher    TEXT NOT NULL,
    untrusted TEXT NOT NULL,     -- why its chain of certificates does not hold, or ''
    named     INTEGER NOT NULL,  -- 1: the certificate is for this host
    ends      TEXT,              -- the certificate's last moment
    demand    TEXT NOT NULL,     -- core.sending.route.Demand: what its domain asks; or ''
    failed    TEXT NOT NULL,     -- why encryption did not come about, or ''
    judged    INTEGER NOT NULL,  -- 0: nobody need vouch for the certificate (DANE)
    since     TEXT NOT NULL,     -- since when it looks like this
    seen_at   TEXT NOT NULL
) STRICT, WITHOUT ROWID;


-- Papers: what was issued, by whom, when.

CREATE TABLE snapshot (              -- the census of a moment: all that we publish is made of it
    id        INTEGER PRIMARY KEY,
    digest    TEXT NOT NULL UNIQUE,  -- SHA-256 of the content
    as_of     TEXT NOT NULL,         -- the moment that it tells of ...
    frozen_at TEXT NOT NULL,         -- ... and when it was made
    campaign  INTEGER NOT NULL,      -- the number of the round
    content   BLOB NOT NULL          -- core.papers.snapshot's canonical JSON, zlib
) STRICT;
CREATE TRIGGER snapshot_stays BEFORE UPDATE ON snapshot
    BEGIN SELECT RAISE(ABORT, 'snapshot is append-only'); END;
CREATE TRIGGER snapshot_kept BEFORE DELETE ON snapshot
    BEGIN SELECT RAISE(ABORT, 'snapshot is append-only'); END;

CREATE TABLE release (  -- a person's word that what is made from a snapshot is final
    snapshot INTEGER PRIMARY KEY REFERENCES snapshot,
    at       TEXT NOT NULL,
    by       TEXT NOT NULL,
    note     TEXT NOT NULL
) STRICT;
CREATE TRIGGER release_stays BEFORE UPDATE ON release
    BEGIN SELECT RAISE(ABORT, 'release is append-only'); END;
CREATE TRIGGER release_kept BEFORE DELETE ON release
    BEGIN SELECT RAISE(ABORT, 'release is append-only'); END;

CREATE TABLE backup (      -- backups that were taken, each checked (store.copies)
    id     INTEGER PRIMARY KEY,
    at     TEXT NOT NULL,
    folder TEXT NOT NULL,
    digest TEXT NOT NULL,  -- SHA-256 of its ledger
    size   INTEGER NOT NULL
) STRICT;
CREATE TRIGGER backup_stays BEFORE UPDATE ON backup
    BEGIN SELECT RAISE(ABORT, 'backup is append-only'); END;
CREATE TRIGGER backup_kept BEFORE DELETE ON backup
    BEGIN SELECT RAISE(ABORT, 'backup is append-only'); END;

CREATE TABLE notice (                   -- asks an agency to mend; written down before it leaves us
    id       INTEGER PRIMARY KEY,
    snapshot INTEGER NOT NULL REFERENCES snapshot,
    code     TEXT NOT NULL,
    address  TEXT NOT NULL,
    was      TEXT NOT NULL,             -- its group in the snapshot (core.judging.group.Group)
    at       TEXT NOT NULL,
    by       TEXT NOT NULL,
    host     TEXT NOT NULL DEFAULT '',  -- the mail host that it burdens
    UNIQUE (snapshot, code)             -- nobody is written to twice
) STRICT;
CREATE TRIGGER notice_stays BEFORE UPDATE ON notice
    BEGIN SELECT RAISE(ABORT, 'notice is append-only'); END;
CREATE TRIGGER notice_kept BEFORE DELETE ON notice
    BEGIN SELECT RAISE(ABORT, 'notice is append-only'); END;

CREATE TABLE notice_outcome (           -- what became of it: the last counts, none: in doubt
    id       INTEGER PRIMARY KEY,
    notice   INTEGER NOT NULL REFERENCES notice,
    at       TEXT NOT NULL,
    event    TEXT NOT NULL,             -- core.sending.probe.Event, or 'doubtful': tried once more
    reply    TEXT NOT NULL,
    speaker  TEXT NOT NULL DEFAULT '',  -- as in `attempt`
    response TEXT NOT NULL DEFAULT ''   -- as in `attempt`, '' where it tells nothing of our pace
) STRICT;
CREATE INDEX outcome_of ON notice_outcome (notice);
CREATE TRIGGER notice_outcome_stays BEFORE UPDATE ON notice_outcome
    BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER notice_outcome_kept BEFORE DELETE ON notice_outcome
    BEGIN SELECT RAISE(ABORT, 'append-only'); END;
