// The alarm: two tones every two seconds while somebody here must act. Browsers give sound only after a gesture, so it is
// off until a person switches it on, and the switch says so.

const EVERY_MS = 2_000;

export class Alarm {
  #context: AudioContext | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  get on(): boolean {
    return this.#context !== null;
  }

  /** Call from a click or a key press; returns whether sound is on now. */
  async toggle(): Promise<boolean> {
    if (this.#context !== null) {
      await this.#context.close();
      this.#context = null;
      return false;
    }
    this.#context = new AudioContext();
    await this.#context.resume();
    this.#tone(660, 0, 0.06); // one short tone: the person hears that it works
    return true;
  }

  /** Start or stop the alarm. Harmless to call often. */
  set(sounding: boolean): void {
    if (sounding && this.#timer === undefined) {
      this.#ring();
      this.#timer = setInterval(() => this.#ring(), EVERY_MS);
    } else if (!sounding) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  #ring(): void {
    this.#tone(880, 0, 0.18);
    this.#tone(660, 0.22, 0.18);
  }

  #tone(hertz: number, after: number, lasts: number): void {
    const context = this.#context;
    if (context === null) return;
    const start = context.currentTime + after;
    const oscillator = new OscillatorNode(context, { frequency: hertz, type: 'triangle' });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(0.25, start + 0.01);
    gain.gain.setValueAtTime(0.25, start + lasts - 0.02);
    gain.gain.linearRampToValueAtTime(0, start + lasts);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + lasts);
  }
}
