-- Accounts and what they own. Small things are kept as JSON, one row each: a new field with a default needs no migration.

CREATE TABLE account (
    domain      TEXT NOT NULL,
    local       TEXT NOT NULL,
    credentials TEXT NOT NULL,
    PRIMARY KEY (domain, local)
) WITHOUT ROWID;

CREATE TABLE app_password (
    account  TEXT NOT NULL,
    id       TEXT NOT NULL,
    password TEXT NOT NULL,
    PRIMARY KEY (account, id)
) WITHOUT ROWID;

CREATE TABLE roster (
    account TEXT NOT NULL,
    contact TEXT NOT NULL,
    item    TEXT NOT NULL,
    PRIMARY KEY (account, contact)
) WITHOUT ROWID;

CREATE TABLE block (
    account TEXT NOT NULL,
    blocked TEXT NOT NULL,
    PRIMARY KEY (account, blocked)
) WITHOUT ROWID;

CREATE TABLE marker (
    account TEXT NOT NULL,
    peer    TEXT NOT NULL,
    moment  REAL NOT NULL,
    PRIMARY KEY (account, peer)
) WITHOUT ROWID;

CREATE TABLE room (
    domain TEXT NOT NULL,
    local  TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (domain, local)
) WITHOUT ROWID;

-- The archive. A message is appended to this table and to nothing else, at its right end; the tables below it are filled
-- later, in bulk, up to progress.indexed.

CREATE TABLE message (
    id      INTEGER PRIMARY KEY, -- 48 bits of milliseconds, 16 that count
    at      INTEGER NOT NULL,    -- when it was appended, in seconds since 1970
    dedup   BLOB,                -- 16 octets that stand for the sender's own name of it
    entries BLOB NOT NULL,       -- MessagePack: who has it
    event   BLOB NOT NULL        -- MessagePack: what was said
);

CREATE TABLE progress (
    indexed INTEGER NOT NULL -- every message up to this id is in the tables below
);
INSERT INTO progress VALUES (0);

CREATE TABLE party (
    id      INTEGER PRIMARY KEY,
    address TEXT NOT NULL UNIQUE
);

CREATE TABLE entry (
    owner INTEGER NOT NULL, -- party
    id    INTEGER NOT NULL, -- message
    peer  INTEGER NOT NULL, -- party
    keep  INTEGER NOT NULL, -- 1: in the history, 2: waits for the owner's next login
    words INTEGER NOT NULL, -- 1: a message, not a reaction, receipt or the like
    PRIMARY KEY (owner, id)
) WITHOUT ROWID;
CREATE INDEX entry_by_peer ON entry (owner, peer, id, keep, words);
CREATE INDEX entry_waiting ON entry (owner, id) WHERE keep & 2;

-- What a message is called by its sender, and what it refers to. 31 bits stand for the conversation, so that its names are
-- neighbours, and 32 for the name or the reference; a hit is held against the message itself.
CREATE TABLE name (
    name INTEGER NOT NULL,
    id   INTEGER NOT NULL,
    PRIMARY KEY (name, id)
) WITHOUT ROWID;

CREATE TABLE dedup (
    name BLOB PRIMARY KEY,
    id   INTEGER NOT NULL,
    at   INTEGER NOT NULL
) WITHOUT ROWID;

-- The words of each message, already folded, and a word _<party> for each owner: so a search for a common word reads
-- only one owner's messages. ASCII tokens with _ and all other characters are what is written into it.
CREATE VIRTUAL TABLE word USING fts5 (
    text, content = '', contentless_delete = 1, detail = none, tokenize = "ascii tokenchars '_'"
);
