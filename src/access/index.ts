/** Access as code. Loaded by its commands when they run: it brings the parsers of YAML and of shapes along. */
export { applyChanges } from './apply.ts';
export { addressShutOut, refuseMoreThanHeld, refuseUnsafe, shutOut } from './check.ts';
export { missingDatabase } from './decisions.ts';
export { exportFile } from './export.ts';
export { makePlan } from './make-plan.ts';
export { mergeFiles } from './merge.ts';
export { readAccessFile } from './read.ts';
export { jsonSchema } from './shape.ts';
