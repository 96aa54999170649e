// The shop's clock. Everything on a staff page is told in the shop's zone, never the device's.

export interface ShopTime {
  year: number;
  month: number;
  day: number;
  /** 1 is Monday, 7 is Sunday. */
  weekday: number;
  /** Minutes since midnight. */
  minutes: number;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** What the calendar and the clock on the shop's wall show at this moment. */
export function shopTime(moment: Date, timeZone: string): ShopTime {
  const fields = new Map<string, string>(
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      weekday: 'short',
      hour: 'numeric',
      minute: 'numeric',
    })
      .formatToParts(moment)
      .map(({ type, value }): [string, string] => [type, value]),
  );
  const field = (name: string) => Number(fields.get(name));
  return {
    year: field('year'),
    month: field('month'),
    day: field('day'),
    weekday: WEEKDAYS.indexOf(fields.get('weekday') ?? '') + 1,
    minutes: field('hour') * 60 + field('minute'),
  };
}

/** "09:30" as minutes since midnight. */
export function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

/** Minutes since midnight as the reader's locale writes a time of day. */
export function clock(minutes: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    hour: 'numeric',
    minute: '2-digit',
    timeZone: 'UTC',
  }).format(new Date(minutes * 60_000));
}

/** Minutes that the shop's clock is ahead of the device's. */
export function ahead(moment: Date, timeZone: string): number {
  const shop = new Date(moment.toLocaleString('en-US', { timeZone }));
  const device = new Date(moment.toLocaleString('en-US'));
  return Math.round((shop.getTime() - device.getTime()) / 60_000);
}
