import { i18n, type File } from '$lib/i18n/index.svelte';
import Beside from './Beside.svelte';

const words = import.meta.glob<File>('../../messages/rest/*.json');

/** What is said of money where nothing is due, or besides: with its words. */
export async function besidePage() {
  i18n.know(words);
  await i18n.need(['rest']);
  return Beside;
}
