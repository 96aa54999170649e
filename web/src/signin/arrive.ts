import type { SignInView } from '$lib/api/types';
import { remember, returnPath } from '$lib/device';
import { forgetKept } from '$lib/kept';
import { router } from '$lib/router.svelte';
import { tab } from '$lib/store';

const TAB = 'openchair.tenant';

/** Which business this tab looks at is decided anew. */
export function forgetTab(tenant?: string | null): void {
  tab.set(TAB, tenant ?? null);
}

/** Opens the staff pages for somebody who has just signed in. */
export async function arrive(view: SignInView): Promise<void> {
  remember(true);
  forgetTab(view.me?.current_tenant);
  // What is kept here for when the network is away may be somebody else's.
  await forgetKept();
  location.assign(returnPath(router.query('next')));
}
