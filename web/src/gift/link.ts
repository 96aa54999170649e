import { i18n, type File } from '$lib/i18n/index.svelte';
import GiveLink from './GiveLink.svelte';

const words = import.meta.glob<File>('../../messages/gift/*.json');

/** The way to the vouchers, for shops that sell them: with its words. */
export async function giveLink() {
  i18n.know(words);
  await i18n.need(['gift']);
  return GiveLink;
}
