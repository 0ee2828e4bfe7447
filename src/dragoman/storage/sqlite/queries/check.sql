-- What must hold between the tables, and each row that breaks it.

-- name: integrity
PRAGMA integrity_check(20)

-- name: entries_of_nothing
SELECT entry.id FROM entry LEFT JOIN message ON message.id = entry.id WHERE message.id IS NULL LIMIT 20

-- name: messages_of_nobody
SELECT id, entries FROM message WHERE id <= (SELECT indexed FROM progress) ORDER BY id

-- name: is_held
SELECT 1 FROM entry JOIN party ON party.id = entry.owner WHERE party.address = ? AND entry.id = ?

-- name: events
SELECT id, event FROM message ORDER BY id
