import { describe, expect, it } from 'vitest';
import type { Schema } from '$lib/api/types';
import { having, retold } from './attached';

const service = (id: string, form_ids: string[]) => ({ id, form_ids }) as Schema<'ServiceView'>;
const services = [service('cut', ['allergies']), service('shave', []), service('dye', ['allergies', 'patch'])];

describe('what hangs on services', () => {
  it('is found from the other side', () => {
    expect(having(services, 'form_ids', 'allergies').map(({ id }) => id)).toEqual(['cut', 'dye']);
  });
  it('is told to those alone that change', () => {
    const changes = retold(services, 'form_ids', 'allergies', ['shave', 'dye']);
    expect(changes.map(({ service, ids }) => [service.id, ids])).toEqual([
      ['cut', []],
      ['shave', ['allergies']],
    ]);
  });
  it('says nothing where nothing changed', () => {
    expect(retold(services, 'form_ids', 'patch', ['dye'])).toEqual([]);
  });
});
