import { expect, it } from 'vitest';
import { changed, changeOf, clashes, onTopOf, type Typed } from './record';

const seen: Typed = { name: 'Ana', email: 'ana@x.org', phone: '', locale: 'es', channel: '', note: '', tags: 'regular, VIP' };
const with_ = (change: Partial<Typed>): Typed => ({ ...seen, ...change });

it.each([
  [{}, []],
  [{ name: ' Ana ' }, []],
  [{ tags: 'Regular; vip' }, []],
  [{ tags: 'VIP, regular' }, ['tags']],
  [{ email: '', phone: '+1' }, ['email', 'phone']],
] as const)('typed %o over what was seen changes %o', (change, fields) => {
  expect(changed(with_(change), seen)).toEqual(fields);
});

it('sends what changed alone; an empty way is none', () => {
  const typed = with_({ email: ' ', channel: '', tags: 'a, b' });
  expect(changeOf(typed, ['email', 'channel', 'tags'])).toEqual({ email: '', channel: null, tags: ['a', 'b'] });
});

it.each([
  ['another field', { phone: '+1' }, { email: 'new@x.org' }, []],
  ['the same to the same', { phone: '+1' }, { phone: '+1' }, []],
  ['the same to another', { phone: '+1', note: 'x' }, { phone: '+2' }, ['phone']],
  ['nothing of mine', {}, { phone: '+2' }, []],
] as const)('two people change %s', (_, mine, theirs, fields) => {
  expect(clashes(with_(mine), seen, with_(theirs))).toEqual(fields);
});

it('keeps both changes where they do not meet', () => {
  expect(onTopOf(with_({ phone: '+2', name: 'Anna' }), with_({ note: 'window seat' }), seen)).toEqual(
    with_({ phone: '+2', name: 'Anna', note: 'window seat' }),
  );
});
