// What the node's HTTP API says, as the console uses it. Fields that the console does not use are left out.

import type { Fault } from './hotline';
import type { TalksRow } from './talks';

/** One entry of one journal: what acknowledgements and messages point at. */
export interface EntryRef {
  origin: string;
  sequence: number;
  leaf: string;
}

export type Tier = 'advisory' | 'caution' | 'warning';

export interface Peer {
  party: string;
  name: string;
  link: 'up' | 'down' | 'refused';
  since_s: number | null;
  outbox: number;
  held: number;
  reason: string | null;
  /** Its clock minus ours, seconds; null until measured. */
  clock_offset_s?: number | null;
  /** Set when the two clocks differ by more than the limit for certain. */
  clock_warning?: string | null;
}

export interface Rule {
  id: string;
  horizontal_nm: number;
  vertical_ft: number | null;
  combinator: 'either' | 'both';
  max_dwell_s: number | null;
  reading: string | null;
}

/** A row that the node takes back: two events have turned out to be one. */
export interface Withdrawable {
  withdrawn?: boolean;
}

export interface Role {
  id: string;
  title: string;
  acknowledge_within_s: number;
  escalates_to: string | null;
}

export interface AccordRow {
  digest: string;
  name: string;
  title: string;
  version: number;
  state: 'proposed' | 'in force' | 'not yet valid' | 'expired' | 'superseded' | 'suspended' | 'withdrawn';
  reason?: string | null;
  /** Its rules, on the feed that there is: an exercise's are not watched on a real one. */
  watched?: boolean;
  signed_by: string[];
  missing: string[];
  exercise: boolean;
  rules: Rule[];
  watch_nm: number | null;
  tiers: { name: Tier; lookahead_s: number }[];
  roles: Role[];
  /** Its rules of conduct, judged by people. */
  conduct?: { code: string; text: string; text_en: string | null; text_ru: string | null; text_ar: string | null }[];
  annexes?: { annex: string; version: number; digest: string | null; state: string; missing: string[] }[];
  told?: Record<string, { member: string; at: string | null }[]>;
  suspended_by?: string[];
  steps?: CourseStep[];
  announced?: CourseStep[];
}

/** A suspension, resumption or withdrawal, said and in effect at sky times. */
export interface CourseStep {
  party: string;
  step: 'suspend' | 'resume' | 'withdraw';
  because: string;
  said_at: string;
  holds_from: string;
}

export interface Feed {
  state: 'live' | 'stale' | 'ended' | 'none';
  age_s: number | null;
  aircraft: number;
  states: number;
  name: string | null;
  attribution: string | null;
  replay: boolean;
  /** Why it is not live, in words; empty when it is. */
  reason: string;
  /** Seconds of sky time that the node jumped over because it could not keep up. */
  seconds_skipped: number;
}

export interface Person {
  party: string;
  role: string;
  name: string;
  public_key: string;
  automatic: boolean;
}

export interface Status {
  party: string;
  name: string;
  version: string;
  exercise: boolean;
  sky_time: string | null;
  wall_time: string;
  speed: number | null;
  feed: Feed;
  /** What is wrong with the node's settings, in words. */
  trouble: string | null;
  peers: Peer[];
  accords: AccordRow[];
  talks?: TalksRow[];
  persons: Person[];
  enrolments_waiting: { public_key: string; name: string; role: string }[];
  journals: { party: string; origin: string; entries: number }[];
  witnesses?: Witness[];
}

/** A neutral witness of our journal. reason: why it has not cosigned the newest, null when all is well. */
export interface Witness {
  name: string;
  cosigned: number;
  at: string | null;
  reason: string | null;
}

export interface Acknowledgement {
  of: EntryRef;
  party: string;
  role: string;
  name: string;
  at: string;
  automatic: boolean;
  exercise: boolean;
}

export interface AlertRow {
  event: string;
  pair: [string, string];
  callsigns: [string | null, string | null];
  parties: [string | null, string | null];
  accord: string | null;
  rule: string;
  tier: Tier;
  state: 'active' | 'cleared';
  /** The rule's limits are broken now. */
  inside: boolean;
  time_to_cpa_s: number | null;
  cpa_time: string | null;
  predicted_horizontal_nm: number | null;
  predicted_vertical_ft: number | null;
  horizontal_nm: number | null;
  vertical_ft: number | null;
  closing_kt: number | null;
  /** The limits were left then and nothing is predicted any more: the alert waits to be cleared. */
  apart_since: string | null;
  sky_time: string;
  reason: string | null;
  confident: boolean;
  exercise: boolean;
  observed_by: string[];
  alerts: { ref: EntryRef; party: string; tier: Tier; state: string; raised_at: string; recorded_at: string }[];
  acknowledgements: Acknowledgement[];
  asked: Record<string, string>;
  acknowledged_by: string[];
  overdue: string[];
  deadline_at: string | null;
}

/** An approach or an encounter as one party saw it. */
export interface SightingRow {
  ref: EntryRef;
  event: string | null;
  party: string;
  state: string;
  pair: [string, string];
  callsigns: [string | null, string | null];
  parties: [string | null, string | null];
  start_time: string;
  end_time: string | null;
  min_horizontal_nm: number;
  min_horizontal_time: string;
  exercise: boolean;
}

/** One crossing of a line, or way into or out of a zone or area of special caution, as one party saw it. */
export interface CrossingRow {
  ref: EntryRef;
  seen_by: string;
  accord: string;
  sky_time: string;
  exercise: boolean;
  thing: 'line' | 'zone' | 'caution';
  place: string;
  way: 'to-left' | 'to-right' | 'entered' | 'left';
  icao24: string;
  callsign: string | null;
  party: string | null;
  time: string;
  latitude: number;
  longitude: number;
  altitude_ft: number | null;
  confident: boolean;
  reason: string;
}

export interface ApproachRow extends SightingRow {
  vertical_ft: number | null;
  contains_encounter: boolean;
  /** Now, while it is open and both are heard. */
  horizontal_nm: number | null;
  /** The incident that was opened about it, if one was. */
  incident: string | null;
}

export interface EncounterRow extends SightingRow {
  accord: string | null;
  rule: string;
  dwell_s: number;
  cpa_horizontal_nm: number;
  cpa_vertical_ft: number | null;
  verdict: 'infringement' | 'breach' | 'nmac';
}

/** What is due of one side of an incident; wall clock. */
export interface Due {
  what: string;
  party: string;
  at: string;
  met_at: string | null;
  state: string;
}

export interface IncidentRow {
  incident: string;
  ref: EntryRef;
  /** Its aircraft: two, one that crossed a line, or none that is known. */
  pair: string[];
  callsigns: (string | null)[];
  parties: (string | null)[];
  accord: string | null;
  reason: string;
  between: string[];
  state: string;
  closed_by: string[];
  accounts_of: string[];
  facts: Record<string, number>;
  /** Parties that are out of time with what is due of them. */
  missed: string[];
  dues: Due[];
  missing: string[];
  opened_by: string[];
  openings: { ref: EntryRef; party: string; reason: string; at: string; role: string | null; note: string }[];
  /** Party → its own account: an approach or an encounter. */
  observations: Record<string, Pick<SightingRow, 'min_horizontal_nm' | 'start_time'> & { verdict: string }>;
  sky_time: string | null;
  exercise: boolean;
}

export interface MessageRow {
  ref: EntryRef;
  from: string;
  to_role: string;
  role: string;
  name: string;
  text: string;
  language: string;
  at: string;
  recorded_at: string;
  about: EntryRef | null;
  accord: string | null;
  exercise: boolean;
  held_by: string[];
  /** party → why its node refused it. */
  refused_by?: Record<string, string>;
  acknowledgements: Acknowledgement[];
  asked: Record<string, string>;
  acknowledged_by: string[];
  overdue: string[];
  deadline_at: string | null;
  code?: string | null;
  /** Language → the phrase, filled; what stands in it is isolated. */
  said?: Partial<Record<'en' | 'ru' | 'ar', string>>;
  params?: ({ name: string; kind: string; shown: string; wording?: string } & Record<string, unknown>)[];
  priority?: number;
  expired?: boolean;
  response?: string | null;
  faults?: Fault[];
  courses?: {
    party: string;
    state: string;
    role: string | null;
    passed: string[];
    delivered_at: string | null;
    read_at: string | null;
    acknowledged_at: string | null;
    acknowledged_role: string | null;
  }[];
  read_backs?: { party: string; role: string; param: string; shown: string; distance_nm: number | null; mismatch: boolean }[];
  /** Positions that our side has not read back yet. */
  read_back_wanted?: string[];
  corrected_by?: EntryRef | null;
}

export interface Me {
  enrolled: boolean;
  role: string | null;
  /** Every role this key is enrolled for. */
  roles?: string[];
  party: string | null;
  name: string | null;
}

/** Who is signed in at this page. */
export interface Session {
  account: string;
  role: string;
  expires_at: string;
  person: { public_key: string; name: string | null; roles: string[] } | null;
  passkeys_possible: boolean;
}

/** What a step of signing in leads to: a session, or the next step. */
export interface Asked {
  state: 'signed-in' | 'second-factor' | 'set-up';
  recovery_codes?: string[] | null;
  ticket: string;
  totp: boolean;
  passkey: PublicKeyCredentialRequestOptionsJSON | null;
  set_up: string | null;
  qr: string | null;
}

export interface PasskeyOptions {
  ticket: string;
  options: PublicKeyCredentialCreationOptionsJSON;
}

/** A name on the map, degrees. */
export interface Place {
  name: string;
  latitude: number;
  longitude: number;
}

export interface Roster {
  version: number;
  parties: string[];
  aircraft: [string, string | null][];
}
