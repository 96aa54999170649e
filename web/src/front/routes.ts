import type { Component } from 'svelte';

type Load = () => Promise<{ default: Component<Record<string, never>> }>;

// Each page is a file of its own: whoever signs in does not load the landing page.
const PAGES: Record<string, Load> = {
  '/': () => import('./Landing.svelte'),
  '/sign-up': () => import('../signup/SignUp.svelte'),
  '/sign-in': () => import('../signin/SignIn.svelte'),
  '/sign-in/link': () => import('../signin/Link.svelte'),
  '/forgot-password': () => import('../signin/Forgot.svelte'),
  '/reset-password': () => import('../signin/Reset.svelte'),
  '/verify-email': () => import('../signin/Verify.svelte'),
  '/join': () => import('../signin/Join.svelte'),
};

/** Whether this shell shows the path. */
export function isFront(path: string): boolean {
  return path in PAGES;
}

export async function page(path: string): Promise<Component<Record<string, never>>> {
  const load = PAGES[path] ?? (PAGES['/'] as Load);
  return (await load()).default;
}
