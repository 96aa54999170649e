import type { Schema } from '$lib/api/types';

type Ticket = Schema<'OwnEntryView'>;

/** What a ticket's page is about just now. `next`: nobody is ahead. */
export type Scene = 'waiting' | 'next' | 'called' | 'serving' | 'done' | 'left' | 'no_show' | 'converted' | 'expired';

export function sceneOf({ state, position }: Pick<Ticket, 'state' | 'position'>): Scene {
  return state === 'waiting' && position === 1 ? 'next' : state;
}

/** How many are ahead, if that can be said. */
export function ahead({ position }: Pick<Ticket, 'position'>): number | undefined {
  return typeof position === 'number' ? Math.max(0, position - 1) : undefined;
}

/** Whether something may still happen to it by itself. */
export const isOpen = (scene: Scene): boolean => ['waiting', 'next', 'called', 'serving'].includes(scene);

/** What its holder can do. */
export function offers(scene: Scene, { here, passes_left }: Pick<Ticket, 'here' | 'passes_left'>) {
  const inLine = scene === 'waiting' || scene === 'next' || scene === 'called';
  return { here: inLine && !here, moreTime: inLine && passes_left > 0, leave: inLine };
}

/** What was heard first may be told last: an older version never replaces a newer one. */
export function newer(known: Ticket | undefined, heard: Ticket): Ticket {
  return known && known.version > heard.version ? known : heard;
}
