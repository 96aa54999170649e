import { Live, type State, type Watcher, type Wish } from '$lib/live';
import { desk } from '../desk.svelte';
import { over } from '../over';

/** How long a connection that nobody watches is kept: one page follows another. */
const LINGER = 15_000;

/** The one live connection of the desk's pages, opened when something is watched. */
class Line {
  #state = $state<State>('connecting');
  #online = $state(navigator.onLine);
  /** Since when nothing is heard. */
  since = $state.raw<Date>();
  #live: Live | undefined;
  #tenant: string | undefined;
  #watched = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    addEventListener('online', () => (this.#online = true));
    addEventListener('offline', () => {
      this.#online = false;
      this.#lost();
    });
  }

  get open(): boolean {
    return this.#online && this.#state === 'open';
  }

  /** It was open once, or should have been by now. */
  get away(): boolean {
    return !this.open && this.last !== undefined;
  }

  /** As of when things are known, while the line is away. */
  get last(): Date | undefined {
    return this.since ?? desk.asOf;
  }

  #lost(): void {
    this.since ??= desk.asOf ?? new Date();
  }

  /** Watches something until the function that this gives back is called. */
  watch(wish: Wish, watcher: Watcher): () => void {
    clearTimeout(this.#timer);
    const tenant = desk.tenant?.id;
    if (!this.#live || this.#tenant !== tenant || this.#state === 'over') {
      this.#live?.close();
      this.#tenant = tenant;
      this.#live = new Live({ ...(tenant && { tenant }), state: (state) => this.#became(state) });
      this.#state = this.#live.state;
    }
    const live = this.#live;
    this.#watched += 1;
    const leave = live.watch(wish, {
      shown: (items) => {
        if (this.open) this.since = undefined;
        watcher.shown(items);
      },
      refused: (error) => watcher.refused?.(error),
    });
    return () => {
      leave();
      this.#watched -= 1;
      if (this.#watched === 0) this.#timer = setTimeout(() => this.#end(live), LINGER);
    };
  }

  #became(state: State): void {
    if (state === 'open') this.since = undefined;
    else if (this.#state === 'open' || state === 'waiting') this.#lost();
    this.#state = state;
    if (state === 'over' && this.#watched > 0) over();
  }

  #end(live: Live): void {
    live.close();
    if (this.#live === live) this.#live = undefined;
  }
}

export const line = new Line();
