import { router } from '$lib/router.svelte';

/** Whether the page stands in a dialog on somebody's site, which says itself whose page it is. */
export const embedded = (): boolean => !['preview', null].includes(router.query('embed'));

/** Whether the staff look at it beside a form in which they change it. */
export const previewed = (): boolean => router.query('embed') === 'preview' && parent !== window;
