import '../styles/base.css';
import { mount } from 'svelte';
import { theme, useTheme } from '$lib/device';
import { i18n, type File } from '$lib/i18n/index.svelte';
import { router } from '$lib/router.svelte';
import { desk } from './desk.svelte';
import App from './App.svelte';

useTheme(theme());
router.start((path) => path === '/app' || path.startsWith('/app/'));

const catalogues = import.meta.glob<File>('../../messages/{ui,app,day,line,customers,menu,people,places,rules,messaging,webhooks}/*.json');
const words = i18n.start(catalogues, ['ui', 'app']);
await Promise.all([desk.open(), words]);

const root = document.getElementById('root');
if (root) mount(App, { target: root });
