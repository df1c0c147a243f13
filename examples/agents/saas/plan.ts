/** The plan of an app: what it keeps, how its parts meet, and what it must do. Every expert reads it, one writes it. */

export type FieldType =
  | 'text'
  | 'long'
  | 'integer'
  | 'number'
  | 'money'
  | 'date'
  | 'yes-no'
  | 'email'
  | 'link'
  | 'choice'
  | 'reference';

export interface Field {
  /** snake_case, a safe identifier in SQL, JSON and HTML. */
  readonly name: string;
  readonly type: FieldType;
  readonly required: boolean;
  /** Of a choice, the first is the default. */
  readonly options?: readonly string[];
  /** Of a reference: the entity it points to. */
  readonly to?: string;
}

export interface Entity {
  /** snake_case, singular. */
  readonly name: string;
  /** kebab-case, the path under `/api/`. */
  readonly plural: string;
  /** For people: "Stock item". */
  readonly label: string;
  readonly fields: readonly Field[];
}

export interface Requirement {
  readonly id: string;
  readonly text: string;
  /** The kind of contribution that meets it. */
  readonly kind: string;
}

export interface AppPlan {
  readonly name: string;
  readonly intent: string;
  readonly entities: readonly Entity[];
  readonly requirements: readonly Requirement[];
}

/** How the parts meet, so that several experts can write theirs at the same time. Part of the architecture document. */
export const contracts = [
  '`model.js` exports `appName` and `entities` (the plan, as data).',
  '`store.js` exports `createStore(path, entities)`: `list`, `get`, `insert`, `update`, `remove` per entity and owner, accounts, sessions, `close`.',
  '`server.js` exports `createServer({ store, appName, entities, publicFolder })`: an `http.Server` with JSON under `/api/`.',
  '`public/` holds the page: `index.html`, `app.js`, `style.css`; it talks to `/api/` on the same origin.',
  '`start.js` opens the store at `DATA`, listens on `HOST:PORT`, prints one line of JSON, ends on SIGTERM.',
] as const;

/** Read a plan out of somebody's contribution; `null` when it holds none. */
export function readPlan(data: Readonly<Record<string, unknown>>): AppPlan | null {
  const plan = data.plan as AppPlan | undefined;
  if (
    typeof plan !== 'object' ||
    plan === null ||
    !Array.isArray(plan.entities) ||
    plan.entities.length === 0
  )
    return null;
  const isSafe = plan.entities.every(
    (entity: Entity) =>
      isIdentifier(entity.name) &&
      /^[a-z][a-z0-9-]{0,60}$/.test(entity.plural) &&
      entity.fields.every((field: Field) => isIdentifier(field.name)),
  );
  return isSafe ? plan : null;
}

/** A name that is safe unquoted in SQL, as a JSON key and as an HTML attribute. */
export function isIdentifier(name: string): boolean {
  return /^[a-z][a-z0-9_]{0,48}$/.test(name) && !['constructor', 'prototype'].includes(name);
}
