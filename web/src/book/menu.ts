// The menu, by its categories.
import type { Package, Service } from './choice';

export type Group = { id: string; name: string; services: Service[]; packages: Package[] };

/** Categories in the order in which the menu comes to them. */
export function grouped(services: Service[], packages: Package[]): Group[] {
  const groups = new Map<string, Group>();
  const of = ({ category_id: id, category: name }: Service | Package): Group => {
    const group = groups.get(id) ?? { id, name, services: [], packages: [] };
    groups.set(id, group);
    return group;
  };
  for (const service of services) of(service).services.push(service);
  for (const own of packages) of(own).packages.push(own);
  return [...groups.values()];
}

/** Without case and accents, as people type who look for something. */
const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** What has every word somewhere: in its name, what it says of itself, or its category. */
export function sought(groups: Group[], words: string): Group[] {
  const wanted = plain(words).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return groups;
  const fits = (...texts: string[]) => {
    const text = plain(texts.join(' '));
    return wanted.every((word) => text.includes(word));
  };
  return groups
    .map((group) => ({
      ...group,
      services: group.services.filter(({ name, description }) => fits(name, description, group.name)),
      packages: group.packages.filter(({ name, description, items }) =>
        fits(name, description, group.name, ...items.map((item) => item.name)),
      ),
    }))
    .filter(({ services, packages }) => services.length + packages.length > 0);
}
