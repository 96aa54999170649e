import type { Schema } from '$lib/api/types';

export type Kind = Schema<'MessageKind'>;
export type Way = Schema<'MessageChannel'>;

export const WAYS: readonly Way[] = ['email', 'sms', 'whatsapp', 'push'];

/** The languages that built-in words are there in. */
export const LOCALES = ['en', 'es', 'fr', 'de', 'ar'] as const;

/** The kinds of messages, in the order in which one meets them. What a sequence says is in its steps. */
export const KINDS = {
  visit: ['requested', 'unpaid', 'confirmed', 'declined', 'moved', 'cancelled', 'lapsed'],
  itself: ['reminder', 'follow_up', 'review_request', 'rebooking_nudge'],
  line: ['waitlist_offer', 'queue_next', 'queue_called'],
  several: ['series_confirmed', 'series_moved', 'series_cancelled'],
} as const satisfies Record<string, readonly Kind[]>;

export const GROUPS = Object.keys(KINDS) as (keyof typeof KINDS)[];
export const ALL: readonly Kind[] = [...Object.values(KINDS).flat(), 'sequence'];

/** What words speak of, with what is put there in the place of a name. */
export function slot(field: string): string {
  return `{{ ${field} }}`;
}
