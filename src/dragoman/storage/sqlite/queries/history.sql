-- Reading histories. :owner and :peer are addresses, :after and :before are exclusive, :limit is one more than asked for
-- (so that it shows whether there is more), :words is 1 where only messages are wanted.

-- name: all_forward
SELECT entry.id, party.address, message.event
FROM entry JOIN message ON message.id = entry.id JOIN party ON party.id = entry.peer
WHERE entry.owner = (SELECT id FROM party WHERE address = :owner)
  AND entry.id > :after AND entry.id < :before AND entry.keep & 1 AND entry.words >= :words
ORDER BY entry.id LIMIT :limit

-- name: all_backward
SELECT entry.id, party.address, message.event
FROM entry JOIN message ON message.id = entry.id JOIN party ON party.id = entry.peer
WHERE entry.owner = (SELECT id FROM party WHERE address = :owner)
  AND entry.id > :after AND entry.id < :before AND entry.keep & 1 AND entry.words >= :words
ORDER BY entry.id DESC LIMIT :limit

-- name: peer_forward
SELECT entry.id, party.address, message.event
FROM entry INDEXED BY entry_by_peer JOIN message ON message.id = entry.id JOIN party ON party.id = entry.peer
WHERE entry.owner = (SELECT id FROM party WHERE address = :owner)
  AND entry.peer = (SELECT id FROM party WHERE address = :peer)
  AND entry.id > :after AND entry.id < :before AND entry.keep & 1 AND entry.words >= :words
ORDER BY entry.id LIMIT :limit

-- name: peer_backward
SELECT entry.id, party.address, message.event
FROM entry INDEXED BY entry_by_peer JOIN message ON message.id = entry.id JOIN party ON party.id = entry.peer
WHERE entry.owner = (SELECT id FROM party WHERE address = :owner)
  AND entry.peer = (SELECT id FROM party WHERE address = :peer)
  AND entry.id > :after AND entry.id < :before AND entry.keep & 1 AND entry.words >= :words
ORDER BY entry.id DESC LIMIT :limit

-- name: words_forward
-- CROSS JOIN: the words first, then the entry of each hit; SQLite cannot know that the other way round is slow.
SELECT entry.id, party.address, message.event
FROM word CROSS JOIN entry ON entry.owner = (SELECT id FROM party WHERE address = :owner) AND entry.id = word.rowid
  JOIN message ON message.id = entry.id JOIN party ON party.id = entry.peer
WHERE word MATCH :match AND word.rowid > :after AND word.rowid < :before
  AND entry.keep & 1 AND entry.words >= :words AND (:peer IS NULL OR party.address = :peer)
ORDER BY word.rowid LIMIT :limit

-- name: words_backward
SELECT entry.id, party.address, message.event
FROM word CROSS JOIN entry ON entry.owner = (SELECT id FROM party WHERE address = :owner) AND entry.id = word.rowid
  JOIN message ON message.id = entry.id JOIN party ON party.id = entry.peer
WHERE word MATCH :match AND word.rowid > :after AND word.rowid < :before
  AND entry.keep & 1 AND entry.words >= :words AND (:peer IS NULL OR party.address = :peer)
ORDER BY word.rowid DESC LIMIT :limit

-- name: ids
-- :ids is a JSON array; the words are looked for in the events.
SELECT entry.id, party.address, message.event
FROM (SELECT DISTINCT value FROM json_each(:ids)) AS wanted
  JOIN entry ON entry.owner = (SELECT id FROM party WHERE address = :owner) AND entry.id = wanted.value
  JOIN message ON message.id = entry.id JOIN party ON party.id = entry.peer
WHERE entry.id > :after AND entry.id < :before AND entry.keep & 1 AND entry.words >= :words
  AND (:peer IS NULL OR party.address = :peer)
ORDER BY entry.id

-- name: count_all
SELECT count(*) FROM entry
WHERE owner = (SELECT id FROM party WHERE address = :owner)
  AND id > :after AND id < :before AND keep & 1 AND words >= :words

-- name: count_peer
SELECT count(*) FROM entry INDEXED BY entry_by_peer
WHERE owner = (SELECT id FROM party WHERE address = :owner) AND peer = (SELECT id FROM party WHERE address = :peer)
  AND id > :after AND id < :before AND keep & 1 AND words >= :words

-- name: count_words
SELECT count(*)
FROM word CROSS JOIN entry ON entry.owner = (SELECT id FROM party WHERE address = :owner) AND entry.id = word.rowid
  JOIN party ON party.id = entry.peer
WHERE word MATCH :match AND word.rowid > :after AND word.rowid < :before
  AND entry.keep & 1 AND entry.words >= :words AND (:peer IS NULL OR party.address = :peer)

-- name: one
SELECT entry.id, party.address, message.event
FROM entry JOIN message ON message.id = entry.id JOIN party ON party.id = entry.peer
WHERE entry.owner = (SELECT id FROM party WHERE address = :owner) AND entry.id = :id
  AND entry.keep & 1 AND (:peer IS NULL OR party.address = :peer)

-- name: named
-- :names is a JSON array.
SELECT entry.id, party.address, message.event
FROM json_each(:names) AS wanted CROSS JOIN name ON name.name = wanted.value
  CROSS JOIN entry ON entry.owner = (SELECT id FROM party WHERE address = :owner) AND entry.id = name.id
  JOIN message ON message.id = entry.id JOIN party ON party.id = entry.peer
WHERE entry.keep & 1 AND (:peer IS NULL OR party.address = :peer)
ORDER BY name.id DESC

-- name: about
SELECT DISTINCT entry.id, party.address, message.event
FROM json_each(:names) AS wanted CROSS JOIN name ON name.name = wanted.value AND name.id > :target
  CROSS JOIN entry ON entry.owner = (SELECT id FROM party WHERE address = :owner) AND entry.id = name.id
  JOIN message ON message.id = entry.id JOIN party ON party.id = entry.peer
WHERE entry.keep & 1 AND (:peer IS NULL OR party.address = :peer)
ORDER BY name.id

-- name: peers
-- One step for each peer, not for each message.
WITH RECURSIVE
  self (id) AS (SELECT id FROM party WHERE address = :owner),
  peers (peer) AS (
    SELECT (SELECT min(peer) FROM entry WHERE owner = (SELECT id FROM self))
    UNION ALL
    SELECT (SELECT min(peer) FROM entry WHERE owner = (SELECT id FROM self) AND peer > peers.peer)
    FROM peers WHERE peers.peer IS NOT NULL
  )
SELECT party.address FROM peers JOIN party ON party.id = peers.peer

-- name: bounds
SELECT
  (SELECT id FROM entry WHERE owner = self.id AND keep & 1 ORDER BY id LIMIT 1),
  (SELECT id FROM entry WHERE owner = self.id AND keep & 1 ORDER BY id DESC LIMIT 1)
FROM party AS self WHERE self.address = :owner

-- name: bounds_with
SELECT
  (SELECT id FROM entry INDEXED BY entry_by_peer
   WHERE owner = self.id AND peer = other.id AND keep & 1 ORDER BY id LIMIT 1),
  (SELECT id FROM entry INDEXED BY entry_by_peer
   WHERE owner = self.id AND peer = other.id AND keep & 1 ORDER BY id DESC LIMIT 1)
FROM party AS self, party AS other WHERE self.address = :owner AND other.address = :peer

-- name: conversations
-- One step for each peer, not for each message: the next peer, and its last id within the range.
WITH RECURSIVE
  self (id) AS (SELECT id FROM party WHERE address = :owner),
  peers (peer) AS (
    SELECT (SELECT min(peer) FROM entry WHERE owner = (SELECT id FROM self))
    UNION ALL
    SELECT (SELECT min(peer) FROM entry WHERE owner = (SELECT id FROM self) AND peer > peers.peer)
    FROM peers WHERE peers.peer IS NOT NULL
  ),
  latest (peer, id) AS (
    SELECT peer, (
      SELECT entry.id FROM entry INDEXED BY entry_by_peer
      WHERE entry.owner = (SELECT id FROM self) AND entry.peer = peers.peer
        AND entry.id > :after AND entry.id < :before AND entry.keep & 1
      ORDER BY entry.id DESC LIMIT 1
    )
    FROM peers WHERE peer IS NOT NULL
  )
SELECT party.address, latest.id
FROM latest JOIN party ON party.id = latest.peer
WHERE latest.id IS NOT NULL ORDER BY latest.id LIMIT :limit

-- name: waiting
SELECT entry.id, party.address, message.event
FROM entry INDEXED BY entry_waiting JOIN message ON message.id = entry.id JOIN party ON party.id = entry.peer
WHERE entry.owner = (SELECT id FROM party WHERE address = :owner) AND entry.keep & 2
ORDER BY entry.id LIMIT :limit

-- name: waiting_count
SELECT count(*) FROM entry INDEXED BY entry_waiting
WHERE owner = (SELECT id FROM party WHERE address = :owner) AND keep & 2

-- name: party
SELECT id FROM party WHERE address = :owner

-- name: last_id
SELECT max(indexed, ifnull((SELECT max(id) FROM message), 0)) FROM progress
