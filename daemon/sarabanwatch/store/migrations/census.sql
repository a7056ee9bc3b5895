-- All agencies are counted every few minutes: what is not counted is not looked up. The view has the
-- columns that it had; an agency's announcement and its row of the file are asked for only where
-- somebody names them.

DROP VIEW agency;
CREATE VIEW agency AS
    SELECT e.code, NOT EXISTS (
               SELECT 1 FROM entry s
               WHERE s.former = e.code AND s.former <> '' AND s.until IS NULL AND e.former <> s.code
           ) AS listed,
           e.name, e.kind, e.province, e.superior, e.status, e.former, d.cell, d.address, d.domain,
           EXISTS (SELECT 1 FROM announced a WHERE a.code = e.code AND a.until IS NULL)
               AS announced,
           coalesce((SELECT n.link FROM announced a JOIN announcement n ON n.id = a.announcement
                     WHERE a.code = e.code AND a.until IS NULL), '') AS link,
           (SELECT nullif(n.given_on, '')
            FROM announced a JOIN announcement n ON n.id = a.announcement
            WHERE a.code = e.code AND a.until IS NULL) AS given_on,
           coalesce((SELECT a.cell FROM announced a WHERE a.code = e.code AND a.until IS NULL), '')
               AS announced_cell,
           e.unread,
           (SELECT w.since FROM written w WHERE w.code = e.code AND w.until IS NULL) AS import,
           (SELECT w.line FROM written w WHERE w.code = e.code AND w.until IS NULL) AS line,
           d.began
    FROM entry e JOIN declared d ON d.code = e.code AND d.until IS NULL
    WHERE e.until IS NULL;

-- Whether a domain was found to have another mail host since agencies were last counted by it: the
-- last that was has the largest number.
ALTER TABLE domain ADD COLUMN host_move INTEGER NOT NULL DEFAULT 0;
CREATE INDEX domain_moved ON domain (host_move) WHERE host_move > 0;

-- The falls out of reach are few beside all transitions of all years.
CREATE INDEX transition_fell ON transition (code, id)
    WHERE now IN ('D1', 'D2', 'D3') AND was NOT IN ('D1', 'D2', 'D3', 'unknown');
