import { i18n, type File } from '$lib/i18n/index.svelte';
import Again from './Again.svelte';

const words = import.meta.glob<File>('../../messages/repeat/*.json');

/** How a visit is made the first of several, for those who want that: with its words. */
export async function againPage() {
  i18n.know(words);
  await i18n.need(['repeat']);
  return { default: Again };
}
