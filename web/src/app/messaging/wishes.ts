import type { Schema } from '$lib/api/types';
import type { Way } from './kinds';

type Settings = Schema<'MessageSettingsView'>;
type Change = Schema<'MessageSettingsChange'>;

/** The settings as one edits them: what is off keeps a value, in case it is turned on again. */
export interface Wishes {
  channels: Way[];
  reminder_minutes: number[];
  quiet: { on: boolean; from: string; to: string };
  follow_up: { on: boolean; minutes: number };
  review: { on: boolean; minutes: number; url: string };
  rebooking: { on: boolean; days: number };
  sender_name: string;
  reply_to: string;
}

export function wishesOf(settings: Settings): Wishes {
  return {
    channels: [...settings.channels],
    reminder_minutes: [...settings.reminder_minutes],
    quiet: { on: Boolean(settings.quiet), from: settings.quiet?.from ?? '21:00', to: settings.quiet?.to ?? '08:00' },
    follow_up: { on: isSet(settings.follow_up_minutes), minutes: settings.follow_up_minutes ?? 120 },
    review: {
      on: isSet(settings.review_minutes),
      minutes: settings.review_minutes ?? 1440,
      url: settings.review_url ?? '',
    },
    rebooking: { on: isSet(settings.rebooking_days), days: settings.rebooking_days ?? 60 },
    sender_name: settings.sender_name ?? '',
    reply_to: settings.reply_to ?? '',
  };
}

const isSet = (value: number | null | undefined) => value !== null && value !== undefined;

/** Only what is otherwise: somebody else's change of something else stands. Null turns it off. */
export function changes(settings: Settings, wishes: Wishes): Change {
  const wanted: Required<Change> = {
    channels: wishes.channels,
    reminder_minutes: [...wishes.reminder_minutes].sort((one, other) => other - one),
    quiet: wishes.quiet.on ? { from: wishes.quiet.from, to: wishes.quiet.to } : null,
    follow_up_minutes: wishes.follow_up.on ? wishes.follow_up.minutes : null,
    review_minutes: wishes.review.on ? wishes.review.minutes : null,
    // An address that nobody is sent to is left as it was, whatever was typed meanwhile.
    review_url: wishes.review.on ? wishes.review.url.trim() || null : (settings.review_url ?? null),
    rebooking_days: wishes.rebooking.on ? wishes.rebooking.days : null,
    sender_name: wishes.sender_name.trim() || null,
    reply_to: wishes.reply_to.trim() || null,
  };
  return Object.fromEntries(
    Object.entries(wanted).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(settings[name as keyof Change] ?? null),
    ),
  );
}

/** A way goes up or down one place; the best stands first. */
export function moved<T>(list: readonly T[], from: number, by: 1 | -1): T[] {
  const out = [...list];
  const [taken] = out.splice(from, 1);
  if (taken !== undefined) out.splice(Math.max(0, from + by), 0, taken);
  return out;
}
