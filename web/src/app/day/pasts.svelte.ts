import { api, ask, manners } from '$lib/api/client';
import { desk } from '../desk.svelte';
import { outdated, type Known } from './past';
import { pastOf, takesTime, type Past, type Visit } from './visits';

/** As many of the newest visits are enough to know somebody. */
const ENOUGH = 50;
/** Between one customer and the next: nobody waits for it. */
const PAUSE = 120;

/** What customers' other visits say about those of the day: looked up one after the other, and again once that
 *  may have changed. */
class Pasts {
  #known = $state.raw<ReadonlyMap<string, Known>>(new Map());
  /** Whom to look up, with their visits in the book. */
  #wanted: [customer: string, visits: Visit[]][] = [];
  #tenant: string | null = null;
  #going = false;

  of(visit: Visit): Past | undefined {
    const known = visit.customer ? this.#known.get(visit.customer.id) : undefined;
    return known && pastOf(visit, known.visits);
  }

  /** Looks up whoever is still expected and isn't known yet, or not any more. */
  want(visits: readonly Visit[]): void {
    if (!desk.can('customer:read')) return;
    if (this.#tenant !== manners.tenant) [this.#tenant, this.#known] = [manners.tenant, new Map()];
    const of = new Map<string, Visit[]>();
    for (const visit of visits) if (visit.customer) of.set(visit.customer.id, [...(of.get(visit.customer.id) ?? []), visit]);
    this.#wanted = [...of].filter(
      ([id, theirs]) =>
        theirs.some((visit) => takesTime(visit) && visit.status !== 'completed') && outdated(this.#known.get(id), theirs, Date.now()),
    );
    if (!this.#going) void this.#work();
  }

  async #work(): Promise<void> {
    this.#going = true;
    try {
      for (let next = this.#wanted.shift(); next; next = this.#wanted.shift()) {
        const [customer, theirs] = next;
        const params = { path: { customer }, query: { limit: ENOUGH } };
        const { items } = await ask(api.GET('/v1/customers/{customer}/visits', { params }));
        const seen = new Map([...(this.#known.get(customer)?.seen ?? []), ...theirs.map((visit) => [visit.id, visit] as const)]);
        this.#known = new Map(this.#known).set(customer, { at: Date.now(), visits: items, seen });
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
