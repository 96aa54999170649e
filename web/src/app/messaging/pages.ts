import { mail } from '$lib/ui/icons';
import type { Page } from '../pages';

const words = ['messaging'] as const;
const under = '/app/messages';
const needs = ['message:read'];
const inside = (path: string, load: Page['load'], may = needs): Page => ({ path, load, needs: may, words, under });

export const pages: readonly Page[] = [
  {
    path: under,
    load: () => import('./Log.svelte'),
    needs,
    words,
    nav: { text: 'nav.messages', icon: mail, group: 'reach', order: 10 },
  },
  inside('/app/messages/words', () => import('./Words.svelte')),
  inside('/app/messages/words/:kind/:way/:locale', () => import('./Template.svelte')),
  inside('/app/messages/settings', () => import('./Settings.svelte')),
  inside('/app/messages/opt-outs', () => import('./OptOuts.svelte')),
  inside('/app/messages/replies', () => import('./Replies.svelte')),
  inside('/app/messages/:id', () => import('./Message.svelte')),
  inside('/app/sequences', () => import('./sequences/Sequences.svelte')),
  inside('/app/sequences/new', () => import('./sequences/NewSequence.svelte'), ['template:update']),
  inside('/app/sequences/:id', () => import('./sequences/Sequence.svelte')),
  inside('/app/sequences/:id/edit', () => import('./sequences/EditSequence.svelte'), ['template:update']),
];
