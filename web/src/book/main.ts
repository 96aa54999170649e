import '../styles/base.css';
import { mount } from 'svelte';
import { i18n, type File } from '$lib/i18n/index.svelte';
import { theme, useTheme } from '$lib/device';
import Book from './Book.svelte';

useTheme(theme());

await i18n.start(import.meta.glob<File>('../../messages/{ui,book}/*.json'), ['ui', 'book']);

const root = document.getElementById('root');
if (root) {
  // What the server wrote for whoever has no scripts gives way to the page itself.
  root.replaceChildren();
  mount(Book, { target: root });
}
