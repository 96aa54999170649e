import { api, ask, manners } from '$lib/api/client';
import { desk } from '../desk.svelte';
import { pastOf, takesTime, type Past, type Visit } from './visits';

type Before = { id: string; status: string; starts_at: string };

/** As many of the newest visits are enough to know somebody. */
const ENOUGH = 50;
/** Between one customer and the next: nobody waits for it. */
const PAUSE = 120;

/** What customers' other visits say about those of the day: looked up one after the other, once each. */
class Pasts {
  #known = $state.raw<ReadonlyMap<string, Before[]>>(new Map());
  #wanted: string[] = [];
  #tenant: string | null = null;
  #going = false;

  of(visit: Visit): Past | undefined {
    const before = visit.customer ? this.#known.get(visit.customer.id) : undefined;
    return before && pastOf(visit, before);
  }

  /** Looks up whoever is still expected and isn't known yet. */
  want(visits: readonly Visit[]): void {
    if (!desk.can('customer:read')) return;
    if (this.#tenant !== manners.tenant) [this.#tenant, this.#known] = [manners.tenant, new Map()];
    this.#wanted = [
      ...new Set(
        visits
          .filter((visit) => takesTime(visit) && visit.status !== 'completed')
          .map(({ customer }) => customer?.id)
          .filter((id) => id !== undefined && !this.#known.has(id)),
      ),
    ] as string[];
    if (!this.#going) void this.#work();
  }

  async #work(): Promise<void> {
    this.#going = true;
    try {
      for (let id = this.#wanted.shift(); id !== undefined; id = this.#wanted.shift()) {
        const params = { path: { customer: id }, query: { limit: ENOUGH } };
        const { items } = await ask(api.GET('/v1/customers/{customer}/visits', { params }));
        this.#known = new Map(this.#known).set(id, items);
        await new Promise((done) => setTimeout(done, PAUSE));
      }
    } catch {
      // Without it a day is a day.
      this.#wanted = [];
    } finally {
      this.#going = false;
    }
  }
}

export const pasts = new Pasts();
