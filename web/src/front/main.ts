import '../styles/base.css';
import { mount } from 'svelte';
import { i18n, type File } from '$lib/i18n/index.svelte';
import { theme, useTheme } from '$lib/device';
import { router } from '$lib/router.svelte';
import Front from './Front.svelte';
import { isFront, page } from './routes';

useTheme(theme());
router.start(isFront);

const catalogues = import.meta.glob<File>('../../messages/{ui,front}/*.json');
const words = i18n.start(catalogues, ['ui', 'front']);
const [first] = await Promise.all([page(router.path), words]);

const root = document.getElementById('root');
if (root) mount(Front, { target: root, props: { first } });
