// Who sits here: the key of this browser, and what the node's journal says about it.

import type { Signer } from './acts';
import { api } from './api';
import { KeyError, personKey, type KeyProblem, type PersonKey } from './person';
import { sky } from './state.svelte';
import type { Me } from './types';

const ASK_AGAIN_MS = 2000;
const ASKED_MAX = 5; // then the next sign-in asks

class MeState {
  key = $state.raw<PersonKey | null>(null);
  problem = $state<KeyProblem | null>(null);
  me = $state.raw<Me | null>(null);
  /** This key's request for enrolment lies at the node and waits for the administrator. */
  waiting = $derived(
    sky.status?.enrolments_waiting.some((request) => request.public_key === this.key?.publicKey) ?? false,
  );

  signer = $derived.by<Signer | null>(() => {
    if (this.key === null || !this.me?.enrolled || !this.me.role) return null;
    return { key: this.key, party: this.me.party ?? sky.party, role: this.me.role, exercise: sky.exercise };
  });

  /** Resolves once it is known who sits here: an act in the first moments waits, and is not told "not enrolled". */
  readonly known: Promise<void>;
  #loaded: () => void = () => {};

  constructor() {
    this.known = new Promise((resolve) => (this.#loaded = resolve));
  }

  async load(): Promise<void> {
    try {
      this.key = await personKey();
      this.problem = null;
    } catch (error) {
      this.problem = error instanceof KeyError ? error.problem : 'no-storage';
    }
    if (this.key === null) {
      this.#loaded();
      return;
    }
    // Unanswered is not "not enrolled": it is asked again, and known only with an answer.
    for (let asked = 0; asked < ASKED_MAX && !(await this.refresh()); asked += 1) {
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  }

  /** Ask the node again; whether it answered. */
  async refresh(): Promise<boolean> {
    if (this.key === null) return false; // not read yet, or there is none: only `load` knows which
    const answer = await api.me(this.key.publicKey).catch(() => null);
    if (answer === null) return false;
    this.me = answer;
    this.#loaded();
    return true;
  }

  async enrol(name: string, role: string): Promise<void> {
    if (this.key === null) return;
    await api.enrol(this.key.publicKey, name, role);
    await this.refresh();
  }
}

export const me = new MeState();
