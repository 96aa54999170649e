// What follows from how a line stands: its order, what can be done to whom, and what the next press is.
import type { Schema } from '$lib/api/types';

export type Entry = Schema<'QueueEntryView'>;
export type State = Schema<'QueueState'>;
export type Settings = Schema<'QueueSettingsView'>;
export type Wait = Schema<'QueueWaitView'>;

/** What staff do to somebody in a line. */
export type Deed =
  | 'call'
  | 'start'
  | 'finish'
  | 'return'
  | 'no_show'
  | 'leave'
  | 'move'
  | 'edit'
  | 'convert'
  | 'ticket'
  | 'step_back';

export interface Sections {
  waiting: Entry[];
  called: Entry[];
  serving: Entry[];
  ended: Entry[];
}

const byRank = (a: Entry, b: Entry): number => a.rank - b.rank || (a.id < b.id ? -1 : 1);
const later = (a: string | null | undefined, b: string | null | undefined): number => (b ?? '').localeCompare(a ?? '');

/** Who stands where, each part in its own order. */
export function sectionsOf(entries: Iterable<Entry>): Sections {
  const sections: Sections = { waiting: [], called: [], serving: [], ended: [] };
  for (const entry of entries) {
    const { state } = entry;
    sections[state === 'waiting' || state === 'called' || state === 'serving' ? state : 'ended'].push(entry);
  }
  sections.waiting.sort(byRank);
  sections.called.sort((a, b) => (a.called_at ?? '').localeCompare(b.called_at ?? ''));
  sections.serving.sort((a, b) => (a.started_at ?? '').localeCompare(b.started_at ?? ''));
  sections.ended.sort((a, b) => later(a.ended_at ?? a.updated_at, b.ended_at ?? b.updated_at));
  return sections;
}

const CAN_BE: Record<State, readonly Deed[]> = {
  waiting: ['call', 'start', 'move', 'edit', 'ticket', 'convert', 'leave'],
  called: ['start', 'no_show', 'return', 'edit', 'ticket', 'convert', 'leave'],
  serving: ['finish', 'step_back'],
  done: ['step_back'],
  left: ['step_back'],
  no_show: ['step_back'],
  expired: ['step_back'],
  converted: [],
};
/** Who came for a visit has that changed. */
const NOT_FOR_VISITS = new Set<Deed>(['edit', 'ticket', 'convert', 'leave']);
const NEEDS: Record<Deed, string> = {
  call: 'queue:call',
  start: 'queue:call',
  finish: 'queue:call',
  return: 'queue:call',
  no_show: 'queue:call',
  leave: 'queue:call',
  step_back: 'queue:call',
  move: 'queue:manage',
  edit: 'queue:join',
  ticket: 'queue:join',
  convert: 'queue:convert',
};
/** For so long a press can be taken back. */
const TAKEN_BACK_WITHIN = 15 * 60_000;

/** Whose column it is: nobody's yet, one's own, or everybody's for who sees all visits. */
const mine = (entry: Entry, own: string | undefined, all: boolean): boolean =>
  all || !entry.staff || entry.staff === own;

export interface Who {
  can: (permission: string) => boolean;
  /** The one of the staff that the login belongs to. */
  own: string | undefined;
  now: number;
}

/** What can be done to somebody as they stand, by this person. */
export function deedsFor(entry: Entry, { can, own, now }: Who): Deed[] {
  const inTime = now - Date.parse(entry.updated_at) < TAKEN_BACK_WITHIN;
  return CAN_BE[entry.state].filter(
    (deed) =>
      can(NEEDS[deed]) &&
      (entry.source !== 'appointment' || !NOT_FOR_VISITS.has(deed)) &&
      (NEEDS[deed] !== 'queue:call' || mine(entry, own, can('booking:read'))) &&
      (deed !== 'step_back' || inTime),
  );
}

/** What the one big button does for one of the staff. */
export type Press =
  | { deed: 'finish' | 'start'; entry: Entry }
  | { deed: 'next'; first: Entry }
  | { deed: 'nothing' };

/** First what is under way is ended, then whoever was called begins, then the next is called. */
export function pressFor({ waiting, called, serving }: Sections, staff: string | undefined): Press {
  const of = (list: Entry[]) => list.find((entry) => staff !== undefined && entry.staff === staff);
  const [busy, come, first] = [of(serving), of(called), firstFor(waiting, staff)];
  if (busy) return { deed: 'finish', entry: busy };
  if (come) return { deed: 'start', entry: come };
  return first ? { deed: 'next', first } : { deed: 'nothing' };
}

/** The first who doesn't want somebody else; who of them can be served, the server knows. */
export function firstFor(waiting: readonly Entry[], staff: string | undefined): Entry | undefined {
  return waiting.find((entry) => !entry.staff_wanted || !staff || entry.staff_wanted === staff);
}

/** How a place in the line is told to the server: next to whom. Nothing: they stand there already. */
export function besides(order: readonly Entry[], id: string, to: number): { before: string } | { after: string } | undefined {
  const from = order.findIndex((entry) => entry.id === id);
  const others = order.filter((entry) => entry.id !== id);
  const at = Math.max(0, Math.min(to, others.length));
  if (from < 0 || others.length === 0 || at === from) return undefined;
  const [behind, first] = [others[at - 1], others[0]];
  return behind ? { after: behind.id } : first ? { before: first.id } : undefined;
}

/** A rank that puts somebody there until the server says which it is. */
export function rankAt(order: readonly Entry[], id: string, to: number): number {
  const others = order.filter((entry) => entry.id !== id);
  const [behind, before] = [others[to - 1], others[to]];
  if (behind && before) return (behind.rank + before.rank) / 2;
  return behind ? behind.rank + 1 : before ? before.rank - 1 : 0;
}

/** What is known of each wait, by entry. */
export function waitsById(waits: readonly Wait[]): Map<string, Wait> {
  return new Map(waits.map((wait) => [wait.id, wait]));
}
