import type { File, Files } from '$lib/i18n/index.svelte';

type Both = Record<string, File['default']>;

/** The words of this shell. What each of its pages needs is one file per language. */
export function words(): Files {
  const files: Files = import.meta.glob<File>('../../messages/{visit,regulars}/*.json');
  for (const [path, load] of Object.entries(import.meta.glob<Both>('./words/*.ts'))) {
    // ./words/en.ts
    for (const part of ['book', 'ui']) {
      files[`/messages/${part}${path.slice(7, -2)}json`] = async () => ({ default: (await load())[part] ?? {} });
    }
  }
  return files;
}
