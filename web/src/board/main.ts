import '../styles/base.css';
import { mount } from 'svelte';
import { i18n, type File } from '$lib/i18n/index.svelte';
import { device } from '$lib/store';
import Board from './Board.svelte';

// A screen on a wall is dark, unless somebody wanted it light on this device or in its address.
const wish = new URLSearchParams(location.search).get('theme') ?? device.get('openchair.theme');
document.documentElement.dataset['theme'] = wish === 'light' ? 'light' : 'dark';

await i18n.start(import.meta.glob<File>('../../messages/{ui,queue}/*.json'), ['ui', 'queue']);

const root = document.getElementById('root');
if (root) {
  // What the server wrote for whoever has no scripts gives way to the page itself.
  root.replaceChildren();
  mount(Board, { target: root });
}
