// How long what is known of a customer's other visits stays true.
import type { Visit } from './visits';

/** After that it is looked up anew: other days and other desks have gone on. */
export const FRESH = 15 * 60_000;

export interface Before {
  id: string;
  status: string;
  starts_at: string;
}

export interface Known {
  at: number;
  visits: Before[];
  /** How the book had their visits then. */
  seen: ReadonlyMap<string, Pick<Visit, 'version' | 'status'>>;
}

/** What a status says to other visits: they came or will come, they didn't, or nothing of either. */
function says(status: string): 'came' | 'missed' | 'nothing' {
  if (status === 'no_show') return 'missed';
  return status === 'cancelled' || status === 'expired' ? 'nothing' : 'came';
}

/** Whether a customer must be looked up again: it was long ago, or one of their visits has been marked since.
 *  What is only hoped for has the version that it had. */
export function outdated(known: Known | undefined, visits: readonly Pick<Visit, 'id' | 'version' | 'status'>[], now: number): boolean {
  if (!known || now - known.at > FRESH) return true;
  return visits.some(({ id, version, status }) => {
    const before = known.seen.get(id);
    return before !== undefined && before.version !== version && says(before.status) !== says(status);
  });
}
