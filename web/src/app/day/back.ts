// How a move is taken back.
import type { Aim } from './deeds.svelte';
import { handsOf, type Visit } from './visits';

/** What takes a visit back to where it was, with whom and in which room; nothing if a move can't say that: it
 *  names one person for each of the party, and one room for all of it. */
export function backFrom(moved: Aim, before: Pick<Visit, 'starts_at' | 'location' | 'lines' | 'party' | 'overridden'>, mayOver: boolean): Aim | undefined {
  const hands = handsOf(before);
  if (moved.staff && !hands) return undefined;
  // What nobody has chosen may be any that will do, unless one has been chosen since.
  const rooms = new Set(before.lines.filter(({ room_chosen }) => room_chosen || moved.room).flatMap(({ room }) => room ?? []));
  const elsewhere = moved.room !== undefined || moved.location !== undefined;
  if (elsewhere && rooms.size > 1) return undefined;
  const [room] = rooms;
  return {
    start: before.starts_at,
    ...(moved.staff && { staff: hands }),
    ...(elsewhere && room && { room }),
    ...(moved.location && { location: before.location }),
    ...(before.overridden && mayOver && { over: true }),
  };
}
