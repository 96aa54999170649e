import { Fault } from '$lib/api/fault';

export { Doing } from '$lib/doing.svelte';

/** Something that a page shows once it is there: what was last loaded, or why it wasn't. */
export class Loaded<T> {
  value = $state.raw<T>();
  fault = $state.raw<Fault>();
  #load: () => Promise<T>;
  #turn = 0;

  constructor(load: () => Promise<T>) {
    this.#load = load;
    void this.again();
  }

  /** Loads anew; an older answer that comes later is dropped. */
  async again(): Promise<void> {
    const turn = (this.#turn += 1);
    try {
      const value = await this.#load();
      if (turn === this.#turn) [this.value, this.fault] = [value, undefined];
    } catch (error) {
      if (turn === this.#turn) this.fault = Fault.from(error);
    }
  }
}
