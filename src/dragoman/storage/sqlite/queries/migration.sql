-- Which migrations a database has seen.

-- name: is_managed
SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migration'

-- name: has_tables
SELECT 1 FROM sqlite_schema LIMIT 1

-- name: create
CREATE TABLE IF NOT EXISTS migration (
    version  INTEGER PRIMARY KEY,
    name     TEXT NOT NULL,
    checksum TEXT NOT NULL, -- SHA-256 of the file
    at       REAL NOT NULL
)

-- name: run
SELECT version, name, checksum FROM migration ORDER BY version

-- name: record
INSERT INTO migration (version, name, checksum, at) VALUES (?, ?, ?, ?)
