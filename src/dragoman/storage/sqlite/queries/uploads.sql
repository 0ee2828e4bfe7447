-- Files that people share.

-- name: put
INSERT OR REPLACE INTO upload (id, account, size, created_at, complete, upload) VALUES (?, ?, ?, ?, ?, ?)

-- name: get
SELECT upload FROM upload WHERE id = ?

-- name: of
SELECT upload FROM upload WHERE account = ? ORDER BY created_at, id

-- name: used
SELECT coalesce(sum(size), 0) FROM upload WHERE account = ?

-- name: remove
DELETE FROM upload WHERE id = ?

-- name: old
SELECT upload FROM upload WHERE complete = ? AND created_at < ? ORDER BY created_at, id
