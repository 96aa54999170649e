import { api, ask } from '$lib/api/client';
import type { Entry } from './line';

/** What can be done to somebody in a line, and what is said with it. */
export type Steps = {
  call: { staff?: string };
  start: { staff?: string };
  finish: object;
  return: object;
  'no-show': object;
  leave: { reason?: string };
  move: { before: string } | { after: string };
  edit: { services?: string[]; party?: number; staff?: string | null };
  'step-back': object;
};
export type Step = keyof Steps;

/** Does it, to somebody as they were seen. */
export function send(entry: Entry, step: Step, more: object): Promise<Entry> {
  const params = { path: { id: entry.id } };
  const body = { version: entry.version, ...more } as never;
  switch (step) {
    case 'call':
      return ask(api.POST('/v1/queue/entries/{id}/call', { params, body }));
    case 'start':
      return ask(api.POST('/v1/queue/entries/{id}/start', { params, body }));
    case 'finish':
      return ask(api.POST('/v1/queue/entries/{id}/finish', { params, body }));
    case 'return':
      return ask(api.POST('/v1/queue/entries/{id}/return', { params, body }));
    case 'no-show':
      return ask(api.POST('/v1/queue/entries/{id}/no-show', { params, body }));
    case 'leave':
      return ask(api.POST('/v1/queue/entries/{id}/leave', { params, body }));
    case 'move':
      return ask(api.POST('/v1/queue/entries/{id}/move', { params, body }));
    case 'edit':
      return ask(api.POST('/v1/queue/entries/{id}/edit', { params, body }));
    case 'step-back':
      return ask(api.POST('/v1/queue/entries/{id}/step-back', { params, body }));
  }
}
