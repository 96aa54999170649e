import '../styles/base.css';
import { mount } from 'svelte';
import { i18n, type File } from '$lib/i18n/index.svelte';
import { theme, useTheme } from '$lib/device';
import { router } from '$lib/router.svelte';
import Queue from './Queue.svelte';
import { placeOf } from './place';

useTheme(theme());
router.start((path) => placeOf(path) !== undefined);

await i18n.start(import.meta.glob<File>('../../messages/{ui,queue}/*.json'), ['ui', 'queue']);

const root = document.getElementById('root');
if (root) {
  // What the server wrote for whoever has no scripts gives way to the page itself.
  root.replaceChildren();
  mount(Queue, { target: root });
}
