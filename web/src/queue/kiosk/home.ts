// Nobody logs out of a tablet at the door: it goes back to its start by itself.

/** How long somebody may think, and from when on it asks whether they are still there. */
export const THINK = 60;
export const ASK_AT = 15;
/** How long a ticket stays on the screen. */
export const SHOW = 30;

/** Counts seconds down while nobody touches anything, and says when none is left. */
export class Countdown {
  #left: number;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly from: number,
    private readonly tell: (left: number) => void,
    private readonly over: () => void,
  ) {
    this.#left = from;
    this.#timer = setInterval(() => this.#tick(), 1000);
    tell(from);
  }

  #tick(): void {
    this.#left -= 1;
    this.tell(this.#left);
    if (this.#left > 0) return;
    this.stop();
    this.over();
  }

  /** Somebody is there. */
  again(): void {
    this.#left = this.from;
    this.tell(this.from);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
