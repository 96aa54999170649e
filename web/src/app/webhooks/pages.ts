import { link } from '$lib/ui/icons';
import type { Page } from '../pages';

const words = ['webhooks'] as const;
const needs = ['webhook:read'];
const under = '/app/webhooks';

export const pages: readonly Page[] = [
  {
    path: under,
    load: () => import('./Webhooks.svelte'),
    needs,
    words,
    nav: { text: 'nav.webhooks', icon: link, group: 'reach', order: 30 },
  },
  { path: '/app/webhooks/deliveries', load: () => import('./Deliveries.svelte'), needs, words, under },
  { path: '/app/webhooks/deliveries/:id', load: () => import('./Delivery.svelte'), needs, words, under },
  { path: '/app/webhooks/:id', load: () => import('./Endpoint.svelte'), needs, words, under },
];
