// Of what is kept for when there is no network: whose it is, and how long it may be shown.
import type { MeView, Membership } from '$lib/api/types';
import type { Fault } from '$lib/api/fault';

/** After two days it is worth nothing at the desk, and is somebody's data all the same. */
export const LONGEST = 48 * 3_600_000;
/** Clocks are put right now and then. */
const AHEAD = 5 * 60_000;

export interface Kept<T = unknown> {
  /** When it was how things stood. */
  at: number;
  value: T;
}

export function isFresh({ at }: Kept, now: number): boolean {
  return now - at <= LONGEST && at - now <= AHEAD;
}

/** Who may be shown it: this person, in this business, as long as they may see what they could see then. */
export function ownerOf({ user }: Pick<MeView, 'user'>, { tenant, permissions }: Pick<Membership, 'tenant' | 'permissions'>): string {
  return [user.id, tenant.id, ...[...permissions].sort()].join(' ');
}

/** What of all that is kept may be shown now; nothing at all without knowing to whom. */
export function shownOf(all: ReadonlyMap<string, Kept>, owner: string | undefined, now: number): Map<string, Kept> {
  const kept = all.get(OWNER);
  if (kept?.value === undefined || kept.value !== owner) return new Map();
  return new Map([...all].filter(([name, each]) => name !== OWNER && isFresh(each, now)));
}

/** Under this name stands whose everything else is. */
export const OWNER = 'owner';

/** Whether nobody answered: the network is away, or what stands before the server says that the server is. */
export function isAway({ code, status }: Pick<Fault, 'code' | 'status'>): boolean {
  return code === 'offline' || status === 502 || status === 503 || status === 504;
}
