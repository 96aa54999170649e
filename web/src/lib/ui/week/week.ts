// Hours as people edit them: stretches of a day, seven days to a week. Whoever shows a week loads the
// words of the part `people`.

/** Minutes from the day's midnight; past 1440, it ends on the next day. */
export interface Stretch {
  opens: number;
  closes: number;
}

/** From Monday on. */
export type Week = readonly (readonly Stretch[])[];

/** A stretch as the API tells it. */
export interface Hours {
  weekday: number;
  opens: string;
  closes: string;
}

export const DAY = 1440;
const WEEK = 7 * DAY;
const DAYS = [0, 1, 2, 3, 4, 5, 6];

export const emptyWeek = (): Week => DAYS.map(() => []);

/** "9:30" or "09:30" as minutes; nothing where that is no time of day. */
export function minutesOfDay(text: string): number | undefined {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text.trim());
  if (!found) return undefined;
  const [hours, minutes] = [Number(found[1]), Number(found[2])];
  const fits = (hours < 24 && minutes < 60) || (hours === 24 && minutes === 0);
  return fits ? hours * 60 + minutes : undefined;
}

/** As the API writes a time: the end of the day is 24:00, what comes later is the next day's. */
export function clockText(minutes: number): string {
  const within = minutes > DAY ? minutes - DAY : minutes;
  return `${String(Math.floor(within / 60)).padStart(2, '0')}:${String(within % 60).padStart(2, '0')}`;
}

/** As a field for times takes it: it knows no 24:00. */
export const fieldText = (minutes: number): string => clockText(minutes % DAY);

/** A stretch between two times of a clock; the second is the next day's if it isn't later. */
export function between(opens: number, closes: number): Stretch {
  const from = opens % DAY;
  const to = closes % DAY;
  return { opens: from, closes: to <= from ? to + DAY : to };
}

/** The same with another beginning or end, as typed. */
export const withOpens = (stretch: Stretch, opens: number): Stretch => between(opens, stretch.closes);
export const withCloses = (stretch: Stretch, closes: number): Stretch => between(stretch.opens, closes);

export function stretchOf({ opens, closes }: Pick<Hours, 'opens' | 'closes'>): Stretch {
  return between(minutesOfDay(opens) ?? 0, minutesOfDay(closes) ?? 0);
}

export function weekOf(hours: readonly Hours[]): Week {
  return DAYS.map((day) => normalised(hours.filter(({ weekday }) => weekday === day + 1).map(stretchOf)));
}

/** A day in order, with what touches put together. What overlaps stays apart: it is somebody's slip. */
export function normalised(day: readonly Stretch[]): Stretch[] {
  const sorted = [...day].sort((a, b) => a.opens - b.opens || a.closes - b.closes);
  const out: Stretch[] = [];
  for (const stretch of sorted) {
    const last = out.at(-1);
    if (last && last.closes === stretch.opens) out[out.length - 1] = { opens: last.opens, closes: stretch.closes };
    else out.push({ ...stretch });
  }
  return out;
}

export const dayHours = (day: readonly Stretch[]) =>
  normalised(day).map(({ opens, closes }) => ({ opens: clockText(opens), closes: clockText(closes) }));

export const hoursOf = (week: Week): Hours[] =>
  week.flatMap((day, at) => dayHours(day).map((stretch) => ({ weekday: at + 1, ...stretch })));

export const sameWeek = (one: Week, other: Week): boolean =>
  JSON.stringify(hoursOf(one)) === JSON.stringify(hoursOf(other));

/** Where a stretch lies in the week. */
const lies = (day: number, { opens, closes }: Stretch): [number, number] => [day * DAY + opens, day * DAY + closes];

/** Whether two share a minute. Sunday's night is Monday's morning. */
const meet = ([from, to]: [number, number], [start, end]: [number, number]): boolean =>
  [-WEEK, 0, WEEK].some((later) => from < end + later && start + later < to);

/** Names a stretch of a week. */
export const at = (day: number, index: number): string => `${day}.${index}`;

/** The stretches that share time with one before them, or with the night before. */
export function overlaps(week: Week): Set<string> {
  const all = week.flatMap((day, on) => day.map((stretch, index) => ({ name: at(on, index), where: lies(on, stretch) })));
  const found = new Set<string>();
  all.forEach((one, place) => {
    for (const other of all.slice(0, place)) if (meet(one.where, other.where)) found.add(one.name);
  });
  return found;
}

/** The breaks in which nobody works anyway. */
export function idle(breaks: Week, work: Week): Set<string> {
  const working = work.flatMap((day, on) => day.map((stretch) => lies(on, stretch)));
  const found = new Set<string>();
  breaks.forEach((day, on) =>
    day.forEach((pause, index) => {
      if (!working.some((stretch) => meet(stretch, lies(on, pause)))) found.add(at(on, index));
    }),
  );
  return found;
}

/** The days with work while the door is shut, in part or in all. */
export function beyond(work: Week, door: Week): number[] {
  const open = door.flatMap((day, on) => day.map((stretch) => lies(on, stretch)));
  return DAYS.filter((on) => (work[on] ?? []).some((stretch) => !covered(lies(on, stretch), open)));
}

function covered([from, to]: [number, number], open: [number, number][]): boolean {
  const parts = open
    .flatMap(([start, end]) => [-WEEK, 0, WEEK].map((later): [number, number] => [start + later, end + later]))
    .sort((a, b) => a[0] - b[0]);
  let reached = from;
  for (const [start, end] of parts) if (start <= reached && end > reached) reached = end;
  return reached >= to;
}

export const replaced = (week: Week, day: number, stretches: readonly Stretch[]): Week =>
  week.map((each, on) => (on === day ? stretches : each));

/** The week with one day's hours on others, too. */
export const copied = (week: Week, from: number, to: readonly number[]): Week =>
  week.map((each, on) => (to.includes(on) ? (week[from] ?? []).map((stretch) => ({ ...stretch })) : each));

/** What to begin with when hours are added: what is left of the opening hours, or an hour later. */
export function next(day: readonly Stretch[], door: readonly Stretch[] = []): Stretch {
  const last = [...day].sort((a, b) => a.closes - b.closes).at(-1);
  if (!last) {
    const first = door[0];
    return first ? { opens: first.opens, closes: door.at(-1)?.closes ?? first.closes } : { opens: 540, closes: 1020 };
  }
  const opens = Math.min(last.closes + 60, DAY - 60);
  const end = Math.max(0, ...door.map(({ closes }) => closes));
  return { opens, closes: end > opens ? Math.min(end, 2 * DAY) : Math.min(opens + 180, Math.max(DAY, opens + 60)) };
}

/** Half an hour in the middle of the longest stretch, on the half hour. */
export function pause(day: readonly Stretch[]): Stretch {
  const longest = [...day].sort((a, b) => b.closes - b.opens - (a.closes - a.opens))[0] ?? { opens: 540, closes: 1020 };
  const middle = Math.floor((longest.opens + longest.closes) / 60) * 30 - 30;
  const opens = Math.max(longest.opens, Math.floor(middle / 30) * 30) % DAY;
  return { opens, closes: opens + 30 };
}

export const total = (day: readonly Stretch[]): number =>
  day.reduce((sum, { opens, closes }) => sum + closes - opens, 0);

/** Days in a row with the same hours, for a summary; days off are left out. */
export function runs(week: Week): { first: number; last: number; day: readonly Stretch[] }[] {
  const out: { first: number; last: number; day: readonly Stretch[] }[] = [];
  week.forEach((stretches, on) => {
    const day = normalised(stretches);
    if (day.length === 0) return;
    const before = out.at(-1);
    if (before?.last === on - 1 && JSON.stringify(before.day) === JSON.stringify(day)) before.last = on;
    else out.push({ first: on, last: on, day });
  });
  return out;
}

/** From when to when a picture of these weeks goes, in whole hours. */
export function range(weeks: readonly Week[]): { from: number; to: number } {
  const all = weeks.flat(2);
  if (all.length === 0) return { from: 480, to: 1200 };
  const from = Math.floor(Math.min(...all.map(({ opens }) => opens)) / 60) * 60;
  const to = Math.ceil(Math.max(...all.map(({ closes }) => closes)) / 60) * 60;
  return { from: Math.min(from, 480), to: Math.max(to, 1200) };
}
