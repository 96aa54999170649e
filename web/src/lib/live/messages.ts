// What travels over /v1/live: docs/live.md tells the story, the document has the types.
import type { components } from '$lib/api/schema';

type Named = components['schemas'];

export type LiveMessage = Named['LiveMessage'];
export type LiveItem = Named['LiveItem'];
export type LiveError = Named['LiveError'];
export type LiveBye = Named['LiveBye'];

/** What can be watched. */
export type Wish =
  | { sub: 'schedule'; location: string; date: string }
  | { sub: 'queue'; location: string }
  | { sub: 'board'; location?: string }
  | { sub: 'ticket' };

/** Who looks on: nothing, where the session's cookie says it. */
export type Greeting = { auth: string; tenant?: string } | { shop: string };

/** The version that this client speaks. */
export const VERSION = 1;

/** What the server calls a topic; of a screen without a location, only how that begins. */
export function nameOf(wish: Wish): string {
  switch (wish.sub) {
    case 'schedule':
      return `schedule:${wish.location}:${wish.date}`;
    case 'queue':
      return `queue:${wish.location}`;
    case 'board':
      return `board:${wish.location ?? ''}`;
    case 'ticket':
      return 'ticket';
  }
}
