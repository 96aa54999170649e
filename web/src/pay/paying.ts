// How long one asks whether a payment came: often at first, since most are there at once, and less and less often.
import type { Schema } from '$lib/api/types';

export type State = Schema<'OwnPaymentView'>['state'];

/** Seconds before each further look. */
const PAUSES = [1, 2, 4, 7, 10, 15];
/** Whoever left the page for cards without paying isn't kept waiting for long. */
const WHILE_DUE = 2;

/** How many milliseconds after so many looks the next one comes; nothing once there is no use in another. Without a
 *  state the last look had no answer. */
export function pauseAfter(state: State | undefined, looks: number): number | undefined {
  if (isSettled(state)) return undefined;
  const pauses = state === 'due' ? PAUSES.slice(0, WHILE_DUE) : PAUSES;
  const pause = pauses[looks - 1];
  return pause && pause * 1000;
}

/** Whether there is nothing to wait for. */
export function isSettled(state: State | undefined): boolean {
  return state === 'paid' || state === 'nothing';
}
