// What stands on a poster is read by customers: it is in their language, whichever the staff reads.
import type { Language } from '$lib/i18n/index.svelte';

type Words = Record<'poster.say.book' | 'poster.say.book.how' | 'poster.say.line' | 'poster.say.line.how', string>;

const files = import.meta.glob<{ default: Words }>('../../../messages/welcome/*.json');

export async function wordsIn(language: Language): Promise<Words> {
  const found = files[`../../../messages/welcome/${language}.json`];
  if (!found) throw new Error(`there are no words in ${language}`);
  return (await found()).default;
}
