import { Fault } from '$lib/api/fault';
import { sentence } from '$lib/ui/sentence';
import { said } from '../../said.svelte';

/** A list that is put in order at once and saved behind: one request after the other, the last wish last. What
 *  is refused goes back to where it was, with the reason. */
export class Ordering {
  #wished: string[] | undefined;
  #running = false;
  #save: (ids: string[]) => Promise<unknown>;
  #refused: () => Promise<unknown>;

  constructor(save: (ids: string[]) => Promise<unknown>, refused: () => Promise<unknown>) {
    this.#save = save;
    this.#refused = refused;
  }

  async wish(ids: string[]): Promise<void> {
    this.#wished = ids;
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#wished) {
        const next: string[] = this.#wished;
        this.#wished = undefined;
        await this.#save(next);
      }
    } catch (error) {
      this.#wished = undefined;
      said.say(sentence(Fault.from(error)));
      await this.#refused();
    } finally {
      this.#running = false;
    }
  }
}
