import { describe, expect, it } from 'vitest';
import { RULES, ruled, values, type Policy } from './rules';

const rule = (name: string) => RULES.find((each) => each.rule === name) as (typeof RULES)[number];

describe('rules of a service', () => {
  it('are chosen and given back to the shop', () => {
    const policy: Policy = { notice_minutes: 60 };
    expect(ruled(policy, 'needs_approval', 'true')).toEqual({ notice_minutes: 60, needs_approval: true });
    expect(ruled(policy, 'notice_minutes', '0')).toEqual({ notice_minutes: 0 });
    expect(ruled(policy, 'notice_minutes', '')).toEqual({});
    expect(ruled(policy, 'alignment', '"packed"')).toEqual({ notice_minutes: 60, alignment: 'packed' });
  });
  it('can stay at a figure that isn’t among the usual ones', () => {
    expect(values(rule('notice_minutes'), { notice_minutes: 50 }).slice(0, 4)).toEqual([0, 30, 50, 60]);
    expect(values(rule('notice_minutes'), { notice_minutes: 60 })).toEqual([...rule('notice_minutes').usual]);
    expect(values(rule('verify_contact'), {})).toEqual([true, false]);
    expect(values(rule('risk_from'), { risk_from: 35 }).slice(0, 6)).toEqual([0, 10, 20, 30, 35, 40]);
    expect(values(rule('risk_asks'), {})).toEqual(['approval', 'deposit']);
  });
});
