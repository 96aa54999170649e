// The page of the ledger: which visits stand in which column, side by side where they overlap, and minutes
// as pixels.
import type { Visit } from './visits';
import { takesTime } from './visits';
import { minuteOf, type Span } from './days';

export type Kind = 'staff' | 'room';

/** The part of a visit that stands in one column. */
export interface Block {
  key: string;
  visit: Visit;
  /** The id of the person or room; nothing for what nobody has. */
  column: string;
  from: number;
  to: number;
  /** What happens in it. */
  what: string;
  /** Of whom of the party, if two come. */
  lane: number;
  lanes: number;
}

/** What is less than this is drawn as long as this, to be read and pressed. */
export const LEAST = 20;

/** The blocks of a day: lines of a visit that follow one another in a column are one. */
export function blocksOf(visits: readonly Visit[], span: Span, kind: Kind): Block[] {
  const blocks: Block[] = [];
  for (const visit of visits.filter(takesTime)) {
    const own: Block[] = [];
    const lines = [...visit.lines].sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at) || a.position - b.position);
    for (const line of lines) {
      const column = (kind === 'staff' ? line.staff : line.room) ?? '';
      const from = minuteOf(span, line.starts_at);
      const to = minuteOf(span, line.ends_at);
      const last = own.findLast((each) => each.column === column);
      if (last && from <= last.to) {
        last.to = Math.max(last.to, to);
        if (!last.what.split(' · ').includes(line.service_name)) last.what += ` · ${line.service_name}`;
      } else {
        own.push({ key: `${visit.id} ${column} ${line.position}`, visit, column, from, to, what: line.service_name, lane: 0, lanes: 1 });
      }
    }
    blocks.push(...own.filter(({ from, to }) => to > 0 && from < span.length));
  }
  return blocks.sort((a, b) => a.from - b.from || b.to - a.to || a.key.localeCompare(b.key));
}

/** Puts blocks of one column side by side where they overlap as they are drawn. */
export function inLanes(blocks: readonly Block[]): Block[] {
  const out: Block[] = [];
  let group: Block[] = [];
  let ends: number[] = [];
  const close = () => {
    for (const each of group) each.lanes = ends.length;
    group = [];
    ends = [];
  };
  for (const block of blocks) {
    const to = Math.max(block.to, block.from + LEAST);
    if (ends.every((end) => end <= block.from)) close();
    let lane = ends.findIndex((end) => end <= block.from);
    if (lane < 0) lane = ends.length;
    ends[lane] = to;
    const placed = { ...block, lane };
    group.push(placed);
    out.push(placed);
  }
  close();
  return out;
}

export function toPixels(minutes: number, hour: number): number {
  return (minutes / 60) * hour;
}

/** The minute at so many pixels, on the grid. */
export function toMinute(pixels: number, hour: number, step: number): number {
  return snapped((pixels / hour) * 60, step);
}

export function snapped(minute: number, step: number): number {
  return Math.round(minute / step) * step;
}

/** The next minute of the grid in a direction: what stands between two steps goes to the nearer end first. */
export function stepped(minute: number, step: number, direction: 1 | -1): number {
  const at = minute / step;
  const next = direction > 0 ? Math.floor(at) + 1 : Math.ceil(at) - 1;
  return next * step;
}

/** How visits are moved by hand: by the shop's step, but by no more than a quarter of an hour. */
export function gridOf(slotStep: number | undefined): number {
  return Math.min(15, Math.max(5, slotStep ?? 15));
}
