import { gift } from '$lib/ui/icons';
import type { Page } from '../pages';

const words = ['sold', 'payments'] as const;
const under = '/app/sold';
const needs = ['payment:read'];
const sells = ['payment:take'];

// What stands for any of them comes last: the first path that fits is taken.
export const pages: readonly Page[] = [
  {
    path: under,
    load: () => import('./Vouchers.svelte'),
    needs,
    words,
    nav: { text: 'nav.sold', icon: gift, group: 'desk', order: 70 },
  },
  { path: '/app/sold/vouchers/new', load: () => import('./SellVoucher.svelte'), needs: sells, words, under },
  { path: '/app/sold/offer', load: () => import('./Offer.svelte'), needs: ['service:read'], words: ['sold', 'menu'], under },
  { path: '/app/sold/vouchers/:id', load: () => import('./Voucher.svelte'), needs, words, under },
  { path: '/app/sold/passes', load: () => import('./Passes.svelte'), needs, words, under },
  { path: '/app/sold/passes/new', load: () => import('./SellPass.svelte'), needs: sells, words, under },
  { path: '/app/sold/passes/:id', load: () => import('./Pass.svelte'), needs, words, under },
  { path: '/app/sold/memberships', load: () => import('./Memberships.svelte'), needs, words, under },
  { path: '/app/sold/memberships/new', load: () => import('./SellMembership.svelte'), needs: sells, words, under },
];
