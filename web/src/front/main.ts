import '../styles/base.css';
import { mount } from 'svelte';
import { i18n } from '$lib/i18n/index.svelte';
import { theme, useTheme } from '$lib/device';
import { router } from '$lib/router.svelte';
import Front from './Front.svelte';
import { isFront, page } from './routes';

useTheme(theme());
router.start(isFront);

const catalogues = import.meta.glob<{ default: Record<string, string> }>('../../messages/{ui,front}/*.json');

const words = i18n.start((language) =>
  Promise.all(
    ['ui', 'front'].map(async (part) => {
      const load = catalogues[`../../messages/${part}/${language}.json`];
      return load ? (await load()).default : {};
    }),
  ),
);
const [first] = await Promise.all([page(router.path), words]);

const root = document.getElementById('root');
if (root) mount(Front, { target: root, props: { first } });
