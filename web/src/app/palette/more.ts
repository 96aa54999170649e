// Pages that have no place in the menu, by the names that people look for.
import type { MessageKey } from '$lib/i18n/index.svelte';

interface Way {
  /** The page, as `pages.ts` names it. */
  page: string;
  text: MessageKey;
  /** Where it leads, if that isn't the page's own path. */
  to?: string;
  /** What is needed besides the right to see the page. */
  needs?: string;
}

export const MORE: readonly Way[] = [
  { page: '/app/month', text: 'palette.to.month' },
  { page: '/app/customers/duplicates', text: 'palette.to.duplicates' },
  { page: '/app/customers/imports', text: 'palette.to.import' },
  { page: '/app/customers', text: 'palette.to.export', to: '/app/customers?export', needs: 'customer:export' },
  { page: '/app/queue/keeping', text: 'palette.to.queue_settings' },
  { page: '/app/queue/accuracy', text: 'palette.to.accuracy' },
  { page: '/app/addons', text: 'palette.to.addons' },
  { page: '/app/packages', text: 'palette.to.packages' },
  { page: '/app/memberships', text: 'palette.to.memberships' },
  { page: '/app/forms', text: 'palette.to.forms' },
  { page: '/app/messages/words', text: 'palette.to.templates' },
  { page: '/app/sequences', text: 'palette.to.sequences' },
  { page: '/app/sequences/new', text: 'palette.to.new_sequence' },
  { page: '/app/messages/replies', text: 'palette.to.replies' },
  { page: '/app/messages/opt-outs', text: 'palette.to.optouts' },
  { page: '/app/messages/settings', text: 'palette.to.message_settings' },
  { page: '/app/payments/till', text: 'palette.to.till' },
  { page: '/app/payments/payouts', text: 'palette.to.payouts' },
  { page: '/app/payments/troubles', text: 'palette.to.troubles' },
  { page: '/app/payments/account', text: 'palette.to.payment_account' },
  { page: '/app/pass-kinds', text: 'palette.to.pass_kinds' },
  { page: '/app/sold/vouchers/new', text: 'palette.to.sell_voucher' },
  { page: '/app/sold/offer', text: 'palette.to.voucher_offer' },
  { page: '/app/sold/passes/new', text: 'palette.to.sell_pass' },
  { page: '/app/sold/memberships/new', text: 'palette.to.sell_membership' },
  { page: '/app/sold/passes', text: 'palette.to.passes' },
  { page: '/app/sold/memberships', text: 'palette.to.sold_memberships' },
  { page: '/app/webhooks/deliveries', text: 'palette.to.deliveries' },
  { page: '/app/welcome', text: 'palette.to.tour' },
];
