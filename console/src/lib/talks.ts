// Talks as the console uses them: what the node says of them, and steps signed with the person's own key.

import { api } from './api';
import { hex, signEnvelope } from './dsse';
import type { PersonKey } from './person';
import type { EntryRef } from './types';

export const REPRESENTATIVE = 'representative';

/** What a clause can hold: JSON. */
export type Value = null | boolean | number | string | Value[] | { [field: string]: Value };

export interface Text {
  number: number;
  digest: string;
  value: Value;
  party: string;
  at: string;
}

export interface Change {
  field: string;
  before: Value;
  after: Value;
}

export interface Word {
  party: string;
  at: string;
  step: string;
  digest?: string | null;
  because: string;
}

export interface Clause {
  path: string;
  state: string;
  agreed: string | null;
  newest: string | null;
  stands_for: Record<string, string | null>;
  waits_for_us: boolean;
  texts: Text[];
  redline: { from: number; to: number; changes: Change[] }[];
  blocked: { party: string; because: string }[];
  said: Word[];
  comments: { party: string; at: string; text: string; language: string }[];
  steps: string[];
}

export interface Item {
  ref: EntryRef;
  title: string;
  party: string;
  state: string;
  round: number | null;
  said: Word[];
  steps: string[];
}

export interface Minutes {
  digest: string;
  signed_by: string[];
  texts: Record<string, string>;
  agreed: { path: string; digest: string }[];
  blocked: { path: string; party: string; because: string }[];
  open: string[];
}

export interface Round {
  round: number;
  state: string;
  conflict: boolean;
  starts: string | null;
  by: string | null;
  place: string;
  interpreter: string;
  plans: { party: string; starts: string | null; by: string | null }[];
  delegations: Record<string, { name: string; function: string }[]>;
  agenda: { ref: EntryRef; title: string; state: string }[];
  minutes: Minutes[];
  signed: string | null;
}

export interface TalksRow {
  talks: string;
  between: string[];
  title: string;
  exercise: boolean;
  clauses: Record<string, number>;
  all_agreed: boolean;
  waits_for_us: string[];
  next_round: { round: number; starts: string; by: string | null } | null;
  said: number;
}

export interface TalksTable extends TalksRow {
  seen: { origin: string; sequence: number }[];
  rounds: Round[];
  agenda: Item[];
  paths: Record<string, Clause>;
}

/** RFC 8785: keys in the order of their UTF-16 code units, numbers and strings as JavaScript writes them. */
export function canonical(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const keys = Object.keys(value).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key]!)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** The digest that both sides stand for when they agree. */
export async function digestOf(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return `sha256:${hex(bytes)}`;
}

/** The digest that another side stands for, if there is one and only one. */
export function theirText(clause: Clause, party: string): string | null {
  const others = Object.entries(clause.stands_for).filter(([who, digest]) => who !== party && digest !== null);
  const digests = [...new Set(others.map(([, digest]) => digest))];
  return digests.length === 1 ? digests[0]! : null;
}

/** A field of a clause as typed by a person: a number where there was one, else text; empty: no field. */
export function typed(text: string, before: Value): Value {
  if (text.trim() === '') return null;
  if (typeof before === 'number' || before === null || before === undefined) {
    const number = Number(text);
    if (Number.isFinite(number)) return number;
  }
  if (typeof before === 'boolean') return text === 'true';
  return text;
}

/** Flat fields of a value that a form can show; what is nested stays as it is. */
export function plainFields(value: Value): [string, Value][] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [['', value]];
  return Object.entries(value).filter(([, inner]) => inner === null || typeof inner !== 'object');
}

/** A line of a redline in pieces: what went, what came, what stayed. */
export function pieces(line: string): { mark: 'del' | 'ins' | null; text: string }[] {
  return line
    .split(/(\[-.*?-\]|\{\+.*?\+\})/)
    .filter((text) => text !== '')
    .map((text) => {
      const mark = /^\[-.*-\]$/.test(text) ? 'del' : /^\{\+.*\+\}$/.test(text) ? 'ins' : null;
      return { mark, text: mark === null ? text : text.slice(2, -2) };
    });
}

/** Signs one step of these talks and hands it to the node. Throws ApiError with the node's reason. */
export async function stepInTalks(
  key: PersonKey,
  party: string,
  table: TalksTable,
  fields: { act: string } & Record<string, unknown>,
): Promise<EntryRef> {
  const payload = {
    person: key.publicKey,
    party,
    role: REPRESENTATIVE,
    at: new Date().toISOString(),
    accord: null,
    exercise: table.exercise,
    automatic: false,
    talks: table.talks,
    between: table.between,
    seen: table.seen,
    ...fields,
  };
  const type = `application/vnd.skyaccord.statement.${fields.act}+json`;
  return (await api.act(await signEnvelope(type, payload, key.keyId, (message) => key.sign(message)))).ref;
}
