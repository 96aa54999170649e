import { i18n, type File } from '$lib/i18n/index.svelte';

const words = import.meta.glob<File>('../../messages/pay/*.json');

/** What one pays with, for those who have to: with its words. */
export async function payPage() {
  i18n.know(words);
  const [{ default: Pay }] = await Promise.all([import('./Pay.svelte'), i18n.need(['pay'])]);
  return Pay;
}
