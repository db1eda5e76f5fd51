// The talks that are open on the page: fetched anew whenever somebody has said something.

import { api } from './api';
import { t } from './i18n.svelte';
import { me } from './me.svelte';
import { notice } from './notice.svelte';
import { sky } from './state.svelte';
import type { PersonKey } from './person';
import {
  canonical,
  digestOf,
  REPRESENTATIVE,
  sayAsRepresentative,
  stepInTalks,
  type TalksTable,
  type Value,
} from './talks';
import { setParams } from './url';

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

class TalksState {
  shown = $state(new URLSearchParams(location.search).get('page') === 'talks');
  table = $state.raw<TalksTable | null>(null);
  chosen = $state<string | null>(null);
  rows = $derived(sky.status?.talks ?? []);
  row = $derived(this.rows.find((row) => row.talks === this.chosen) ?? this.rows[0] ?? null);
  canSpeak = $derived(me.me?.roles?.includes(REPRESENTATIVE) ?? me.me?.role === REPRESENTATIVE);

  show(shown: boolean): void {
    this.shown = shown;
    setParams({ page: shown ? 'talks' : null });
  }

  async load(): Promise<void> {
    const row = this.row;
    this.table = row === null ? null : await api.talks(row.talks).catch(() => this.table);
  }

  /** Signs a step; false, and a notice, if it may not be taken. */
  async step(fields: { act: string } & Record<string, unknown>): Promise<boolean> {
    const { table } = this;
    return this.#signed((key) => (table === null ? null : stepInTalks(key, sky.party, table, fields)));
  }

  /** Puts a draft on the table between this party and a peer. */
  async open(name: string, peer: string, exercise: boolean, draft: string): Promise<boolean> {
    const table = { talks: name, between: [sky.party, peer].sort(), seen: [], exercise };
    const done = await this.#signed((key) => stepInTalks(key, sky.party, table, { act: 'talks-open', draft }));
    if (done) this.chosen = name;
    return done;
  }

  /** Signs a statement about an accord: a step of its life, who was told, or that the party signs it. */
  async about(accord: string, exercise: boolean, fields: { act: string } & Record<string, unknown>): Promise<boolean> {
    return this.#signed((key) => sayAsRepresentative(key, sky.party, { accord, exercise, ...fields }));
  }

  async #signed(say: (key: PersonKey) => Promise<unknown> | null): Promise<boolean> {
    const { key } = me;
    const said = key === null || !this.canSpeak ? null : say(key);
    if (said === null) {
      notice.fail(t('talks.not-representative'));
      return false;
    }
    try {
      await said;
      notice.say(t('talks.signed'));
      await this.load();
      return true;
    } catch (error) {
      notice.fail(t('notice.refused', { reason: reasonOf(error) }));
      return false;
    }
  }

  async put(step: 'propose' | 'counter', path: string, value: Value, because: string): Promise<boolean> {
    return this.putText(step, path, canonical(value), because);
  }

  /** The same with a value that is canonical already. */
  async putText(step: 'propose' | 'counter', path: string, text: string, because: string): Promise<boolean> {
    const clause = { path, value: text, digest: await digestOf(text) };
    return this.step({ act: 'talks-clause', step, clauses: [clause], because });
  }
}

export const talks = new TalksState();
