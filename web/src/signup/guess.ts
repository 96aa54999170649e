// What the device gives away, to spare people questions. Every guess can be changed.

/** The country that the device's languages name, such as US for `en-US`. */
export function guessCountry(languages: readonly string[]): string {
  for (const tag of languages) {
    const region = parse(tag)?.region;
    if (region) return region;
  }
  return parse(languages[0] ?? 'en')?.maximize().region ?? 'US';
}

function parse(tag: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(tag);
  } catch {
    return undefined;
  }
}

/** The device's zone if the country has it, else what the server proposes. */
export function guessZone(device: string, zones: readonly string[], proposed: string): string {
  return zones.includes(device) ? device : proposed;
}

/** A zone as people read it: `America/New_York` is New York. */
export function zoneName(zone: string): string {
  return (zone.split('/').pop() ?? zone).replaceAll('_', ' ');
}
