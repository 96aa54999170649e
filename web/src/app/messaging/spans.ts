// Spans of time as people say them: "a day and a half" is kept in minutes and shown in the coarsest unit
// that fits evenly.

export const UNITS = { minutes: 1, hours: 60, days: 1440 } as const;
export type Unit = keyof typeof UNITS;

export function inUnit(minutes: number): { count: number; unit: Unit } {
  if (minutes > 0 && minutes % UNITS.days === 0) return { count: minutes / UNITS.days, unit: 'days' };
  if (minutes > 0 && minutes % UNITS.hours === 0) return { count: minutes / UNITS.hours, unit: 'hours' };
  return { count: minutes, unit: 'minutes' };
}

export function minutesIn(count: number, unit: Unit): number {
  return Math.round(count * UNITS[unit]);
}

export interface Placed {
  /** Counted from what took them in, from 1 on. */
  day: number;
  /** Minutes after what took them in. */
  after: number;
}

/** On which day each step comes, if nothing holds it up: each waits for the one before it. */
export function placed(waits: readonly number[]): Placed[] {
  let after = 0;
  return waits.map((wait) => {
    after += wait;
    return { after, day: Math.floor(after / UNITS.days) + 1 };
  });
}
