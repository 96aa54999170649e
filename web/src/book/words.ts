import type { File, Files } from '$lib/i18n/index.svelte';

type Both = Record<'book' | 'ui', File['default']>;

/** The words of this shell. What each of its pages needs is one file per language. */
export function words(): Files {
  const files: Files = import.meta.glob<File>('../../messages/{visit,regulars}/*.json');
  for (const [path, load] of Object.entries(import.meta.glob<Both>('./words/*.ts'))) {
    const file = path.replace(/.*\/(\w+)\.ts$/, '$1.json');
    for (const part of ['book', 'ui'] as const) {
      files[`/messages/${part}/${file}`] = async () => ({ default: (await load())[part] });
    }
  }
  return files;
}
