// Whether somebody is signed in at this page, until when, and the steps of signing in.

import { api, ApiError } from './api';
import { sky } from './state.svelte';
import type { Asked, Session } from './types';

/** So long before its end the page offers to sign in again without leaving the picture. */
const OFFER_MS = 30 * 60_000;
const ASK_AGAIN_MS = 2_000;
const LINK = /^#link=([\w-]+)$/;

/** out: nobody has signed in at this page yet. ended: somebody had, and what the page shows is old. */
export type Phase = 'unknown' | 'out' | 'in' | 'ended';

class SessionState {
  phase = $state<Phase>('unknown');
  row = $state.raw<Session | null>(null);
  /** The form lies over the picture, which goes on. */
  renewing = $state(false);
  /** A one-time link was opened that holds no more. */
  linkGone = $state(false);
  unreachable = $state(false);

  endsInMs = $derived(this.row === null ? null : Date.parse(this.row.expires_at) - sky.wallMs);
  endsSoon = $derived(this.phase === 'in' && this.endsInMs !== null && this.endsInMs < OFFER_MS);
  greeted = $derived(this.row?.person?.name ?? this.row?.account ?? '');
  /** The form is shown: alone, or over the page. */
  asking = $derived(this.phase === 'ended' || this.renewing);

  /** Opens by the link in the address if there is one, else by the session that the browser still has. */
  async start(): Promise<void> {
    sky.unheard = () => void this.check();
    const link = LINK.exec(location.hash)?.[1];
    if (link !== undefined) {
      history.replaceState(null, '', `${location.pathname}${location.search}`);
      try {
        await api.openLink(link);
      } catch (error) {
        this.linkGone = error instanceof ApiError && error.status !== null;
      }
    }
    await this.check();
  }

  /** Asks the node who sits here; a node that does not answer is asked again until it does. */
  async check(): Promise<void> {
    try {
      this.row = await api.session();
      this.unreachable = false;
      this.#opened();
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        this.unreachable = false;
        this.phase = this.phase === 'in' || this.phase === 'ended' ? 'ended' : 'out';
        sky.expired = this.phase === 'ended';
        this.renewing = false;
      } else if (this.phase === 'unknown') {
        this.unreachable = true;
        setTimeout(() => void this.check(), ASK_AGAIN_MS);
      }
    }
  }

  /** What the form calls when the node has opened a session. */
  async signedIn(): Promise<void> {
    this.linkGone = false;
    const before = this.phase;
    await this.check();
    if (this.phase === 'in') this.renewing = false;
    if (before === 'in' || before === 'ended') sky.reconnect();
  }

  async signOut(): Promise<void> {
    await api.signOut();
    location.reload();
  }

  #opened(): void {
    const first = this.phase === 'unknown' || this.phase === 'out';
    this.phase = 'in';
    sky.expired = false;
    if (first) sky.start();
  }
}

export const session = new SessionState();

/** What a passkey answers to the node's question, for the second step. */
export async function passkeyAnswer(asked: Asked): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked.passkey!);
  const found = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  return found.toJSON();
}

/** Makes a passkey in the browser and hands it to the node. */
export async function addPasskey(): Promise<void> {
  const { ticket, options } = await api.passkeyOptions();
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  await api.addPasskey(ticket, made.toJSON());
}
