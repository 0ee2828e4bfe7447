-- Accounts and what they own.

-- name: create
INSERT INTO account (domain, local, credentials) VALUES (?, ?, ?) ON CONFLICT DO NOTHING

-- name: get
SELECT credentials FROM account WHERE domain = ? AND local = ?

-- name: replace
UPDATE account SET credentials = ? WHERE domain = ? AND local = ?

-- name: remove
DELETE FROM account WHERE domain = ? AND local = ?

-- name: page
SELECT local FROM account WHERE domain = ? AND local > ? ORDER BY local LIMIT ?

-- name: count
SELECT count(*) FROM account WHERE domain = ?

-- name: add_app_password
INSERT OR REPLACE INTO app_password (account, id, password) VALUES (?, ?, ?)

-- name: app_passwords
SELECT password FROM app_password WHERE account = ? ORDER BY id

-- name: remove_app_password
DELETE FROM app_password WHERE account = ? AND id = ?

-- name: remove_app_passwords
DELETE FROM app_password WHERE account = ?

-- name: roster
SELECT item FROM roster WHERE account = ?

-- name: put_item
INSERT OR REPLACE INTO roster (account, contact, item) VALUES (?, ?, ?)

-- name: forget_item
DELETE FROM roster WHERE account = ? AND contact = ?

-- name: remove_roster
DELETE FROM roster WHERE account = ?

-- name: blocks
SELECT blocked FROM block WHERE account = ?

-- name: add_block
INSERT INTO block (account, blocked) VALUES (?, ?) ON CONFLICT DO NOTHING

-- name: remove_block
DELETE FROM block WHERE account = ? AND blocked = ?

-- name: remove_blocks
DELETE FROM block WHERE account = ?

-- name: marker
SELECT moment FROM marker WHERE account = ? AND peer = ?

-- name: set_marker
INSERT INTO marker (account, peer, moment) VALUES (?, ?, ?)
ON CONFLICT (account, peer) DO UPDATE SET moment = max(moment, excluded.moment)

-- name: remove_markers
DELETE FROM marker WHERE account = ?

-- name: preferences
SELECT account, preferences FROM preference

-- name: put_preferences
INSERT OR REPLACE INTO preference (account, preferences) VALUES (?, ?)

-- name: remove_preferences
DELETE FROM preference WHERE account = ?
