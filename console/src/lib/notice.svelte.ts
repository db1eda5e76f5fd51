// One line that tells what a person's act led to. Failures stay until they are closed; what went well goes by itself.

const SHOWN_MS = 6_000;

interface Notice {
  text: string;
  failed: boolean;
}

let current = $state.raw<Notice | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

export const notice = {
  get current(): Notice | null {
    return current;
  },
  say(text: string): void {
    show({ text, failed: false });
    timer = setTimeout(() => (current = null), SHOWN_MS);
  },
  fail(text: string): void {
    show({ text, failed: true });
  },
  close(): void {
    clearTimeout(timer);
    current = null;
  },
};

function show(next: Notice): void {
  clearTimeout(timer);
  current = next;
}
