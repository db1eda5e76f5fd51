// The node's HTTP API, at the page's own address.

import type { DsseEnvelope } from './dsse';
import type { AlertRow, ApproachRow, EncounterRow, EntryRef, IncidentRow, Me, MessageRow, Place, Status } from './types';

/** Longest wait for an answer of one's own node. After it the person must know that nothing is certain. */
const ANSWER_WITHIN_MS = 10_000;

/** The node said no, or said nothing; `message` is one line for people. */
export class ApiError extends Error {}

async function call<T>(path: string, init?: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, cache: 'no-store', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  } catch (error) {
    throw new ApiError(error instanceof Error ? error.message : String(error));
  }
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(reasonOf(body) ?? `HTTP ${response.status}`);
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
  status: () => call<Status>('api/status'),
  alerts: () => call<AlertRow[]>('api/alerts'),
  approaches: () => call<ApproachRow[]>('api/approaches'),
  encounters: () => call<EncounterRow[]>('api/encounters'),
  incidents: () => call<IncidentRow[]>('api/incidents'),
  messages: () => call<MessageRow[]>('api/messages'),
  places: () => call<Place[]>('api/places'),
  me: (publicKey: string) => call<Me>(`api/me?public_key=${encodeURIComponent(publicKey)}`),
  act: (statement: DsseEnvelope) => post<{ ref: EntryRef }>('api/acts', statement),
  enrol: (publicKey: string, name: string, role: string) =>
    post<unknown>('api/enrolments', { public_key: publicKey, name, role }),
};
