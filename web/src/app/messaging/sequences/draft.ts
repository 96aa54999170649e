import type { Schema } from '$lib/api/types';
import type { Way } from '../kinds';
import { UNITS } from '../spans';

type Sequence = Schema<'SequenceView'>;
export type Trigger = Schema<'SequenceTrigger'>;

export const TRIGGERS: readonly Trigger[] = ['visit_completed', 'first_visit_completed', 'no_show', 'customer_created', 'not_seen'];
export const FIELDS = ['name', 'business', 'title', 'date', 'time', 'place', 'link'] as const;
export const MOST_STEPS = 10;

export interface StepDraft {
  /** Tells steps apart while they are moved about. */
  key: number;
  wait: number;
  /** Empty: the customer's own way. */
  way: Way | '';
  words: { locale: string; subject: string; body: string }[];
}

export interface Draft {
  name: string;
  trigger: Trigger;
  days: number;
  services: string[];
  rest: number;
  steps: StepDraft[];
}

let keys = 0;

/** A step in the shop's language, which every step is at least said in. */
export function newStep(locale: string, first: boolean): StepDraft {
  const words = [{ locale, subject: '', body: '' }];
  return { key: (keys += 1), wait: first ? 2 * UNITS.hours : 3 * UNITS.days, way: '', words };
}

export function newDraft(locale: string): Draft {
  return { name: '', trigger: 'first_visit_completed', days: 60, services: [], rest: 180, steps: [newStep(locale, true)] };
}

export function draftOf(sequence: Sequence): Draft {
  return {
    name: sequence.name,
    trigger: sequence.trigger,
    days: sequence.days ?? 60,
    services: [...sequence.service_ids],
    rest: sequence.rest_days,
    steps: sequence.steps.map((step) => ({
      key: (keys += 1),
      wait: step.wait_minutes,
      way: step.channel ?? '',
      words: step.words.map(({ locale, subject, body }) => ({ locale, subject: subject ?? '', body })),
    })),
  };
}

/** Whether it is a visit that takes them in, which may be of certain services. */
export const isVisit = (trigger: Trigger): boolean => trigger !== 'customer_created';

/** Mails have a subject; texts and notes have none. */
export const isSubjected = (way: Way | ''): boolean => way === '' || way === 'email';

/** What is sent of a draft: only what is asked for with what takes customers in. */
export function bodyOf(draft: Draft): Omit<Schema<'NewSequenceInput'>, 'on'> {
  return {
    name: draft.name.trim(),
    trigger: draft.trigger,
    days: draft.trigger === 'not_seen' ? draft.days : null,
    service_ids: isVisit(draft.trigger) ? draft.services : [],
    rest_days: draft.rest,
    steps: draft.steps.map(({ wait, way, words }) => ({
      wait_minutes: wait,
      channel: way || null,
      words: words.map(({ locale, subject, body }) => ({
        locale,
        body,
        ...(isSubjected(way) && { subject }),
      })),
    })),
  };
}
