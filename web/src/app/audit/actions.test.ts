import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ACTIONS } from './actions';

const domain = new URL('../../../../domain/src/', import.meta.url);

function sources(): string {
  return readdirSync(domain, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.rs'))
    .map((name) => readFileSync(new URL(name, domain), 'utf8'))
    .join('\n');
}

// The functions that write a line of the log, as far as they are given the action itself.
const WRITES = /\b(?:NewEntry::new|line_about|turn|refuse|audit_in)\([^"();]*"([a-z_]+\.[a-z_]+)"/g;
// What lies on a shelf has all of these.
const SHELVES = /\bevents!\("([a-z_]+)"\)/g;

it('knows every action that the domain writes down', () => {
  const text = sources();
  const written = [...text.matchAll(WRITES)].map((match) => match[1] ?? '');
  const shelved = [...text.matchAll(SHELVES)].flatMap(([, noun]) =>
    ['archived', 'created', 'deleted', 'restored', 'updated'].map((deed) => `${noun}.${deed}`),
  );
  expect(written.length).toBeGreaterThan(50);
  expect(shelved.length).toBeGreaterThan(20);
  const known: readonly string[] = ACTIONS;
  expect([...new Set([...written, ...shelved])].filter((action) => !known.includes(action)).sort()).toEqual([]);
});

it('is in order, and says nothing twice', () => {
  expect([...ACTIONS]).toEqual([...new Set(ACTIONS)].sort());
});
