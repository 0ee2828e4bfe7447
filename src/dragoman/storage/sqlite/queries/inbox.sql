-- Settings of conversations, preferences, devices.

-- name: conversations
SELECT settings FROM conversation WHERE account = ?

-- name: put_conversation
INSERT OR REPLACE INTO conversation (account, peer, settings) VALUES (?, ?, ?)

-- name: remove_conversations
DELETE FROM conversation WHERE account = ?

-- name: preferences
SELECT preferences FROM preferences WHERE account = ?

-- name: set_preferences
INSERT OR REPLACE INTO preferences (account, preferences) VALUES (?, ?)

-- name: remove_preferences
DELETE FROM preferences WHERE account = ?

-- name: put_device
INSERT OR REPLACE INTO device (account, id, digest, used_at, device) VALUES (?, ?, ?, ?, ?)

-- name: find_device
SELECT device FROM device WHERE digest = ?

-- name: devices
SELECT device FROM device WHERE account = ? ORDER BY id

-- name: remove_device
DELETE FROM device WHERE account = ? AND id = ?

-- name: remove_devices
DELETE FROM device WHERE account = ?

-- name: unused_devices
SELECT device FROM device WHERE used_at < ? ORDER BY used_at

-- name: drop_unused
DELETE FROM device WHERE used_at < ?
