import { ok } from '../call.ts';
import type { Operation } from '../operation.ts';
import { listPageWithoutTotals } from '../paging.ts';
import { organizationBody } from '../representations/organization.ts';

/** There is one organization, to which every credential belongs. */
export const organizationOperations: readonly Operation[] = [
  {
    method: 'GET',
    path: '/v1/organizations',
    access: { on: 'none' },
    handle: (call) => listPageWithoutTotals(call, [call.state], organizationBody),
  },
  {
    method: 'GET',
    path: '/v1/organizations/{organization}',
    access: { on: 'organization', anyOf: ['read_organization'] },
    handle: (call) => ok(organizationBody(call.state)),
  },
];
