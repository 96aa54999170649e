import type { Line, Visit } from './visits';

/** The visit's services as times are asked for: `svc:add@stf@stf,…`, with who shall do them if that is said. */
export function askedFor(visit: Pick<Visit, 'lines' | 'package' | 'party'>, keepHands: boolean): {
  services?: string;
  package?: string;
  party: number;
} {
  if (visit.package) return { package: visit.package, party: visit.party };
  const steps = new Map<string, Line[]>();
  for (const line of [...visit.lines].sort((a, b) => a.position - b.position)) {
    const key = `${line.step} ${line.service}`;
    steps.set(key, [...(steps.get(key) ?? []), line]);
  }
  const services = [...steps.values()].map((lines) => {
    const first = lines.find(({ customer }) => customer === 1) ?? lines[0];
    const second = lines.find(({ customer }) => customer === 2);
    const what = [first?.service, ...(first?.addons.map(({ id }) => id) ?? [])].join(':');
    if (!keepHands) return what;
    const hands = [first?.staff ?? '', ...(second ? [second.staff ?? ''] : [])];
    return [what, ...hands].join('@').replace(/@+$/, '');
  });
  return { services: services.join(','), party: visit.party };
}
