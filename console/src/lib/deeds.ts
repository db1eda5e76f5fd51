// A person's acts from the panels and the keyboard: sign, send, and say how it went.

import { act, type DrillFields, type DutyFields, type RadioFields, type VoiceFields } from './acts';
import { t } from './i18n.svelte';
import { me } from './me.svelte';
import { notice } from './notice.svelte';
import { sky } from './state.svelte';
import type { Position, Value, VoiceRow } from './hotline';
import type { AlertRow, ApproachRow, EntryRef, MessageRow } from './types';

type Fields = Parameters<typeof act>[2];

/** Signs and sends; false (and a notice) if the person may not sign or the node refuses. */
async function deed(accord: string | null, fields: Fields, done: string, exercise = false): Promise<boolean> {
  await me.known;
  const signer = me.signer;
  if (signer === null) {
    notice.fail(t('notice.not-enrolled'));
    return false;
  }
  try {
    await act(exercise ? { ...signer, exercise } : signer, accord, fields);
    notice.say(done);
    return true;
  } catch (error) {
    notice.fail(t('notice.refused', { reason: error instanceof Error ? error.message : String(error) }));
    return false;
  }
}

export async function acknowledgeAlert(row: AlertRow): Promise<boolean> {
  const of = sky.acknowledgementTarget(row);
  if (of === null) return false;
  return deed(row.accord, { act: 'acknowledge', of }, t('notice.acknowledged'));
}

export async function acknowledgeMessage(row: MessageRow): Promise<boolean> {
  return deed(row.accord, { act: 'acknowledge', of: row.ref }, t('notice.acknowledged'), row.exercise);
}

export interface Words {
  toRole: string;
  text: string;
  language: string;
  code: string | null;
  params: Value[];
  about: EntryRef | null;
  /** One's own message that this takes the place of. */
  corrects: EntryRef | null;
  drill: EntryRef | null;
}

/** Sends it, or where no link is up prepares it: then it goes out by priority when the line is back. */
export async function sendMessage(words: Words): Promise<boolean> {
  const { toRole, text, language, code, params, about, corrects, drill } = words;
  const down = sky.lineDown;
  const phrase = code === null ? {} : { code, params };
  const act = down ? 'message-prepared' : 'message';
  const fields = { act, to_role: toRole, text, language, ...phrase, ...(about ? { about } : {}), ...(corrects ? { corrects } : {}), ...(drill ? { drill } : {}) } as const;
  return deed(accord(), fields, t(down ? 'notice.prepared' : 'notice.sent'), drill !== null);
}

/** Signed when a message is first shown on this person's screen; it says nothing and asks nothing. */
export async function markRead(row: MessageRow): Promise<void> {
  const signer = me.signer;
  if (signer === null) return;
  try {
    await act({ ...signer, exercise: signer.exercise || row.exercise }, row.accord, { act: 'read', of: row.ref });
  } catch (error) {
    console.warn('read', error);
  }
}

export async function readBack(row: MessageRow, param: string, position: Position): Promise<boolean> {
  return deed(row.accord, { act: 'read-back', of: row.ref, param, position }, t('notice.read-back'), row.exercise);
}

export async function dutyStep(step: string, shift: EntryRef | null, fields: DutyFields = {}): Promise<boolean> {
  return deed(null, { act: 'duty', step, shift, ...fields }, t('notice.duty'));
}

/** A drill is an exercise, whatever the sky is. */
export async function drillStep(step: string, drill: EntryRef | null, fields: DrillFields = {}): Promise<boolean> {
  return deed(accord(), { act: 'drill', step, drill, ...fields }, t('notice.sent'), true);
}

export async function recordRadio(fields: RadioFields): Promise<boolean> {
  return deed(accord(), { act: 'radio', ...fields }, t('notice.sent'));
}

export async function enterVoice(fields: VoiceFields): Promise<boolean> {
  return deed(accord(), { act: 'voice', step: 'enter', ...fields }, t('notice.sent'));
}

export async function voiceAnswer(row: VoiceRow, step: string, text = '', language = 'en'): Promise<boolean> {
  return deed(accord(), { act: 'voice', step, entry: row.ref, text, language }, t('notice.sent'), row.exercise);
}

export async function openIncident(row: ApproachRow, note: string): Promise<boolean> {
  return deed(accord(), { act: 'open-incident', pair: row.pair, about: row.ref, note }, t('notice.incident-opened'));
}

const accord = (): string | null => sky.accordInForce?.digest ?? null;
