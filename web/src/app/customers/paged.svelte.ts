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

  /** Loads the first page anew; an older answer that comes later is dropped. */
  async again(): Promise<void> {
    const turn = (this.#turn += 1);
    this.loading.busy = false;
    await this.loading.run(async () => {
      const page = await this.#page(undefined);
      if (turn === this.#turn) [this.items, this.cursor] = [page.items, page.next_cursor];
    });
  }

  async more(): Promise<void> {
    const { cursor } = this;
    const turn = this.#turn;
    if (!cursor) return;
    await this.loading.run(async () => {
      const page = await this.#page(cursor);
      if (turn !== this.#turn) return;
      this.items = [...(this.items ?? []), ...page.items];
      this.cursor = page.next_cursor;
    });
  }
}
