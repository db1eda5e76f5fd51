// What a person does on the record: a statement, signed with the person's own key, that the node checks and journals.

import { api } from './api';
import { signEnvelope } from './dsse';
import type { PersonKey } from './person';
import type { Position, Value } from './hotline';
import type { EntryRef } from './types';

/** Who signs, in which role, and whether the sky they look at is an exercise. */
export interface Signer {
  key: PersonKey;
  party: string;
  role: string;
  exercise: boolean;
}

export interface DutyFields {
  duty_role?: string;
  holder?: string;
  start?: string | null;
  end?: string | null;
  note?: string;
}

export interface DrillFields {
  phrases?: string[];
  answer_within_s?: number;
  note?: string;
}

export interface RadioFields {
  purpose: 'call' | 'check';
  called: string;
  mhz: number;
  first_at: string;
  last_at: string;
  times: number;
  answered: boolean;
  readability: number | null;
  text: string;
  language: string;
}

export interface VoiceFields {
  direction: string;
  means: string;
  spoken_at: string;
  with_role: string;
  with_name: string | null;
  text: string;
  language: string;
}

type ActFields =
  | { act: 'acknowledge'; of: EntryRef }
  | ({ act: 'message' | 'message-prepared'; to_role: string; text: string; language: string; about?: EntryRef } & {
      code?: string;
      params?: Value[];
      drill?: EntryRef;
    })
  | { act: 'read'; of: EntryRef }
  | { act: 'read-back'; of: EntryRef; param: string; position: Position }
  | ({ act: 'duty'; step: string; shift: EntryRef | null } & DutyFields)
  | ({ act: 'drill'; step: string; drill: EntryRef | null } & DrillFields)
  | ({ act: 'radio' } & RadioFields)
  | { act: 'voice'; step: string; entry: EntryRef; text: string; language: string }
  | ({ act: 'voice'; step: 'enter' } & VoiceFields)
  | { act: 'open-incident'; pair: [string, string]; about: EntryRef | null; note: string };

/** The statement's payload; a person at a screen is never `automatic`. */
export function statement(signer: Signer, accord: string | null, fields: ActFields, at: Date): Record<string, unknown> {
  const { act, ...rest } = fields;
  return {
    act,
    person: signer.key.publicKey,
    party: signer.party,
    role: signer.role,
    at: at.toISOString(),
    accord,
    exercise: signer.exercise,
    automatic: false,
    ...rest,
  };
}

/** Signs and hands the statement to the node; throws ApiError with the node's reason if it refuses. */
export async function act(signer: Signer, accord: string | null, fields: ActFields): Promise<EntryRef> {
  const payload = statement(signer, accord, fields, new Date());
  const type = `application/vnd.skyaccord.statement.${fields.act}+json`;
  const envelope = await signEnvelope(type, payload, signer.key.keyId, (message) => signer.key.sign(message));
  return (await api.act(envelope)).ref;
}
