// What a visit is on the page of a day: where it stands, what can be done to it, what is to be known of it.
import type { Schema } from '$lib/api/types';

export type Visit = Schema<'VisitView'>;
export type Line = Schema<'LineView'>;

/** How a status looks: never by its colour alone. */
export type Look = 'pending' | 'booked' | 'here' | 'busy' | 'done' | 'missed' | 'off';

const LOOKS: Record<string, Look> = {
  held: 'pending',
  pending_approval: 'pending',
  pending_payment: 'pending',
  confirmed: 'booked',
  checked_in: 'here',
  in_service: 'busy',
  completed: 'done',
  no_show: 'missed',
  cancelled: 'off',
  expired: 'off',
};

export const GLYPHS: Record<Look, string> = {
  pending: '◌',
  booked: '○',
  here: '◐',
  busy: '●',
  done: '✓',
  missed: '✕',
  off: '–',
};

export function lookOf({ status }: Pick<Visit, 'status'>): Look {
  return LOOKS[status] ?? 'booked';
}

/** Whether it takes the time of people and rooms. */
export function takesTime({ status }: Pick<Visit, 'status'>): boolean {
  return status !== 'cancelled' && status !== 'expired';
}

/** Whether anybody still waits for it: what is to be done before a visit matters until then. */
export function isOpen({ status }: Pick<Visit, 'status'>): boolean {
  return !['completed', 'cancelled', 'no_show', 'expired'].includes(status);
}

/** Whether a card alone would make it certain: no money is asked for. */
const waitsForCard = ({ status, deposit_minor }: Pick<Visit, 'status' | 'deposit_minor'>): boolean =>
  status === 'pending_payment' && deposit_minor === 0;

/** How it stands, by the name of what the catalogue says of that. */
export const standingOf = (visit: Pick<Visit, 'status' | 'deposit_minor'>): string =>
  waitsForCard(visit) ? 'pending_card' : visit.status;

/** A deed with a visit, by the name of what the catalogue says of that. */
export const namedFor = <Name extends Deed>(visit: Pick<Visit, 'status' | 'deposit_minor'>, deed: Name): Name | 'paid_card' =>
  deed === 'paid' && waitsForCard(visit) ? 'paid_card' : deed;

export const DEEDS = ['confirm', 'paid', 'check_in', 'start', 'complete', 'no_show', 'step_back', 'decline', 'move', 'cancel'] as const;
export type Deed = (typeof DEEDS)[number];

/** From where a deed is possible, where it leads if that is sure, and who may do it. */
const RULES: Record<Deed, { from: string[]; to?: string; needs: string }> = {
  confirm: { from: ['pending_approval'], needs: 'booking:confirm' },
  decline: { from: ['pending_approval'], to: 'cancelled', needs: 'booking:confirm' },
  paid: { from: ['pending_payment'], to: 'confirmed', needs: 'payment:take' },
  check_in: { from: ['confirmed'], to: 'checked_in', needs: 'booking:check_in' },
  start: { from: ['confirmed', 'checked_in'], to: 'in_service', needs: 'booking:complete' },
  complete: { from: ['checked_in', 'in_service'], to: 'completed', needs: 'booking:complete' },
  no_show: { from: ['confirmed', 'checked_in'], to: 'no_show', needs: 'booking:no_show' },
  step_back: { from: ['checked_in', 'in_service', 'completed', 'no_show'], needs: 'booking:check_in' },
  move: { from: ['pending_approval', 'pending_payment', 'confirmed', 'checked_in'], needs: 'booking:move' },
  cancel: { from: ['pending_approval', 'pending_payment', 'confirmed', 'checked_in'], to: 'cancelled', needs: 'booking:cancel' },
};

const BACK: Record<string, string> = {
  checked_in: 'confirmed',
  in_service: 'checked_in',
  completed: 'in_service',
  no_show: 'confirmed',
};

/** What may be done to a visit as it stands, the most likely first. */
export function deedsFor(visit: Pick<Visit, 'status'>, may: (permission: string) => boolean): Deed[] {
  return DEEDS.filter((deed) => RULES[deed].from.includes(visit.status) && may(RULES[deed].needs));
}

/** Where a deed leads, as far as that is known before the answer. */
export function after(status: string, deed: Deed): string {
  if (deed === 'step_back') return BACK[status] ?? status;
  return RULES[deed].to ?? status;
}

/** The steps that take a deed back, if any can. */
export function wayBack(from: string, deed: Deed): Deed[] {
  if (!['check_in', 'start', 'complete', 'no_show'].includes(deed)) return [];
  const steps: Deed[] = [];
  let at = after(from, deed);
  // Back by steps; one who didn't come goes back to be expected, and may have been there.
  while (at !== from && BACK[at] !== undefined && steps.length < 3) {
    steps.push('step_back');
    at = BACK[at] ?? at;
  }
  if (at === 'confirmed' && from === 'checked_in') steps.push('check_in');
  return steps;
}

export type Badge = 'unpaid' | 'approval' | 'form' | 'first' | 'missed' | 'over' | 'series' | 'two' | 'asked' | 'note';

/** What of a customer's other visits matters at the desk. */
export interface Past {
  /** Whether this is their first visit. */
  first: boolean;
  /** How often nobody came. */
  missed: number;
}

/** What is to be known at one glance, the most pressing first. */
export function badgesOf(visit: Visit, past?: Past, unfilled: readonly string[] = []): Badge[] {
  const open = isOpen(visit);
  const found: [Badge, boolean][] = [
    ['approval', visit.status === 'pending_approval'],
    ['unpaid', visit.status === 'pending_payment' && !waitsForCard(visit)],
    ['form', open && unfilled.length > 0],
    ['first', past?.first ?? false],
    ['missed', open && (past?.missed ?? 0) > 0],
    ['over', open && visit.overridden],
    ['two', visit.party > 1],
    ['asked', open && visit.lines.some(({ staff_chosen }) => staff_chosen)],
    ['series', visit.series !== undefined && visit.series !== null],
    ['note', visit.note !== '' || visit.staff_note !== ''],
  ];
  return found.filter(([, is]) => is).map(([badge]) => badge);
}

/** What a customer's other visits say about this one. */
export function pastOf(visit: Pick<Visit, 'id' | 'starts_at'>, all: readonly { id: string; status: string; starts_at: string }[]): Past {
  const before = all.filter(({ id, starts_at }) => id !== visit.id && Date.parse(starts_at) < Date.parse(visit.starts_at));
  return {
    first: !before.some(({ status }) => !['cancelled', 'expired', 'no_show'].includes(status)),
    missed: before.filter(({ status }) => status === 'no_show').length,
  };
}

/** Who has somebody among these visits, each once. */
export function peopleOf(visits: readonly Pick<Visit, 'lines'>[]): { id: string; name: string }[] {
  const people = new Map<string, string>();
  for (const { staff, staff_name } of visits.flatMap(({ lines }) => lines)) if (staff) people.set(staff, staff_name ?? '');
  return [...people].map(([id, name]) => ({ id, name }));
}

/** Who serves each of the party, if one person each does all of it. */
export function handsOf({ lines, party }: Pick<Visit, 'lines' | 'party'>): string[] | undefined {
  const hands: string[] = [];
  for (let one = 1; one <= party; one += 1) {
    const all = new Set(lines.filter(({ customer }) => customer === one).map(({ staff }) => staff ?? ''));
    const [only = ''] = all;
    if (all.size !== 1 || only === '') return undefined;
    hands.push(only);
  }
  return hands;
}

/** Who serves them if one hands over to another; nothing if that can't be said in a word. */
export function handedOver(visit: Pick<Visit, 'lines' | 'party'>, from: string, to: string): string[] | undefined {
  const hands = handsOf(visit);
  if (!hands?.includes(from) || hands.includes(to)) return undefined;
  return hands.map((each) => (each === from ? to : each));
}

/** Whom a move asks for, where a block goes to another column. */
export function handsFor(visit: Visit, kind: 'staff' | 'room', from: string, to: string): { staff?: string[]; room?: string } {
  if (from === to) return {};
  if (kind === 'room') return { room: to };
  const staff = handedOver(visit, from, to);
  return staff ? { staff } : {};
}
