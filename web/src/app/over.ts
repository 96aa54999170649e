import { api, ask } from '$lib/api/client';
import { newer } from './newer.svelte';

/** The live connection was ended for good. */
export function over(): void {
  // Whoever was signed out finds out by asking anything.
  void ask(api.GET('/v1/me')).catch(() => undefined);
  // Or the server speaks of what only a newer page understands.
  void newer.look();
}
