// A person's acts from the panels and the keyboard: sign, send, and say how it went.

import { act } from './acts';
import { t } from './i18n.svelte';
import { me } from './me.svelte';
import { notice } from './notice.svelte';
import { sky } from './state.svelte';
import type { AlertRow, ApproachRow, MessageRow } from './types';

type Fields = Parameters<typeof act>[2];

/** Signs and sends; false (and a notice) if the person may not sign or the node refuses. */
async function deed(accord: string | null, fields: Fields, done: string): Promise<boolean> {
  await me.known;
  const signer = me.signer;
  if (signer === null) {
    notice.fail(t('notice.not-enrolled'));
    return false;
  }
  try {
    await act(signer, accord, fields);
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
  return deed(row.accord, { act: 'acknowledge', of: row.ref }, t('notice.acknowledged'));
}

export async function sendMessage(toRole: string, text: string, language: string): Promise<boolean> {
  return deed(accord(), { act: 'message', to_role: toRole, text, language }, t('notice.sent'));
}

export async function openIncident(row: ApproachRow, note: string): Promise<boolean> {
  return deed(accord(), { act: 'open-incident', pair: row.pair, about: row.ref, note }, t('notice.incident-opened'));
}

const accord = (): string | null => sky.accordInForce?.digest ?? null;
