import type { Kind } from '$lib/api/types';
import type { Column, Status } from '$lib/ui/Ledger.svelte';
import { t, type MessageKey } from '$lib/i18n/index.svelte';

type Line = [column: 0 | 1 | 2, from: number, to: number, name: string, service: 1 | 2 | 3];

const STAFF = ['Selma', 'Jun', 'Noor'];
const LINES: Line[] = [
  [0, 9 * 60, 10 * 60, 'Maria L.', 1],
  [0, 10 * 60 + 30, 11 * 60 + 30, 'Omar F.', 2],
  [0, 12 * 60, 13 * 60, 'Ivy C.', 1],
  [0, 13 * 60 + 30, 14 * 60 + 30, 'Lena S.', 3],
  [1, 9 * 60 + 30, 11 * 60, 'Kai N.', 3],
  [1, 11 * 60 + 30, 12 * 60 + 30, 'Grace H.', 1],
  [1, 13 * 60, 14 * 60, 'Theo B.', 2],
  [2, 9 * 60, 9 * 60 + 45, 'Ana P.', 2],
  [2, 10 * 60, 11 * 60, 'John T.', 1],
  [2, 11 * 60 + 15, 12 * 60 + 45, 'Nina W.', 3],
];

/** A day as it might look at this kind of place, seen at half past eleven or so. */
export function sampleDay(kind: Kind, now: number): Column[] {
  return STAFF.map((name, column) => ({
    name,
    entries: LINES.filter((line) => line[0] === column).map(([, from, to, customer, service]) => ({
      from,
      to,
      name: customer,
      what: t(`sample.${kind}.${service}` as MessageKey),
      status: statusAt(from, to, now),
    })),
  }));
}

function statusAt(from: number, to: number, now: number): Status {
  if (to <= now) return 'done';
  if (from <= now) return 'busy';
  return from - now <= 30 ? 'here' : 'booked';
}
