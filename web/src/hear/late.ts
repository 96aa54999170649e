import { i18n, type File } from '$lib/i18n/index.svelte';
import Messages from './Messages.svelte';

const words = import.meta.glob<File>('../../messages/hear/*.json');

/** How one wants to be told of one's visits, for those who ask: with its words. */
export async function messagesPage() {
  i18n.know(words);
  await i18n.need(['hear']);
  return { default: Messages };
}
