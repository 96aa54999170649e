import '../styles/base.css';
import { mount } from 'svelte';
import { theme, useTheme } from '$lib/device';
import { i18n } from '$lib/i18n/index.svelte';
import { router } from '$lib/router.svelte';
import { desk } from './desk.svelte';
import App from './App.svelte';

useTheme(theme());
router.start((path) => path === '/app' || path.startsWith('/app/'));

const catalogues = import.meta.glob<{ default: Record<string, string> }>('../../messages/{ui,app}/*.json');

const words = i18n.start((language) =>
  Promise.all(
    ['ui', 'app'].map(async (part) => {
      const load = catalogues[`../../messages/${part}/${language}.json`];
      return load ? (await load()).default : {};
    }),
  ),
);
await Promise.all([desk.open(), words]);

const root = document.getElementById('root');
if (root) mount(App, { target: root });
