import { describe, expect, it } from 'vitest';
import { menuOf, undone, type Category, type Service } from './menu';

const category = (id: string, archived = false) =>
  ({ id, name: id, version: 1, archived_at: archived ? '2026-01-01T00:00:00Z' : null }) as Category;
const service = (id: string, under: string, more: Partial<Service> = {}) =>
  ({ id, category: { id: under, name: under }, staff_per_customer: 1, ...more }) as Service;
const gone = { archived_at: '2026-01-01T00:00:00Z' };

describe('the menu', () => {
  const categories = [category('face'), category('body', true), category('old', true), category('empty')];
  const services = [
    service('facial', 'face'),
    service('peel', 'face', gone),
    service('massage', 'body'),
    service('wrap', 'old', gone),
  ];
  const menu = menuOf(categories, services, [
    { category_id: 'empty', archived_at: null },
    { category_id: 'empty', ...gone },
  ]);

  it('has every heading with what is under it', () => {
    expect(menu.groups.map(({ category, services, others }) => [category.id, services.length, others])).toEqual([
      ['face', 1, 0],
      ['body', 1, 0],
      ['empty', 0, 1],
    ]);
  });
  it('keeps apart what is off it', () => {
    expect(menu.archived.categories.map(({ id }) => id)).toEqual(['old']);
    expect(menu.archived.services.map(({ id }) => id)).toEqual(['peel', 'wrap']);
  });
  it('knows what nobody can do', () => {
    const staff = [
      { archived_at: null, skills: [{ service_id: 'facial' }] },
      { ...gone, skills: [{ service_id: 'massage' }] },
    ];
    const sauna = service('sauna', 'body', { staff_per_customer: 0 });
    expect([...undone([...services, sauna], staff)]).toEqual(['massage']);
  });
});
