// What a day's page needs to know of the shop, put together: who has a column, when the door is open.
import type { LocationView } from '$lib/api/types';
import { i18n } from '$lib/i18n/index.svelte';
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
  want(): void {
    const { span, location } = this.#of();
    void this.#shop.policy.want();
    void this.#shop.rooms.want();
    if (!location) return;
    void this.#shop.closures(span.date).want();
    void this.#shop.doors(location.id, span.date).want();
    void this.#shop.staff.want().then((staff) => {
      for (const { id, hours } of staff ?? []) {
        if (hours.some(({ location_id }) => location_id === location.id)) void this.#shop.away(id, span.date).want();
      }
    });
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

  /** Whom the list can be narrowed to. */
  people = $derived.by(() => {
    const people = new Map<string, string>();
    for (const { lines } of this.#of().visits) {
      for (const { staff, staff_name } of lines) if (staff) people.set(staff, staff_name ?? '');
    }
    return [...people].map(([id, name]) => ({ id, name }));
  });

  get offNames(): string {
    const names = this.found?.off.map(({ name }) => name) ?? [];
    return new Intl.ListFormat(i18n.tag, { type: 'conjunction' }).format(names);
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
