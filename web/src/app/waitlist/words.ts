// What somebody waits for, in words: on the shop's clock, in the reader's language.
import type { Fault } from '$lib/api/fault';
import { date, i18n, maybe, t } from '$lib/i18n/index.svelte';
import { dates, lists } from '$lib/intl';
import { clock, minutesOf } from '$lib/time';
import { sentence } from '$lib/ui/sentence';
import { handsOf, type Waiting } from './waits';

const DAY: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' };
const noon = (day: string) => new Date(`${day}T12:00:00Z`);

/** "Tue, Nov 24 – Mon, Nov 30". */
export function daysText({ first_day, last_day }: Pick<Waiting, 'first_day' | 'last_day'>): string {
  return dates(i18n.tag, DAY).formatRange(noon(first_day), noon(last_day));
}

/** "Tuesday, November 24". */
export function dayText(day: string): string {
  return date(noon(day), { weekday: 'long', day: 'numeric', month: 'long' }, 'UTC');
}

/** From when to when it may begin. */
export function hoursText({ earliest, latest }: Pick<Waiting, 'earliest' | 'latest'>): string {
  const [from, to] = [minutesOf(earliest), minutesOf(latest)];
  const at = (minutes: number) => clock(minutes, i18n.tag);
  if (from > 0 && to < 1440) return t('waitlist.between', { from: at(from), to: at(to) });
  if (from > 0) return t('waitlist.from', { from: at(from) });
  return to < 1440 ? t('waitlist.until', { to: at(to) }) : t('waitlist.any_time');
}

export function momentText(moment: string, zone: string): string {
  return date(moment, { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' }, zone);
}

export function timeText(moment: string, zone: string): string {
  return date(moment, { hour: 'numeric', minute: '2-digit' }, zone);
}

/** By whom they want it. */
export function handsText(entry: Waiting, nameOf: (staff: string) => string | undefined): string {
  const names = handsOf(entry).map((id) => nameOf(id) ?? t('waitlist.somebody'));
  return names.length > 0 ? lists(i18n.tag, { type: 'unit' }).format(names) : t('waitlist.anybody');
}

/** Why it can't be; what the API says to customers is said otherwise to the team. */
export function reason(fault: Fault): string {
  return maybe(`waitlist.why.${fault.code}`) ?? sentence(fault);
}
