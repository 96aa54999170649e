import { tag } from '$lib/ui/icons';
import type { Page } from '../pages';

const needs = ['service:read'];
const words = ['menu'] as const;
const under = '/app/services';

export const pages: readonly Page[] = [
  {
    path: '/app/services',
    load: () => import('./services/Services.svelte'),
    needs,
    words,
    nav: { text: 'nav.services', icon: tag, group: 'shop', order: 10 },
  },
  { path: '/app/services/:id', load: () => import('./services/Service.svelte'), needs, words, under },
  { path: '/app/addons', load: () => import('./addons/Addons.svelte'), needs, words, under },
  { path: '/app/packages', load: () => import('./packages/Packages.svelte'), needs, words, under },
  { path: '/app/packages/:id', load: () => import('./packages/Package.svelte'), needs, words, under },
  { path: '/app/memberships', load: () => import('./plans/Plans.svelte'), needs, words, under },
  { path: '/app/memberships/:id', load: () => import('./plans/Plan.svelte'), needs, words, under },
  { path: '/app/pass-kinds', load: () => import('./passes/Kinds.svelte'), needs, words, under },
  { path: '/app/pass-kinds/:id', load: () => import('./passes/Kind.svelte'), needs, words, under },
  { path: '/app/forms', load: () => import('./forms/Forms.svelte'), needs, words, under },
  { path: '/app/forms/:id', load: () => import('./forms/Form.svelte'), needs, words, under },
];
