-- Files that people share; their octets lie beside the database.

CREATE TABLE upload (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL,
    size       INTEGER NOT NULL,
    created_at REAL NOT NULL,
    complete   INTEGER NOT NULL,
    upload     TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX upload_by_account ON upload (account, created_at, size);
CREATE INDEX upload_by_age ON upload (complete, created_at);
