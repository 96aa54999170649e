import '../styles/base.css';
import { mount } from 'svelte';
import { i18n, type File } from '$lib/i18n/index.svelte';
import { theme, useTheme } from '$lib/device';
import { router } from '$lib/router.svelte';
import { closeByEscape } from '../widget/inside';
import Book from './Book.svelte';
import { pageOf, wordsOf } from './pages';
import { routeOf } from './routes';

useTheme(theme());
router.start((path) => routeOf(path) !== undefined);
closeByEscape();

const words = i18n.start(import.meta.glob<File>('../../messages/{ui,book,visit,regulars}/*.json'), wordsOf(location.pathname));
const [first] = await Promise.all([pageOf(location.pathname), words]);

const root = document.getElementById('root');
if (root) {
  // What the server wrote for whoever has no scripts gives way to the page itself.
  root.replaceChildren();
  mount(Book, { target: root, props: { first } });
}
