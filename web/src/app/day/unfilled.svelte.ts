import { SvelteMap } from 'svelte/reactivity';
import { api, ask } from '$lib/api/client';
import { desk } from '../desk.svelte';
import { isOpen, type Visit } from './visits';

/** What customers haven't filled in or agreed to yet, for the visits of the day. */
class Unfilled {
  readonly #forms = new SvelteMap<string, string[]>();
  #asked = '';

  /** What the forms are called. */
  of(visit: Pick<Visit, 'id'>): string[] {
    return this.#forms.get(visit.id) ?? [];
  }

  /** Asks again once other visits are shown, or one of them was changed. */
  async want(visits: readonly Visit[]): Promise<void> {
    const open = visits.filter((visit) => visit.customer && isOpen(visit));
    const asked = open.map(({ id, version }) => `${id} ${version}`).join();
    if (asked === this.#asked || !desk.can('booking:read_own')) return;
    this.#asked = asked;
    const starts = open.map(({ starts_at }) => Date.parse(starts_at));
    if (starts.length === 0) return this.#forms.clear();
    const query = { from: new Date(Math.min(...starts)).toISOString(), to: new Date(Math.max(...starts) + 1).toISOString() };
    try {
      const { items } = await ask(api.GET('/v1/appointments/unfilled', { params: { query } }));
      if (asked !== this.#asked) return;
      this.#forms.clear();
      for (const { appointment, name } of items) this.#forms.set(appointment, [...(this.#forms.get(appointment) ?? []), name]);
    } catch {
      // Without it a day is a day.
      this.#asked = '';
    }
  }
}

export const unfilled = new Unfilled();
