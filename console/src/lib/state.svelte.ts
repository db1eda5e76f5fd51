// What the console knows, as reactive state. One instance (`sky`); panels read it and call its acts. Aircraft are not
// here: they stay in `sky.pictures`, outside reactive state.

import { acknowledgementTarget, needsAcknowledgement, sortAlerts, sounds } from './alerts';
import { api } from './api';
import { banners, sighted, type Connection, type Seen } from './blindness';
import type { HotlineState } from './hotline';
import { missed } from './incidents';
import { PictureStore } from './picture';
import { alertKey, crossingKey, incidentKey, merged, messageKey, newestFirst, sightingKey } from './rows';
import { LiveSocket, type RowType } from './socket';
import { steadyTicks } from './ticks';
import type {
  AlertRow,
  ApproachRow,
  CrossingRow,
  EncounterRow,
  EntryRef,
  IncidentRow,
  MessageRow,
  Place,
  Roster,
  Status,
} from './types';

/** The clock on the page ticks this often; every countdown and age hangs on it. */
const TICK_MS = 500;

/** Rows of the stream are put in together, this much later at most. */
const TOGETHER_MS = 40;
const RELOAD_MS = 2_000;

/** Degrees, WGS 84. */
export interface Point {
  latitude: number;
  longitude: number;
}

interface Fresh {
  alert: AlertRow[];
  approach: ApproachRow[];
  crossing: CrossingRow[];
  encounter: EncounterRow[];
  incident: IncidentRow[];
  message: MessageRow[];
}
const emptyFresh = (): Fresh => ({
  alert: [],
  approach: [],
  crossing: [],
  encounter: [],
  incident: [],
  message: [],
});

class SkyState {
  status = $state.raw<Status | null>(null);
  alertRows = $state.raw<AlertRow[]>([]);
  approachRows = $state.raw<ApproachRow[]>([]);
  crossings = $state.raw<CrossingRow[]>([]);
  encounters = $state.raw<EncounterRow[]>([]);
  incidents = $state.raw<IncidentRow[]>([]);
  messages = $state.raw<MessageRow[]>([]);
  places = $state.raw<Place[]>([]);
  hotline = $state.raw<HotlineState | null>(null);
  /** The message that an alarm leads to. */
  shownMessage = $state.raw<EntryRef | null>(null);
  /** What is being written belongs to this message: the other side's, which it answers, or one's own, which it corrects. */
  replying = $state.raw<MessageRow | null>(null);
  /** Who wants the next click on the map, and the point that was chosen. */
  picking = $state.raw<{ owner: string; pick: (at: Point) => void } | null>(null);
  picked = $state.raw<(Point & { heightless: boolean }) | null>(null);

  connection = $state<Connection>('connecting');
  skyMs = $state<number | null>(null);
  nowMs = $state(Date.now());
  aircraftCount = $state<number | null>(null);
  expired = $state(false);
  /** Called when the stream is lost: has the session ended? */
  unheard: () => void = () => {};
  selected = $state<string | null>(new URLSearchParams(location.search).get('select'));
  /** Counts changes of who may sign, so that the person's panel asks the node again. */
  personsChanged = $state(0);

  readonly pictures = new PictureStore();
  #stream: LiveSocket | null = null;
  #lostAt = $state(0);
  #pictureAt = $state<number | null>(null);
  #wallAheadMs = $state(0);
  #waiting: Fresh | null = null;
  /** Rows that come while the lists are asked for; null when no answer is awaited. */
  #meanwhile: Fresh | null = null;

  party = $derived(this.status?.party ?? '');
  exercise = $derived(this.status?.exercise ?? false);
  seen = $derived<Seen>({
    connection: this.connection,
    expired: this.expired,
    lostForMs: Math.max(0, this.nowMs - this.#lostAt),
    status: this.status,
    pictureAgeMs: this.#pictureAt === null ? null : Math.max(0, this.nowMs - this.#pictureAt),
  });
  banners = $derived(banners(this.seen));
  sighted = $derived(sighted(this.seen));
  alerts = $derived(sortAlerts(this.alertRows, this.skyMs));
  history = $derived(newestFirst(this.alertRows.filter((row) => row.state === 'cleared'), (row) => row.sky_time));
  unacknowledged = $derived(this.alerts.filter((row) => needsAcknowledgement(row, this.party)));
  /** The node's wall clock: deadlines of people run on it. */
  wallMs = $derived(this.nowMs + this.#wallAheadMs);
  /** What was due of incidents and has not come. What our own side owes sounds until it is given. */
  incidentsMissed = $derived(missed(this.incidents, this.party, this.wallMs));
  sounding = $derived(
    (this.hotline?.loud ?? false) || this.alerts.some((row) => sounds(row, this.party)) || this.incidentsMissed.some((one) => one.ours),
  );
  /** What broke a rule's limits is an encounter, and no approach. */
  approaches = $derived(this.approachRows.filter((row) => !row.contains_encounter));
  selectedAlert = $derived(this.alerts.find((row) => row.event === this.selected) ?? null);
  /** Changes whenever somebody may have been enrolled: then one's own standing is asked for again. */
  enrolled = $derived(`${this.connection} ${this.personsChanged} ${this.status?.persons.length ?? 0}`);
  accordInForce = $derived(this.status?.accords.find((accord) => accord.state === 'in force' && accord.watched !== false) ?? null);
  /** No link to any peer is up: what is written now waits. */
  lineDown = $derived((this.status?.peers.length ?? 0) > 0 && (this.status?.peers.every((peer) => peer.link !== 'up') ?? false));

  start(): void {
    const url = new URL('api/live', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.search = '';
    this.#lostAt = Date.now();
    steadyTicks(TICK_MS, () => (this.nowMs = Date.now()));
    this.#stream = new LiveSocket(url.href, {
      opened: () => void this.#load(),
      lost: () => {
        this.unheard();
        // What was never heard cannot be lost: the page then still says that it is connecting.
        if (this.connection !== 'live') return;
        this.#lostAt = Date.now();
        this.connection = 'lost';
      },
      status: (status) => this.#setStatus(status),
      roster: (roster: Roster) => this.pictures.setRoster(roster),
      row: (type, data) => this.#row(type, data),
      picture: (frame) => this.#picture(frame),
    });
  }

  /** Somebody has signed in again: a new stream, from the last number that was seen. */
  reconnect(): void {
    this.#stream?.reopen();
  }

  acknowledgementTarget(row: AlertRow) {
    return acknowledgementTarget(row, this.party);
  }

  /** Everything anew after each opening of the stream; rows that the stream brought meanwhile are newer and stay. */
  async #load(): Promise<void> {
    const meanwhile: Fresh = emptyFresh();
    this.#meanwhile = meanwhile;
    try {
      const [status, alert, approach, crossing, encounter, incident, message] = await Promise.all([
        api.status(),
        api.alerts(),
        api.approaches(),
        api.crossings(),
        api.encounters(),
        api.incidents(),
        api.messages(),
      ]);
      this.#setStatus(status);
      void this.#loadHotline();
      this.alertRows = merged(alert, meanwhile.alert, alertKey);
      this.approachRows = merged(approach, meanwhile.approach, sightingKey);
      this.crossings = merged(crossing, meanwhile.crossing, crossingKey);
      this.encounters = merged(encounter, meanwhile.encounter, sightingKey);
      this.incidents = merged(incident, meanwhile.incident, incidentKey);
      this.messages = merged(message, meanwhile.message, messageKey);
      this.connection = 'live';
      if (this.#meanwhile === meanwhile) this.#meanwhile = null;
    } catch (error) {
      // The stream is open but the node does not answer: say so by staying unconnected, and try again.
      console.warn('load', error);
      setTimeout(() => this.#meanwhile === meanwhile && void this.#load(), RELOAD_MS);
    }
  }

  /** The stream brings it again as soon as it changes. */
  async #loadHotline(): Promise<void> {
    try {
      const state = await api.hotline();
      this.hotline ??= state;
    } catch (error) {
      console.warn('hotline', error);
    }
  }

  #setStatus(status: Status): void {
    if (status.feed.name !== this.status?.feed.name) void this.#loadPlaces();
    this.status = status;
    this.#wallAheadMs = Date.parse(status.wall_time) - Date.now();
    if (status.sky_time !== null && this.#pictureAt === null) this.skyMs = Date.parse(status.sky_time);
  }

  /** Names on the map are those of the feed: another feed, other names. */
  async #loadPlaces(): Promise<void> {
    try {
      this.places = await api.places();
    } catch (error) {
      console.warn('places', error);
    }
  }

  #picture(frame: ArrayBuffer): void {
    const picture = this.pictures.setFrame(frame);
    this.skyMs = picture.skyTimeMs;
    this.aircraftCount = picture.count;
    this.#pictureAt = Date.now();
  }

  /** Rows come one a frame, thousands at once after an opening: they are put in together. */
  #row(type: RowType, data: unknown): void {
    if (type === 'hotline') this.hotline = data as HotlineState;
    else if (type === 'person') this.personsChanged++;
    else if (type === 'accord' || type === 'talks') void api.status().then((status) => this.#setStatus(status), () => undefined);
    else {
      this.#waiting ??= this.#putInSoon();
      for (const fresh of [this.#waiting, this.#meanwhile]) (fresh?.[type] as unknown[] | undefined)?.push(data);
    }
  }

  #putInSoon(): Fresh {
    const fresh = emptyFresh();
    setTimeout(() => {
      this.#waiting = null;
      if (fresh.alert.length > 0) this.alertRows = merged(this.alertRows, fresh.alert, alertKey);
      if (fresh.approach.length > 0) this.approachRows = merged(this.approachRows, fresh.approach, sightingKey);
      if (fresh.crossing.length > 0) this.crossings = merged(this.crossings, fresh.crossing, crossingKey);
      if (fresh.encounter.length > 0) this.encounters = merged(this.encounters, fresh.encounter, sightingKey);
      if (fresh.incident.length > 0) this.incidents = merged(this.incidents, fresh.incident, incidentKey);
      if (fresh.message.length > 0) this.messages = merged(this.messages, fresh.message, messageKey);
    }, TOGETHER_MS);
    return fresh;
  }
}

export const sky = new SkyState();
