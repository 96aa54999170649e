/** Zones to choose from, with the one that is chosen already. */
export function zones(own: string): { value: string; text: string }[] {
  const known = Intl.supportedValuesOf('timeZone');
  return [...new Set([own, ...known])].map((zone) => ({ value: zone, text: zone.replaceAll('_', ' ') }));
}
