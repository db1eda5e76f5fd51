// Everything by keyboard. Keys are taken by their place (`code`), so that they work on a Russian or Arabic layout too.

export type Command =
  | 'next'
  | 'previous'
  | 'acknowledge'
  | 'pair'
  | 'all'
  | 'sound'
  | 'write'
  | 'help'
  | 'close';

/** What the help shows, in order: keys and the command. */
export const KEYS: readonly { keys: string[]; command: Command }[] = [
  { keys: ['J', '↓'], command: 'next' },
  { keys: ['K', '↑'], command: 'previous' },
  { keys: ['A'], command: 'acknowledge' },
  { keys: ['Z'], command: 'pair' },
  { keys: ['F'], command: 'all' },
  { keys: ['M'], command: 'write' },
  { keys: ['S'], command: 'sound' },
  { keys: ['?'], command: 'help' },
  { keys: ['Esc'], command: 'close' },
];

const CODES: Record<string, Command> = {
  KeyJ: 'next',
  ArrowDown: 'next',
  KeyK: 'previous',
  ArrowUp: 'previous',
  KeyA: 'acknowledge',
  KeyZ: 'pair',
  KeyF: 'all',
  KeyM: 'write',
  KeyS: 'sound',
};

/** Where typing is typing and arrows are the element's own. */
const OWN_KEYS = 'input, textarea, select, [contenteditable], .maplibregl-map, [role=tablist]';

type Pressed = Pick<KeyboardEvent, 'code' | 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'repeat' | 'target'>;

export function commandOf(event: Pressed): Command | null {
  if (event.key === 'Escape') return 'close';
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const target = event.target as Partial<Element> | null;
  const arrow = event.code.startsWith('Arrow');
  const own = target?.closest?.(arrow ? OWN_KEYS : OWN_KEYS.replace(', .maplibregl-map, [role=tablist]', ''));
  if (own) return null;
  if (event.key === '?' || event.key === '؟') return 'help';
  const command = CODES[event.code] ?? null;
  // A key held down must not acknowledge one alert after the other.
  return command === 'acknowledge' && event.repeat ? null : command;
}
