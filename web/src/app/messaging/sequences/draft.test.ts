import { describe, expect, it } from 'vitest';
import { bodyOf, draftOf, newDraft, newStep } from './draft';

describe('what is sent of a sequence', () => {
  it('asks for days only where somebody wasn’t seen', () => {
    const draft = { ...newDraft('en'), name: ' Come back ' };
    expect(bodyOf(draft)).toMatchObject({ name: 'Come back', days: null });
    expect(bodyOf({ ...draft, trigger: 'not_seen', days: 45 })).toMatchObject({ days: 45 });
  });

  it('forgets services where no visit takes them in', () => {
    const draft = { ...newDraft('en'), services: ['svc_1'] };
    expect(bodyOf(draft).service_ids).toEqual(['svc_1']);
    expect(bodyOf({ ...draft, trigger: 'customer_created' }).service_ids).toEqual([]);
  });

  it('gives texts no subject', () => {
    const words = [{ locale: 'en', subject: 'Hello', body: 'Hi' }];
    const step = { ...newStep('en', true), words };
    const of = (way: '' | 'email' | 'sms') => bodyOf({ ...newDraft('en'), steps: [{ ...step, way }] }).steps[0];
    expect(of('')).toMatchObject({ channel: null, words });
    expect(of('email')).toMatchObject({ channel: 'email', words });
    expect(of('sms')).toEqual({ wait_minutes: 120, channel: 'sms', words: [{ locale: 'en', body: 'Hi' }] });
  });

  it('gives back what it took', () => {
    const body = bodyOf({ ...newDraft('de'), name: 'Willkommen' });
    const view = { ...body, id: 'seq_1', on: false, version: 1, created_at: '', updated_at: '', service_ids: [], rest_days: 180 };
    expect(bodyOf(draftOf(view))).toEqual(body);
  });
});
