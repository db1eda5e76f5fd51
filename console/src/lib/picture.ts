// The newest picture and the roster that names its aircraft. Outside reactive state on purpose: thousands of aircraft
// a second must not pass through a framework; the map subscribes and reads the columns.

import { decodeFrame, type Picture } from './frame';
import type { Roster } from './types';

type Subscriber = () => void;

export class PictureStore {
  picture: Picture | null = null;
  roster: Roster | null = null;
  #index = new Map<string, number>();
  #subscribers = new Set<Subscriber>();

  setRoster(roster: Roster): void {
    this.roster = roster;
    this.#index = new Map(roster.aircraft.map(([icao24], at) => [icao24, at]));
  }

  setFrame(buffer: ArrayBuffer): Picture {
    this.picture = decodeFrame(buffer);
    for (const subscriber of this.#subscribers) subscriber();
    return this.picture;
  }

  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  /** Whether the names belong to the picture: a roster of another version would put wrong names on aircraft. */
  get named(): boolean {
    return this.roster !== null && this.picture !== null && this.roster.version === this.picture.rosterVersion;
  }

  /** Index of this aircraft in the columns; -1 if it is not in the picture. */
  indexOf(icao24: string): number {
    const at = this.named ? this.#index.get(icao24) : undefined;
    return at !== undefined && at < this.picture!.count ? at : -1;
  }

  /** What to call the aircraft at `i`: its callsign, else its address, else nothing. */
  nameOf(i: number): string {
    const row = this.named ? this.roster!.aircraft[i] : undefined;
    return row ? row[1]?.trim() || row[0] : '';
  }
}
