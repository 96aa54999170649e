import { i18n, type File } from '$lib/i18n/index.svelte';
import Plans from './Plans.svelte';

const words = import.meta.glob<File>('../../messages/plans/*.json');

/** What members have, for shops that have any: with its words. */
export async function plansPage() {
  i18n.know(words);
  await i18n.need(['plans']);
  return Plans;
}
