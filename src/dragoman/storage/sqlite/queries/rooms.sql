-- Rooms.

-- name: load
SELECT record FROM room WHERE domain = ? AND local = ?

-- name: save
INSERT OR REPLACE INTO room (domain, local, record) VALUES (?, ?, ?)

-- name: remove
DELETE FROM room WHERE domain = ? AND local = ?

-- name: all
SELECT record FROM room WHERE domain = ? ORDER BY local
