// The journal's schema, as the steps that lead to it. Append only: a released step never changes.

export const migrations: readonly string[] = [
  `
  -- What this journal belongs to: a chain and a deployment.
  CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Work items by kind. What follows from events of the chain carries the block it follows from, and is undone with it.
  CREATE TABLE items (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    state TEXT NOT NULL,
    data TEXT NOT NULL,
    block INTEGER,
    updated INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX items_by_state ON items (kind, state);
  CREATE INDEX disputes_by_commitment ON items (json_extract(data, '$.commitId')) WHERE kind = 'dispute';

  -- The row that an item had before its first change in a block; null state: there was none.
  CREATE TABLE undo (
    block INTEGER NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    state TEXT,
    data TEXT,
    previous_block INTEGER,
    PRIMARY KEY (block, kind, id)
  ) STRICT, WITHOUT ROWID;

  -- Inputs and outputs, kept until their request is terminal.
  CREATE TABLE payloads (
    request_id TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('input', 'output')),
    data BLOB NOT NULL,
    PRIMARY KEY (request_id, role)
  ) STRICT;

  -- What we answered, once per question. Never rolled back, never deleted. After a re-organisation one request id may
  -- stand for another question: the id follows from the requester's counter alone.
  CREATE TABLE answers (
    request_id TEXT NOT NULL,
    program_id TEXT NOT NULL,
    input_root TEXT NOT NULL,
    output_root TEXT NOT NULL,
    passes INTEGER NOT NULL,
    decided INTEGER NOT NULL,
    PRIMARY KEY (request_id, program_id, input_root)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX answers_by_question ON answers (program_id, input_root);

  -- What we decided to do and why, by idempotency key. Never rolled back.
  CREATE TABLE decisions (
    key TEXT PRIMARY KEY,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    data TEXT NOT NULL,
    decided INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX decisions_by_subject ON decisions (subject);

  -- How far each poller has read, and the blocks it read last.
  CREATE TABLE cursors (
    poller TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    hash TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE blocks (
    poller TEXT NOT NULL,
    number INTEGER NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (poller, number)
  ) STRICT, WITHOUT ROWID;

  -- Transactions by idempotency key, and each signed version of them.
  CREATE TABLE transactions (
    id INTEGER PRIMARY KEY,
    chain_id INTEGER NOT NULL,
    sender TEXT NOT NULL,
    key TEXT NOT NULL,
    label TEXT NOT NULL,
    destination TEXT NOT NULL,
    data TEXT NOT NULL,
    value TEXT NOT NULL,
    gas TEXT,
    deadline INTEGER,
    urgent INTEGER NOT NULL,
    state TEXT NOT NULL,
    nonce INTEGER,
    outcome TEXT,
    hash TEXT,
    block INTEGER,
    block_hash TEXT,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    UNIQUE (chain_id, sender, key)
  ) STRICT;
  CREATE INDEX transactions_by_state ON transactions (chain_id, sender, state);
  CREATE TABLE attempts (
    hash TEXT PRIMARY KEY,
    transaction_id INTEGER NOT NULL REFERENCES transactions (id),
    nonce INTEGER NOT NULL,
    raw TEXT NOT NULL,
    max_fee TEXT NOT NULL,
    priority_fee TEXT NOT NULL,
    cancels INTEGER NOT NULL,
    signed INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX attempts_by_transaction ON attempts (transaction_id);
  `,
  `
  -- Inputs are handed to whoever asks for their root.
  CREATE INDEX requests_by_input ON items (json_extract(data, '$.request.inputRoot')) WHERE kind = 'request';
  `,
  `
  -- What a transaction has cost; null before a block holds it. The days of those that were forgotten are kept.
  ALTER TABLE transactions ADD COLUMN gas_used TEXT;
  ALTER TABLE transactions ADD COLUMN paid TEXT;
  CREATE INDEX transactions_by_age ON transactions (chain_id, sender, created);
  CREATE TABLE spending (
    chain_id INTEGER NOT NULL,
    sender TEXT NOT NULL,
    day INTEGER NOT NULL,
    label TEXT NOT NULL,
    transactions INTEGER NOT NULL,
    gas_used TEXT NOT NULL,
    paid TEXT NOT NULL,
    PRIMARY KEY (chain_id, sender, day, label)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- The session whose key signed an answer; null for answers to requests, which the chain proves for ever.
  ALTER TABLE answers ADD COLUMN session INTEGER;
  CREATE INDEX answers_by_session ON answers (session);
  `,
];
