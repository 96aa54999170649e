// What a day's page needs to know of the shop, put together: who has a column, when the door is open.
import type { Fault } from '$lib/api/fault';
import type { LocationView } from '$lib/api/types';
import { i18n } from '$lib/i18n/index.svelte';
import { lists } from '$lib/intl';
import { columnsOf, doorsOn } from './columns';
import { spanOf, type Span } from './days';
import { blocksOf, gridOf, type Kind } from './ledger';
import type { Shop } from './shop.svelte';
import { pageOf, partOf } from './stretches';
import type { Visit } from './visits';

export interface Looked {
  span: Span;
  location: LocationView | undefined;
  kind: Kind;
  visits: readonly Visit[];
  /** Minutes since midnight, if it is today. */
  now: number | undefined;
}

export class View {
  readonly #shop: Shop;
  readonly #of: () => Looked;

  constructor(shop: Shop, of: () => Looked) {
    this.#shop = shop;
    this.#of = of;
  }

  /** Asks for what isn't known yet. */
  async want(): Promise<void> {
    const { span, location } = this.#of();
    const { policy, rooms, staff } = this.#shop;
    const all: Promise<unknown>[] = [policy.want(), rooms.want()];
    if (location) {
      all.push(this.#shop.closures(span.date).want(), this.#shop.doors(location.id, span.date).want());
      all.push(staff.want().then(() => Promise.all(this.#aways.map((each) => each.want()))));
    }
    await Promise.all(all);
  }

  /** When those are away who work here. */
  get #aways() {
    const { span, location } = this.#of();
    const here = (this.#shop.staff.value ?? []).filter(({ hours }) => hours.some((each) => each.location_id === location?.id));
    return here.map(({ id }) => this.#shop.away(id, span.date));
  }

  /** What can't be had, of what isn't known. */
  get fault(): Fault | undefined {
    const { span, location } = this.#of();
    if (!location) return undefined;
    const { rooms, staff } = this.#shop;
    const doors = this.#shop.doors(location.id, span.date);
    const all = [rooms, staff, this.#shop.closures(span.date), doors, ...this.#aways];
    return all.find(({ value, fault }) => value === undefined && fault)?.fault;
  }

  /** Whether there can be columns. */
  get known(): boolean {
    return this.found !== undefined && this.doors !== undefined;
  }

  doors = $derived.by(() => {
    const { span, location } = this.#of();
    if (!location) return undefined;
    const days = this.#shop.doors(location.id, span.date).value;
    const closures = this.#shop.closures(span.date).value;
    return days && closures ? doorsOn(span, location, days, closures) : undefined;
  });

  blocks = $derived.by(() => {
    const { visits, span, kind } = this.#of();
    return blocksOf(visits, span, kind);
  });

  found = $derived.by(() => {
    const { span, location, kind } = this.#of();
    const { staff, rooms } = this.#shop;
    if (!location || !staff.value || !rooms.value) return undefined;
    const away = (id: string) => this.#shop.away(id, span.date).value;
    const facts = { span, kind, location, staff: staff.value, rooms: rooms.value, doors: this.doors ?? [], away };
    return columnsOf(facts, this.blocks);
  });

  page = $derived.by(() => {
    const { span, visits, now } = this.#of();
    const busy = visits.map(({ starts_at, ends_at }) => partOf(span, starts_at, ends_at));
    return pageOf(span, [...(this.doors ?? []), ...busy], now);
  });

  get offNames(): string {
    const names = this.found?.off.map(({ name }) => name) ?? [];
    return lists(i18n.tag, { type: 'conjunction' }).format(names);
  }

  /** Whether the door opens on a day, as far as it is known. */
  opens(day: string): boolean {
    const { span, location } = this.#of();
    if (!location) return true;
    const days = this.#shop.doors(location.id, day).value ?? this.#shop.doors(location.id, span.date).value ?? [];
    const closures = this.#shop.closures(span.date).value ?? [];
    return doorsOn(spanOf(day, span.zone), location, days, closures).length > 0;
  }

  get step(): number {
    return gridOf(this.#shop.policy.value?.slot_step_minutes);
  }
}
