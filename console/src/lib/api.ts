// The node's HTTP API, at the page's own address.

import type { DsseEnvelope } from './dsse';
import type {
  AlertRow,
  ApproachRow,
  CrossingRow,
  Asked,
  EncounterRow,
  EntryRef,
  IncidentRow,
  Me,
  MessageRow,
  PasskeyOptions,
  Place,
  Session,
  Status,
} from './types';
import type { IncidentRecord } from './incidents';
import type { Book, Fault, HotlineState, Value } from './hotline';
import type { Drafted, MinutesLists, ReadClause, Redline, TalksTable, Trial } from './talks';

/** Longest wait for an answer of one's own node. After it the person must know that nothing is certain. */
const ANSWER_WITHIN_MS = 10_000;

/** The node said no (status), or said nothing (null); `message` is one line for people. */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number | null = null,
    /** When it may be asked again, if it said so. */
    readonly againInS: number | null = null,
  ) {
    super(message);
  }
}

async function call<T>(path: string, init?: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, cache: 'no-store', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  } catch (error) {
    throw new ApiError(error instanceof Error ? error.message : String(error));
  }
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    const again = Number(response.headers.get('retry-after'));
    throw new ApiError(reasonOf(body) ?? `HTTP ${response.status}`, response.status, again > 0 ? again : null);
  }
  return body as T;
}

function reasonOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const { error, detail } = body as { error?: unknown; detail?: unknown };
  if (typeof error === 'string') return error;
  return typeof detail === 'string' ? detail : null;
}

function post<T>(path: string, body: unknown): Promise<T> {
  return call<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

export const api = {
  session: () => call<Session>('api/session'),
  signIn: (name: string, passphrase: string) => post<Asked>('api/session', { name, passphrase }),
  secondFactor: (ticket: string, proof: { code: string } | { passkey: unknown }) =>
    post<Asked>('api/session/second', { ticket, ...proof }),
  openLink: (token: string) => post<Asked>('api/session/link', { token }),
  signOut: () => call<unknown>('api/session', { method: 'DELETE' }),
  passkeyOptions: () => post<PasskeyOptions>('api/passkeys/options', {}),
  changePassphrase: (present: string, next: string) => post<unknown>('api/passphrase', { present, new: next }),
  addPasskey: (ticket: string, credential: unknown) => post<unknown>('api/passkeys', { ticket, credential }),
  status: () => call<Status>('api/status'),
  alerts: () => call<AlertRow[]>('api/alerts'),
  approaches: () => call<ApproachRow[]>('api/approaches'),
  crossings: () => call<CrossingRow[]>('api/crossings'),
  encounters: () => call<EncounterRow[]>('api/encounters'),
  incidents: () => call<IncidentRow[]>('api/incidents'),
  incidentRecord: (name: string) => call<IncidentRecord>(`api/incidents/record?name=${encodeURIComponent(name)}`),
  messages: () => call<MessageRow[]>('api/messages'),
  talks: (name: string) => call<TalksTable>(`api/talks/table?name=${encodeURIComponent(name)}`),
  redline: (name: string, path: string, language: string, from: number, to: number) =>
    call<Redline>(`api/talks/redline?${new URLSearchParams({ name, path, language, from: String(from), to: String(to) })}`),
  hotline: () => call<HotlineState>('api/hotline'),
  phrasebook: (accord: string | null) =>
    call<Book>(`api/hotline/phrasebook${accord === null ? '' : `?accord=${encodeURIComponent(accord)}`}`),
  checkPhrase: (draft: { accord: string | null; code: string; params: Value[] }) =>
    post<{ faults: Fault[]; warnings: Fault[]; said: Partial<Record<'en' | 'ru' | 'ar', string>> }>('api/hotline/check', draft),
  minutes: (name: string, round: number) =>
    call<MinutesLists>(`api/talks/minutes?${new URLSearchParams({ name, round: String(round) })}`),
  draft: (name: string) => call<Drafted>(`api/talks/draft?${new URLSearchParams({ name })}`),
  templates: () => call<{ templates: string[] }>('api/drafting/templates'),
  template: (template: string, peer: string, name: string, exercise: boolean) =>
    call<Drafted>(`api/drafting/template?${new URLSearchParams({ template, peer, name, exercise: String(exercise) })}`),
  clauseText: (name: string, path: string) =>
    call<{ text: string }>(`api/drafting/clause?${new URLSearchParams({ name, path })}`),
  readClause: (path: string, text: string) => post<ReadClause>('api/drafting/clause', { path, text }),
  amendment: (accord: string, annex: string) =>
    call<Drafted>(`api/drafting/amendment?${new URLSearchParams({ accord, annex })}`),
  readFile: (what: 'accord' | 'annex', text: string) => post<{ digest: string }>('api/drafting/file', { what, text }),
  trial: () => call<Trial>('api/drafting/trial'),
  tryClause: (talks: string, path: string, field: string, values: number[]) =>
    post<Trial>('api/drafting/trial', { talks, path, field, values }),
  places: () => call<Place[]>('api/places'),
  me: (publicKey: string) => call<Me>(`api/me?public_key=${encodeURIComponent(publicKey)}`),
  act: (statement: DsseEnvelope) => post<{ ref: EntryRef }>('api/acts', statement),
  enrol: (publicKey: string, name: string, role: string) =>
    post<unknown>('api/enrolments', { public_key: publicKey, name, role }),
};
