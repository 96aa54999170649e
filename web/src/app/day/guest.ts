// Somebody who waits without an appointment, as they are lifted out of the line into the ledger.
import type { Schema } from '$lib/api/types';
import type { Block } from './ledger';

type Entry = Schema<'QueueEntryView'>;

export interface Guest {
  key: string;
  guest: Entry;
  services: readonly string[];
  /** They have no column before somebody puts them into one. */
  column: '';
  from: number;
  to: number;
}

/** What can be in somebody's hand: a visit, or who has none yet. */
export type Held = Block | Guest;

export function isGuest(held: Held): held is Guest {
  return 'guest' in held;
}

/** Their block, as long as the menu says, from the next step of the clock on. */
export function guestOf(guest: Entry, now: number, step: number): Guest {
  const from = Math.ceil(now / step) * step;
  const minutes = guest.services.reduce((sum, each) => sum + each.minutes, 0);
  return {
    key: guest.id,
    guest,
    services: guest.services.map(({ id }) => id),
    column: '',
    from,
    to: from + Math.max(minutes, step),
  };
}

export function nameOfGuest({ guest }: Guest): string {
  return guest.name || guest.code;
}
