// What is asked for at the desk, as the API wants to hear it.
import type { Schema } from '$lib/api/types';

export interface Chosen {
  service: string;
  addons: string[];
}

export interface Order {
  chosen: readonly Chosen[];
  pack: string;
  party: number;
  staff: string;
  room: string;
}

/** As times are asked for; nothing if nothing is chosen. */
export function queryOf({ chosen, pack, party, staff, room }: Order): {
  services?: string;
  package?: string;
  party: number;
  staff?: string;
  room?: string;
} | undefined {
  if (!pack && chosen.length === 0) return undefined;
  return {
    ...(pack ? { package: pack } : { services: chosen.map(({ service, addons }) => [service, ...addons].join(':')).join(',') }),
    party,
    ...(staff && { staff }),
    ...(room && { room }),
  };
}

/** As it is booked. */
export function wantedOf({ chosen, pack, party, staff }: Order): Schema<'WantedInput'> {
  return {
    ...(pack ? { package: pack } : { services: chosen.map(({ service, addons }) => ({ service, addons: [...addons] })) }),
    party,
    ...(staff && { staff: [staff] }),
  };
}

/** Whether two can come: if all of it can be had by two. */
export function parties(services: readonly { min_customers: number; max_customers: number }[]): number[] {
  return [1, 2].filter((party) => services.every(({ min_customers, max_customers }) => min_customers <= party && max_customers >= party));
}
