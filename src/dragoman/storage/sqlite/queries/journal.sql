-- The table of messages, and how far the index has come. Run by the writer alone.

-- name: append
INSERT INTO message (id, at, dedup, entries, event) VALUES (?, ?, ?, ?, ?)

-- name: known
SELECT name, id FROM dedup WHERE name = ? AND at > ?

-- name: last
SELECT max(indexed, ifnull((SELECT max(id) FROM message), 0)) FROM progress

-- name: indexed
SELECT indexed FROM progress

-- name: set_indexed
UPDATE progress SET indexed = max(indexed, ?)

-- name: unindexed
-- Without the events: most are at hand.
SELECT id, at, dedup, entries FROM message WHERE id > (SELECT indexed FROM progress) AND id <= :up_to ORDER BY id LIMIT :limit

-- name: event
SELECT id, event FROM message WHERE id = ?

-- name: unindexed_names
SELECT dedup, id FROM message WHERE id > (SELECT indexed FROM progress) AND dedup IS NOT NULL

-- name: row
SELECT id, at, dedup, entries, event FROM message WHERE id = ?

-- name: older
SELECT id, at, dedup, entries, event FROM message WHERE id < :before ORDER BY id LIMIT :limit

-- name: held
SELECT message.id, at, dedup, entries, event
FROM entry JOIN message ON message.id = entry.id
WHERE entry.owner = :owner ORDER BY entry.id LIMIT :limit

-- name: set_entries
UPDATE message SET entries = :entries WHERE id = :id

-- name: set_event
UPDATE message SET event = :event WHERE id = :id

-- name: delete
DELETE FROM message WHERE id = ?

-- name: forget_names
DELETE FROM dedup WHERE at <= ?
