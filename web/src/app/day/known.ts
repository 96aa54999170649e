// What is known of a day's visits, from three sources: what the line told, what answers told since, and what
// is hoped for until an answer comes.
import { dateOf } from './days';
import type { Visit } from './visits';

export type Visits = ReadonlyMap<string, Visit>;

/** The newest of each that is known, with what is hoped for over it; only what touches the day. */
export function shownOf(told: Visits, answered: Visits, hoped: Visits, here: { location: string; date: string; zone: string }): Visit[] {
  const all = new Map(told);
  for (const [id, visit] of answered) {
    const other = all.get(id);
    if (!other || other.version <= visit.version) all.set(id, visit);
  }
  for (const [id, visit] of hoped) all.set(id, visit);
  return [...all.values()]
    .filter((visit) => visit.location === here.location && touches(visit, here.date, here.zone))
    .filter(({ status }) => status !== 'expired')
    .sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at) || a.id.localeCompare(b.id));
}

function touches(visit: Visit, date: string, zone: string): boolean {
  const last = Math.max(Date.parse(visit.starts_at), Date.parse(visit.ends_at) - 1);
  return dateOf(visit.starts_at, zone) <= date && dateOf(last, zone) >= date;
}

/** What of the answers is still news, now that the line tells something else. */
export function stillNews(answered: Visits, before: Visits, told: Visits): Visits {
  return new Map(
    [...answered].filter(([id, visit]) => {
      const now = told.get(id);
      // What the line showed and shows no more has gone elsewhere since.
      return now ? now.version < visit.version : !before.has(id);
    }),
  );
}

/** A visit as if it began at another time, with others, until the answer tells how it really is. */
export function movedTo(visit: Visit, start: Date, hands?: { from: string; to: string; name: string; kind: 'staff' | 'room' }): Visit {
  const by = start.getTime() - Date.parse(visit.starts_at);
  const shift = (moment: string) => new Date(Date.parse(moment) + by).toISOString();
  return {
    ...visit,
    starts_at: shift(visit.starts_at),
    ends_at: shift(visit.ends_at),
    lines: visit.lines.map((line) => ({
      ...line,
      starts_at: shift(line.starts_at),
      ends_at: shift(line.ends_at),
      ...(hands?.kind === 'staff' && line.staff === hands.from && { staff: hands.to, staff_name: hands.name }),
      ...(hands?.kind === 'room' && line.room === hands.from && { room: hands.to, room_name: hands.name }),
    })),
  };
}
