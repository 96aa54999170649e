// What somebody has chosen of a shop's menu, and how the API is asked for it.
import type { Schema } from '$lib/api/types';

export type Shop = Schema<'PublicPageView'>;
export type Service = Shop['services'][number];
export type Package = Shop['packages'][number];
export type Staff = Shop['staff'][number];

export type Item = {
  service: string;
  addons: string[];
  /** By whom, where it isn't the same for all of it: for the first of the party, and for the second. */
  staff?: string;
  second?: string;
};

export type Choice = {
  location: string | null;
  items: Item[];
  package: string | null;
  party: number;
  /** Whom they asked for; null is whoever can. */
  staff: string | null;
  /** And whom for the second of two, where there is no service to say it of. */
  second: string | null;
  day: string | null;
};

export const nothing = (location: string | null = null): Choice => ({
  location,
  items: [],
  package: null,
  party: 1,
  staff: null,
  second: null,
  day: null,
});

/** The same, by whoever can. */
export function byAnyone(choice: Choice): Choice {
  return { ...choice, staff: null, second: null, items: choice.items.map(({ service, addons }) => ({ service, addons })) };
}

export const isEmpty = (choice: Choice): boolean => choice.items.length === 0 && !choice.package;

/** What was chosen and is still on the menu: a page that was left open may be old. */
export function stillOffered(choice: Choice, shop: Shop): Choice {
  const location = shop.locations.some(({ id }) => id === choice.location) ? choice.location : null;
  const items = choice.items.filter((item) => serviceOf(item, shop));
  const own = shop.packages.some(({ id }) => id === choice.package) ? choice.package : null;
  const offered = { ...choice, location, items, package: own };
  const gone = peopleOf(choice).some((staff) => !shop.staff.some(({ id }) => id === staff));
  return gone ? byAnyone(offered) : offered;
}

export function serviceOf(item: Item, shop: Shop): Service | undefined {
  return shop.services.find(({ id }) => id === item.service);
}

export function packageOf(choice: Choice, shop: Shop): Package | undefined {
  return shop.packages.find(({ id }) => id === choice.package);
}

export function servicesOf(choice: Choice, shop: Shop): Service[] {
  return choice.items.map((item) => serviceOf(item, shop)).filter((each) => each !== undefined);
}

/** Who shall do what nothing else is said of: the second of two can only be said behind the first. */
function wholeOf({ party, staff, second }: Choice): string[] {
  return staff ? [staff, ...(party > 1 && second ? [second] : [])] : [];
}

/** As the body says it that keeps a time. */
export function wantedOf(choice: Choice): Schema<'WantedInput'> {
  const { party } = choice;
  const staff = wholeOf(choice);
  if (choice.package) return { package: choice.package, party, staff };
  const services = choice.items.map(({ service, addons, staff, second }) => ({
    service,
    addons,
    ...(staff && { staff }),
    ...(party > 1 && second && { second_staff: second }),
  }));
  return { services, party, staff };
}

/** Everybody whom they asked for. */
export function peopleOf(choice: Choice): string[] {
  const each = choice.items.flatMap(({ staff, second }) => [staff, choice.party > 1 && second]);
  return [...new Set([...wholeOf(choice), ...each])].filter((one) => typeof one === 'string');
}

/** As the query says it that lists the free times. */
export function queryOf(choice: Choice) {
  const services = choice.items
    .map(({ service, addons, staff, second }) => {
      const whom = second && choice.party > 1 ? `@${staff ?? ''}@${second}` : staff ? `@${staff}` : '';
      return [service + whom, ...addons].join(':');
    })
    .join(',');
  return {
    ...(choice.package ? { package: choice.package } : { services }),
    ...(choice.location && { location: choice.location }),
    ...(choice.staff && { staff: wholeOf(choice).join() }),
    ...(choice.party > 1 && { party: choice.party }),
  };
}

/** How many may come to all of it. */
export function partyRange(choice: Choice, shop: Shop): { least: number; most: number } {
  const parts = choice.package
    ? (packageOf(choice, shop)?.items ?? []).map(({ service_id }) => shop.services.find(({ id }) => id === service_id))
    : servicesOf(choice, shop);
  const known = parts.filter((each) => each !== undefined);
  const least = Math.max(1, ...known.map((each) => each.min_customers));
  // What isn't on the menu by itself doesn't say how many may have it: then one comes.
  const most = known.length < parts.length || known.length === 0 ? 1 : Math.min(...known.map((each) => each.max_customers));
  return { least, most: Math.max(least, most) };
}

/** Whether this can be had in the same visit as what is chosen already. */
export function goesWith(service: Service, choice: Choice): boolean {
  if (choice.package || choice.items.length >= 8) return false;
  return service.min_customers <= choice.party && choice.party <= service.max_customers;
}

const wholly = (choice: Choice, shop: Shop): string[] =>
  choice.package
    ? (packageOf(choice, shop)?.items ?? []).map(({ service_id }) => service_id)
    : choice.items.map(({ service }) => service);

/** Whom one can choose: who does all of it, or just this of it, where one goes. */
export function whoCan(choice: Choice, shop: Shop, wanted = wholly(choice, shop)): Staff[] {
  const place = choice.location ?? shop.locations[0]?.id;
  return shop.staff.filter(
    ({ services, location_ids }) =>
      (!place || location_ids.includes(place)) &&
      wanted.every((id) => services.some(({ service_id }) => service_id === id)),
  );
}

/** Add-ons that go with a service. */
export function addonsOf(service: Service, shop: Shop): Shop['addons'] {
  return shop.addons.filter(({ id }) => service.addon_ids.includes(id));
}

/** How long it takes, as the menu says. */
export function lengthOf(choice: Choice, shop: Shop): number {
  const own = packageOf(choice, shop);
  if (own) return own.duration_minutes;
  return choice.items.reduce((sum, item) => {
    const service = serviceOf(item, shop);
    const extras = shop.addons.filter(({ id }) => item.addons.includes(id));
    const skill = skillOf(item.staff ?? choice.staff, item.service, shop);
    const length = skill?.duration_minutes ?? service?.duration_minutes ?? 0;
    return sum + length + extras.reduce((more, each) => more + each.duration_minutes, 0);
  }, 0);
}

/** What it costs, as the menu says; the server's word replaces it as soon as there is one. */
export function priceOf(choice: Choice, shop: Shop): number {
  const own = packageOf(choice, shop);
  if (own) return own.price_minor;
  return choice.items.reduce((sum, item) => {
    const service = serviceOf(item, shop);
    if (!service) return sum;
    const extras = shop.addons.filter(({ id }) => item.addons.includes(id));
    const skill = skillOf(item.staff ?? choice.staff, item.service, shop);
    const heads = service.price_for === 'customer' ? choice.party : 1;
    const more = extras.reduce((total, each) => total + each.price_minor, 0);
    return sum + (skill?.price_minor ?? service.price_minor) * heads + more * choice.party;
  }, 0);
}

function skillOf(staff: string | null | undefined, service: string, shop: Shop) {
  const found = staff ? shop.staff.find(({ id }) => id === staff) : undefined;
  return found?.services.find(({ service_id }) => service_id === service);
}
