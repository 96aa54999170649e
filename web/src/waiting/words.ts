// The words of those who wait: a page of theirs is there once they are.
import { i18n, type File } from '$lib/i18n/index.svelte';

i18n.know(import.meta.glob<File>('../../messages/waiting/*.json'));
await i18n.need(['visit', 'waiting']);
