export const SHELLS: readonly { name: string; pages: RegExp; js: number; css: number }[];
export const WIDGET: number;
export const WORKER: number;
export const NOTES: number;
