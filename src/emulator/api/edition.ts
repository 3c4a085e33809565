/**
 * What the API could do when: in August 2026 tokens could not be changed or restricted, and did not say where
 * they were last used from.
 */
export const EDITIONS = ['2026-08', '2026-11'] as const;

export type Edition = (typeof EDITIONS)[number];

export const NEWEST: Edition = '2026-11';
