// Lengths of time as people say them: the largest unit that comes out even.

export type Unit = 'minutes' | 'hours' | 'days';
export const UNITS: readonly Unit[] = ['minutes', 'hours', 'days'];
const SIZES: Record<Unit, number> = { minutes: 1, hours: 60, days: 1440 };

/** How the rules are kept: no longer than a year and a day. */
export const LONGEST = 527_040;

export function told(minutes: number): { count: number; unit: Unit } {
  if (minutes === 0) return { count: 0, unit: 'hours' };
  // A day's notice is told in hours: "24 hours before" is what people say.
  const unit: Unit = minutes % 1440 === 0 && minutes > 1440 ? 'days' : minutes % 60 === 0 ? 'hours' : 'minutes';
  return { count: minutes / SIZES[unit], unit };
}

/** So many of a unit in minutes, within what can be kept; nothing for what is no number. */
export function minutesOf(count: number, unit: Unit): number | undefined {
  if (!Number.isFinite(count) || count < 0) return undefined;
  return Math.min(LONGEST, Math.round(count * SIZES[unit]));
}

/** The starts that a picture of one morning shows, in minutes from its opening at nine. */
export function starts(alignment: 'clock' | 'packed', step: number, visit = { from: 30, to: 75 }, until = 240): number[] {
  const found: number[] = [];
  const length = visit.to - visit.from;
  const free = (at: number) => at + length <= visit.from || at >= visit.to;
  if (alignment === 'clock') {
    const opening = 540;
    for (let at = Math.ceil(opening / step) * step - opening; at + length <= until; at += step) if (free(at)) found.push(at);
    return found;
  }
  for (let at = 0; at + length <= visit.from; at += step) found.push(at);
  for (let at = visit.to; at + length <= until; at += step) found.push(at);
  return found;
}
