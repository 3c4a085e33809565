import type { Operation } from './operation.ts';
import { branchOperations } from './routes/branches.ts';
import { databaseOperations } from './routes/databases.ts';
import { organizationOperations } from './routes/organizations.ts';
import { accessOperations } from './routes/service-token-access.ts';
import { serviceTokenOperations } from './routes/service-tokens.ts';

/** Everything the emulator serves. */
export const OPERATIONS: readonly Operation[] = [
  ...organizationOperations,
  ...serviceTokenOperations,
  ...accessOperations,
  ...databaseOperations,
  ...branchOperations,
];
