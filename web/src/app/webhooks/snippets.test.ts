import { readFileSync } from 'node:fs';
import * as crypto from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SNIPPETS } from './snippets';

const guide = readFileSync(new URL('../../../../docs/guide/webhooks.md', import.meta.url), 'utf8');
/** What the guide shows behind a mark. */
const shown = (mark: string) => guide.split(`<!-- ${mark} -->`)[1]?.split('```')[1]?.replace(/^\w+\n/, '').trimEnd() ?? '';
const secret = shown('secret');
const [head = '', body = ''] = shown('signed').split('\n\n');
const headers = Object.fromEntries(
  head.split('\n').slice(1).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
);

// What is shown is what is run.
const code = SNIPPETS['Node.js'].replace(/^import .*\n/, '').replace('export function', 'return function');
const isGenuine = new Function('createHmac', 'timingSafeEqual', 'Buffer', code)(
  crypto.createHmac,
  crypto.timingSafeEqual,
  Buffer,
) as (secret: string, headers: Record<string, string>, body: string) => boolean;

describe('the snippet for Node.js', () => {
  afterEach(() => vi.useRealTimers());
  const at = (seconds: number) => vi.useFakeTimers({ now: (Number(headers['webhook-timestamp']) + seconds) * 1000 });

  it('takes the guide’s example', () => {
    at(10);
    expect(isGenuine(secret, headers, body)).toBe(true);
    const both = { ...headers, 'webhook-signature': `v1,AAAA ${headers['webhook-signature'] ?? ''}` };
    expect(isGenuine(secret, both, body)).toBe(true);
  });

  it('refuses what was changed, is old, or was signed by somebody else', () => {
    at(10);
    expect(isGenuine(secret, headers, `${body} `)).toBe(false);
    expect(isGenuine('whsec_AAAA', headers, body)).toBe(false);
    at(600);
    expect(isGenuine(secret, headers, body)).toBe(false);
  });
});
