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

/** Two versions of a clause; words_left: the parties' own words that stay as they were beside what changed. */
export interface Compared {
  from: number;
  to: number;
  changes: Change[];
  words_left: string[];
}

/** The same with the lines of the text in one language. */
export interface Redline extends Compared {
  language: string;
  lines: string[];
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
  redline: Compared[];
  blocked: { party: string; because: string }[];
  said: Word[];
  comments: { party: string; at: string; text: string; language: string }[];
  steps: string[];
}

/** What an agenda item is about, as data (talks/acts.py, AgendaSubject). NM; sky time, UTC. */
export interface Subject {
  what: 'approach' | 'encounter' | 'alert' | 'incident' | 'message';
  aircraft: string[];
  horizontal_nm: number | null;
  time: string | null;
}

export interface Item {
  ref: EntryRef;
  title: string;
  subject: Subject | null;
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

/** What is computed for the minutes of a round: the lists under the texts that people write. */
export interface MinutesLists {
  round: number;
  agreed: { path: string; digest: string }[];
  blocked: { path: string; party: string; because: string }[];
  open: string[];
  agenda: { item: EntryRef; state: string }[];
}

/** A file as text, with the digest that its signatures are about. */
export interface Drafted {
  file: string;
  text: string;
  digest: string;
  version: number;
}

/** A clause's text, read by the node: what is signed. */
export interface ReadClause {
  path: string;
  value: string;
  digest: string;
}

export interface Outcome {
  label: string;
  value: number | null;
  approaches: number;
  infringements: number;
  breaches: number;
  /** null: the accord has lines or zones, and nobody could count. */
  crossings: number | null;
  alerts: number;
  nuisance: number;
  not_warned: number;
  lead_s: { least: number | null; tenth: number | null; median: number | null };
  nmac: number;
  nmac_missed: number;
}

/** The node's last trial of a clause on its own recordings. */
export interface Trial {
  state: 'none' | 'running' | 'done' | 'failed';
  talks: string | null;
  path: string | null;
  field: string | null;
  stage: 'reading' | 'watching';
  share: number;
  error: string | null;
  result: { outcomes: Outcome[]; sentences: Record<string, string[]>; notes: Record<string, string[]>; recordings: string[] } | null;
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
  attendance: Record<string, { name: string; function: string }[]>;
  signed: string | null;
  because: string;
  steps: string[];
}

/** Whether a round is planned for a time to come: then nobody can have held it. now: milliseconds of the clock. */
export function notCome(round: Pick<Round, 'starts'>, now: number): boolean {
  return round.starts !== null && Date.parse(round.starts) > now;
}

/** The round in which an item is dealt with: the newest that has begun and is not closed; null if there is none. */
export function openRound(rounds: Pick<Round, 'round' | 'state' | 'starts'>[], now: number): number | null {
  const open = rounds.filter((one) => one.state === 'held' || (one.state === 'planned' && !notCome(one, now)));
  return open.at(-1)?.round ?? null;
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

/** Fields whose value is a number: those over which a clause can be tried. */
export function numbers(value: Value): string[] {
  return plainFields(value)
    .filter(([name, inner]) => name !== '' && typeof inner === 'number')
    .map(([name]) => name);
}

/** Whether a value has parts that the fields of a form cannot show: lists, tables. */
export function nested(value: Value): boolean {
  if (value === null || typeof value !== 'object') return false;
  return Array.isArray(value) || Object.values(value).some((inner) => inner !== null && typeof inner === 'object');
}

/** The parties' own words among a form's fields that stay as they were while something else changes: they may say
 * the number of before (talks/redline.py does the same for whole values). */
export function wordsLeft(before: Record<string, string>, after: Record<string, string>): string[] {
  const own = (name: string) => /^(reading|text)(_|$)/.test(name);
  const changed = (name: string) => (before[name] ?? '') !== (after[name] ?? '');
  const names = Object.keys(after);
  if (!names.some((name) => !own(name) && changed(name))) return [];
  return names.filter((name) => own(name) && !changed(name) && after[name] !== '');
}

/** "V. Orlov, chair", a line a person. */
export function delegates(text: string): { name: string; function: string }[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const comma = line.indexOf(',');
      return comma < 0
        ? { name: line, function: '' }
        : { name: line.slice(0, comma).trim(), function: line.slice(comma + 1).trim() };
    });
}

/** "2, 3; 5" as numbers; null where one is none. */
export function valuesOf(text: string): number[] | null {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  const found = parts.map(Number);
  return found.every(Number.isFinite) && new Set(found).size === found.length ? found : null;
}

/** Other texts of this very version that somebody has signed: two in force would both be watched. */
export function otherTexts<Row extends { name: string; version: number; digest: string; signed_by: string[] }>(
  accords: Row[],
  one: { name: string; version: number; digest: string },
): Row[] {
  return accords.filter((row) => row.name === one.name && row.version === one.version && row.digest !== one.digest && row.signed_by.length > 0);
}

/** How many of a digest's digits are typed by who signs: three groups of four (talks/instructing.py). */
export const TYPED_DIGITS = 12;

/** A digest's first digits in groups of four: what two people read to each other. */
export function groups(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, TYPED_DIGITS).replace(/(.{4})(?=.)/g, '$1 ');
}

/** What was typed of a digest, without what stands between the groups. */
export function typedDigits(text: string): string {
  return text.toLowerCase().replace(/^sha256:/, '').replace(/[\s:.-]/g, '');
}

const minute = (time: string): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ');

/** The title as it goes on the record, as `skyaccord talks agenda --from` writes it. */
export function plainTitle(subject: Subject): string {
  const what = subject.what === 'encounter' ? 'Broken limits' : subject.what[0]!.toUpperCase() + subject.what.slice(1);
  const names = subject.aircraft.length > 0 ? ` of ${subject.aircraft.join(' and ')}` : '';
  const near = subject.horizontal_nm === null ? '' : `, ${subject.horizontal_nm.toFixed(1)} NM`;
  return `${what}${names}${near}${subject.time === null ? '' : `, ${minute(subject.time)} UTC`}`;
}

/** The title in the reader's language, each name and number isolated and unbroken; what a person wrote stays as it is.
    word: what a thing is called in that language; comma: what stands between names in it. */
export function titleOf(item: Pick<Item, 'title' | 'subject'>, word: (what: string) => string, comma = ', '): string {
  const { subject } = item;
  if (subject === null) return item.title;
  const near = subject.horizontal_nm === null ? [] : [`${subject.horizontal_nm.toFixed(1)} NM`];
  const when = subject.time === null ? [] : [`${minute(subject.time)}Z`];
  const whole = [...near, ...when].map((part) => part.replaceAll('-', '\u2011').replaceAll(' ', '\u00a0'));
  const parts = [...subject.aircraft, ...whole].map((part) => `\u2068${part}\u2069`);
  return parts.length === 0 ? word(subject.what) : `${word(subject.what)}: ${parts.join(comma)}`;
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
  table: Pick<TalksTable, 'talks' | 'between' | 'seen' | 'exercise'>,
  fields: { act: string } & Record<string, unknown>,
): Promise<EntryRef> {
  const { talks, between, seen, exercise } = table;
  return sayAsRepresentative(key, party, { accord: null, exercise, talks, between, seen, ...fields });
}

/** Signs a representative's statement and hands it to the node. Throws ApiError with the node's reason. */
export async function sayAsRepresentative(
  key: PersonKey,
  party: string,
  fields: { act: string; accord: string | null; exercise: boolean } & Record<string, unknown>,
): Promise<EntryRef> {
  const who = { person: key.publicKey, party, role: REPRESENTATIVE };
  const payload = { ...who, at: new Date().toISOString(), automatic: false, ...fields };
  const type = `application/vnd.skyaccord.statement.${fields.act}+json`;
  return (await api.act(await signEnvelope(type, payload, key.keyId, (message) => key.sign(message)))).ref;
}
