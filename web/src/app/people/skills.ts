import { amountOf, typed } from '$lib/money';
import type { ServiceView, StaffView } from './load';

/** What somebody typed of one service: nothing means as usual. */
export interface Draft {
  minutes: string;
  price: string;
}
export type Drafts = Record<string, Draft>;

export interface Section {
  id: string;
  name: string;
  services: ServiceView[];
}

export interface NewSkill {
  service_id: string;
  duration_minutes?: number;
  price_minor?: number;
}

export const usual = (): Draft => ({ minutes: '', price: '' });

export function draftsOf(staff: StaffView, currency: string): Drafts {
  return Object.fromEntries(
    staff.skills.map(({ service_id, duration_minutes, price_minor }) => [
      service_id,
      {
        minutes: String(duration_minutes ?? ''),
        price: typeof price_minor === 'number' ? typed(price_minor, currency) : '',
      },
    ]),
  );
}

/** Which of the two can't be meant. */
export function amiss({ minutes, price }: Draft, currency: string): { minutes: boolean; price: boolean } {
  const count = Number(minutes);
  return {
    minutes: minutes.trim() !== '' && !(Number.isInteger(count) && count >= 1 && count <= 1440),
    price: price.trim() !== '' && amountOf(price, currency) === undefined,
  };
}

/** As the API takes it, in an order of its own, so that equal drafts are equal. */
export function skillsOf(drafts: Drafts, currency: string): NewSkill[] {
  return Object.entries(drafts)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([service_id, { minutes, price }]) => {
      const amount = price.trim() === '' ? undefined : amountOf(price, currency);
      return {
        service_id,
        ...(minutes.trim() !== '' && { duration_minutes: Number(minutes) }),
        ...(amount !== undefined && { price_minor: amount }),
      };
    });
}

/** The menu under its categories, in their order, as far as it has what is searched for. */
export function sections(
  services: readonly ServiceView[],
  categories: readonly { id: string; name: string }[],
  search: string,
): Section[] {
  const fold = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const wanted = fold(search.trim());
  const rank = (id: string) => {
    const at = categories.findIndex((each) => each.id === id);
    return at < 0 ? categories.length : at;
  };
  const out = new Map<string, Section>();
  for (const service of services) {
    const { id, name } = service.category;
    if (wanted && !fold(service.name).includes(wanted) && !fold(name).includes(wanted)) continue;
    const section = out.get(id) ?? { id, name, services: [] };
    section.services.push(service);
    out.set(id, section);
  }
  return [...out.values()].sort((a, b) => rank(a.id) - rank(b.id));
}

/** All of these, with what was typed of some before, or none of them. */
export function chosen(drafts: Drafts, ids: readonly string[], on: boolean): Drafts {
  const rest = Object.fromEntries(Object.entries(drafts).filter(([id]) => !ids.includes(id)));
  if (!on) return rest;
  return { ...rest, ...Object.fromEntries(ids.map((id) => [id, drafts[id] ?? usual()])) };
}
