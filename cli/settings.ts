/**
 * The settings of a node, in one table: each is a flag, an `AMPMESH_*` variable and a key of the YAML file.
 * Flag beats environment beats file beats default.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { AmpError } from '../protocol/errors.ts';
import { suggest } from './suggest.ts';

export interface NodeSettings {
  readonly name: string;
  readonly data: string;
  readonly mesh: string;
  readonly host: readonly string[];
  readonly port: number;
  readonly listen: readonly string[];
  readonly announce: readonly string[];
  readonly bootstrap: readonly string[];
  readonly mdns: boolean;
  readonly relay: boolean;
  readonly swarmKey: string;
  readonly hosts: readonly string[];
  readonly origins: readonly string[];
  readonly blobBytesMax: number;
  readonly messagesPerSecondMax: number;
  readonly wakeThreshold: number;
  readonly gates: readonly string[];
  readonly voteDelayMs: number;
  readonly index: 'gossip' | 'dht' | 'both';
  readonly embedder: 'builtin' | 'remote' | 'transformers';
  readonly embedderUrl: string;
  readonly embedderModel: string;
  readonly embedderKey: string;
  readonly embedderModelsFolder: string;
  readonly logLevel: string;
}

export type SettingName = keyof NodeSettings;
type SettingKind = 'text' | 'choice' | 'list' | 'count' | 'share' | 'switch';

export interface Setting {
  readonly kind: SettingKind;
  readonly fallback: string | number | boolean | readonly string[];
  readonly about: string;
  /** The words that a `choice` takes. */
  readonly choices?: readonly string[];
  /** Never shown or logged. */
  readonly isSecret?: boolean;
}

export const settings: Readonly<Record<SettingName, Setting>> = {
  name: { kind: 'text', fallback: 'node', about: 'display name of this node' },
  data: {
    kind: 'text',
    fallback: join(homedir(), '.ampmesh', 'node'),
    about: 'folder of its identity, messages and files',
  },
  mesh: { kind: 'text', fallback: 'default', about: 'name of the mesh to belong to' },
  host: {
    kind: 'list',
    fallback: ['127.0.0.1', '::1'],
    about: 'addresses for agents and HTTP to connect to',
  },
  port: { kind: 'count', fallback: 7700, about: 'port for agents and HTTP; 0 takes a free one' },
  listen: {
    kind: 'list',
    fallback: ['/ip4/127.0.0.1/tcp/0', '/ip4/127.0.0.1/tcp/0/ws'],
    about: 'multiaddrs for other nodes; loopback unless told otherwise',
  },
  announce: { kind: 'list', fallback: [], about: 'multiaddrs to tell others instead, behind a port forward' },
  bootstrap: { kind: 'list', fallback: [], about: 'multiaddrs of nodes to start from' },
  mdns: { kind: 'switch', fallback: false, about: 'find nodes of this mesh on the local network' },
  relay: { kind: 'switch', fallback: false, about: 'carry connections for nodes that cannot be reached' },
  swarmKey: {
    kind: 'text',
    fallback: '',
    about: 'pre-shared key of a closed mesh, 64 hexadecimal digits',
    isSecret: true,
  },
  hosts: { kind: 'list', fallback: [], about: 'host names that agents may use in the URL, beside loopback' },
  origins: { kind: 'list', fallback: [], about: 'origins of web pages that may connect' },
  blobBytesMax: { kind: 'count', fallback: 2 * 2 ** 30, about: 'largest file, in bytes' },
  messagesPerSecondMax: {
    kind: 'count',
    fallback: 20_000,
    about: 'messages a second that one agent may send',
  },
  voteDelayMs: {
    kind: 'count',
    fallback: 250,
    about: 'longest time in ms that a vote takes between nodes; timeouts of agreements grow from it',
  },
  wakeThreshold: {
    kind: 'share',
    fallback: 0.2,
    about: 'similarity at which a broadcast wakes an agent that states none',
  },
  gates: {
    kind: 'list',
    fallback: [],
    about: 'message types, and actions named in `context.action`, that wait for a person (ampmesh approvals)',
  },
  index: {
    kind: 'choice',
    fallback: 'gossip',
    choices: ['gossip', 'dht', 'both'],
    about:
      'who is told of capabilities, agents and nodes: everybody (gossip), or the directory and neighbours (dht, for thousands of nodes); both: everybody, and capabilities in the directory too',
  },
  embedder: {
    kind: 'choice',
    fallback: 'builtin',
    choices: ['builtin', 'remote', 'transformers'],
    about: 'what turns texts into vectors; when it fails the built-in one answers, and says so',
  },
  embedderUrl: {
    kind: 'text',
    fallback: 'http://127.0.0.1:11434',
    about: 'base of an OpenAI-compatible embeddings service',
  },
  embedderModel: { kind: 'text', fallback: '', about: 'its model, or the local one' },
  embedderKey: { kind: 'text', fallback: '', about: 'key of the service', isSecret: true },
  embedderModelsFolder: { kind: 'text', fallback: '', about: 'folder of local models; empty: the hub' },
  logLevel: { kind: 'text', fallback: 'info', about: 'trace, debug, info, warn, error or silent' },
};

export const settingNames = Object.keys(settings) as SettingName[];

/** Where a value came from. */
export type Origin = 'flag' | `environment ${string}` | `file ${string}` | 'default';

export interface ResolvedSettings {
  readonly values: NodeSettings;
  readonly origins: Readonly<Record<SettingName, Origin>>;
}

export interface SettingSources {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Path of a YAML file, if one was named. */
  readonly file?: string | undefined;
}

/** @throws AmpError AMP-1501 with file, line, column and a suggestion for whatever is wrong. */
export function resolveSettings({ flags, environment, file }: SettingSources): ResolvedSettings {
  const fromFile = file === undefined ? new Map<string, FileValue>() : readSettingsFile(file);
  refuseUnknownVariables(environment);
  const values: Record<string, unknown> = {};
  const origins: Record<string, Origin> = {};
  for (const name of settingNames) {
    const found = findValue(name, flags, environment, fromFile, file);
    values[name] = found.value;
    origins[name] = found.origin;
  }
  values.data = resolve(values.data as string);
  return { values: values as unknown as NodeSettings, origins: origins as Record<SettingName, Origin> };
}

interface FileValue {
  readonly value: unknown;
  readonly place: string;
}

function findValue(
  name: SettingName,
  flags: SettingSources['flags'],
  environment: SettingSources['environment'],
  fromFile: ReadonlyMap<string, FileValue>,
  file: string | undefined,
): { value: unknown; origin: Origin } {
  const variable = toVariable(name);
  if (flags[name] !== undefined)
    return { value: convert(name, flags[name], `--${toFlag(name)}`), origin: 'flag' };
  if (environment[variable] !== undefined)
    return { value: convert(name, environment[variable], variable), origin: `environment ${variable}` };
  const secretFile = environment[`${variable}_FILE`];
  if (secretFile !== undefined)
    return {
      value: convert(name, readFileSync(secretFile, 'utf8').trim(), `${variable}_FILE`),
      origin: `environment ${variable}_FILE`,
    };
  const inFile = fromFile.get(name);
  if (inFile !== undefined)
    return { value: convert(name, inFile.value, inFile.place), origin: `file ${file}` };
  return { value: settings[name].fallback, origin: 'default' };
}

export function toFlag(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export function toVariable(name: string): string {
  return `AMPMESH_${toFlag(name).replaceAll('-', '_').toUpperCase()}`;
}

/** Variables that other commands read. */
const otherVariables = new Set([
  'AMPMESH_NODE',
  'AMPMESH_TOKEN',
  'AMPMESH_TOKEN_FILE',
  'AMPMESH_CONFIG',
  'AMPMESH_HOME',
  'AMPMESH_SEEDS',
  'AMPMESH_MUTANTS',
]);

function refuseUnknownVariables(environment: SettingSources['environment']): void {
  const known = new Set(settingNames.flatMap((name) => [toVariable(name), `${toVariable(name)}_FILE`]));
  for (const variable of Object.keys(environment)) {
    if (!variable.startsWith('AMPMESH_') || known.has(variable) || otherVariables.has(variable)) continue;
    if (/^AMPMESH_(TEST|BENCH|EMBED|CONSENSUS|CRDT|SIM)_/.test(variable)) continue;
    throw new AmpError(
      'AMP-1501',
      `The environment variable ${variable} is no setting.${suggest(variable, [...known])}`,
      { variable },
    );
  }
}

function readSettingsFile(file: string): ReadonlyMap<string, FileValue> {
  const text = readText(file);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const [problem] = document.errors;
  if (problem !== undefined)
    throw new AmpError('AMP-1501', `${place(problem.pos[0])}: ${problem.message.split('\n')[0]}`, { file });
  const values = new Map<string, FileValue>();
  if (document.contents === null) return values;
  if (!isMap(document.contents))
    throw new AmpError('AMP-1501', `${file}:1:1: The file must be a list of "name: value" lines.`, { file });
  for (const { key, value } of document.contents.items) {
    const name = isScalar(key) ? String(key.value) : '';
    const at = place((key as unknown as { range?: readonly number[] }).range?.[0] ?? 0);
    if (!settingNames.includes(name as SettingName)) {
      throw new AmpError('AMP-1501', `${at}: "${name}" is no setting.${suggest(name, settingNames)}`, {
        file,
        name,
      });
    }
    values.set(name, {
      value:
        value === null
          ? undefined
          : document.get(name, false) === undefined
            ? undefined
            : toPlain(document.get(name, true)),
      place: at,
    });
  }
  return values;
}

function toPlain(node: unknown): unknown {
  return typeof node === 'object' && node !== null && 'toJSON' in node
    ? (node as { toJSON(): unknown }).toJSON()
    : node;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new AmpError(
      'AMP-1501',
      `The configuration file ${file} cannot be read: ${(error as Error).message}.`,
      { file },
      error,
    );
  }
}

function convert(name: SettingName, given: unknown, place: string): unknown {
  const { kind, choices = [] } = settings[name];
  const fail = (wanted: string): never => {
    throw new AmpError('AMP-1501', `${place}: ${name} must be ${wanted}, not ${JSON.stringify(given)}.`, {
      name,
    });
  };
  switch (kind) {
    case 'text':
      return typeof given === 'string' || typeof given === 'number' ? String(given) : fail('a text');
    case 'choice':
      return choices.includes(given as string) ? given : fail(`one of ${choices.join(', ')}`);
    case 'list': {
      const items = typeof given === 'string' ? given.split(',') : given;
      return Array.isArray(items) && items.every((item) => typeof item === 'string')
        ? items.map((item) => item.trim()).filter((item) => item !== '')
        : fail('a list of texts');
    }
    case 'switch':
      return given === true || given === 'true' || given === '1'
        ? true
        : given === false || given === 'false' || given === '0'
          ? false
          : fail('true or false');
    case 'count': {
      const number =
        typeof given === 'number'
          ? given
          : typeof given === 'string' && given.trim() !== ''
            ? Number(given)
            : Number.NaN;
      return Number.isSafeInteger(number) && number >= 0 ? number : fail('a whole number, 0 or more');
    }
    case 'share': {
      const number = typeof given === 'number' ? given : Number(given);
      return number >= 0 && number <= 1 ? number : fail('a number from 0 to 1');
    }
  }
}
