/** `store.js` of the generated app: SQLite through Node's own module, one table per entity, rows belong to accounts. */
export const storeJs = `// Storage: one SQLite file, one table per entity. Every row belongs to the account that made it.
import { DatabaseSync } from 'node:sqlite';

const columnTypes = { integer: 'INTEGER', number: 'REAL', money: 'REAL', 'yes-no': 'INTEGER', reference: 'INTEGER' };

/** Names come from the app's own model, never from a request; requests only ever fill placeholders. */
function quote(name) {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new Error('bad name in the model: ' + name);
  return '"' + name + '"';
}

function tableSql(entity) {
  const columns = entity.fields.map((field) => {
    const type = columnTypes[field.type] || 'TEXT';
    const link = field.type === 'reference' ? ' REFERENCES ' + quote('data_' + field.to) + '(id) ON DELETE SET NULL' : '';
    return quote(field.name) + ' ' + type + (field.required ? ' NOT NULL' : '') + link;
  });
  return 'CREATE TABLE IF NOT EXISTS ' + quote('data_' + entity.name) +
    ' (id INTEGER PRIMARY KEY AUTOINCREMENT, owner INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,' +
    ' created_at TEXT NOT NULL, updated_at TEXT NOT NULL, ' + columns.join(', ') + ') STRICT;' +
    ' CREATE INDEX IF NOT EXISTS ' + quote('owner_' + entity.name) + ' ON ' + quote('data_' + entity.name) + ' (owner, id);';
}

export function createStore(path, entities) {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
  db.exec('CREATE TABLE IF NOT EXISTS accounts (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL UNIQUE,' +
    ' password TEXT NOT NULL, created_at TEXT NOT NULL) STRICT;' +
    ' CREATE TABLE IF NOT EXISTS sessions (token_hash TEXT PRIMARY KEY, account INTEGER NOT NULL' +
    ' REFERENCES accounts(id) ON DELETE CASCADE, expires_at INTEGER NOT NULL) STRICT;');
  for (const entity of entities) db.exec(tableSql(entity));

  const now = () => new Date().toISOString();
  const byName = new Map(entities.map((entity) => [entity.name, statementsOf(db, entity)]));
  const statements = {
    addAccount: db.prepare('INSERT INTO accounts (email, password, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
    accountByEmail: db.prepare('SELECT id, email, password FROM accounts WHERE email = ?'),
    addSession: db.prepare('INSERT INTO sessions (token_hash, account, expires_at) VALUES (?, ?, ?)'),
    session: db.prepare('SELECT account AS id, email FROM sessions JOIN accounts ON accounts.id = account WHERE token_hash = ? AND expires_at > ?'),
    endSession: db.prepare('DELETE FROM sessions WHERE token_hash = ?'),
    dropExpired: db.prepare('DELETE FROM sessions WHERE expires_at <= ?'),
  };

  return {
    /** The account's id, or null when the address is taken. */
    addAccount(email, password) {
      const done = statements.addAccount.run(email, password, now());
      return done.changes === 0 ? null : Number(done.lastInsertRowid);
    },
    accountByEmail: (email) => statements.accountByEmail.get(email),
    addSession(tokenHash, account, expiresAt) {
      statements.dropExpired.run(Date.now());
      statements.addSession.run(tokenHash, account, expiresAt);
    },
    session: (tokenHash) => statements.session.get(tokenHash, Date.now()),
    endSession: (tokenHash) => statements.endSession.run(tokenHash),

    list(entity, owner, limit, offset) {
      const of = byName.get(entity.name);
      return { items: of.list.all(owner, limit, offset), total: of.count.get(owner).total };
    },
    get: (entity, owner, id) => byName.get(entity.name).get.get(id, owner),
    /** Missing fields are stored as null. */
    insert(entity, owner, row) {
      const values = entity.fields.map((field) => (row[field.name] === undefined ? null : row[field.name]));
      const done = byName.get(entity.name).insert.run(owner, now(), now(), ...values);
      return this.get(entity, owner, Number(done.lastInsertRowid));
    },
    update(entity, owner, id, row) {
      const old = this.get(entity, owner, id);
      if (old === undefined) return undefined;
      const values = entity.fields.map((field) => (row[field.name] === undefined ? old[field.name] : row[field.name]));
      byName.get(entity.name).update.run(now(), ...values, id, owner);
      return this.get(entity, owner, id);
    },
    remove: (entity, owner, id) => byName.get(entity.name).remove.run(id, owner).changes > 0,
    close: () => db.close(),
  };
}

function statementsOf(db, entity) {
  const table = quote('data_' + entity.name);
  const names = entity.fields.map((field) => quote(field.name));
  const shown = ['id', 'created_at', 'updated_at', ...names].join(', ');
  return {
    list: db.prepare('SELECT ' + shown + ' FROM ' + table + ' WHERE owner = ? ORDER BY id DESC LIMIT ? OFFSET ?'),
    count: db.prepare('SELECT count(*) AS total FROM ' + table + ' WHERE owner = ?'),
    get: db.prepare('SELECT ' + shown + ' FROM ' + table + ' WHERE id = ? AND owner = ?'),
    insert: db.prepare('INSERT INTO ' + table + ' (owner, created_at, updated_at, ' + names.join(', ') + ') VALUES (?, ?, ?' + ', ?'.repeat(names.length) + ')'),
    update: db.prepare('UPDATE ' + table + ' SET updated_at = ?, ' + names.map((name) => name + ' = ?').join(', ') + ' WHERE id = ? AND owner = ?'),
    remove: db.prepare('DELETE FROM ' + table + ' WHERE id = ? AND owner = ?'),
  };
}
`;
