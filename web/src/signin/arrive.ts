import type { SignInView } from '$lib/api/types';
import { remember, returnPath } from '$lib/device';
import { forgetKept } from '$lib/kept';
import { router } from '$lib/router.svelte';
import { device, tab } from '$lib/store';

const TAB = 'openchair.tenant';
const NEW = 'openchair.new';

/** Which business this tab looks at is decided anew. */
export function forgetTab(tenant?: string | null): void {
  tab.set(TAB, tenant ?? null);
}

/** Who signs up here with a link by mail is led through their shop when they come back with it. */
export function welcomeLater(): void {
  device.set(NEW, '1');
}

/** Opens the staff pages for somebody who has just signed in. */
export async function arrive(view: SignInView): Promise<void> {
  remember(true);
  forgetTab(view.me?.current_tenant);
  // What is kept here for when the network is away may be somebody else's.
  await forgetKept();
  const next = router.query('next');
  const first = next === null && device.get(NEW) !== null;
  device.set(NEW, null);
  location.assign(first ? '/app/welcome' : returnPath(next));
}
