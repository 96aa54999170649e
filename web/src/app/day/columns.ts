// Who or what has a column in the ledger, when they can be booked, and what they can do.
import type { LocationView, Schema } from '$lib/api/types';
import { isGuest, type Held } from './guest';
import type { Block, Kind } from './ledger';
import type { Away } from './shop.svelte';
import { covers, hoursOn, partOf, within, without, type Stretch } from './stretches';
import type { Span } from './days';
import type { Visit } from './visits';

type StaffView = Schema<'StaffView'>;

export interface Column {
  id: string;
  name: string;
  title: string;
  /** When they can be booked; nothing if that isn't known. */
  open: Stretch[] | undefined;
  /** What they can do; nothing if it doesn't matter. */
  skills: Set<string> | undefined;
  hue: number | undefined;
}

/** When the door is open on a day. */
export function doorsOn(
  span: Span,
  location: LocationView,
  days: readonly Schema<'LocationDayView'>[],
  closures: readonly Schema<'ClosureView'>[],
): Stretch[] {
  const shut = closures.some(
    ({ first_day, last_day, location_id }) =>
      first_day <= span.date && last_day >= span.date && (!location_id || location_id === location.id),
  );
  return shut ? [] : hoursOn(span, location.hours, days);
}

/** When somebody works at a place on a day, with the door open. */
export function shiftOn(span: Span, staff: StaffView, location: string, doors: readonly Stretch[], away?: Away): Stretch[] {
  const week = staff.hours.find(({ location_id }) => location_id === location);
  const days = (away?.days ?? []).filter(({ location_id }) => location_id === location);
  const work = hoursOn(span, week?.work ?? [], days);
  // On a day with hours of its own, those say when they pause.
  const breaks = days.some(({ day }) => day === span.date) ? [] : hoursOn(span, week?.breaks ?? [], []);
  const off = (away?.off ?? []).map(({ starts_at, ends_at }) => partOf(span, starts_at, ends_at));
  return within(without(work, [...breaks, ...off]), doors);
}

export interface Facts {
  span: Span;
  kind: Kind;
  location: LocationView;
  staff: readonly StaffView[];
  rooms: readonly Schema<'RoomView'>[];
  doors: readonly Stretch[];
  away: (staff: string) => Away | undefined;
}

/** The columns of a day, in the shop's order: who works or has somebody, every room, and at the end what
 *  nobody has. Those who are off come apart. */
export function columnsOf({ span, kind, location, staff, rooms, doors, away }: Facts, blocks: readonly Block[]): {
  columns: Column[];
  off: Column[];
} {
  const busy = new Map(blocks.map(({ column, visit }) => [column, nameIn(visit, kind, column)]));
  const all: Column[] =
    kind === 'room'
      ? rooms
          .filter(({ location_id }) => location_id === location.id)
          .map(({ id, name }) => ({ id, name, title: '', open: [...doors], skills: undefined, hue: undefined }))
      : staff
          .filter(({ id, hours }) => busy.has(id) || hours.some((each) => each.location_id === location.id))
          .map((each) => ({
            id: each.id,
            name: each.name,
            title: each.title,
            open: shiftOn(span, each, location.id, doors, away(each.id)),
            skills: new Set(each.skills.map(({ service_id }) => service_id)),
            hue: each.hue,
          }));
  const here = (column: Column) => kind === 'room' || busy.has(column.id) || (column.open?.length ?? 0) > 0;
  const known = new Set(all.map(({ id }) => id));
  // Those who have left since, and whom one may not see.
  const others = [...busy]
    .filter(([id]) => !known.has(id))
    .sort(([a], [b]) => Number(a === '') - Number(b === ''))
    .map(([id, name]): Column => ({ id, name, title: '', open: undefined, skills: undefined, hue: undefined }));
  return { columns: [...all.filter(here), ...others], off: all.filter((column) => !here(column)) };
}

function nameIn(visit: Visit, kind: Kind, column: string): string {
  const line = visit.lines.find((each) => ((kind === 'staff' ? each.staff : each.room) ?? '') === column);
  return (kind === 'staff' ? line?.staff_name : line?.room_name) ?? '';
}

export type Bar = 'skill' | 'closed' | 'busy';

/** Why something can't stand there, as far as it is known without asking; what is only taken may still be put
 *  over. */
export function barTo(
  block: Held,
  to: { column: Column; from: number },
  blocks: readonly Block[],
): Bar | undefined {
  const { column, from } = to;
  const until = from + block.to - block.from;
  const own = isGuest(block) ? undefined : block.visit;
  const services = isGuest(block)
    ? block.services
    : block.visit.lines
        .filter((line) => (line.staff ?? '') === block.column || (line.room ?? '') === block.column)
        .map(({ service }) => service);
  if (column.skills && column.id !== block.column && services.some((each) => !column.skills?.has(each))) return 'skill';
  if (column.open && !covers(column.open, { from, to: until })) return 'closed';
  const taken = blocks.some(
    (each) => each.column === column.id && each.visit.id !== own?.id && each.from < until && each.to > from,
  );
  return taken ? 'busy' : undefined;
}
