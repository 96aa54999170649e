// Browsers can be told to keep nothing. Then nothing is remembered, and everything else works.

function quietly<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}

const safe = (area: () => Storage) => ({
  get: (name: string): string | null => quietly(() => area().getItem(name), null),
  set: (name: string, value: string | null): void =>
    quietly(() => {
      if (value === null) area().removeItem(name);
      else area().setItem(name, value);
    }, undefined),
});

/** What this device keeps. */
export const device = safe(() => localStorage);
/** What this tab keeps until it is closed. */
export const tab = safe(() => sessionStorage);
