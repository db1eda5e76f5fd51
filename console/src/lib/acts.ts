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

type ActFields =
  | { act: 'acknowledge'; of: EntryRef }
  | ({ act: 'message' | 'message-prepared'; to_role: string; text: string; language: string; about?: EntryRef } & {
      code?: string;
      params?: Value[];
    })
  | { act: 'read'; of: EntryRef }
  | { act: 'read-back'; of: EntryRef; param: string; position: Position }
  | { act: 'duty'; step: string; shift: EntryRef | null; duty_role: string | null; end: string | null }
  | { act: 'voice'; step: string; entry: EntryRef; text: string; language: string }
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
