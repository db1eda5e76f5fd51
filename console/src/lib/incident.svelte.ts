// The incident that is open on the page: fetched anew whenever somebody has said something about it.

import { api } from './api';
import { signEnvelope } from './dsse';
import { t } from './i18n.svelte';
import type { IncidentRecord } from './incidents';
import { me } from './me.svelte';
import { notice } from './notice.svelte';
import { sky } from './state.svelte';
import { setParams } from './url';

/** Acts for which an accord may name a role of its own. */
const CONFIRMING = ['incident-severity', 'incident-close'];

class IncidentState {
  name = $state<string | null>(new URLSearchParams(location.search).get('incident'));
  record = $state.raw<IncidentRecord | null>(null);
  #asked = 0;
  #shown = 0;
  row = $derived(sky.incidents.find((row) => row.incident === this.name) ?? null);

  show(name: string | null): void {
    this.name = name;
    if (name === null) this.record = null;
    setParams({ incident: name });
  }

  /** Answers that cross count in the order of asking: an older one never stands over a newer one. */
  async load(): Promise<void> {
    const { name } = this;
    if (name === null) return;
    const asked = (this.#asked += 1);
    const found = await api.incidentRecord(name).catch(() => null);
    if (found === null || this.name !== name || asked < this.#shown) return;
    this.#shown = asked;
    this.record = found;
  }

  /** Signs a word about it; false, and a notice, if it may not be said. */
  async say(fields: { act: string } & Record<string, unknown>): Promise<boolean> {
    const { record } = this;
    if (record === null) return false;
    const role = CONFIRMING.includes(fields.act) ? record.confirmed_by : null;
    return this.#sign({ incident: record.ref, ...fields }, record.accord, record.exercise, role);
  }

  /** Signs a report that opens an incident, or that adds conduct to one. */
  async report(fields: { act: string } & Record<string, unknown>, accord: string | null, exercise: boolean): Promise<boolean> {
    return this.#sign(fields, accord, exercise, null);
  }

  /** wanted: the role that an accord names for it, taken if this person has it. */
  async #sign(fields: { act: string } & Record<string, unknown>, accord: string | null, exercise: boolean, wanted: string | null): Promise<boolean> {
    await me.known;
    const { signer } = me;
    if (signer === null) {
      notice.fail(t('notice.not-enrolled'));
      return false;
    }
    const role = wanted !== null && me.me?.roles?.includes(wanted) ? wanted : signer.role;
    const payload = {
      person: signer.key.publicKey,
      party: signer.party,
      role,
      at: new Date().toISOString(),
      accord,
      exercise: signer.exercise || exercise,
      automatic: false,
      ...fields,
    };
    try {
      const type = `application/vnd.skyaccord.statement.${fields.act}+json`;
      await api.act(await signEnvelope(type, payload, signer.key.keyId, (message) => signer.key.sign(message)));
      notice.say(t('incident.signed'));
      await this.load();
      return true;
    } catch (error) {
      notice.fail(t('notice.refused', { reason: error instanceof Error ? error.message : String(error) }));
      return false;
    }
  }
}

export const incident = new IncidentState();
