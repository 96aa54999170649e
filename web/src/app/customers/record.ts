import type { Schema } from '$lib/api/types';
import { fold, tagsOf } from './tags';

export type Customer = Schema<'CustomerView'>;
export type Channel = Schema<'MessageChannel'>;
export type Change = Schema<'CustomerRecordChange'>;

/** What one can type of a customer. Empty texts are nothing. */
export interface Typed {
  name: string;
  email: string;
  phone: string;
  locale: string;
  channel: string;
  note: string;
  tags: string;
}
export type Field = keyof Typed;

/** Where a record may come from, besides the team. */
export const SOURCES: readonly string[] = ['import', 'booking', 'queue', 'waitlist'];

export const FIELDS: readonly Field[] = ['name', 'email', 'phone', 'locale', 'channel', 'tags', 'note'];

export function typedOf(customer: Customer): Typed {
  const { name, email, phone, locale, channel, note, tags } = customer;
  return {
    name,
    email: email ?? '',
    phone: phone ?? '',
    locale: locale ?? '',
    channel: channel ?? '',
    note,
    tags: tags.join(', '),
  };
}

/** Whether two texts of a field mean the same. */
function same(field: Field, one: string, other: string): boolean {
  if (field !== 'tags') return one.trim() === other.trim();
  const [first, second] = [tagsOf(one).map(fold), tagsOf(other).map(fold)];
  return first.length === second.length && first.every((tag, at) => tag === second[at]);
}

/** The fields that were typed anew: only those are sent, so that somebody else's change of another one stands. */
export function changed(typed: Typed, seen: Typed): Field[] {
  return FIELDS.filter((field) => !same(field, typed[field], seen[field]));
}

export function changeOf(typed: Typed, fields: readonly Field[]): Change {
  const change: Change = {};
  for (const field of fields) {
    if (field === 'tags') change.tags = tagsOf(typed.tags);
    else if (field === 'channel') change.channel = (typed.channel || null) as Channel | null;
    else change[field] = typed[field].trim();
  }
  return change;
}

/**
 * What two people changed at once, and not to the same: `seen` is what this one began with, `now` is what the
 * other one left.
 */
export function clashes(typed: Typed, seen: Typed, now: Typed): Field[] {
  return changed(typed, seen).filter(
    (field) => !same(field, now[field], seen[field]) && !same(field, now[field], typed[field]),
  );
}

/** What was typed, on top of what somebody else changed meanwhile. */
export function onTopOf(now: Typed, typed: Typed, seen: Typed): Typed {
  const mine = Object.fromEntries(changed(typed, seen).map((field) => [field, typed[field]]));
  return { ...now, ...mine };
}
