import { switchFlag } from '../cli/declaration.ts';

/** Goes ahead where a command would ask, or would refuse to go ahead unasked. */
export const FORCE = switchFlag('--force', 'Do not ask for confirmation');
