/** What the API answers, by the name in its document. */
export type { Schema } from '../../../web/src/lib/api/types';
