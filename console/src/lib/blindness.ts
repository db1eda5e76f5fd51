// When the console cannot see, it must say so: these are the banners, worst first. Never a calm picture when blind.

import type { Peer, Status } from './types';

/** With the stream open, a picture older than this is stale, whatever the node calls its feed; one comes each second. */
export const PICTURE_STALE_MS = 4_000;

/** Time to hear from the node for the first time before the page calls itself disconnected, not connecting. */
export const CONNECT_WITHIN_MS = 10_000;

export type Connection = 'connecting' | 'live' | 'lost';

export type Banner =
  | { kind: 'expired'; seconds: number }
  | { kind: 'disconnected'; seconds: number; ever: boolean }
  | { kind: 'connecting' }
  | { kind: 'no-picture' }
  | { kind: 'stale'; seconds: number | null }
  | { kind: 'no-feed' }
  | { kind: 'trouble'; reason: string }
  | { kind: 'feed-ended' }
  | { kind: 'link-down'; peer: Peer }
  | { kind: 'link-refused'; peer: Peer };

export interface Seen {
  connection: Connection;
  /** The session has ended: the node tells this page nothing any more. */
  expired: boolean;
  lostForMs: number;
  status: Status | null;
  /** Time since the last picture; null before the first one. */
  pictureAgeMs: number | null;
}

export function banners({ connection, expired, lostForMs, status, pictureAgeMs }: Seen): Banner[] {
  const found: Banner[] = [];
  const never = connection === 'connecting' && lostForMs > CONNECT_WITHIN_MS;
  if (expired) found.push({ kind: 'expired', seconds: lostForMs / 1000 });
  else if (connection === 'lost' || never) found.push({ kind: 'disconnected', seconds: lostForMs / 1000, ever: !never });
  else if (connection === 'connecting') found.push({ kind: 'connecting' });
  if (status === null) return found;
  const { feed } = status;
  const late = connection === 'live' && pictureAgeMs !== null && pictureAgeMs > PICTURE_STALE_MS;
  if (feed.state === 'none') found.push({ kind: 'no-feed' });
  else if (feed.state === 'ended') found.push({ kind: 'feed-ended' });
  else if (feed.state === 'stale') found.push({ kind: 'stale', seconds: feed.age_s });
  else if (connection === 'live' && pictureAgeMs === null) found.push({ kind: 'no-picture' });
  else if (late) found.push({ kind: 'stale', seconds: pictureAgeMs / 1000 });
  if (status.trouble !== null) found.push({ kind: 'trouble', reason: status.trouble });
  for (const peer of status.peers) {
    if (peer.link === 'down') found.push({ kind: 'link-down', peer });
    if (peer.link === 'refused') found.push({ kind: 'link-refused', peer });
  }
  return found;
}

/** Whether the picture on the screen is the sky as it is now. Only then may the page look calm. */
export function sighted(seen: Seen): boolean {
  const blind: Banner['kind'][] = ['expired', 'disconnected', 'connecting', 'no-picture', 'stale', 'no-feed', 'feed-ended'];
  return seen.connection === 'live' && seen.status !== null && !banners(seen).some(({ kind }) => blind.includes(kind));
}
