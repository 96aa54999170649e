import { all, api, ask, Attempts, ifMatch } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import type { LocationView, Schema, TenantView } from '$lib/api/types';
import { t } from '$lib/i18n/index.svelte';
import { device } from '$lib/store';
import { hoursOf, sameWeek, weekOf, type Week } from '$lib/ui/week/week';
import { desk } from '../desk.svelte';
import {
  changeOf,
  hoursAt,
  isBlank,
  lineOf,
  newOf,
  pageWith,
  peopleOf,
  sameHours,
  skillsWith,
  type Look,
  type PersonLine,
  type ServiceLine,
  type Shop,
} from './draft';
import { keptName, readKept, STEPS, traced, writeKept, type StepName } from './steps';

type Service = Schema<'ServiceView'>;
type Staff = Schema<'StaffView'>;

interface Found {
  tenant: TenantView;
  shop: Shop;
  services: Service[];
  categories: Schema<'CategoryView'>[];
  places: LocationView[];
  staff: Staff[];
}

async function find(): Promise<Found> {
  const [tenant, services, categories, places, staff] = await Promise.all([
    ask(api.GET('/v1/tenant')),
    ask(api.GET('/v1/services', {})),
    ask(api.GET('/v1/categories', {})),
    all((cursor) => ask(api.GET('/v1/locations', { params: { query: { cursor, limit: 100 } } }))),
    ask(api.GET('/v1/staff', {})),
  ]);
  const shop = await ask(api.GET('/v1/public/{shop}', { params: { path: { shop: tenant.slug } } }));
  return { tenant, shop, places, services: services.items, categories: categories.items, staff: staff.items };
}

/** A new shop on its way to being open: what is saved, and what is being written down. */
export class Walk {
  tenant = $state.raw() as TenantView;
  place = $state.raw() as LocationView;
  services = $state.raw<Service[]>([]);
  staff = $state.raw<Staff[]>([]);
  categories: { id: string; name: string }[];
  #shop: Shop;

  lines = $state<ServiceLine[]>([]);
  week = $state.raw<Week>([]);
  same = $state(true);
  /** Whether the hours can be saved: no two stretches at once. */
  sound = $state(true);
  people = $state<PersonLine[]>([]);
  look = $state<Look>({ name: '', hue: 0, address: '' });
  done = $state.raw<StepName[]>([]);
  #attempts = new Map<string, Attempts>();
  #added = 0;

  static async open(): Promise<Walk> {
    const found = await find();
    const [place] = found.places;
    // A business keeps at least one place; none is shown to whoever may not see any.
    if (!place) throw new Fault({ code: 'not_found', status: 404 });
    return new Walk(found, place);
  }

  private constructor({ tenant, shop, services, categories, staff }: Found, place: LocationView) {
    this.tenant = tenant;
    this.place = place;
    this.services = services;
    this.staff = staff;
    this.#shop = shop;
    this.categories = categories.map(({ id, name }) => ({ id, name }));
    const versions = (of: { version: number }[]) => of.map(({ version }) => version);
    const traces = { services: versions(services), staff: versions(staff), location: place, tenant };
    const kept = readKept(device.get(keptName(tenant.id)));
    this.done = STEPS.filter((step) => kept.includes(step) || traced(traces).includes(step));
    STEPS.forEach((step) => this.reset(step));
  }

  /** The public page with what is being written down. */
  get page(): Shop {
    const { lines, categories, week, people, look } = this;
    return pageWith(this.#shop, { services: lines, categories, week, people, look });
  }

  get door(): Week {
    return weekOf(this.place.hours);
  }

  /** What is written down for a step is what is saved. */
  reset(step: StepName): void {
    if (step === 'services') this.lines = this.services.map(lineOf);
    if (step === 'hours') {
      this.week = this.door;
      this.same = sameHours(this.staff, this.place.id, this.door);
    }
    if (step === 'people') this.people = peopleOf(this.staff, this.#me);
    if (step === 'look') {
      const { name, hue } = this.tenant;
      this.look = { name, hue, address: this.place.address };
    }
  }

  /** Whether something is written down that isn't saved. */
  dirty(step: StepName): boolean {
    if (step === 'services') return this.lines.some((line) => this.#isChanged(line));
    if (step === 'hours') return !sameWeek(this.week, this.door) || (this.same && !sameHours(this.staff, this.place.id, this.door));
    if (step === 'people') {
      const saved = peopleOf(this.staff, this.#me);
      const text = (lines: PersonLine[]) => JSON.stringify(lines.filter(({ id, me, name }) => id || me || name.trim()));
      return text(this.people) !== text(saved);
    }
    const { name, hue } = this.tenant;
    return step === 'look' && JSON.stringify(this.look) !== JSON.stringify({ name, hue, address: this.place.address });
  }

  pass(step: StepName): void {
    this.done = STEPS.filter((each) => each === step || this.done.includes(each));
    device.set(keptName(this.tenant.id), writeKept(this.done));
  }

  addLine(category: string): ServiceLine {
    const line = { key: `new-${(this.#added += 1)}`, category, name: '', minutes: '60', price: '', on: true };
    this.lines.push(line);
    return line;
  }

  addPerson(): PersonLine {
    const line = { key: `new-${(this.#added += 1)}`, name: '', email: '', on: true, me: false };
    this.people.push(line);
    return line;
  }

  // Each of these saves one thing after the other and keeps what is saved: whoever tries again after a fault
  // goes on where it stopped.

  async saveServices(): Promise<void> {
    for (const line of this.lines) {
      const was = this.services.find(({ id }) => id === line.id);
      const body = was && changeOf(line, was);
      if (was && body) {
        const params = { path: { service: was.id }, header: ifMatch(was.version) };
        const saved = await ask(api.PATCH('/v1/services/{service}', { params, body }));
        this.services = this.services.map((each) => (each.id === saved.id ? saved : each));
      } else if (!was && !isBlank(line)) {
        const body = newOf(line, this.tenant.currency);
        const made = await ask(api.POST('/v1/services', { body, params: { header: this.#attempt(line.key).header(body) } }));
        this.services = [...this.services, made];
        line.id = made.id;
      }
    }
    // Who works here does what is new, too: nobody could book it otherwise.
    const known = new Set(this.staff.flatMap(({ skills }) => skills.map(({ service_id }) => service_id)));
    const fresh = this.services.map(({ id }) => id).filter((id) => !known.has(id));
    for (const person of this.staff) await this.#teach(person, fresh);
    this.reset('services');
  }

  async saveHours(): Promise<void> {
    if (!sameWeek(this.week, this.door)) {
      const params = { path: { id: this.place.id }, header: ifMatch(this.place.version) };
      this.place = await ask(api.PATCH('/v1/locations/{id}', { params, body: { hours: hoursOf(this.week) } }));
    }
    if (this.same) {
      for (const person of this.staff) {
        if (!sameHours([person], this.place.id, this.week)) await this.#workAt(person);
      }
    }
    this.reset('hours');
  }

  /** What of the coming visits wouldn't fit the hours any more. */
  lookAtHours() {
    const params = { path: { id: this.place.id } };
    return ask(api.POST('/v1/locations/{id}/impact', { params, body: { hours: hoursOf(this.week) } }));
  }

  async savePeople(): Promise<void> {
    const invited: string[] = [];
    for (const line of this.people) {
      const was = this.staff.find(({ id }) => id === line.id);
      const name = line.name.trim();
      if (was && !line.on) await this.#remove(was);
      else if (was && name && name !== was.name) {
        const params = { path: { id: was.id }, header: ifMatch(was.version) };
        this.#put(await ask(api.PATCH('/v1/staff/{id}', { params, body: { name } })));
      } else if (!was && line.on && name) await this.#hire(line, name);
      const email = line.email.trim();
      if (line.on && email) {
        const body = { email, role: 'provider' };
        await ask(api.POST('/v1/invitations', { body, params: { header: this.#attempt(`${line.key} mail`).header(body) } }));
        line.email = '';
        invited.push(email);
      }
    }
    this.reset('people');
  }

  async saveLook(): Promise<void> {
    const { tenant, place, look } = this;
    const name = look.name.trim();
    const change = { ...(name !== tenant.name && { name }), ...(look.hue !== tenant.hue && { hue: look.hue }) };
    if (Object.keys(change).length > 0) {
      this.tenant = await ask(api.PATCH('/v1/tenant', { params: { header: ifMatch(tenant.version) }, body: change }));
      await desk.open();
    }
    // A place that is called like the business goes on being called like it.
    const renamed = name !== place.name && place.name === tenant.name;
    const address = look.address.trim();
    if (address !== place.address || renamed) {
      const params = { path: { id: place.id }, header: ifMatch(place.version) };
      const body = { address, ...(renamed && { name }) };
      this.place = await ask(api.PATCH('/v1/locations/{id}', { params, body }));
    }
    this.reset('look');
  }

  get #me() {
    const { id = '', name = '' } = desk.me?.user ?? {};
    return { id, name };
  }

  #isChanged(line: ServiceLine): boolean {
    const was = this.services.find(({ id }) => id === line.id);
    // Half a number is a change, too: it can't be saved, but it must not be lost unseen.
    const typed = was && lineOf(was);
    return typed ? (['name', 'minutes', 'price', 'on'] as const).some((of) => line[of] !== typed[of]) : !isBlank(line);
  }

  /** One attempt for each line, so that a second press makes nothing twice. */
  #attempt(key: string): Attempts {
    const attempt = this.#attempts.get(key) ?? new Attempts();
    this.#attempts.set(key, attempt);
    return attempt;
  }

  #put(saved: Staff): Staff {
    this.staff = this.staff.some(({ id }) => id === saved.id)
      ? this.staff.map((each) => (each.id === saved.id ? saved : each))
      : [...this.staff, saved];
    return saved;
  }

  /** A new colleague does everything, and works while the door is open. */
  async #hire(line: PersonLine, name: string): Promise<void> {
    const body = { name, online: true, ...(line.me && { user_id: this.#me.id }) };
    const made = await ask(api.POST('/v1/staff', { body, params: { header: this.#attempt(line.key).header(body) } }));
    line.id = made.id;
    line.key = made.id;
    this.#put(made);
    await this.#workAt(await this.#teach(made, this.services.map(({ id }) => id)));
  }

  async #remove(person: Staff): Promise<void> {
    const path = { id: person.id };
    const impact = await ask(api.POST('/v1/staff/{id}/impact', { params: { path }, body: { archive: true } }));
    if (impact.total > 0) throw new Fault({ code: 'welcome', status: 409, detail: t('welcome.people.booked', { name: person.name }) });
    await ask(api.DELETE('/v1/staff/{id}', { params: { path } }));
    this.staff = this.staff.filter(({ id }) => id !== person.id);
  }

  async #teach(person: Staff, services: readonly string[]): Promise<Staff> {
    const body = skillsWith(person, services);
    if (!body) return person;
    const params = { path: { id: person.id }, header: ifMatch(person.version) };
    return this.#put(await ask(api.PUT('/v1/staff/{id}/skills', { params, body })));
  }

  async #workAt(person: Staff): Promise<Staff> {
    const params = { path: { id: person.id }, header: ifMatch(person.version) };
    const body = hoursAt(person, this.place.id, weekOf(this.place.hours));
    return this.#put(await ask(api.PUT('/v1/staff/{id}/hours', { params, body })));
  }
}
