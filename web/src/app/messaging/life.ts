import type { Schema } from '$lib/api/types';
import type { Tone } from '../tone';

type Message = Schema<'MessageView'>;
export type State = Schema<'MessageState'>;

/** What stands beside a message: a glyph and how it looks; the words for it are in the catalogue. */
export const MARKS: Record<State, { glyph: string; tone: Tone }> = {
  queued: { glyph: '○', tone: 'wait' },
  sent: { glyph: '●', tone: 'on' },
  delivered: { glyph: '✓', tone: 'good' },
  bounced: { glyph: '!', tone: 'bad' },
  failed: { glyph: '!', tone: 'bad' },
  dropped: { glyph: '–', tone: 'off' },
};

export const STATES = Object.keys(MARKS) as State[];

/** A station of a message's life. Without a time it is still to come, or nobody said when it was. */
export interface Station {
  what: 'written' | 'due' | State;
  at: string | null;
  over: boolean;
}

/** What became of a message so far, and what is still to come. */
export function life(message: Pick<Message, 'created_at' | 'due_at' | 'sent_at' | 'delivered_at' | 'state'>): Station[] {
  const { created_at, due_at, sent_at, delivered_at, state } = message;
  const stations: Station[] = [{ what: 'written', at: created_at, over: true }];
  // What is said at once was due when it was written.
  if (Date.parse(due_at) - Date.parse(created_at) > 60_000 && state === 'queued') {
    stations.push({ what: 'due', at: due_at, over: false });
  } else if (state === 'queued') {
    stations.push({ what: 'queued', at: null, over: false });
  }
  if (sent_at) stations.push({ what: 'sent', at: sent_at, over: true });
  if (state === 'delivered') stations.push({ what: 'delivered', at: delivered_at ?? null, over: true });
  if (state === 'bounced' || state === 'failed' || state === 'dropped') {
    stations.push({ what: state, at: delivered_at ?? null, over: true });
  }
  if (state === 'sent' && !sent_at) stations.push({ what: 'sent', at: null, over: true });
  return stations;
}

/** Whether it may be sent once more: what is on its way isn't, nor what nobody has an address for any more. */
export function repeatable({ state, address }: Pick<Message, 'state' | 'address'>): boolean {
  return state !== 'queued' && address !== '';
}
