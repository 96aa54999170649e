// What is asked for at the desk, as the API wants to hear it.
import type { Schema } from '$lib/api/types';

export interface Chosen {
  service: string;
  addons: string[];
  /** By whom; left out or empty: as the whole order says. */
  staff?: string;
}

export interface Order {
  chosen: readonly Chosen[];
  pack: string;
  party: number;
  /** By whom, wherever a service doesn't say. */
  staff: string;
  /** And by whom for the second of two. */
  second?: string;
  room: string;
}

/** By whom a service is done: only what it says otherwise than the whole. Of a whole only the first can be named
 *  without the second, so that the second is named service by service. */
function handsOf({ staff }: Chosen, { party, second }: Order): { staff?: string; second_staff?: string } {
  return { ...(staff && { staff }), ...(party > 1 && second && { second_staff: second }) };
}

/** A package has no services to name them at: there the second is named behind the first. */
function wholeOf({ pack, party, staff, second }: Order): string[] {
  return [...(staff ? [staff] : []), ...(pack && party > 1 && staff && second ? [second] : [])];
}

function asked(one: Chosen, order: Order): string {
  const { staff = '', second_staff = '' } = handsOf(one, order);
  const hands = second_staff ? `@${staff}@${second_staff}` : staff && `@${staff}`;
  return [one.service, ...one.addons].join(':') + hands;
}

/** As times are asked for; nothing if nothing is chosen. */
export function queryOf(order: Order): {
  services?: string;
  package?: string;
  party: number;
  staff?: string;
  room?: string;
} | undefined {
  const { chosen, pack, party, room } = order;
  if (!pack && chosen.length === 0) return undefined;
  const staff = wholeOf(order).join(',');
  return {
    ...(pack ? { package: pack } : { services: chosen.map((one) => asked(one, order)).join(',') }),
    party,
    ...(staff && { staff }),
    ...(room && { room }),
  };
}

/** As it is booked. */
export function wantedOf(order: Order): Schema<'WantedInput'> {
  const { chosen, pack, party } = order;
  const services = chosen.map((one) => ({ service: one.service, addons: [...one.addons], ...handsOf(one, order) }));
  const staff = wholeOf(order);
  return { ...(pack ? { package: pack } : { services }), party, ...(staff.length > 0 && { staff }) };
}

/** Whether two can come: if all of it can be had by two. */
export function parties(services: readonly { min_customers: number; max_customers: number }[]): number[] {
  return [1, 2].filter((party) => services.every(({ min_customers, max_customers }) => min_customers <= party && max_customers >= party));
}

/** Who can do all of these. */
export function ableTo<T extends { skills: readonly { service_id: string }[] }>(staff: readonly T[], services: readonly string[]): T[] {
  return staff.filter(({ skills }) => services.every((service) => skills.some(({ service_id }) => service_id === service)));
}
