// The talks that are open on the page: fetched anew whenever somebody has said something.

import { api } from './api';
import { t } from './i18n.svelte';
import { me } from './me.svelte';
import { notice } from './notice.svelte';
import { sky } from './state.svelte';
import { canonical, digestOf, REPRESENTATIVE, stepInTalks, type TalksTable, type Value } from './talks';
import { setParams } from './url';

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
    const { key } = me;
    if (this.table === null || key === null || !this.canSpeak) {
      notice.fail(t('talks.not-representative'));
      return false;
    }
    try {
      await stepInTalks(key, sky.party, this.table, fields);
      notice.say(t('talks.signed'));
      await this.load();
      return true;
    } catch (error) {
      notice.fail(t('notice.refused', { reason: error instanceof Error ? error.message : String(error) }));
      return false;
    }
  }

  async put(step: 'propose' | 'counter', path: string, value: Value, because: string): Promise<boolean> {
    const text = canonical(value);
    const clause = { path, value: text, digest: await digestOf(text) };
    return this.step({ act: 'talks-clause', step, clauses: [clause], because });
  }
}

export const talks = new TalksState();
