// A clock that is not fooled by a page that was held up. After a long piece of work (a map that loads, a machine that
// does ten things) a timer may fire before the frames that came meanwhile are handled: it must not call them missing.

/** Time for frames that wait to be handled, after this page was held up. */
export const CATCH_UP_MS = 250;

/** Calls `tick` each `everyMs`; where that is late by as much again, CATCH_UP_MS later. Returns what ends it. */
export function steadyTicks(everyMs: number, tick: () => void): () => void {
  let due = performance.now() + everyMs;
  let catchingUp: ReturnType<typeof setTimeout> | undefined;
  const timer = setInterval(() => {
    const late = performance.now() - due > everyMs;
    due = performance.now() + everyMs;
    clearTimeout(catchingUp);
    if (late) catchingUp = setTimeout(tick, CATCH_UP_MS);
    else tick();
  }, everyMs);
  return () => {
    clearInterval(timer);
    clearTimeout(catchingUp);
  };
}
