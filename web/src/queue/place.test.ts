import { expect, it } from 'vitest';
import { placeOf } from './place';

it.each([
  ['/lagoon/queue', { page: 'join', shop: 'lagoon' }],
  ['/lagoon/queue/', { page: 'join', shop: 'lagoon' }],
  ['/q/oc_qt_1', { page: 'ticket', token: 'oc_qt_1' }],
  ['/kiosk/oc_ki_1', { page: 'kiosk', token: 'oc_ki_1' }],
  ['/lagoon', undefined],
  ['/lagoon/tv', undefined],
  ['/q', undefined],
  ['/q/a/b', undefined],
])('what %s shows', (path, place) => {
  expect(placeOf(path)).toEqual(place);
});
