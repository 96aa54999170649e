import { gears, layers, pulse, storefront } from './icons';
import type { Page } from '../pages';

const words = ['platform'] as const;
const page = { needs: [], platform: true, words } as const;

export const pages: readonly Page[] = [
  {
    ...page,
    path: '/app/platform',
    load: () => import('./health/Health.svelte'),
    nav: { text: 'nav.health', icon: pulse, group: 'platform', order: 10 },
  },
  {
    ...page,
    path: '/app/platform/businesses',
    load: () => import('./businesses/Businesses.svelte'),
    nav: { text: 'nav.businesses', icon: storefront, group: 'platform', order: 20 },
  },
  {
    ...page,
    path: '/app/platform/plans',
    load: () => import('./plans/Plans.svelte'),
    nav: { text: 'nav.tiers', icon: layers, group: 'platform', order: 30 },
  },
  {
    ...page,
    path: '/app/platform/jobs',
    load: () => import('./jobs/Jobs.svelte'),
    nav: { text: 'nav.jobs', icon: gears, group: 'platform', order: 40 },
  },
];
