// What this device was to be told of visits by: only whoever wants to be forgotten needs it here.
import { device } from '$lib/store';
import { forget } from '../visit/push/browser';
import { read } from '../visit/push/known';

const KEPT = 'openchair.notes';

/** No shop's notes come to this device any more: with the last of them, the way they came by goes. */
export async function forgetNotes(): Promise<void> {
  for (const shop of Object.keys(read(device.get(KEPT)))) await forget(shop);
}
