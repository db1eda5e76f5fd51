// The live stream: numbered text frames that are never dropped, and one binary picture a second.
// A silent stream is a broken one: the picture is the heartbeat, so silence closes the socket and opens a new one.

import { steadyTicks } from './ticks';
import type { Roster, Status } from './types';

/** Without any frame for this long the console calls itself disconnected; the node sends one each second. */
export const SILENCE_MS = 5_000;
const WATCH_MS = 500;
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 5_000;

export type RowType = 'alert' | 'approach' | 'crossing' | 'encounter' | 'incident' | 'message' | 'accord' | 'person' | 'talks' | 'hotline';

export interface Listener {
  opened(): void;
  lost(): void;
  row(type: RowType, data: unknown): void;
  status(status: Status): void;
  roster(roster: Roster): void;
  picture(frame: ArrayBuffer): void;
}

export class LiveSocket {
  #socket: WebSocket | null = null;
  #seen = 0;
  #retryMs = RETRY_FIRST_MS;
  #heardAt = 0;
  #endWatch: () => void;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly url: string,
    private readonly listener: Listener,
  ) {
    this.#endWatch = steadyTicks(WATCH_MS, () => this.#checkSilence());
    this.#open();
  }

  close(): void {
    this.#endWatch();
    clearTimeout(this.#retry);
    this.#drop();
  }

  /** Opens a new stream at once, as somebody who has just signed in; until it is there nothing is called lost. */
  reopen(): void {
    clearTimeout(this.#retry);
    this.#drop();
    this.#retryMs = RETRY_FIRST_MS;
    this.#open();
  }

  #open(): void {
    const socket = new WebSocket(`${this.url}?since=${this.#seen}`);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#heardAt = performance.now();
    socket.onopen = () => {
      this.#retryMs = RETRY_FIRST_MS;
      this.#heardAt = performance.now();
      this.listener.opened();
    };
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
      this.#heardAt = performance.now();
      if (typeof event.data === 'string') this.#text(event.data);
      else this.listener.picture(event.data);
    };
    socket.onclose = () => this.#lost();
  }

  #text(data: string): void {
    const frame = JSON.parse(data) as { n?: number; type: string; data: unknown };
    if (frame.type === 'status') this.listener.status(frame.data as Status);
    else if (frame.type === 'roster') this.listener.roster(frame.data as Roster);
    else this.listener.row(frame.type as RowType, frame.data);
    if (typeof frame.n === 'number') this.#seen = Math.max(this.#seen, frame.n);
  }

  #checkSilence(): void {
    if (this.#socket !== null && performance.now() - this.#heardAt > SILENCE_MS) this.#lost();
  }

  #lost(): void {
    if (this.#socket === null) return;
    this.#drop();
    this.listener.lost();
    this.#retry = setTimeout(() => this.#open(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
