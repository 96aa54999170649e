import type { Component } from 'svelte';
import type { MessageKey } from '$lib/i18n/index.svelte';
import { calendar, key, people, scroll, shield, sliders } from '$lib/ui/icons';

type Load = () => Promise<{ default: Component<Record<string, never>> }>;

export interface Page {
  path: string;
  load: Load;
  /** One of these is needed to see the page; none means that everybody may. */
  needs: readonly string[];
  nav?: { text: MessageKey; icon: string };
}

export const PAGES: readonly Page[] = [
  {
    path: '/app',
    load: () => import('./today/Today.svelte'),
    needs: [],
    nav: { text: 'nav.today', icon: calendar },
  },
  {
    path: '/app/team',
    load: () => import('./team/Team.svelte'),
    needs: ['team:read'],
    nav: { text: 'nav.team', icon: people },
  },
  {
    path: '/app/roles',
    load: () => import('./roles/Roles.svelte'),
    needs: ['role:read'],
    nav: { text: 'nav.roles', icon: shield },
  },
  {
    path: '/app/keys',
    load: () => import('./keys/Keys.svelte'),
    needs: ['api_key:read'],
    nav: { text: 'nav.keys', icon: key },
  },
  {
    path: '/app/audit',
    load: () => import('./audit/Audit.svelte'),
    needs: ['audit:read'],
    nav: { text: 'nav.audit', icon: scroll },
  },
  {
    path: '/app/settings',
    load: () => import('./settings/Settings.svelte'),
    needs: ['tenant:update', 'tenant:secure', 'support:read'],
    nav: { text: 'nav.settings', icon: sliders },
  },
  { path: '/app/security', load: () => import('./security/Security.svelte'), needs: [] },
];

export function pageAt(path: string): Page | undefined {
  const clean = path.replace(/\/+$/, '') || '/app';
  return PAGES.find((page) => page.path === clean || (clean === '/app/today' && page.path === '/app'));
}
