import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveSocket, SILENCE_MS, type Listener } from '../src/lib/socket';
import { CATCH_UP_MS, steadyTicks } from '../src/lib/ticks';

class FakeSocket {
  static last: FakeSocket;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  binaryType = '';
  closed = false;
  constructor(readonly url: string) {
    FakeSocket.last = this;
  }
  close(): void {
    this.closed = true;
  }
}

const listener = (): Listener => ({
  opened: vi.fn(),
  lost: vi.fn(),
  row: vi.fn(),
  status: vi.fn(),
  roster: vi.fn(),
  picture: vi.fn(),
});

/** The page is held up: time goes on, no timer fires; then the timers that are due fire, before any frame. */
function heldUp(ms: number): void {
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + ms);
  vi.advanceTimersByTime(500);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', FakeSocket);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('the live stream', () => {
  it('is lost when nothing comes, and opened again from the last number', () => {
    const told = listener();
    const socket = new LiveSocket('ws://x/api/live', told);
    FakeSocket.last.onopen?.();
    FakeSocket.last.onmessage?.({ data: '{"n":7,"type":"alert","data":{}}' });
    const first = FakeSocket.last;
    vi.advanceTimersByTime(SILENCE_MS + 1000);
    expect(told.lost).toHaveBeenCalledTimes(1);
    expect(first.closed).toBe(true);
    vi.advanceTimersByTime(1000);
    expect(FakeSocket.last.url).toBe('ws://x/api/live?since=7');
    socket.close();
  });

  it('is not called lost by a page that was held up while frames waited', () => {
    const told = listener();
    const socket = new LiveSocket('ws://x/api/live', told);
    FakeSocket.last.onopen?.();
    heldUp(SILENCE_MS + 3000);
    expect(told.lost).not.toHaveBeenCalled();
    FakeSocket.last.onmessage?.({ data: '{"type":"status","data":{}}' });
    vi.advanceTimersByTime(CATCH_UP_MS);
    expect(told.lost).not.toHaveBeenCalled();
    socket.close();
  });

  it('is lost after such a pause too, when no frame waited', () => {
    const told = listener();
    const socket = new LiveSocket('ws://x/api/live', told);
    FakeSocket.last.onopen?.();
    heldUp(SILENCE_MS + 3000);
    vi.advanceTimersByTime(CATCH_UP_MS);
    expect(told.lost).toHaveBeenCalledTimes(1);
    socket.close();
  });
});

describe('a steady clock', () => {
  it('ticks on time until it is ended', () => {
    const tick = vi.fn();
    const end = steadyTicks(500, tick);
    vi.advanceTimersByTime(1600);
    expect(tick).toHaveBeenCalledTimes(3);
    end();
    vi.advanceTimersByTime(5000);
    expect(tick).toHaveBeenCalledTimes(3);
  });

  it('is opened anew at once for somebody who has signed in again, and nothing is called lost', () => {
    const told = listener();
    const socket = new LiveSocket('ws://x/api/live', told);
    const first = FakeSocket.last;
    first.onopen?.();
    first.onmessage?.({ data: '{"n":7,"type":"alert","data":{}}' });
    socket.reopen();
    expect(first.closed).toBe(true);
    expect(FakeSocket.last).not.toBe(first);
    expect(FakeSocket.last.url).toBe('ws://x/api/live?since=7');
    expect(told.lost).not.toHaveBeenCalled();
    socket.close();
  });
});
