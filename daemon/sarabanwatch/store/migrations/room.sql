-- How much room there was on the ledger's disk, once a day (core.room).

CREATE TABLE room (
    at   TEXT PRIMARY KEY,
    free INTEGER NOT NULL   -- octets
) STRICT, WITHOUT ROWID;
