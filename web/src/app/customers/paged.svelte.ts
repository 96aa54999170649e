import { Fault } from '$lib/api/fault';
import { Doing } from '../loaded.svelte';

interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

/** A list that may be long: its first page, and more when somebody asks. */
export class Paged<T> {
  items = $state.raw<T[]>();
  cursor = $state.raw<string | null>(null);
  readonly loading = new Doing();
  #page: (cursor: string | undefined) => Promise<Page<T>>;
  #turn = 0;

  constructor(page: (cursor: string | undefined) => Promise<Page<T>>) {
    this.#page = page;
  }

  get fault() {
    return this.loading.fault;
  }

  /** Loads the first page anew; an older answer that comes later is dropped, also why there was none. */
  async again(): Promise<void> {
    await this.#load(undefined, (page) => (this.items = page.items));
  }

  async more(): Promise<void> {
    const { cursor } = this;
    // While a first page is on its way, this cursor is another list's.
    if (!cursor || this.loading.busy) return;
    await this.#load(cursor, (page) => (this.items = [...(this.items ?? []), ...page.items]));
  }

  async #load(cursor: string | undefined, take: (page: Page<T>) => void): Promise<void> {
    const turn = (this.#turn += 1);
    this.loading.busy = true;
    this.loading.fault = undefined;
    try {
      const page = await this.#page(cursor);
      if (turn !== this.#turn) return;
      take(page);
      this.cursor = page.next_cursor;
    } catch (error) {
      if (turn === this.#turn) this.loading.fault = Fault.from(error);
    } finally {
      if (turn === this.#turn) this.loading.busy = false;
    }
  }
}
