-- What an account wants to have in its history, where that is not everything: JSON, one row for each such account.

CREATE TABLE preference (
    account     TEXT PRIMARY KEY,
    preferences TEXT NOT NULL
) WITHOUT ROWID;
