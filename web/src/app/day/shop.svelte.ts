import { all, api, ask, manners } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import type { LocationView, Schema } from '$lib/api/types';
import { device } from '$lib/store';
import { desk } from '../desk.svelte';
import { kept } from '../kept/kept';
import { dateOf, later } from './days';
import { changesShop } from './shelves';

const FRESH = 120_000;

/** Something was put on a shelf. Who asks for one first may be a derived value, which makes it and therefore
 *  doesn't follow it; it follows this. */
let news = $state(0);
/** And for something that could not be had. It stands apart: what follows the news asks for more by that. */
let bad = $state(0);

/** How often something of the shop was changed here. One thing may say another, so that everything is looked up
 *  anew where it is wanted next. */
let changes = 0;

/** A list that changes rarely: loaded when it is first wanted, and anew once it is old. With a name, it is kept
 *  for when there is no network. */
class Shelf<T> {
  #value = $state.raw<T>();
  #fault = $state.raw<Fault>();
  #load: () => Promise<T>;
  #at = 0;
  #going: Promise<void> | undefined;
  #changes = 0;
  #name: string | undefined;

  constructor(load: () => Promise<T>, name?: string) {
    this.#load = load;
    this.#name = name;
  }

  get value(): T | undefined {
    return news < 0 ? undefined : this.#value;
  }

  /** Why it couldn't be had when it was last asked for. */
  get fault(): Fault | undefined {
    return bad < 0 ? undefined : this.#fault;
  }

  #put(value: T): void {
    this.#value = value;
    news += 1;
  }

  #blame(fault: Fault | undefined): void {
    if (this.#fault === fault) return;
    this.#fault = fault;
    bad += 1;
  }

  async want(): Promise<T | undefined> {
    if (Date.now() - this.#at > FRESH || this.#changes !== changes) this.#going ??= this.#fetch();
    // What is known is good enough while it is looked up again.
    if (this.value === undefined) await this.#going;
    return this.value;
  }

  async #fetch(): Promise<void> {
    const before = changes;
    try {
      const value = await this.#load();
      this.#put(value);
      this.#blame(undefined);
      [this.#at, this.#changes] = [Date.now(), before];
      if (this.#name) void kept.put(this.#name, value);
    } catch (error) {
      this.#miss(Fault.from(error));
    } finally {
      this.#going = undefined;
    }
  }

  #miss(fault: Fault): void {
    const last = this.#name === undefined || !desk.asOf ? undefined : kept.get<T>(this.#name);
    if (last) {
      if (this.#value === undefined) this.#put(last.value);
      [this.#at, this.#changes] = [Date.now(), changes];
    } else this.#blame(fault);
    if (desk.asOf) desk.whenBack(this.#again);
  }

  #again = () => {
    this.#at = 0;
    void this.want();
  };
}

export interface Away {
  days: Schema<'StaffDayView'>[];
  off: Schema<'TimeOffView'>[];
}

const REMEMBERED = 'openchair.place.';

/** What one business is: its places, people, rooms and menu, as far as one may see them. */
class Shop {
  readonly tenant: string;
  #chosen = $state<string | null>(null);
  /** The place that an address led to, until another one is chosen. */
  #led = $state<string | null>(null);
  locations = new Shelf(() =>
    may('location:read', () => all((cursor) => ask(api.GET('/v1/locations', { params: { query: { cursor, limit: 100 } } })))),
    'locations',
  );
  staff = new Shelf(() => may('staff:read', async () => (await ask(api.GET('/v1/staff'))).items), 'staff');
  rooms = new Shelf(() => may('room:read', async () => (await ask(api.GET('/v1/rooms'))).items), 'rooms');
  services = new Shelf(() => may('service:read', async () => (await ask(api.GET('/v1/services'))).items));
  categories = new Shelf(() => may('service:read', async () => (await ask(api.GET('/v1/categories'))).items));
  addons = new Shelf(() => may('service:read', async () => (await ask(api.GET('/v1/addons'))).items));
  packages = new Shelf(() => may('service:read', async () => (await ask(api.GET('/v1/packages'))).items));
  policy = new Shelf(async () => (desk.can('service:read') ? await ask(api.GET('/v1/booking-policy')) : null), 'policy');
  #closures = new Map<string, Shelf<Schema<'ClosureView'>[]>>();
  #doors = new Map<string, Shelf<Schema<'LocationDayView'>[]>>();
  #away = new Map<string, Shelf<Away>>();

  constructor(tenant: string) {
    this.tenant = tenant;
    this.#chosen = device.get(REMEMBERED + tenant);
  }

  /** The place that is looked at: this device remembers the chosen one. */
  get location(): LocationView | undefined {
    const all = this.locations.value;
    const at = (place: string | null) => all?.find(({ id }) => id === place);
    return at(this.#led) ?? at(this.#chosen) ?? all?.[0];
  }

  /** Shows another place in this tab. */
  show(id: string): void {
    this.#led = id;
  }

  /** The clock of a place; the business's, as long as it isn't known. */
  zoneAt(id: string | undefined): string {
    return this.locations.value?.find((each) => each.id === id)?.time_zone ?? desk.tenant?.time_zone ?? 'UTC';
  }

  choose(id: string): void {
    [this.#chosen, this.#led] = [id, null];
    device.set(REMEMBERED + this.tenant, id);
  }

  /** Days on which the doors stay shut, from the month of this day on. */
  closures(date: string): Shelf<Schema<'ClosureView'>[]> {
    const from = monthOf(date);
    const load = () =>
      may('location:read', () =>
        all((cursor) => ask(api.GET('/v1/closures', { params: { query: { from, cursor, limit: 100 } } }))),
      );
    return shelved(this.#closures, from, load, this.#name('closures', from));
  }

  /** Days around this one's month with hours of their own. */
  doors(location: string, date: string): Shelf<Schema<'LocationDayView'>[]> {
    const [from, to] = around(date);
    const query = { params: { path: { id: location }, query: { from, to } } };
    const load = () => may('location:read', async () => (await ask(api.GET('/v1/locations/{id}/days', query))).items);
    return shelved(this.#doors, `${location} ${from}`, load, this.#name(`doors ${location}`, monthOf(date)));
  }

  /** When somebody works otherwise than their week says, around this day's month. */
  away(staff: string, date: string): Shelf<Away> {
    const [from, to] = around(date);
    const path = { id: staff };
    const load = async () => {
      const [days, off] = await Promise.all([
        may('staff:read', async () => (await ask(api.GET('/v1/staff/{id}/days', { params: { path, query: { from, to } } }))).items),
        may('staff:read', () =>
          all((cursor) =>
            ask(api.GET('/v1/staff/{id}/time-off', { params: { path, query: { from: `${from}T00:00:00Z`, cursor, limit: 100 } } })),
          ),
        ),
      ]);
      return { days, off };
    };
    return shelved(this.#away, `${staff} ${from}`, load, this.#name(`away ${staff}`, monthOf(date)));
  }

  /** Without a network nobody looks further than this month. */
  #name(what: string, month: string): string | undefined {
    const now = dateOf(new Date(), this.location?.time_zone ?? 'UTC');
    return monthOf(now) === month ? `${what} ${month}` : undefined;
  }
}

const monthOf = (date: string) => `${date.slice(0, 7)}-01`;

function around(date: string): [string, string] {
  const first = monthOf(date);
  return [later(first, -8), later(first, 45)];
}

function shelved<T>(shelves: Map<string, Shelf<T>>, key: string, load: () => Promise<T>, name: string | undefined): Shelf<T> {
  const known = shelves.get(key) ?? new Shelf(load, name);
  shelves.set(key, known);
  return known;
}

/** What one may not see is as if there were none. */
async function may<T>(permission: string, load: () => Promise<T[]>): Promise<T[]> {
  return desk.can(permission) ? load() : [];
}

// Whichever page changes something that is on a shelf: here all of their calls come by.
api.use({
  onResponse({ request, response, schemaPath }) {
    if (response.ok && changesShop(request.method, schemaPath)) changes += 1;
  },
});

let shop: Shop | undefined;

/** The shop that this tab looks at. */
export function theShop(): Shop {
  const tenant = manners.tenant ?? '';
  if (shop?.tenant !== tenant) shop = new Shop(tenant);
  return shop;
}

export type { Shop };
