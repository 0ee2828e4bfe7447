-- What leads to a message: entries, names, words. Run by the writer alone.

-- name: add_party
INSERT OR IGNORE INTO party (address) VALUES (?)

-- name: party
SELECT address, id FROM party WHERE address = ?

-- name: add_entry
INSERT INTO entry (owner, id, peer, keep, words) VALUES (?, ?, ?, ?, ?)

-- name: join_entry
INSERT INTO entry (owner, id, peer, keep, words) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (owner, id) DO UPDATE SET keep = keep | excluded.keep

-- name: add_name
INSERT OR IGNORE INTO name (name, id) VALUES (?, ?)

-- name: add_dedup
INSERT OR REPLACE INTO dedup (name, id, at) VALUES (?, ?, ?)

-- name: add_words
INSERT INTO word (rowid, text) VALUES (?, ?)

-- name: is_held
SELECT 1 FROM entry WHERE owner = ? AND id = ?

-- name: set_words
UPDATE entry SET words = ? WHERE owner = ? AND id = ?

-- name: keep
SELECT keep FROM entry WHERE owner = ? AND id = ?

-- name: set_keep
UPDATE entry SET keep = ? WHERE owner = ? AND id = ?

-- name: drop_entry
DELETE FROM entry WHERE owner = ? AND id = ?

-- name: drop_name
DELETE FROM name WHERE name = ? AND id = ?

-- name: drop_words
DELETE FROM word WHERE rowid = ?
