import type { Schema } from '$lib/api/types';
import type { Tone } from '../tone';

type Endpoint = Schema<'WebhookEndpointView'>;

/** How an endpoint is, in one word that the catalogue has a sentence for. */
export type Health = 'off' | 'gone' | 'given_up' | 'resting' | 'asked_to_wait' | 'failing' | 'well' | 'untried';

export const HEALTH: Record<Health, { glyph: string; tone: Tone }> = {
  off: { glyph: '○', tone: 'off' },
  gone: { glyph: '!', tone: 'bad' },
  given_up: { glyph: '!', tone: 'bad' },
  resting: { glyph: '!', tone: 'bad' },
  asked_to_wait: { glyph: '◐', tone: 'wait' },
  failing: { glyph: '!', tone: 'bad' },
  well: { glyph: '✓', tone: 'good' },
  untried: { glyph: '●', tone: 'on' },
};

export function healthOf(
  endpoint: Pick<Endpoint, 'state' | 'disabled_for' | 'rests_until' | 'failing_since' | 'failures' | 'succeeded_at'>,
  now: number,
): Health {
  if (endpoint.state === 'disabled') return endpoint.disabled_for === 'gone' ? 'gone' : 'given_up';
  if (endpoint.state !== 'on') return 'off';
  const rests = endpoint.rests_until ? Date.parse(endpoint.rests_until) > now : false;
  // Who asked for time didn't fail.
  if (rests) return endpoint.failing_since ? 'resting' : 'asked_to_wait';
  if (endpoint.failing_since && endpoint.failures > 0) return 'failing';
  return endpoint.succeeded_at ? 'well' : 'untried';
}

export type State = Schema<'WebhookDeliveryState'>;
export const DELIVERY: Record<State, { glyph: string; tone: Tone }> = {
  waiting: { glyph: '○', tone: 'wait' },
  delivered: { glyph: '✓', tone: 'good' },
  failed: { glyph: '!', tone: 'bad' },
  cancelled: { glyph: '–', tone: 'off' },
};
export const STATES = Object.keys(DELIVERY) as State[];

/** What became of a test so far: it is over when it arrived or failed once, whether or not it is tried again. */
export function verdict(delivery: Pick<Schema<'WebhookDeliveryView'>, 'state' | 'attempts'>): 'waiting' | 'arrived' | 'failed' {
  if (delivery.state === 'delivered') return 'arrived';
  return delivery.state === 'failed' || delivery.state === 'cancelled' || delivery.attempts > 0 ? 'failed' : 'waiting';
}

/** JSON as one reads it; anything else as it is. */
export function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
