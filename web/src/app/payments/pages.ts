import { card } from '$lib/ui/icons';
import type { Page } from '../pages';

const words = ['payments'] as const;
const under = '/app/payments';

export const pages: readonly Page[] = [
  {
    path: under,
    load: () => import('./Payments.svelte'),
    needs: ['payment:read'],
    words,
    nav: { text: 'nav.payments', icon: card, group: 'desk', order: 60 },
  },
  { path: '/app/payments/till', load: () => import('./Till.svelte'), needs: ['payment:read'], words, under },
  { path: '/app/payments/payouts', load: () => import('./Payouts.svelte'), needs: ['payment:read'], words, under },
  { path: '/app/payments/troubles', load: () => import('./Troubles.svelte'), needs: ['payment:read'], words, under },
  // Whoever takes cards leads back here.
  { path: '/app/payments/account', load: () => import('./Account.svelte'), needs: ['payment:connect'], words, under },
];
