import { expect, test } from 'vitest';
import permissions from '../../fixtures/permissions.json' with { type: 'json' };
import { startApi, TOKENS } from '../support/api.ts';

const ORGANIZATION = permissions.permissions.organization.map(({ name }) => name);
const DATABASE = permissions.permissions.database.map(({ name }) => name);

test.each([
  { level: 'the organization', database: '', own: ORGANIZATION, other: DATABASE },
  { level: 'a database', database: 'shop', own: DATABASE, other: ORGANIZATION },
])('on $level: every name of that level is taken, none of the other', async ({ database, own, other }) => {
  const api = await startApi({ seed: { tokens: [{ id: 'target' }] } });
  const give = (access: string[]) =>
    api.call('POST', `${TOKENS}/target/access`, { json: { database, access } });
  for (const name of own) expect(await give([name]), name).toMatchObject({ status: 200 });
  for (const name of other) {
    expect(await give([name]), name).toMatchObject({
      status: 422,
      body: { code: 'unprocessable', message: `Access ${name} is not valid` },
    });
  }
  const answer = await api.call('GET', `${TOKENS}/target/access?per_page=100`);
  expect(answer.body).toMatchObject({ total_count: own.length });
});
