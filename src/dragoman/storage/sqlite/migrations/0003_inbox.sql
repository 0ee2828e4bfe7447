-- What an account has set for its conversations and for itself, and the devices that it is logged in with.

CREATE TABLE conversation (
    account  TEXT NOT NULL,
    peer     TEXT NOT NULL,
    settings TEXT NOT NULL,
    PRIMARY KEY (account, peer)
) WITHOUT ROWID;

CREATE TABLE preferences (
    account     TEXT PRIMARY KEY,
    preferences TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE device (
    account TEXT NOT NULL,
    id      TEXT NOT NULL,
    digest  BLOB NOT NULL UNIQUE,
    used_at REAL NOT NULL,
    device  TEXT NOT NULL,
    PRIMARY KEY (account, id)
) WITHOUT ROWID;
CREATE INDEX device_by_use ON device (used_at);
