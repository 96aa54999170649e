import '../styles/base.css';
import { mount } from 'svelte';
import { api } from '$lib/api/client';
import { theme, useTheme } from '$lib/device';
import { i18n, type File } from '$lib/i18n/index.svelte';
import { router } from '$lib/router.svelte';
import { desk } from './desk.svelte';
import { newer } from './newer.svelte';
import { install } from './install.svelte';
import { pageAt } from './pages';
import { patience } from './patience';
import App from './App.svelte';

useTheme(theme());
api.use(patience);
router.start((path) => path === '/app' || path.startsWith('/app/'));

const catalogues = import.meta.glob<File>(
  '../../messages/{ui,app,day,line,look,customers,menu,palette,payments,people,places,plan,platform,rules,series,messaging,sold,waitlist,webhooks,welcome}/*.json',
);
const words = i18n.start(catalogues, ['ui', 'app']);
// On its way while the server says who asks for it; whether they may see it is decided then.
void pageAt(router.path)?.page.load().catch(() => undefined);
newer.watch();
const root = document.getElementById('root');
try {
  await Promise.all([desk.open(), words]);
  if (root) mount(App, { target: root });
  // The first moments belong to the day that somebody wants to see, not to what is kept for later.
  setTimeout(install, 4000);
} catch {
  // The words are of a build that is gone, or the network is: there are no others to say it in.
  const again = Object.assign(document.createElement('a'), { href: '', textContent: 'Load it again' });
  root?.replaceChildren('Openchair could not be loaded. ', again);
}
