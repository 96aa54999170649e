// The shop as it is being written down, before it is saved: what the forms hold, what of it is amiss, what
// has to be sent, and what the public page would show.
import type { Schema } from '$lib/api/types';
import { amountOf, typed } from '$lib/money';
import { hoursOf, weekOf, type Week } from '$lib/ui/week/week';

export type Shop = Schema<'PublicPageView'>;
type Service = Schema<'ServiceView'>;
type Staff = Schema<'StaffView'>;
type PublicService = Shop['services'][number];

/** A service as a line of the list. One that is new has no id yet. */
export interface ServiceLine {
  key: string;
  id?: string;
  category: string;
  name: string;
  minutes: string;
  price: string;
  on: boolean;
}

export type LineFault = 'name' | 'minutes' | 'price';

export const lineOf = (service: Service): ServiceLine => ({
  key: service.id,
  id: service.id,
  category: service.category.id,
  name: service.name,
  minutes: String(service.duration_minutes),
  price: typed(service.price_minor, service.currency),
  on: service.online,
});

/** Minutes as they are typed: "45", "1:30". */
export function minutesOf(text: string): number | undefined {
  const [, hours, rest] = /^(\d{1,2})[:h](\d{2})$/.exec(text.trim()) ?? [];
  const minutes = hours === undefined ? (/^\d{1,4}$/.test(text.trim()) ? Number(text) : undefined) : Number(hours) * 60 + Number(rest);
  return minutes !== undefined && minutes >= 1 && minutes <= 1440 ? minutes : undefined;
}

/** A new line that nobody wrote anything into is no service, and no fault. */
export const isBlank = (line: ServiceLine): boolean => !line.id && line.name.trim() === '' && line.price.trim() === '';

export function wrongOf(line: ServiceLine, currency: string): LineFault[] {
  if (isBlank(line)) return [];
  const found: LineFault[] = [];
  if (line.name.trim() === '') found.push('name');
  if (minutesOf(line.minutes) === undefined) found.push('minutes');
  if (amountOf(line.price, currency) === undefined) found.push('price');
  return found;
}

/** What of a service changed, as the API takes it; nothing if nothing did. */
export function changeOf(line: ServiceLine, was: Service): Schema<'ServiceChange'> | undefined {
  const now = { name: line.name.trim(), duration_minutes: minutesOf(line.minutes), price_minor: amountOf(line.price, was.currency), online: line.on };
  const changed = Object.entries(now).filter(([name, value]) => value !== undefined && value !== was[name as keyof Service]);
  return changed.length > 0 ? (Object.fromEntries(changed) as Schema<'ServiceChange'>) : undefined;
}

export function newOf(line: ServiceLine, currency: string): Schema<'NewService'> {
  return {
    category_id: line.category,
    name: line.name.trim(),
    duration_minutes: minutesOf(line.minutes) ?? 60,
    price_minor: amountOf(line.price, currency) ?? 0,
    online: line.on,
  };
}

/** Somebody who serves customers, or is about to. */
export interface PersonLine {
  key: string;
  id?: string;
  name: string;
  email: string;
  /** Whether they stay. */
  on: boolean;
  /** The one who sits here. */
  me: boolean;
}

/** Whoever sits here comes first, whether or not they serve customers. */
export function peopleOf(staff: readonly Staff[], me: { id: string; name: string }): PersonLine[] {
  const lines = staff.map(({ id, name, user_id }) => ({ key: id, id, name, email: '', on: true, me: user_id === me.id }));
  const own = lines.filter((line) => line.me);
  const none: PersonLine = { key: 'me', name: me.name, email: '', on: false, me: true };
  return [...(own.length > 0 ? own : [none]), ...lines.filter((line) => !line.me)];
}

/** What is offered to customers and takes more hands at once than there are. */
export function shortOf(lines: readonly ServiceLine[], services: readonly Service[], hands: number): string[] {
  return services
    .filter(({ id, min_customers, staff_per_customer }) => min_customers * staff_per_customer > hands && lines.some((line) => line.id === id && line.on))
    .map(({ name }) => name);
}

/** Whether everybody works while the door is open, and pauses never. */
export function sameHours(staff: readonly Staff[], location: string, door: Week): boolean {
  const open = JSON.stringify(hoursOf(door));
  return staff.every(({ hours }) => {
    const here = hours.find((each) => each.location_id === location);
    return JSON.stringify(hoursOf(weekOf(here?.work ?? []))) === open && (here?.breaks.length ?? 0) === 0;
  });
}

/** Somebody's hours everywhere, with those of one place replaced. */
export function hoursAt(staff: Staff, location: string, work: Week): Schema<'StaffHours'> {
  const elsewhere = staff.hours.filter(({ location_id }) => location_id !== location);
  const all = [...elsewhere, { location_id: location, work: hoursOf(work), breaks: [] }];
  return {
    locations: all
      .filter((each) => each.work.length > 0)
      .map(({ location_id, work, breaks }) => ({ location_id, work, breaks })),
  };
}

/** Somebody's skills with these services besides. Undefined if they have them all. */
export function skillsWith(staff: Staff | undefined, services: readonly string[]): Schema<'StaffSkills'> | undefined {
  const has = new Set((staff?.skills ?? []).map(({ service_id }) => service_id));
  const more = services.filter((id) => !has.has(id));
  if (more.length === 0) return undefined;
  const own = (staff?.skills ?? []).map(({ service_id, duration_minutes, price_minor }) => ({
    service_id,
    ...(duration_minutes && { duration_minutes }),
    ...(price_minor !== undefined && price_minor !== null && { price_minor }),
  }));
  return { skills: [...own, ...more.map((service_id) => ({ service_id }))] };
}

export interface Look {
  name: string;
  hue: number;
  address: string;
}

export interface Draft {
  services: readonly ServiceLine[];
  categories: readonly { id: string; name: string }[];
  week: Week;
  people: readonly PersonLine[];
  look: Look;
}

/** The public page as it would be with all of this. */
export function pageWith(base: Shop, draft: Draft): Shop {
  const { look, week, people } = draft;
  const services = draft.services.filter((line) => line.on && !isBlank(line)).map((line) => shown(base, line, draft));
  const [first, ...rest] = base.locations;
  const here = first ? [{ ...first, address: look.address.trim(), hours: hoursOf(week) }] : [];
  const all = services.map(({ id }) => ({ service_id: id }));
  const staff = people
    .filter(({ on, name }) => on && name.trim() !== '')
    .map(({ key, name }): Shop['staff'][number] => {
      const known = base.staff.find(({ id }) => id === key);
      const location_ids = first ? [first.id] : [];
      return known ? { ...known, name: name.trim() } : { id: key, name: name.trim(), location_ids, services: all };
    });
  return { ...base, name: look.name.trim() || base.name, hue: look.hue, locations: [...here, ...rest], services: inOrder(services, draft.categories), staff };
}

/** What is half typed shows what it was before. */
function shown(base: Shop, line: ServiceLine, { categories }: Draft): PublicService {
  const was = base.services.find(({ id }) => id === line.id);
  const duration_minutes = minutesOf(line.minutes) ?? was?.duration_minutes ?? 0;
  const price_minor = amountOf(line.price, base.currency) ?? was?.price_minor ?? 0;
  const name = line.name.trim() || was?.name || '…';
  if (was) return { ...was, name, duration_minutes, price_minor };
  return {
    id: line.key,
    category_id: line.category,
    category: categories.find(({ id }) => id === line.category)?.name ?? '',
    name,
    description: '',
    duration_minutes,
    price_minor,
    price_for: 'customer',
    deposit: { kind: 'none' },
    members_only: false,
    min_customers: 1,
    max_customers: 1,
    addon_ids: [],
    form_ids: [],
  } as PublicService;
}

/** Category by category, as the menu has them. */
function inOrder(services: PublicService[], categories: Draft['categories']): PublicService[] {
  const place = (service: PublicService) => categories.findIndex(({ id }) => id === service.category_id);
  return [...services].sort((a, b) => place(a) - place(b));
}
