// The walk from a new account to a shop that is open: which step comes when, and which are behind one.

export const STEPS = ['services', 'hours', 'people', 'look', 'open'] as const;
export type StepName = (typeof STEPS)[number];

/** What the shop itself tells of what was done, on whichever device that was. */
export interface Traces {
  /** The versions of the services that are on the menu: a kit's are the first. */
  services: readonly number[];
  staff: readonly number[];
  location: { version: number; address: string };
  tenant: { version: number };
}

/** The steps that left traces. What was only looked at and found good leaves none. */
export function traced({ services, staff, location, tenant }: Traces): StepName[] {
  const changed = (versions: readonly number[]) => versions.some((version) => version > 1);
  // An address and hours are the same record's: one change is the address's where there is one.
  const hours = location.version > (location.address ? 2 : 1);
  const found: Record<StepName, boolean> = {
    services: changed(services),
    hours,
    people: staff.length > 1,
    look: tenant.version > 1 || location.address !== '',
    open: false,
  };
  return STEPS.filter((step) => found[step]);
}

export const isStep = (text: string | null): text is StepName => STEPS.some((step) => step === text);

/** Where one goes on: at the first step that isn't behind one. */
export function firstUndone(done: readonly StepName[]): StepName {
  return STEPS.find((step) => !done.includes(step)) ?? 'open';
}

export function after(step: StepName): StepName {
  return STEPS[STEPS.indexOf(step) + 1] ?? 'open';
}

export function before(step: StepName): StepName | undefined {
  return STEPS[STEPS.indexOf(step) - 1];
}

/** What a device has kept, whatever that is by now. */
export function readKept(text: string | null): StepName[] {
  const known = (text ?? '').split(' ');
  return STEPS.filter((step) => known.includes(step));
}

export const writeKept = (done: readonly StepName[]): string => STEPS.filter((step) => done.includes(step)).join(' ');

/** Where a device keeps which steps of a business are behind one. */
export const keptName = (tenant: string): string => `openchair.welcome.${tenant}`;
