import { ableTo, parties, queryOf, wantedOf, type Chosen, type Order } from './order';
import type { Shop } from './shop.svelte';

/** What somebody asks for at the desk while it is being written down: what, for how many, by whom. */
export class Want {
  chosen = $state.raw<Chosen[]>([]);
  pack = $state('');
  /** How many were chosen; `people` is how many it can be. */
  party = $state('1');
  staff = $state('');
  second = $state('');
  room = $state('');
  readonly #shop: Shop;

  constructor(shop: Shop, first: { staff?: string | undefined; room?: string | undefined } = {}) {
    this.#shop = shop;
    [this.staff, this.room] = [first.staff ?? '', first.room ?? ''];
    void shop.staff.want();
  }

  readonly #staff = $derived.by(() => this.#shop.staff.value ?? []);
  readonly #services = $derived.by(() =>
    (this.#shop.services.value ?? []).filter(({ id }) => this.chosen.some(({ service }) => service === id)),
  );
  readonly sizes = $derived(this.pack ? [1, 2] : parties(this.#services));
  readonly people = $derived(this.sizes.includes(Number(this.party)) ? Number(this.party) : (this.sizes[0] ?? 1));

  /** Who can do what nobody was named for. */
  readonly firsts = $derived.by(() => {
    const able = ableTo(this.#staff, this.chosen.filter((each) => !each.staff).map(({ service }) => service));
    return this.#staff.filter((each) => each.id === this.staff || able.includes(each));
  });
  /** Who can do all of it for the second, and has nothing to do for the first; of a package, that can only be said
   *  behind the first. */
  readonly seconds = $derived.by(() => {
    if (this.people < 2 || (this.pack && !this.staff)) return [];
    const first = new Set([this.staff, ...this.chosen.map(({ staff }) => staff)]);
    return ableTo(this.#staff, this.chosen.map(({ service }) => service)).filter(({ id }) => !first.has(id));
  });

  readonly #order = $derived.by((): Order => {
    const second = this.seconds.some(({ id }) => id === this.second) ? this.second : '';
    return { chosen: this.chosen, pack: this.pack, party: this.people, staff: this.staff, second, room: this.room };
  });
  readonly query = $derived(queryOf(this.#order));

  /** As the API wants to hear it. */
  get wanted() {
    return wantedOf(this.#order);
  }
}
