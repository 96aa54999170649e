import '../styles/base.css';
import { mount } from 'svelte';
import { i18n } from '$lib/i18n/index.svelte';
import { theme, useTheme } from '$lib/device';
import { router } from '$lib/router.svelte';
import { closeByEscape } from '../widget/inside';
import Book from './Book.svelte';
import { pageOf, wordsOf } from './pages';
import { routeOf } from './routes';
import { words } from './words';

useTheme(theme());
router.start((path) => routeOf(path) !== undefined);
closeByEscape();

const told = i18n.start(words(), wordsOf(location.pathname));
const [first] = await Promise.all([pageOf(location.pathname), told]);

const root = document.getElementById('root');
if (root) {
  // What the server wrote for whoever has no scripts gives way to the page itself.
  root.replaceChildren();
  mount(Book, { target: root, props: { first } });
}
